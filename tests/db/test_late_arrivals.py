"""What was paid for is never lost: late pieces, ids that could not be saved, orders nobody knows the outcome of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from journeys.models import Reader
from music import generation, spool, watching
from music.models import AttemptState, MusicTrack, ProviderGate, SubmissionAttempt, TrackStatus
from music.providers.base import Submission
from music.services import (
    cancel_track,
    discard_tracks,
    request_prompted_track,
    resolve_adopt,
    resolve_not_submitted,
    retry_track,
)
from tests.db.steps import advance, claimed, lose_worker, make_due, past_deadline
from tests.fake_mureka import FakeMureka, running_mureka

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_spool(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def mureka(settings: Any) -> Iterator[FakeMureka]:
    with running_mureka(concurrency=9, latency=(100, 100)) as mureka:
        settings.MUSIC_PROVIDER = "mureka"
        settings.MUREKA_API_KEY = mureka.key
        settings.MUREKA_API_BASE = mureka.url
        settings.MUREKA_AUDIO_HOSTS = [mureka.host]
        settings.MUREKA_SUBMIT_SECONDS = 2
        ProviderGate.objects.create(pk="mureka", limit=9)
        yield mureka


@pytest.fixture
def asked(alice: Reader, mureka: FakeMureka) -> MusicTrack:
    return request_prompted_track(owner=alice, prompt="calm piano")


@pytest.fixture
def late(asked: MusicTrack) -> MusicTrack:
    """Ordered, and given up at its deadline."""
    advance(asked)
    past_deadline(asked)
    assert advance(asked).error_code == "timeout"
    return asked


@pytest.fixture
def unknown(asked: MusicTrack, mureka: FakeMureka) -> MusicTrack:
    """The order was taken, and nobody told us."""
    mureka.script("drop_after")
    assert advance(asked).error_code == "submission_unknown"
    return asked


def look_again() -> None:
    SubmissionAttempt.objects.filter(watch_at__isnull=False).update(watch_at=Now() - timedelta(seconds=1))
    watching.ask_after_late()


def test_a_piece_that_arrives_after_its_deadline_is_noted_and_taken_in_at_no_cost(
    late: MusicTrack, mureka: FakeMureka
) -> None:
    look_again()
    late.refresh_from_db()
    assert (late.status, late.arrived_late) == (TrackStatus.ERROR, False)
    version = late.version
    mureka.finish()
    look_again()
    late.refresh_from_db()
    assert (late.status, late.arrived_late, late.error_code) == (TrackStatus.ERROR, True, "timeout")
    assert late.version > version, "its page is to show it"
    assert retry_track(late)
    assert not late.arrived_late
    assert advance(late).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 1


def test_it_is_asked_after_for_a_day_and_no_longer(late: MusicTrack) -> None:
    look_again()
    assert late.attempts.get().watch_at
    SubmissionAttempt.objects.update(opened_at=Now() - timedelta(hours=25))
    look_again()
    assert late.attempts.get().watch_at is None


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_task_that_failed_in_the_end_is_asked_after_no_more(late: MusicTrack, mureka: FakeMureka, end: str) -> None:
    mureka.script_query(end, task_id=late.attempts.get().task_id)
    look_again()
    late.refresh_from_db()
    assert late.attempts.get().watch_at is None
    assert not late.arrived_late


def test_a_piece_that_somebody_stopped_is_not_brought_back(asked: MusicTrack, mureka: FakeMureka) -> None:
    advance(asked)
    cancel_track(asked)
    mureka.finish()
    SubmissionAttempt.objects.update(watch_at=Now())
    look_again()
    asked.refresh_from_db()
    assert (asked.error_code, asked.arrived_late) == ("cancelled", False)
    assert retry_track(asked)
    assert advance(asked).status == TrackStatus.COMPLETED, "asked for after all, it is what was ordered"
    assert len(mureka.ledger) == 1


def test_once_retried_the_old_question_is_dropped(late: MusicTrack, mureka: FakeMureka) -> None:
    assert retry_track(late)
    assert late.attempts.get().watch_at is None


def test_a_retry_goes_on_with_the_order_even_when_another_provider_is_set_by_now(
    late: MusicTrack, mureka: FakeMureka, settings: Any
) -> None:
    settings.MUSIC_PROVIDER = "studio"
    mureka.finish()
    assert retry_track(late)
    assert late.provider == "mureka"
    assert advance(late).status == TrackStatus.COMPLETED


# An order whose outcome nobody knows


def test_a_retry_of_an_unknown_order_is_a_new_one_by_a_persons_will(unknown: MusicTrack, mureka: FakeMureka) -> None:
    watching.ask_after_late()
    assert len(mureka.ledger) == 1
    assert retry_track(unknown)
    advance(unknown)
    mureka.finish()
    assert advance(unknown).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 2
    assert [attempt.state for attempt in unknown.attempts.all()] == [AttemptState.UNKNOWN, AttemptState.SUBMITTED]


def test_staff_can_say_which_task_it_was(unknown: MusicTrack, mureka: FakeMureka) -> None:
    attempt = unknown.attempts.get()
    mureka.finish()
    assert not resolve_adopt(attempt, "  ", by="charlie")
    assert resolve_adopt(attempt, mureka.ledger[0].task_id, by="charlie", note="found on the bill")
    assert (attempt.state, attempt.resolved_by) == (AttemptState.SUBMITTED, "charlie")
    unknown.refresh_from_db()
    assert unknown.status == TrackStatus.PENDING
    assert advance(unknown).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 1
    assert not resolve_adopt(attempt, "another", by="charlie"), "what is known is known"


def test_staff_cannot_give_it_another_orders_task(unknown: MusicTrack, alice: Reader, mureka: FakeMureka) -> None:
    other = advance(request_prompted_track(owner=alice, prompt="loud drums"))
    assert not resolve_adopt(unknown.attempts.get(), other.attempts.get().task_id, by="charlie")
    assert unknown.attempts.get().state == AttemptState.UNKNOWN


def test_staff_can_say_that_it_was_never_taken(unknown: MusicTrack) -> None:
    attempt = unknown.attempts.get()
    assert resolve_not_submitted(attempt, by="charlie")
    assert attempt.state == AttemptState.NOT_SUBMITTED
    unknown.refresh_from_db()
    assert unknown.status == TrackStatus.ERROR, "whether to try again is the reader's to say"
    assert not resolve_not_submitted(attempt, by="charlie")


# Ids that could not be saved


def test_an_id_is_saved_at_the_second_try(
    asked: MusicTrack, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    close, failures = SubmissionAttempt.close, iter([True, False])

    def closing(self: SubmissionAttempt, *args: Any, **options: Any) -> bool:
        if next(failures, False):
            raise OperationalError("database is locked")
        return close(self, *args, **options)

    monkeypatch.setattr(SubmissionAttempt, "close", closing)
    assert advance(asked).stage == "waiting"
    assert asked.attempts.get().task_id == mureka.ledger[0].task_id


def test_an_id_that_cannot_be_saved_waits_in_the_spool(
    asked: MusicTrack, mureka: FakeMureka, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closing(self: SubmissionAttempt, *args: Any, **options: Any) -> bool:
        raise OperationalError("the database has gone away")

    monkeypatch.setattr(generation, "SAVING_PAUSES", (0.0,))
    with monkeypatch.context() as away:
        away.setattr(SubmissionAttempt, "close", closing)
        with pytest.raises(OperationalError):
            generation.advance(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.stage) == ("generating", "submitting")
    assert [path.suffix for path in spool.directory().iterdir()] == [".json"]
    assert spool.replay() == 1
    assert list(spool.directory().iterdir()) == []
    assert asked.attempts.get().task_id == mureka.ledger[0].task_id
    lose_worker(asked)
    mureka.finish()
    assert advance(asked).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 1


def test_an_id_that_comes_to_light_after_its_track_has_ended_is_asked_after(
    unknown: MusicTrack, mureka: FakeMureka
) -> None:
    attempt = unknown.attempts.get()
    spool.keep(attempt.pk, Submission(mureka.ledger[0].task_id, "trace", {"model": "mureka-9"}))
    assert spool.replay() == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.details) == (AttemptState.SUBMITTED, {"model": "mureka-9"})
    mureka.finish()
    look_again()
    unknown.refresh_from_db()
    assert unknown.arrived_late
    assert retry_track(unknown)
    assert advance(unknown).status == TrackStatus.COMPLETED
    assert len(mureka.ledger) == 1


def test_a_spoiled_file_in_the_spool_keeps_nothing_from_being_saved(asked: MusicTrack, mureka: FakeMureka) -> None:
    worker = claimed(asked)
    attempt = SubmissionAttempt.open(worker)
    assert attempt
    spool.directory().mkdir()
    (spool.directory() / "0.json").write_text("{half a")
    spool.keep(attempt.pk, Submission("task-7"))
    assert spool.replay() == 1
    assert [path.name for path in spool.directory().iterdir()] == ["0.unreadable"]


def test_a_paid_order_outlives_its_track(asked: MusicTrack, mureka: FakeMureka) -> None:
    advance(asked)
    discard_tracks([asked])
    attempt = SubmissionAttempt.objects.get()
    assert (attempt.track_id, attempt.track_ref, attempt.task_id) == (None, asked.pk, mureka.ledger[0].task_id)


def test_an_id_is_saved_though_its_track_was_deleted_meanwhile(asked: MusicTrack, mureka: FakeMureka) -> None:
    worker = claimed(asked)
    attempt = SubmissionAttempt.open(worker)
    assert attempt
    discard_tracks([asked])
    assert attempt.close(AttemptState.SUBMITTED, task_id="task-9")
    assert SubmissionAttempt.objects.get().task_id == "task-9"


def test_an_order_that_would_outlast_its_lease_is_not_placed(asked: MusicTrack, mureka: FakeMureka) -> None:
    worker = claimed(asked)
    assert SubmissionAttempt.open(worker, needs=60) is None
    assert SubmissionAttempt.open(worker, needs=5)


# Downloads


def test_a_download_that_is_no_good_is_tried_again_from_a_fresh_address(asked: MusicTrack, mureka: FakeMureka) -> None:
    advance(asked)
    mureka.finish()
    mureka.script_download("truncated")
    assert advance(asked).stage == "fetching"
    assert asked.fetches == 1
    mureka.expire_urls()
    assert advance(asked).status == TrackStatus.COMPLETED


def test_after_three_bad_downloads_it_is_an_error_and_never_a_piece(asked: MusicTrack, mureka: FakeMureka) -> None:
    advance(asked)
    mureka.finish()
    mureka.script_download("wrong_codec", times=None)
    for _time in range(3):
        assert asked.status != TrackStatus.ERROR
        make_due(asked)
        advance(asked)
    assert asked.error_code == "result_invalid"
    assert len(mureka.ledger) == 1
