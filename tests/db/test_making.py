"""The life of a track that one blocking call makes, and what the sweep does for the forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from music import generation, sweeping
from music.brief import MusicBrief
from music.id3 import without_tags
from music.models import MusicTrack, ProviderGate, TrackStage, TrackStatus
from music.providers import get_provider
from music.providers.base import Audio, ProviderError
from music.services import retry_track
from tests.db.steps import advance, claimed, lose_worker, past_deadline
from tests.providers import tone

pytestmark = pytest.mark.django_db


class Moody:
    """A studio that fails as it is told."""

    name = "studio"
    charges = False
    typical_seconds = (1, 2)
    deadline_seconds = 60

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    def make(self, brief: MusicBrief, *, cancelled: Callable[[], bool]) -> Audio:
        if self.errors:
            raise self.errors.pop(0)
        assert brief.why == ()  # the reader's words stay with us
        return Audio(data=tone(), content_type="audio/mpeg", extension="mp3", seconds=2.0)


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Moody:
    provider = Moody()
    monkeypatch.setattr(generation, "get_provider", lambda name: provider)
    return provider


def test_the_studio_makes_a_playable_file_in_one_go(track: MusicTrack) -> None:
    advance(track)
    assert track.status == TrackStatus.COMPLETED
    with default_storage.open(track.file.name) as file:
        stored = file.read()
    seed = track.brief["seed"]
    assert without_tags(stored) == tone(2.0, 220 + seed % 440)
    assert track.file_size == len(stored)
    assert str(track.pk) in track.file.name
    assert not track.attempts.exists()  # nothing can be charged, so nothing is recorded as an order


def test_a_second_knock_does_nothing(track: MusicTrack) -> None:
    advance(track)
    version = track.version
    generation.advance(track.pk)
    track.refresh_from_db()
    assert track.version == version


def test_a_knock_for_a_track_that_is_gone_is_quiet(track: MusicTrack) -> None:
    pk = track.pk
    track.delete()
    generation.advance(pk)


def test_a_passing_fault_is_tried_again_for_free(track: MusicTrack, moody: Moody) -> None:
    moody.errors = [ProviderError("out of memory", code="studio_failed")]
    assert advance(track).status == TrackStatus.PENDING
    assert track.holds == 1
    assert advance(track).status == TrackStatus.COMPLETED


def test_a_fault_that_stays_ends_in_an_error(track: MusicTrack, moody: Moody) -> None:
    moody.errors = [ProviderError("out of memory", code="studio_failed") for _ in range(generation.TRY_LIMIT)]
    for _ in range(generation.TRY_LIMIT):
        advance(track)
    assert (track.status, track.error_code) == (TrackStatus.ERROR, "studio_failed")


def test_an_error_nobody_foresaw_ends_in_an_error(track: MusicTrack, moody: Moody) -> None:
    moody.errors = [ZeroDivisionError("bar of length 0")]
    assert advance(track).error_code == "internal_error"
    assert "bar of length 0" in track.error_message


def test_storage_that_fails_is_tried_again_and_then_an_error(track: MusicTrack, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "media").write_text("a file where the directory should be")
    for _ in range(generation.TRY_LIMIT):
        advance(track)
    assert (track.status, track.error_code) == (TrackStatus.ERROR, "storage_failed")
    (tmp_path / "media").unlink()
    retry_track(track)
    assert advance(track).status == TrackStatus.COMPLETED


def test_a_worker_that_dies_again_and_again_is_poison(track: MusicTrack) -> None:
    for _ in range(generation.RESCUE_LIMIT):
        assert MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
        lose_worker(track)
    generation.advance(track.pk)
    track.refresh_from_db()
    assert (track.status, track.error_code) == (TrackStatus.ERROR, "worker_lost")


def test_a_lost_worker_costs_nothing_but_time(track: MusicTrack) -> None:
    claimed = MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert claimed
    claimed.enter(TrackStage.WAITING)
    lose_worker(track)
    assert advance(track).status == TrackStatus.COMPLETED
    assert track.rescues == 1


def test_a_provider_that_is_not_set_up_any_more_is_an_error(track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(provider="gone")
    assert advance(track).error_code == "provider_missing"
    retry_track(track)
    assert advance(track).status == TrackStatus.COMPLETED


def test_a_track_deleted_while_its_file_is_stored_leaves_no_file(
    track: MusicTrack, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = generation.store_audio

    def store_then_vanish(track_id: Any, audio: Audio) -> Any:
        stored = store(track_id, audio)
        assert default_storage.exists(stored.key)
        MusicTrack.objects.filter(pk=track_id).delete()
        return stored

    monkeypatch.setattr(generation, "store_audio", store_then_vanish)
    generation.advance(track.pk)
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_a_call_that_hangs_past_its_deadline_loses_its_track(track: MusicTrack) -> None:
    worker = claimed(track)
    assert worker.renew(timedelta(seconds=9))
    past_deadline(track)
    assert not worker.renew(timedelta(seconds=9))
    lose_worker(track)
    assert advance(track).error_code == "timeout"


def test_the_pause_between_tries_grows_and_is_bounded(track: MusicTrack) -> None:
    pauses = []
    for track.holds in (0, 1, 2, 7, 5000):
        pauses.append(generation._pause(track))
    assert pauses == [2.0, 4.0, 8.0, 256.0, 256.0]


def test_the_sweep_knocks_for_what_was_forgotten_and_not_at_once_again(
    track: MusicTrack, transactional_db: None
) -> None:
    assert sweeping.sweep() == []  # new: its own knock is on the way
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() - timedelta(seconds=10))
    assert sweeping.sweep() == [(track.pk, "studio")]
    assert sweeping.sweep() == []
    ProviderGate.objects.update(knocked_at=Now() - timedelta(seconds=60))
    assert sweeping.sweep() == [(track.pk, "studio")]


def test_the_sweep_knocks_for_a_lost_worker(track: MusicTrack) -> None:
    MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert sweeping.sweep() == []
    lose_worker(track)
    assert sweeping.sweep() == [(track.pk, "studio")]


def test_the_test_providers_are_of_the_two_families() -> None:
    assert {get_provider(name).name for name in ("studio", "loopback")} == {"studio", "loopback"}
