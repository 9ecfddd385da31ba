"""What a reader waits for when music is asked for: with the broker up, hanging, and dead.

    python -m bench.post [--requests 60] [--rounds 3] [--database sqlite] [--quick]

POST /api/music (a prompt) and POST /api/journeys/{id}/logs (a log), one after the other on one connection, to the
product as `up` runs it, with a Valkey of our own on a TCP port: serving, stopped by SIGSTOP (it takes connections and
never answers), killed (connection refused). The three take turns, so that other load on the machine meets all. Music is
ordered from a fake Mureka in another process, so no composing takes the cores; every log's words are really read.

The yardstick is the same request with the broker up.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import redis

from bench import measure
from bench.databases import KINDS, database
from readingjourney.broker import server_binary
from tests.fake_mureka import running_mureka_process
from tests.process.product import wait_until
from tests.process.reader import HttpReader

UP, HANGING, DEAD = "up (yardstick)", "hanging", "dead"
WARM_UP = 5
KINDS_OF_REQUEST = ("POST /api/music", "POST …/logs")


class Broker:
    """A Valkey on a port of its own, which comes back there."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._directory = directory
        self._process: psutil.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def be(self, state: str) -> None:
        """Serve, hang or be dead, from whatever was before."""
        process = self._process
        if process and state == DEAD:
            process.kill()
            process.wait(10)
            self._process = None
        elif process and state == HANGING:
            process.suspend()
            wait_until(lambda: process.status() == psutil.STATUS_STOPPED, what="the broker to hang")
        elif process:
            process.resume()
        if state == UP:
            if self._process is None:
                command = (str(server_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
                self._process = psutil.Popen(
                    [*command, "--dir", str(self._directory), "--maxmemory-policy", "noeviction"],
                    stdout=subprocess.DEVNULL,
                )
            wait_until(self._answers, what="the broker to answer")

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port, socket_timeout=1).ping())
        except redis.RedisError:
            return False


@contextmanager
def running_broker(directory: Path) -> Iterator[Broker]:
    broker = Broker(directory)
    broker.be(UP)
    try:
        yield broker
    finally:
        broker.be(DEAD)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=60, help="of each kind, in each state and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--quick", action="store_true", help="one round of ten")
    options = parser.parse_args()
    count, rounds = (10, 1) if options.quick else (options.requests, options.rounds)
    with (
        measure.report(f"a request for music, by the broker's state ({options.database})"),
        database(options.database) as made,
        running_broker(made.directory) as broker,
        running_mureka_process(made.directory, latency=(30, 300), concurrency=100_000) as mureka,
    ):
        environment = {name: value for name, value in made.environment.items() if name == "DATABASE_URL"}
        others = {"BROKER_URL": broker.url, "MUSIC_READER_LIMIT": 1_000_000, "MUREKA_CONCURRENCY": 0}
        with measure.product(**environment, **mureka.environment, **others) as product:
            reader = HttpReader(product.url)
            waits: dict[tuple[str, str], list[float]] = {}
            posts(reader, WARM_UP)
            for _ in range(rounds):
                for state in (UP, HANGING, DEAD):
                    broker.be(state)
                    for kind, seconds in posts(reader, count).items():
                        waits.setdefault((kind, state), []).extend(seconds)
                broker.be(UP)
                wait_for_knocks(reader)
        show(waits)


def show(waits: dict[tuple[str, str], list[float]]) -> None:
    for kind in KINDS_OF_REQUEST:
        rows = [
            (
                state,
                *(f"{1000 * measure.percentile(waits[kind, state], percent):.0f}" for percent in (50, 99, 100)),
                *(
                    measure.times(
                        measure.percentile(waits[kind, state], percent), measure.percentile(waits[kind, UP], percent)
                    )
                    for percent in (50, 99)
                ),
            )
            for state in (UP, HANGING, DEAD)
        ]
        measure.table((f"{kind}, broker …", "p50 ms", "p99 ms", "slowest", "p50 ratio", "p99 ratio"), *rows)


def posts(reader: HttpReader, count: int) -> dict[str, list[float]]:
    """The seconds that each of so many requests of each kind took; the logs are of a new journey."""
    journey, _track = reader.start_journey()
    prompt, log = KINDS_OF_REQUEST
    waits: dict[str, list[float]] = {prompt: [], log: []}
    for number in range(count):
        told = f"비가 오는 밤에 {number}쪽을 읽고 눈물이 났다"
        for kind, path, body in (
            (prompt, "/api/music", {"prompt": told}),
            (log, f"/api/journeys/{journey}/logs", {"memo": told}),
        ):
            began = time.perf_counter()
            reader.post(path, body, timeout=60)
            waits[kind].append(time.perf_counter() - began)
    return waits


def wait_for_knocks(reader: HttpReader) -> None:
    """Until the workers have found their broker again: a new track is taken up."""
    track = reader.post("/api/music", {"prompt": "calm piano"}).json()["jobId"]
    wait_until(lambda: reader.track(track)["status"] != "pending", seconds=180, what="a track to be taken up")


if __name__ == "__main__":
    main()
