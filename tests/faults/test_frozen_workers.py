"""Workers that stop for longer than their lease, many at once, and clocks that are wrong (cases 9, 12, 27, 31)."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from music import generation
from music.models import AttemptState, TrackStatus
from tests.faults.harness import Faults, attempt_of, completed
from tests.process.product import wait_until


@pytest.mark.parametrize("point", ["claimed", "succeeded", "fetched", "stored"])
def test_a_worker_that_was_frozen_for_longer_than_its_lease_changes_nothing(faults: Faults, point: str) -> None:
    track = faults.ask()
    frozen = faults.frozen(point)
    other = faults.worker()
    faults.settle()
    track.refresh_from_db()
    version, file = track.version, track.file.name

    frozen.thaw_and_end()
    other.send(signal.SIGTERM)
    other.wait_until_dead()

    track.refresh_from_db()
    assert (track.status, track.version, track.file.name) == (TrackStatus.COMPLETED, version, file)
    assert faults.charges(track) == 1
    assert faults.events(track).count("completed") == 1
    faults.check()


@pytest.mark.parametrize("point", ["recorded", "ordered"])
def test_an_id_that_a_frozen_worker_brings_late_is_kept_and_its_piece_taken_in(faults: Faults, point: str) -> None:
    track = faults.ask()
    frozen = faults.frozen(point)
    faults.worker()
    faults.wait_for(track, lambda track: track.status == TrackStatus.ERROR)
    assert (track.error_code, faults.attempts(track)) == ("submission_unknown", [AttemptState.UNKNOWN])

    frozen.thaw()
    wait_until(lambda: attempt_of(track).task_id, what="the id to be saved")

    faults.wait_for(track, lambda track: track.arrived_late)
    faults.retry(track)
    faults.settle()
    track.refresh_from_db()
    assert (track.status, track.ask, faults.charges(track)) == (TrackStatus.COMPLETED, 1, 1)
    faults.check()


def test_a_reader_who_has_asked_again_meanwhile_gets_what_they_asked_for(faults: Faults) -> None:
    track = faults.ask()
    frozen = faults.frozen("ordered")
    faults.worker()
    faults.wait_for(track, lambda track: track.status == TrackStatus.ERROR)
    faults.retry(track)
    faults.settle()

    frozen.thaw()
    wait_until(lambda: track.attempts.get(seq=1).task_id, what="the late id to be saved")

    track.refresh_from_db()
    assert (track.status, track.ask, faults.charges(track)) == (TrackStatus.COMPLETED, 2, 2)
    assert faults.attempts(track) == [AttemptState.SUBMITTED, AttemptState.SUBMITTED]
    faults.check()


def test_ten_knocks_at_once_and_one_of_yesterday_do_it_once(faults: Faults) -> None:
    faults.read_account()
    track = faults.ask()

    def knock() -> None:
        try:
            generation.advance(track.pk)
        finally:
            connection.close()

    knocks = [threading.Thread(target=knock) for _ in range(10)]
    for thread in knocks:
        thread.start()
    for thread in knocks:
        thread.join()
    faults.work_off()
    track.refresh_from_db()
    version = track.version
    for _ in range(10):
        generation.advance(track.pk)

    track.refresh_from_db()
    assert (track.status, track.version) == (TrackStatus.COMPLETED, version)
    assert Counter(faults.events(track))["claimed"] == 1
    assert faults.charges(track) == 1
    faults.check()


def test_many_sweeping_workers_order_each_piece_once_and_keep_within_the_limit(faults: Faults) -> None:
    faults.mureka.settings(latency=(0.2, 0.6), concurrency=5)
    faults.configure(MUSIC_LEASE_SECONDS=15.0)  # twelve on two cores: none of them is lost, they are only slow
    tracks = faults.ask_many(40)
    for _ in range(12):
        faults.worker()
    faults.settle(90)
    assert completed(tracks) == len(tracks)
    assert len(faults.mureka.ledger) == len(tracks)
    assert faults.mureka.stats()["answers"].keys() <= {
        f"{on} accept" for on in ("submit", "query", "download", "billing")
    }
    faults.check()


@pytest.mark.parametrize("skews", [(600.0, -600.0), (-86_400.0, 0.0)])
def test_workers_whose_clocks_are_wrong_still_keep_each_others_leases(
    faults: Faults, skews: tuple[float, float]
) -> None:
    faults.mureka.settings(latency=(0.5, 1.0))
    tracks = faults.ask_many(6)
    first, second = (faults.worker(machine={"skew": skew}) for skew in skews)
    wait_until(lambda: len(faults.mureka.ledger) >= 2, what="orders to be under way")
    first.kill()
    faults.settle()
    second.send(signal.SIGTERM)
    # A worker killed while it ordered leaves that one order unknown; whatever the clocks say, nothing is ordered twice.
    assert all(faults.charges(track) <= 1 for track in tracks)
    lost = [track for track in tracks if not completed([track])]
    assert all(faults.attempts(track) == [AttemptState.UNKNOWN] for track in lost)
    faults.check()


def test_the_clock_steps_back_in_the_middle(faults: Faults) -> None:
    faults.mureka.settings(latency=(1.0, 1.0))
    track = faults.ask()
    faults.crash("id_saved:kill")
    faults.worker(machine={"skew": -600.0})
    began = time.monotonic()
    faults.settle()
    assert time.monotonic() - began < 15
    assert faults.charges(track) == 1
    faults.check()
