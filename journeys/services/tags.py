"""A reader's tags: their own words for kinds of journeys."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from journeys.models import TAG_LIMIT, Journey, Tag
from journeys.services.holding import hold_reader
from journeys.services.texts import nfc

WRITTEN_AT_ONCE = 500
TAGS_LIMIT = 30
"""Of a journey, where its reader types them; a file may bring more."""
COMMAS = re.compile("[,，、]")
"""What stands between two tags wherever they are typed or shown in a line, and so in none of them."""


def tag_names(names: Iterable[str]) -> list[str]:
    """Names as they are kept: composed, without #, with single spaces, each once whatever its case. Commas part them.

    One that is longer than `TAG_LIMIT` is cut; forms refuse it before.
    """
    found: dict[str, str] = {}
    for part in (part for name in names for part in COMMAS.split(name)):
        tidied = " ".join(nfc(part).lstrip("#").split())[:TAG_LIMIT].strip()
        if tidied:
            found.setdefault(tidied.lower(), tidied)
    return list(found.values())


@transaction.atomic
def set_tags(journey: Journey, names: Iterable[str]) -> None:
    """Give the journey exactly these tags. A tag keeps the spelling it was first given; one no journey has goes."""
    hold_reader(journey.reader_id)
    journey.tags.clear()
    add_tags(journey.reader_id, {journey.pk: names})
    tidy_tags(journey.reader_id)


def add_tags(reader_id: Any, names: Mapping[uuid.UUID, Iterable[str]]) -> None:
    """Give one reader's journeys, by their ids, these tags too. Within a transaction that holds the reader's row."""
    wanted = {journey: tag_names(given) for journey, given in names.items()}
    spelt = {name.lower(): name for given in reversed(wanted.values()) for name in given}
    if not spelt:
        return
    tags = Tag.objects.filter(reader=reader_id)
    known = {tag.name.lower() for tag in tags}
    Tag.objects.bulk_create(
        [Tag(reader_id=reader_id, name=name) for key, name in spelt.items() if key not in known], ignore_conflicts=True
    )
    ids = {tag.name.lower(): tag.pk for tag in tags.all()}
    through = Journey.tags.through
    through.objects.bulk_create(
        [
            through(journey_id=journey, tag_id=ids[name.lower()])
            for journey, given in wanted.items()
            for name in given
            if name.lower() in ids
        ],
        batch_size=WRITTEN_AT_ONCE,
        ignore_conflicts=True,
    )


def tidy_tags(reader_id: Any) -> None:
    """Delete tags that no journey has. Within a transaction that holds the reader's row: else one that is being given
    to a journey at this moment would go."""
    Tag.objects.filter(reader=reader_id, journeys__isnull=True).delete()
