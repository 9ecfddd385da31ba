"""The same product on PostgreSQL and a Valkey reached over TCP, as it runs in production."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from readingjourney.broker import server_binary
from tests.plugins.databases import LocalPostgres
from tests.process.product import running_product, wait_until
from tests.process.reader import HttpReader


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test's own (TEST_DATABASE_URL is shared with the other rungs and not used here)."""
    server = LocalPostgres()
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def valkey_url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(server_binary()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    server = subprocess.Popen([*command, "--maxmemory-policy", "noeviction"], stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


def test_a_journey_on_postgresql_and_valkey_survives_a_killed_worker(
    tmp_path: Path, postgres_url: str, valkey_url: str
) -> None:
    with running_product(
        tmp_path,
        DATABASE_URL=postgres_url,
        BROKER_URL=valkey_url,
        MUSIC_LEASE_SECONDS=3,
        MUSIC_SWEEP_SECONDS=0.5,
    ) as product:
        assert "broker" not in product.pids
        assert not (product.data_dir / "db.sqlite3").exists()
        alice = HttpReader(product.url)
        journey, first = alice.start_journey()
        wait_until(lambda: alice.track(first)["stage"] == "waiting", every=0.01, what="the composing to begin")
        studio = psutil.Process(product.pids["studio"])
        for process in [*studio.children(recursive=True), studio]:
            os.kill(process.pid, signal.SIGKILL)
        alice.wait_for(first)
        second = alice.post(f"/api/journeys/{journey}/logs", {"memo": "눈물이 났다"}).json()["musicTrack"]["id"]
        last = alice.post(f"/api/journeys/{journey}/finish").json()["musicTrack"]["id"]
        alice.wait_for(second)
        alice.wait_for(last)
        with psycopg.connect(postgres_url) as database:
            made = database.execute("SELECT count(*) FROM music_trackevent WHERE kind = 'completed'").fetchone()
        assert made == (3,)
