"""An honest range: what recent pieces took, or what the provider says of itself; and when a piece is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from journeys.models import Reader
from music.expectations import ENOUGH, LATE_AT_LEAST, LATE_AT_MOST, RECENT, late_after, typical_seconds
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


def finished(owner: Reader, *spans: int, waited: int = 0) -> None:
    for span in spans:
        MusicTrack.objects.create(
            owner=owner,
            title="x",
            brief={},
            tempo=60,
            duration=60,
            provider="studio",
            status="completed",
            file=f"{span}.mp3",
            fencing_token=1,
            requested_at=Now() - timedelta(seconds=span + waited),
            started_at=Now() - timedelta(seconds=span),
            finished_at=Now(),
        )


def test_until_there_are_some_it_is_what_the_provider_says(alice: Reader) -> None:
    finished(alice, *range(10, 10 + ENOUGH - 1))
    assert typical_seconds("studio") == (1, 3)
    assert typical_seconds("gone") is None


def test_then_it_is_what_four_of_five_recent_pieces_took_to_make_however_long_they_had_waited(alice: Reader) -> None:
    finished(alice, 1, 20, 20, 25, 25, 30, 30, 35, 35, 400, waited=3000)
    low, high = typical_seconds("studio") or (0, 0)
    assert 18 <= low <= 21
    assert 35 <= high <= 401


def test_pieces_that_came_with_an_import_say_nothing_of_it(alice: Reader) -> None:
    finished(alice, *[20] * ENOUGH)
    before = typical_seconds("studio")
    finished(alice, *range(100, 100 + RECENT))
    MusicTrack.objects.filter(file__gte="100.mp3", file__lt="20.mp3").update(started_at=None)
    assert typical_seconds("studio") == before


def test_a_piece_is_late_well_past_the_range_and_after_five_minutes_at_most() -> None:
    assert late_after((1, 3)) == LATE_AT_LEAST
    assert late_after((10, 40)) == 120
    assert late_after((100, 400)) == LATE_AT_MOST
    assert late_after(None) == LATE_AT_MOST
