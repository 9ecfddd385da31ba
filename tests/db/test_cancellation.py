"""Making stops when nobody wants the piece any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import Error as DbError

from music import cancellation, generation
from music.brief import MusicBrief
from music.cancellation import Cancellation
from music.models import MusicTrack
from music.providers.base import Audio, ProviderError
from music.services import cancel_track
from tests.db.steps import advance, claimed, lose_worker, meanwhile
from tests.providers import QuickStudio


@pytest.fixture(autouse=True)
def _ask_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellation, "ASK_EVERY", 0.0)


class Patient(QuickStudio):
    """Looks up now and then, as the studio does, and lets the test act in between."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile
        self.stopped = False

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:

        assert not cancelled()
        self.meanwhile()
        self.stopped = cancelled()
        if self.stopped:
            raise ProviderError("nobody wants the piece any more", code="cancelled", permanent=True)
        return super().make(brief, cancelled=cancelled)


@pytest.mark.django_db
def test_a_cancelled_piece_is_not_made_to_its_end(track: MusicTrack, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Patient(lambda: cancel_track(track))
    monkeypatch.setattr(generation, "get_provider", lambda name: provider)
    advance(track)
    assert provider.stopped
    assert (track.status, track.error_code) == ("error", "cancelled")


@pytest.mark.django_db
def test_a_wanted_piece_is_made(track: MusicTrack, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Patient(lambda: None)
    monkeypatch.setattr(generation, "get_provider", lambda name: provider)
    assert advance(track).status == "completed"
    assert not provider.stopped


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["deleted", "taken over", "asked for again"])
def test_whatever_takes_the_track_away_stops_it_for_good(track: MusicTrack, end: str) -> None:
    worker = claimed(track)
    cancelled = Cancellation(worker)
    assert not cancelled()
    if end == "deleted":
        MusicTrack.objects.filter(pk=track.pk).delete()
    elif end == "taken over":
        lose_worker(track)
        claimed(track)
    else:
        cancel_track(track)
        track.retry(provider="studio")
    assert cancelled()
    assert cancelled()


@pytest.mark.django_db
def test_a_database_that_does_not_answer_stops_nothing(track: MusicTrack, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: MusicTrack) -> bool:
        raise DbError

    cancelled = Cancellation(claimed(track))
    monkeypatch.setattr(MusicTrack, "is_held", fail)
    assert not cancelled()


@pytest.mark.django_db
def test_it_looks_at_the_row_only_now_and_then(track: MusicTrack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellation, "ASK_EVERY", 3600.0)
    cancelled = Cancellation(claimed(track))
    monkeypatch.setattr(MusicTrack, "is_held", lambda self: 1 / 0)
    assert not cancelled()


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_of_a_cancel_from_another_process(track: MusicTrack) -> None:
    cancelled = Cancellation(claimed(track))

    with meanwhile(lambda: cancel_track(MusicTrack.objects.get(pk=track.pk))):
        pass
    assert cancelled()
