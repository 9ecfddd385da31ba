"""kill -9 at every named point of a paid track's life (cases 1 to 7): paid once, made once, never ordered twice."""

from __future__ import annotations

import pytest

from music.models import AttemptState, MusicTrack, TrackStatus
from tests.faults.harness import Faults, attempt_of
from tests.process.product import wait_until


def the_next_worker_finishes(faults: Faults, track: MusicTrack) -> None:
    faults.worker()
    faults.settle()
    track.refresh_from_db()
    assert (track.status, track.error_code) == (TrackStatus.COMPLETED, "")
    assert faults.charges(track) == 1
    assert faults.events(track).count("completed") == 1
    faults.check()


def test_killed_after_the_claim_it_is_claimed_again_and_paid_once(faults: Faults) -> None:
    track = faults.ask()
    faults.crash("claimed:kill")
    assert faults.attempts(track) == []
    assert faults.charges(track) == 0
    the_next_worker_finishes(faults, track)
    assert track.rescues == 1


def test_killed_between_record_and_order_nothing_is_ordered_by_itself(faults: Faults) -> None:
    track = faults.ask()
    faults.crash("recorded:kill")
    assert faults.attempts(track) == [AttemptState.OPEN]

    faults.worker()
    faults.settle()

    track.refresh_from_db()
    assert track.error_code == "submission_unknown"
    assert faults.attempts(track) == [AttemptState.UNKNOWN]
    assert faults.mureka.ledger == []
    faults.check()

    faults.retry(track)  # the reader's own decision
    faults.settle()
    track.refresh_from_db()
    assert track.status == TrackStatus.COMPLETED
    assert (faults.charges(track), track.ask) == (1, 2)
    faults.check()


def test_killed_between_order_and_id_it_is_not_ordered_again(faults: Faults) -> None:
    track = faults.ask()
    faults.crash("ordered:kill")
    assert faults.charges(track) == 1

    faults.worker()
    faults.settle()
    faults.check()

    track.refresh_from_db()
    assert track.error_code == "submission_unknown"
    assert faults.charges(track) == 1


def test_an_order_of_unknown_outcome_is_adopted_by_staff_and_costs_nothing_more(faults: Faults) -> None:
    from_ledger = faults.ask()
    faults.crash("ordered:kill")
    faults.worker()
    faults.settle()
    assert attempt_of(from_ledger).adopt(faults.mureka.ledger[0].task_id, by="charlie")

    faults.retry(from_ledger)
    faults.settle()

    from_ledger.refresh_from_db()
    assert from_ledger.status == TrackStatus.COMPLETED
    assert (faults.charges(from_ledger), from_ledger.ask) == (1, 1)
    faults.check()


@pytest.mark.parametrize("point", ["id_saved", "succeeded", "fetched", "stored"])
def test_killed_once_it_is_paid_for_it_is_asked_after_and_finished(faults: Faults, point: str) -> None:
    track = faults.ask()
    faults.crash(f"{point}:kill")
    assert faults.charges(track) == 1
    assert faults.attempts(track) == [AttemptState.SUBMITTED]
    the_next_worker_finishes(faults, track)
    stored = [path for path in (faults.home / "media").rglob("*") if path.is_file()]
    assert len(stored) == 1, "the second one made the same file, and no draft of the first is left"


def test_killed_while_it_polls_it_is_polled_again(faults: Faults) -> None:
    faults.mureka.script_query("stall", times=1)
    track = faults.ask()
    worker = faults.worker(MUREKA_POLL_TIMEOUT_SECONDS=3.0)  # long enough to be killed in
    wait_until(lambda: faults.mureka.stats()["polls"] >= 1, what="a poll to be under way")
    worker.kill()
    faults.mureka.release()
    the_next_worker_finishes(faults, track)


def test_killed_while_it_downloads_nothing_is_left_and_it_is_downloaded_again(faults: Faults) -> None:
    faults.mureka.script_download("slow", rate=20_000, times=1)
    track = faults.ask()
    worker = faults.worker(MUSIC_DOWNLOAD_SECONDS=60.0)
    wait_until(lambda: faults.mureka.stats()["downloads"] >= 1, what="the download to have begun")
    worker.kill()
    the_next_worker_finishes(faults, track)
    assert faults.mureka.stats()["downloads"] == 2


@pytest.mark.parametrize("points", ["claimed", "succeeded", "fetched", "stored"])
def test_the_same_point_kills_two_workers_in_a_row(faults: Faults, points: str) -> None:
    track = faults.ask()
    faults.crash(f"{points}:kill")
    faults.crash(f"{points}:kill")
    the_next_worker_finishes(faults, track)
