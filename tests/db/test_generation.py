"""The life of a track, step by step, with both provider families; the paid one over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from journeys.models import Journey, Reader
from music import generation
from music.brief import MusicBrief
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStage, TrackStatus
from music.providers import get_provider
from music.providers.base import Audio, ProviderError
from music.services import cancel_track, request_prompted_track, retry_track
from tests.loopback import Vendor, running_vendor
from tests.providers import tone

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    """A track for the studio."""
    return MusicTrack.objects.get(log__journey=journey)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with running_vendor() as vendor:
        monkeypatch.setenv("LOOPBACK_PROVIDER_URL", vendor.url)
        yield vendor


@pytest.fixture
def ordered(alice: Reader, settings: Any, vendor: Vendor) -> MusicTrack:
    """A track for the paid vendor."""
    settings.MUSIC_PROVIDER = "loopback"
    return request_prompted_track(owner=alice, prompt="calm piano")


def make_due(track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk, due_at__isnull=False).update(due_at=Now())


def lose_worker(track: MusicTrack) -> None:
    past = Now() - timedelta(seconds=1)
    MusicTrack.objects.filter(pk=track.pk).update(lease_until=past, due_at=past)


def advance(track: MusicTrack) -> MusicTrack:
    make_due(track)
    generation.advance(track.pk)
    track.refresh_from_db()
    return track


# The blocking family


def test_the_studio_makes_a_playable_file_in_one_go(track: MusicTrack) -> None:
    advance(track)
    assert track.status == TrackStatus.COMPLETED
    with default_storage.open(track.file.name) as file:
        stored = file.read()
    assert stored == tone()
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


class Moody:
    """A studio that fails as it is told."""

    name = "studio"
    charges = False
    typical_seconds = (1, 2)
    deadline_seconds = 60

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    def make(self, brief: MusicBrief) -> Audio:
        if self.errors:
            raise self.errors.pop(0)
        assert brief.why == ()  # the reader's words stay with us
        return Audio(data=tone(), content_type="audio/mpeg", extension="mp3", seconds=2.0)


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Moody:
    provider = Moody()
    monkeypatch.setattr(generation, "get_provider", lambda name: provider)
    return provider


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


# Submit, then poll


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
    assert generation.sweep() == []
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
    assert (ordered.status, ordered.holds) == (TrackStatus.PENDING, 1)
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
    ordered: MusicTrack, vendor: Vendor, fault: str
) -> None:
    vendor.submissions.append(fault)
    advance(ordered)
    assert ordered.error_code == "submission_unknown"
    assert ordered.attempts.get().state == AttemptState.UNKNOWN
    generation.sweep()
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


def past_deadline(track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(deadline_at=Now() - timedelta(seconds=1))


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


def claimed(track: MusicTrack) -> MusicTrack:
    worker = MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert worker
    return worker


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


# The sweep


def test_the_sweep_knocks_for_what_was_forgotten_and_not_at_once_again(
    track: MusicTrack, transactional_db: None
) -> None:
    assert generation.sweep() == []  # new: its own knock is on the way
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() - timedelta(seconds=10))
    assert generation.sweep() == [(track.pk, "studio")]
    assert generation.sweep() == []
    MusicTrack.objects.filter(pk=track.pk).update(knocked_at=Now() - timedelta(seconds=60))
    assert generation.sweep() == [(track.pk, "studio")]


def test_the_sweep_knocks_for_a_lost_worker(track: MusicTrack) -> None:
    MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert generation.sweep() == []
    lose_worker(track)
    assert generation.sweep() == [(track.pk, "studio")]


def test_the_test_providers_are_of_the_two_families() -> None:
    assert {get_provider(name).name for name in ("studio", "loopback")} == {"studio", "loopback"}
