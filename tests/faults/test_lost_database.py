"""The database is away, locked or cut off in the middle (cases 4, 13 and 14)."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from music.models import AttemptState, SubmissionAttempt, TrackStatus
from tests.faults.harness import Faults, completed
from tests.faults.invariants import sqlite_integrity
from tests.plugins import databases
from tests.process.product import wait_until


@contextmanager
def locked_sqlite() -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


class Server:
    """The PostgreSQL server of this test run."""

    def __init__(self) -> None:
        (self._server,) = databases.started

    def crash(self) -> None:
        connections.close_all()
        self._server.crash()

    def start(self) -> None:
        self._server.run()


@pytest.fixture
def server() -> Iterator[Server]:
    if not databases.started:
        pytest.skip("needs a PostgreSQL server of our own: --database=postgres")
    server = Server()
    yield server
    connections.close_all()
    try:
        connection.ensure_connection()
    except Exception:
        server.start()


@pytest.fixture
def on_sqlite(db: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a matter of SQLite's one lock")


def _the_id_waits_in_the_spool(faults: Faults) -> None:
    spool = faults.home / "spool"
    wait_until(lambda: list(spool.glob("*.json")), seconds=20, what="the id to be in the spool")
    kept = json.loads(next(spool.glob("*.json")).read_text())
    assert kept["task_id"] == faults.mureka.ledger[0].task_id


def test_an_id_that_a_locked_database_does_not_take_is_spooled_and_saved_later(faults: Faults, on_sqlite: None) -> None:
    track = faults.ask()
    worker = faults.worker("ordered:sleep=1", machine={"patience": 0.2})
    wait_until(lambda: faults.mureka.ledger, what="the order", every=0.01)
    with locked_sqlite():
        _the_id_waits_in_the_spool(faults)
        worker.kill()

    faults.worker()
    faults.settle()

    track.refresh_from_db()
    assert (track.status, faults.attempts(track)) == (TrackStatus.COMPLETED, [AttemptState.SUBMITTED])
    assert faults.charges(track) == 1
    assert not list((faults.home / "spool").glob("*.json"))
    faults.check()


def test_a_lock_that_is_gone_soon_is_waited_for(faults: Faults, on_sqlite: None) -> None:
    track = faults.ask()
    faults.worker("ordered:sleep=0.5", machine={"patience": 0.2})
    wait_until(lambda: faults.mureka.ledger, what="the order", every=0.01)
    with locked_sqlite():
        time.sleep(1.2)  # longer than one try, shorter than all of them
    faults.settle()
    track.refresh_from_db()
    assert (track.status, faults.charges(track)) == (TrackStatus.COMPLETED, 1)
    assert not (faults.home / "spool").exists()
    faults.check()


def test_an_id_that_a_dead_server_does_not_take_is_spooled_and_saved_later(faults: Faults, server: Server) -> None:
    track = faults.ask()
    worker = faults.worker("ordered:sleep=1")
    wait_until(lambda: faults.mureka.ledger, what="the order", every=0.01)
    server.crash()
    _the_id_waits_in_the_spool(faults)
    worker.kill()
    server.start()

    faults.worker()
    faults.settle()

    track.refresh_from_db()
    assert (track.status, faults.attempts(track)) == (TrackStatus.COMPLETED, [AttemptState.SUBMITTED])
    assert faults.charges(track) == 1
    faults.check()


def test_a_server_that_crashes_in_the_middle_of_everything_costs_nobody_twice(faults: Faults, server: Server) -> None:
    faults.mureka.settings(latency=(0.2, 1.5))
    tracks = faults.ask_many(16)
    for _ in range(3):
        faults.worker()
    for _ in range(2):
        wait_until(lambda: faults.mureka.stats()["in_flight"] >= 2, what="orders to be under way", every=0.01)
        server.crash()
        time.sleep(1.5)  # the outage itself
        server.start()
        faults.worker()
    faults.settle(180)
    _all_made_but_for_commits_that_nobody_learned_of(faults, tracks)


def test_connections_cut_again_and_again_cost_nobody_twice(faults: Faults, server: Server) -> None:
    faults.mureka.settings(latency=(0.1, 0.8))
    tracks = faults.ask_many(16)
    for _ in range(3):
        faults.worker()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(faults.random.uniform(0.02, 0.3))
    faults.settle(180)
    _all_made_but_for_commits_that_nobody_learned_of(faults, tracks)


def _all_made_but_for_commits_that_nobody_learned_of(faults: Faults, tracks: list[Any]) -> None:
    """A record whose COMMIT was cut off may stand, with no order behind it: that is for a person, and never ordered."""
    for track in tracks:
        track.refresh_from_db()
        if track.status == TrackStatus.ERROR:
            assert track.error_code == "submission_unknown"
            assert faults.charges(track) <= 1
        else:
            assert faults.charges(track) == 1
    assert completed(tracks) >= len(tracks) - 4
    faults.check()


def test_four_workers_a_long_reader_and_a_lock_of_ten_seconds_lose_nothing(faults: Faults, on_sqlite: None) -> None:
    faults.mureka.settings(latency=(0.2, 1.0))
    # The leases of the product are longer than its patience with a lock (20 s); so are they here.
    faults.configure(MUSIC_LEASE_SECONDS=15.0)
    faults.lease_seconds = 15.0
    tracks = faults.ask_many(12)
    reader = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM music_musictrack").fetchone()
    for _ in range(4):
        faults.worker()
    wait_until(lambda: len(faults.mureka.ledger) >= 3, what="orders to be under way", every=0.01)

    asked: list[float] = []

    def ask_meanwhile() -> None:
        began = time.monotonic()
        try:
            tracks.append(faults.ask())
            asked.append(time.monotonic() - began)
        finally:
            connections.close_all()

    thread = threading.Thread(target=ask_meanwhile)
    with locked_sqlite():
        thread.start()
        time.sleep(10)
    thread.join()
    faults.settle(180)
    reader.execute("ROLLBACK")
    reader.close()

    assert asked, "the reader's own request waited, and was not told that the database is locked"
    assert completed(tracks) == 13
    assert SubmissionAttempt.objects.count() == 13
    assert "database is locked" not in "".join(worker.log for worker in faults.workers)
    assert sqlite_integrity(connection.settings_dict["NAME"]) == "ok"
    faults.check()
