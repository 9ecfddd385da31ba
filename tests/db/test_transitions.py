"""Every arrow of the track's machine, and who loses when two want the same one."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from journeys.models import Journey, Reader
from music.models import AttemptState, EventKind, MusicTrack, SubmissionAttempt, TrackStage, TrackStatus

LEASE = timedelta(seconds=30)
DEADLINE = timedelta(minutes=5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.get(log__journey=journey)


def claim(track: MusicTrack) -> MusicTrack:
    claimed = MusicTrack.claim(track.pk, lease=LEASE, deadline=DEADLINE)
    assert claimed is not None
    return claimed


def lose_lease(track: MusicTrack) -> None:
    """As if the worker had died and its lease had run out."""
    past = Now() - timedelta(seconds=1)
    MusicTrack.objects.filter(pk=track.pk).update(lease_until=past, due_at=past)


def finish(track: MusicTrack, key: str = "tracks/x.mp3") -> bool:
    return track.complete(key=key, content_type="audio/mpeg", size=3, sha256="0" * 64, seconds=2.0)


def kinds(track: MusicTrack) -> list[str]:
    return list(track.events.values_list("kind", flat=True))


def test_it_is_born_pending_and_due(track: MusicTrack) -> None:
    assert (track.status, track.stage, track.version, track.fencing_token) == ("pending", "", 1, 0)
    assert MusicTrack.objects.waiting().filter(pk=track.pk, due_at__lte=Now()).exists()
    assert kinds(track) == [EventKind.REQUESTED]


def test_it_is_claimed_by_exactly_one(track: MusicTrack) -> None:
    first = claim(track)
    assert (first.status, first.stage, first.fencing_token, first.rescues) == ("generating", "submitting", 1, 0)
    assert MusicTrack.claim(track.pk, lease=LEASE, deadline=DEADLINE) is None


def test_it_is_not_claimed_before_it_is_due(track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(due_at=Now() + timedelta(seconds=60))
    assert MusicTrack.claim(track.pk, lease=LEASE, deadline=DEADLINE) is None


def test_a_lost_lease_is_claimed_again_and_counted_as_a_rescue(track: MusicTrack) -> None:
    first = claim(track)
    assert first.enter(TrackStage.WAITING)
    lose_lease(track)
    second = claim(track)
    assert (second.stage, second.fencing_token, second.rescues) == (TrackStage.WAITING, 2, 1)
    assert second.deadline_at == first.deadline_at


@pytest.mark.parametrize("write", ["enter", "wait", "hold", "complete", "fail", "renew", "order"])
def test_a_worker_thought_dead_can_write_nothing(track: MusicTrack, write: str) -> None:
    ghost = claim(track)
    lose_lease(track)
    successor = claim(track)
    attempts: dict[str, Any] = {
        "enter": lambda: ghost.enter(TrackStage.STORING),
        "wait": lambda: ghost.wait(TrackStage.WAITING, seconds=1),
        "hold": lambda: ghost.hold(seconds=1, code="busy"),
        "complete": lambda: finish(ghost, "tracks/ghost.mp3"),
        "fail": lambda: ghost.fail("internal_error"),
        "renew": lambda: ghost.renew(LEASE),
        "order": lambda: SubmissionAttempt.open(ghost) is not None,
    }
    assert attempts[write]() is False
    successor.refresh_from_db()
    assert (successor.status, successor.stage, successor.fencing_token) == ("generating", "submitting", 2)
    assert finish(successor)


def test_it_completes_with_its_file(track: MusicTrack) -> None:
    claimed = claim(track)
    assert finish(claimed)
    claimed.refresh_from_db()
    assert (claimed.status, claimed.stage, claimed.file.name) == ("completed", "", "tracks/x.mp3")
    assert claimed.due_at is claimed.lease_until is None
    assert claimed.finished_at is not None
    assert not finish(claimed, "tracks/other.mp3")


def test_waiting_gives_the_lease_back_and_is_no_rescue(track: MusicTrack) -> None:
    claimed = claim(track)
    assert claimed.wait(TrackStage.WAITING, seconds=0)
    again = claim(track)
    assert (again.rescues, again.stage) == (0, TrackStage.WAITING)


def test_a_poll_that_learns_nothing_leaves_version_and_timeline_alone(track: MusicTrack) -> None:
    claimed = claim(track)
    claimed.wait(TrackStage.WAITING, seconds=0)
    again = claim(track)
    version, events = again.version, len(kinds(track))
    assert again.wait(TrackStage.WAITING, seconds=5)
    again.refresh_from_db()
    assert (again.version, len(kinds(track))) == (version, events)
    assert again.lease_until is None


def test_renewing_does_not_take_back_a_lease_that_was_given_up(track: MusicTrack) -> None:
    claimed = claim(track)
    claimed.wait(TrackStage.WAITING, seconds=0)
    assert claimed.renew(LEASE) is False


def test_a_hold_goes_back_to_pending_later(track: MusicTrack) -> None:
    claimed = claim(track)
    assert claimed.hold(seconds=60, code="provider_busy")
    claimed.refresh_from_db()
    assert (claimed.status, claimed.stage, claimed.holds) == ("pending", "", 1)
    assert claimed.deadline_at is None
    assert MusicTrack.claim(track.pk, lease=LEASE, deadline=DEADLINE) is None
    assert kinds(track)[-1] == EventKind.HELD


def test_a_failure_has_a_code_and_ends_it(track: MusicTrack) -> None:
    claimed = claim(track)
    assert claimed.fail("provider_failed", "the model gave up")
    claimed.refresh_from_db()
    assert (claimed.status, claimed.error_code) == ("error", "provider_failed")
    assert not MusicTrack.objects.unfinished().filter(pk=track.pk).exists()


@pytest.mark.parametrize("claimed", [False, True])
def test_it_can_be_cancelled_until_it_ends_and_fences_its_worker_off(track: MusicTrack, claimed: bool) -> None:
    worker = claim(track) if claimed else None
    assert track.cancel("")
    assert (track.status, track.error_code) == ("error", "cancelled")
    assert not track.cancel("")
    if worker:
        assert not finish(worker)


def test_a_late_success_does_not_revive_a_cancelled_track_that_was_asked_again(track: MusicTrack) -> None:
    worker = claim(track)
    track.cancel("")
    assert track.retry(provider="studio")
    successor = claim(track)
    assert successor.ask == 2
    assert not finish(worker)
    assert finish(successor)


def test_only_an_error_is_retried(track: MusicTrack) -> None:
    assert not track.retry(provider="studio")
    claimed = claim(track)
    assert not track.retry(provider="studio")
    finish(claimed)
    assert not track.retry(provider="studio")


def test_a_retry_starts_afresh_with_the_provider_of_the_day(track: MusicTrack) -> None:
    claim(track).fail("provider_failed", "no")
    assert track.retry(provider="loopback")
    track.refresh_from_db()
    assert (track.status, track.ask, track.provider, track.error_code, track.rescues) == (
        "pending",
        2,
        "loopback",
        "",
        0,
    )
    assert track.started_at is track.deadline_at is track.finished_at is None


def test_a_retry_leaves_an_open_attempt_unknown(track: MusicTrack) -> None:
    claimed = claim(track)
    attempt = SubmissionAttempt.open(claimed)
    assert attempt
    track.cancel("")
    track.retry(provider="studio")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.UNKNOWN
    assert SubmissionAttempt.current(track) is None


def test_the_version_rises_with_every_visible_change(track: MusicTrack) -> None:
    seen = [track.version]
    claimed = claim(track)
    seen.append(claimed.version)
    for step in (
        lambda: claimed.enter(TrackStage.WAITING),
        lambda: claimed.hold(seconds=0, code="busy"),
        lambda: claimed.cancel(""),
        lambda: claimed.retry(provider="studio"),
    ):
        assert step()
        claimed.refresh_from_db()
        seen.append(claimed.version)
    assert seen == sorted(set(seen))


def test_every_transition_is_in_the_timeline(track: MusicTrack) -> None:
    claimed = claim(track)
    claimed.enter(TrackStage.WAITING)
    claimed.fail("provider_failed", "no")
    claimed.retry(provider="studio")
    again = claim(track)
    finish(again)
    assert kinds(track) == ["requested", "claimed", "entered", "failed", "retried", "claimed", "completed"]
    versions = list(track.events.values_list("version", flat=True))
    assert versions == list(range(1, 8))


def test_what_was_read_in_a_transaction_that_was_cut_off_is_not_believed(track: MusicTrack) -> None:
    worker = claim(track)
    with suppress(ConnectionError), transaction.atomic():
        assert worker.wait(TrackStage.WAITING, seconds=0)
        raise ConnectionError
    assert worker.wait(TrackStage.WAITING, seconds=0)
    track.refresh_from_db()
    assert (track.stage, track.lease_until) == ("waiting", None)


IMPOSSIBLE = {
    "an unknown status": {"status": "done"},
    "completed without a file": {"status": "completed", "due_at": None, "finished_at": Now()},
    "a file while pending": {"file": "x.mp3"},
    "an error without a code": {"status": "error", "due_at": None, "finished_at": Now()},
    "a code while pending": {"error_code": "x"},
    "a stage while pending": {"stage": "waiting"},
    "generating without a stage": {"status": "generating", "fencing_token": 1, "deadline_at": Now()},
    "generating without a claim": {"status": "generating", "stage": "waiting", "deadline_at": Now()},
    "generating without a deadline": {"status": "generating", "stage": "waiting", "fencing_token": 1},
    "pending and never due": {"due_at": None},
    "a lease while pending": {"lease_until": Now()},
    "given back where nobody would look at it": {
        "status": "generating",
        "stage": "submitting",
        "turn": None,
        "deadline_at": Now(),
        "fencing_token": 1,
    },
    "finished and still due": {
        "status": "error",
        "error_code": "x",
        "finished_at": Now(),
    },
}


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_the_database_refuses_impossible_rows(track: MusicTrack, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MusicTrack.objects.filter(pk=track.pk).update(**changes)
    MusicTrack.objects.filter(pk=track.pk).update(version=F("version"))


def test_a_log_has_one_track(track: MusicTrack, alice: Reader) -> None:
    track.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        MusicTrack.objects.create(
            owner=alice, log=track.log, title="x", brief={}, tempo=60, duration=60, provider="studio", due_at=Now()
        )


def test_an_attempt_is_open_once_and_its_task_is_its_own(track: MusicTrack) -> None:
    claimed = claim(track)
    first = SubmissionAttempt.open(claimed)
    assert first
    with pytest.raises(IntegrityError), transaction.atomic():
        SubmissionAttempt.open(claimed)
    first.close(AttemptState.SUBMITTED, task_id="t-1")
    second = SubmissionAttempt.open(claimed)
    assert second
    assert (first.seq, second.seq) == (1, 2)
    second.close(AttemptState.SUBMITTED, task_id="t-1")
    assert (second.state, second.task_id) == (AttemptState.UNKNOWN, ""), "an id that another order has is not ours"


def test_statuses_are_the_four_of_the_documents() -> None:
    assert set(TrackStatus.values) == {"pending", "generating", "completed", "error"}
