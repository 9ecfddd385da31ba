"""A broker that dies, hangs or comes back: no request fails, no track is lost, everything resumes by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from readingjourney.broker import prepare_directories, remove_socket_directory, server_command
from readingjourney.datadir import broker_socket
from tests.process.product import running_product, wait_until
from tests.process.reader import HttpReader


def test_workers_go_on_after_the_broker_was_killed_with_work_in_flight(tmp_path: Path) -> None:
    """The known trap: Celery 5.7.0's worker exits when the broker restarts while tasks are in flight, and others stayed
    alive but never took a message again. Two short outages, both with tracks being made."""
    with running_product(tmp_path, MUSIC_SWEEP_SECONDS=0.5, STUDIO_CONCURRENCY=2) as product:
        alice = HttpReader(product.url)
        workers = {name: product.pids[name] for name in ("worker", "studio")}
        for title in ("봄봄", "동백꽃"):
            tracks = [alice.start_journey(title)[1] for _ in range(3)]
            wait_until(
                lambda ids=tracks: any(alice.track(track)["status"] == "generating" for track in ids),
                every=0.01,
                what="work to be in flight",
            )
            product.wait_until_replaced("broker", product.kill("broker"))
            for track in tracks:
                alice.wait_for(track)
        _, last = alice.start_journey("소나기")
        alice.wait_for(last)
        assert {name: product.pids[name] for name in workers} == workers


def test_a_broker_that_hangs_delays_no_request(tmp_path: Path) -> None:
    with running_product(tmp_path, MUSIC_SWEEP_SECONDS=0.5) as product:
        alice = HttpReader(product.url)
        broker = product.pids["broker"]
        os.kill(broker, signal.SIGSTOP)
        try:
            started = time.monotonic()
            tracks = [alice.start_journey("봄봄")[1] for _ in range(5)]
            assert time.monotonic() - started < 5  # five requests; a publish that waited for its socket would take 15 s
            assert {alice.track(track)["status"] for track in tracks} == {"pending"}
        finally:
            os.kill(broker, signal.SIGCONT)
        for track in tracks:
            alice.wait_for(track, seconds=90)


def test_without_any_broker_the_product_answers_and_catches_up_when_one_appears(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    broker_url = f"redis+socket://{broker_socket(elsewhere)}"
    with running_product(tmp_path, MUSIC_SWEEP_SECONDS=0.5, BROKER_URL=broker_url) as product:
        assert "broker" not in product.pids
        alice = HttpReader(product.url)
        _, track = alice.start_journey()
        assert alice.track(track)["status"] == "pending"
        prepare_directories(elsewhere)
        broker = subprocess.Popen(server_command(elsewhere), stdout=subprocess.DEVNULL)
        try:
            alice.wait_for(track, seconds=90)
        finally:
            broker.terminate()
            broker.wait(10)
            remove_socket_directory(elsewhere)
