"""What a reader's first minutes need: a book to try it with, and when a hint is still of use."""

from __future__ import annotations

from django.utils.translation import get_language

from journeys.catalogue import BookRecord, find_record
from journeys.models import Journey

CLASSICS = {"ko": "memilkkot-pil-muryeop", "en": "alice-in-wonderland"}
"""In the embedded catalogue, by the page's language: known to its readers, in the public domain, and good to hear."""
TRY_IT_SECONDS = 60
"""A minute of music: long enough to be a piece, and made while one is still curious."""


def classic() -> BookRecord | None:
    """The book to try it with, in the language of the page."""
    return find_record("embedded", CLASSICS.get((get_language() or "ko")[:2], CLASSICS["ko"]))


def needs_a_hint(journey: Journey) -> bool:
    """Whether this is a reader's first journey and they have not written anything yet."""
    return journey.logs.count() == 1 and not Journey.objects.for_reader(journey.reader).exclude(pk=journey.pk).exists()
