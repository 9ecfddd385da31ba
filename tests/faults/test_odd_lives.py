"""Pieces that kill their workers, readers who leave, clicks that come twice (cases 28 to 30)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from journeys.models import Reader
from journeys.services import delete_reader
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStatus
from music.services import cancel_track, discard_tracks, retry_track
from tests.faults.harness import Faults, completed
from tests.process.product import wait_until


def test_a_piece_that_kills_its_workers_ends_and_takes_no_other_along(faults: Faults) -> None:
    poison = faults.ask(provider="poison", prompt="poison")
    good = [faults.ask(provider="poison", prompt=f"good {number}") for number in range(3)]
    paid = faults.ask()
    lives = 0
    while MusicTrack.objects.unfinished().exists() and lives < 12:
        worker = faults.worker()
        lives += 1
        wait_until(
            lambda worker=worker: not worker.alive or not MusicTrack.objects.unfinished().exists(),
            what="the next death, or the end",
        )
    poison.refresh_from_db()
    assert (poison.status, poison.error_code) == (TrackStatus.ERROR, "worker_lost")
    assert lives <= 5
    assert completed(good) == 3
    assert faults.charges(paid) <= 1  # here one process does both, and may have died over the order
    faults.check()


@pytest.mark.parametrize("point", ["claimed", "recorded", "ordered", "id_saved", "succeeded", "fetched", "stored"])
def test_a_track_that_is_deleted_on_its_way_leaves_no_file_and_no_second_order(faults: Faults, point: str) -> None:
    track, other = faults.ask_many(2)
    frozen = faults.frozen(point)  # with either of them in its hands; the other goes on below
    discard_tracks([track])
    _go_on(faults, frozen)
    faults.worker()
    faults.settle()
    _nothing_is_left_of(faults, track)
    other.refresh_from_db()
    assert other.status == TrackStatus.COMPLETED or other.error_code == "submission_unknown"
    faults.check()


@pytest.mark.parametrize("point", ["ordered", "stored"])
def test_an_account_that_is_deleted_on_the_way_leaves_no_file_but_the_books(
    faults: Faults, bob: Reader, point: str
) -> None:
    track = faults.ask(reader=bob)
    frozen = faults.frozen(point)
    delete_reader(bob)
    _go_on(faults, frozen)
    _nothing_is_left_of(faults, track)
    attempt = SubmissionAttempt.objects.get(track_ref=track.pk)
    assert (attempt.track, attempt.state) == (None, AttemptState.SUBMITTED)
    assert attempt.task_id == faults.mureka.ledger[0].task_id, "a paid order stays in the books"
    faults.check()


@pytest.mark.parametrize("point", ["claimed", "recorded", "ordered", "succeeded", "stored"])
def test_a_track_that_is_cancelled_on_its_way_stays_cancelled_and_costs_once(faults: Faults, point: str) -> None:
    track = faults.ask()
    frozen = faults.frozen(point)
    assert cancel_track(track)
    _go_on(faults, frozen)
    faults.worker()
    faults.settle()
    track.refresh_from_db()
    assert (track.status, track.error_code) == (TrackStatus.ERROR, "cancelled")
    assert faults.charges(track) <= 1
    if point == "claimed":
        assert faults.charges(track) == 0
    before = faults.charges(track)

    faults.retry(track)
    faults.settle()

    track.refresh_from_db()
    assert track.status == TrackStatus.COMPLETED
    assert faults.charges(track) == max(1, before), "what was paid for before is not paid for again"
    faults.check()


def test_two_clicks_on_try_again_are_one(faults: Faults) -> None:
    faults.read_account()
    faults.mureka.script("accept", fate="failed")
    track = faults.ask()
    faults.work_off()
    track.refresh_from_db()
    won: list[bool] = []

    def click() -> None:
        try:
            won.append(retry_track(MusicTrack.objects.get(pk=track.pk)))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    faults.work_off()
    assert sum(won) == 1
    track.refresh_from_db()
    assert (track.status, track.ask, faults.charges(track)) == (TrackStatus.COMPLETED, 2, 2)
    faults.check()


def _go_on(faults: Faults, frozen: object) -> None:
    """The frozen worker goes on to its end."""
    worker = faults.workers[-1]
    assert worker is frozen
    worker.thaw_and_end()


def _nothing_is_left_of(faults: Faults, track: MusicTrack) -> None:
    assert not MusicTrack.objects.filter(pk=track.pk).exists()
    assert len(faults.mureka.charges_for(track.prompt)) <= 1
    assert not list((faults.home / "media").rglob(f"*{track.pk}*/*"))
    assert not any("met an error nobody foresaw" in worker.log for worker in faults.workers)
