"""The life of a track that is ordered, polled and fetched, over real HTTP: ordered at most once, never given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from music import dispatching, generation, sweeping
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStage, TrackStatus
from music.providers import get_provider
from music.services import cancel_track, retry_track
from tests.db.steps import advance, claimed, lose_worker, make_due, open_gates, past_deadline
from tests.loopback import Vendor

pytestmark = pytest.mark.django_db


def test_an_order_is_recorded_placed_once_polled_fetched_and_stored(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "running"
    advance(ordered)
    assert (ordered.status, ordered.stage, ordered.lease_until) == ("generating", "waiting", None)
    attempt = ordered.attempts.get()
    assert (attempt.state, attempt.task_id) == (AttemptState.SUBMITTED, "task-1")
    advance(ordered)
    assert ordered.stage == "waiting"
    vendor.default_outcome = "succeeded"
    advance(ordered)
    assert ordered.status == TrackStatus.COMPLETED
    assert default_storage.exists(ordered.file.name)
    assert vendor.ledger == ["task-1"]


def test_the_sweep_polls_what_waits(ordered: MusicTrack, vendor: Vendor, transactional_db: None) -> None:
    advance(ordered)
    make_due(ordered)
    assert sweeping.sweep() == []
    assert dispatching.fetching.wait_until_idle()
    ordered.refresh_from_db()
    assert ordered.status == TrackStatus.COMPLETED


def test_a_refusal_is_an_error_and_a_retry_is_a_new_order(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.submissions.append("refuse")
    assert advance(ordered).error_code == "content_refused"
    assert vendor.ledger == []
    retry_track(ordered)
    advance(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED
    assert [attempt.state for attempt in ordered.attempts.all()] == ["refused", "submitted"]
    assert vendor.ledger == ["task-1"]


def test_a_busy_provider_is_waited_for(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.submissions.append("busy")
    advance(ordered)
    assert (ordered.status, ordered.holds) == (TrackStatus.PENDING, 0)
    assert advance(ordered).status == TrackStatus.PENDING
    open_gates()
    advance(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED
    assert vendor.ledger == ["task-1"]


def test_a_provider_that_cannot_be_reached_holds_the_track(
    ordered: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPBACK_PROVIDER_URL", "http://127.0.0.1:9")
    assert advance(ordered).status == TrackStatus.PENDING


@pytest.mark.parametrize("fault", ["broken", "garbage", "drop"])
def test_an_order_nobody_answered_for_is_never_placed_again_by_itself(
    ordered: MusicTrack, vendor: Vendor, fault: str, transactional_db: None
) -> None:
    vendor.submissions.append(fault)
    advance(ordered)
    assert ordered.error_code == "submission_unknown"
    assert ordered.attempts.get().state == AttemptState.UNKNOWN
    sweeping.sweep()
    assert dispatching.submitting.wait_until_idle()
    assert vendor.ledger == ["task-1"]


def test_a_worker_lost_while_ordering_leaves_the_order_unknown(ordered: MusicTrack, vendor: Vendor) -> None:
    claimed = MusicTrack.claim(ordered.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert claimed
    SubmissionAttempt.open(claimed)
    lose_worker(ordered)
    assert advance(ordered).error_code == "submission_unknown"
    assert vendor.ledger == []


def test_an_id_saved_by_a_worker_that_lost_its_lease_is_adopted(ordered: MusicTrack, vendor: Vendor) -> None:
    claimed = MusicTrack.claim(ordered.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert claimed
    attempt = SubmissionAttempt.open(claimed)
    lose_worker(ordered)
    attempt.close(AttemptState.SUBMITTED, task_id="task-from-before")
    advance(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED
    assert vendor.ledger == []


def test_a_task_that_failed_is_an_error_with_the_reason_for_staff(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "failed"
    advance(ordered)
    assert advance(ordered).error_code == "provider_failed"
    assert ordered.error_message == "the model gave up"


def test_a_page_instead_of_audio_is_never_completed(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "html"
    advance(ordered)
    assert advance(ordered).error_code == "result_invalid"


def test_a_poll_that_fails_is_asked_again(ordered: MusicTrack, monkeypatch: pytest.MonkeyPatch, vendor: Vendor) -> None:
    advance(ordered)
    monkeypatch.setenv("LOOPBACK_PROVIDER_URL", "http://127.0.0.1:9")
    assert advance(ordered).stage == TrackStage.WAITING
    monkeypatch.setenv("LOOPBACK_PROVIDER_URL", vendor.url)
    assert advance(ordered).status == TrackStatus.COMPLETED


def test_past_its_deadline_it_is_polled_once_more_and_given_up(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "running"
    advance(ordered)
    past_deadline(ordered)
    polls = vendor.polls
    assert advance(ordered).error_code == "timeout"
    assert vendor.polls == polls + 1


def test_a_success_at_the_last_poll_is_kept(ordered: MusicTrack, vendor: Vendor) -> None:
    advance(ordered)
    past_deadline(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED


def test_storage_down_after_a_paid_order_fetches_again_and_never_orders_again(
    ordered: MusicTrack, vendor: Vendor, tmp_path: Any
) -> None:
    advance(ordered)
    (tmp_path / "media").write_text("in the way")
    assert advance(ordered).stage == TrackStage.FETCHING
    (tmp_path / "media").unlink()
    assert advance(ordered).status == TrackStatus.COMPLETED
    assert vendor.ledger == ["task-1"]


def test_a_cancelled_order_stays_cancelled(ordered: MusicTrack, vendor: Vendor) -> None:
    advance(ordered)
    cancel_track(ordered)
    advance(ordered)
    assert ordered.error_code == "cancelled"


def test_a_worker_that_lost_its_lease_before_ordering_orders_nothing(ordered: MusicTrack, vendor: Vendor) -> None:
    ghost = claimed(ordered)
    lose_worker(ordered)
    advance(ordered)
    assert vendor.ledger == ["task-1"]
    generation._carry_on(ghost, get_provider("loopback"))
    assert vendor.ledger == ["task-1"]
    assert ordered.attempts.get().task_id == "task-1"


def test_a_track_cancelled_before_its_order_leaves_is_not_ordered(ordered: MusicTrack, vendor: Vendor) -> None:
    worker = claimed(ordered)
    cancel_track(ordered)
    generation._carry_on(worker, get_provider("loopback"))
    assert vendor.ledger == []
    assert not ordered.attempts.exists()


def test_an_id_that_was_paid_for_is_never_written_over(ordered: MusicTrack) -> None:
    attempt = SubmissionAttempt.open(claimed(ordered))
    assert attempt
    stale = SubmissionAttempt.objects.get(pk=attempt.pk)
    assert attempt.close(AttemptState.SUBMITTED, task_id="task-9")
    assert not stale.close(AttemptState.UNKNOWN, error="lost")
    assert (stale.state, stale.task_id) == (AttemptState.SUBMITTED, "task-9")


def test_past_its_deadline_an_order_is_still_asked_for_once(ordered: MusicTrack, vendor: Vendor) -> None:
    attempt = SubmissionAttempt.open(claimed(ordered))
    assert attempt
    attempt.close(AttemptState.SUBMITTED, task_id="task-from-before")
    lose_worker(ordered)
    past_deadline(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED


def test_past_its_deadline_an_open_order_is_unknown_and_no_timeout(ordered: MusicTrack) -> None:
    SubmissionAttempt.open(claimed(ordered))
    lose_worker(ordered)
    past_deadline(ordered)
    assert advance(ordered).error_code == "submission_unknown"
    assert ordered.attempts.get().state == AttemptState.UNKNOWN


def test_workers_lost_while_polling_do_not_give_up_what_was_paid_for(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "running"
    advance(ordered)
    for _ in range(generation.RESCUE_LIMIT + 1):
        make_due(ordered)
        claimed(ordered)
        lose_worker(ordered)
    vendor.default_outcome = "succeeded"
    assert advance(ordered).status == TrackStatus.COMPLETED


@pytest.mark.parametrize("give_up", ["timeout", "cancel"])
def test_what_was_given_up_is_asked_for_again_and_not_paid_again(
    ordered: MusicTrack, vendor: Vendor, give_up: str
) -> None:
    vendor.default_outcome = "running"
    advance(ordered)
    if give_up == "timeout":
        past_deadline(ordered)
        assert advance(ordered).error_code == "timeout"
    else:
        cancel_track(ordered)
    vendor.default_outcome = "succeeded"
    ordered.refresh_from_db()
    retry_track(ordered)
    assert advance(ordered).status == TrackStatus.COMPLETED
    assert vendor.ledger == ["task-1"]


def test_an_error_nobody_foresaw_while_ordering_leaves_the_order_unknown(
    ordered: MusicTrack, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.providers.Submission", lambda **_: 1 / 0)
    assert advance(ordered).error_code == "submission_unknown"
    assert ordered.attempts.get().state == AttemptState.UNKNOWN


def test_an_error_nobody_foresaw_while_polling_waits_for_the_deadline(
    ordered: MusicTrack, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(ordered)
    monkeypatch.setattr("tests.providers.TaskReport", lambda **_: 1 / 0)
    assert advance(ordered).stage == TrackStage.WAITING
    monkeypatch.undo()
    monkeypatch.setenv("LOOPBACK_PROVIDER_URL", vendor.url)
    assert advance(ordered).status == TrackStatus.COMPLETED


def test_polling_in_vain_changes_nothing_that_anyone_sees(ordered: MusicTrack, vendor: Vendor) -> None:
    vendor.default_outcome = "running"
    advance(ordered)
    before = (ordered.version, ordered.events.count())
    for _ in range(3):
        advance(ordered)
    assert vendor.polls == 3
    assert (ordered.version, ordered.events.count()) == before
