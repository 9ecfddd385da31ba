"""How soon a new track is taken up: request → claimed, beside a bare Celery round trip on the same broker.

    python -m bench.knock [--tracks 200]

Both ends are events of the track's timeline, by the database's clock (milliseconds in SQLite). The first is written
just before the request's transaction commits, so the figure has the commit in it, then the knock, the broker, the
worker, and the claim's own UPDATE. Each track is asked for when the one before is complete: the studio is idle.

The yardstick is a Celery application of one empty task, on the same Valkey server and a process pool of the same size:
publish → the task's first line. The two take turns, so other load on the machine meets both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bench import measure
from bench.bare import QUEUE, STARTS, app, note_start, valkey
from readingjourney.datadir import broker_socket
from tests.process.product import Product, wait_until
from tests.process.reader import HttpReader, rows

POOL = 2
WARM_UP = 5
NO_KNOCK_SECONDS = 2.5
"""The sweep looks for pending rows that nobody took for 3 s: a claim this late was not the knock's doing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=200)
    count = parser.parse_args().tracks
    claims, trips = [], []
    with (
        measure.report("request → claimed, beside a bare Celery round trip"),
        measure.product(MUSIC_DURATION_SECONDS=10, STUDIO_CONCURRENCY=POOL) as product,
        bare_worker(product) as socket,
    ):
        reader = HttpReader(product.url)
        for _ in range(WARM_UP):
            round_trip(socket)
            seconds_to_claim(product, reader)
        for _ in range(count):
            trips.append(round_trip(socket))
            claims.append(seconds_to_claim(product, reader))
        measure.table(
            (f"ms, {count} of each", "p50", "p99", "slowest"),
            ("request → claimed", *figures(claims)),
            ("bare Celery, publish → start", *figures(trips)),
            (
                "ratio",
                *(
                    measure.times(measure.percentile(claims, percent), measure.percentile(trips, percent))
                    for percent in (50, 99, 100)
                ),
            ),
        )
        print(f"claimed only after {NO_KNOCK_SECONDS} s (the sweep's work, not the knock's):", end=" ")
        print(sum(claim > NO_KNOCK_SECONDS for claim in claims))


@contextmanager
def bare_worker(product: Product) -> Iterator[str]:
    """A worker of the empty task beside the product; yields the broker's socket when the worker answers."""
    socket = str(broker_socket(product.data_dir))
    broker = f"redis+socket://{socket}"
    app.conf.broker_url = broker
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    command = (
        *(sys.executable, "-m", "celery", "--app", "bench.bare", "--broker", broker),
        *("worker", "-n", "bare@%h", "-Q", QUEUE, "-P", "prefork", "-c", str(POOL), *quiet),
    )
    with (product.data_dir / "bare.log").open("wb") as log:
        worker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        round_trip(socket)
        yield socket
    finally:
        worker.terminate()
        worker.wait(30)


def round_trip(socket: str) -> float:
    """Seconds from just before the publish to the first line of the task."""
    sent = time.time()
    note_start.apply_async((socket,), retry=False, expires=300)
    answer = valkey(socket).blpop([STARTS], timeout=60)
    assert isinstance(answer, list | tuple), "the bare worker did not answer"
    return float(answer[1]) - sent


def seconds_to_claim(product: Product, reader: HttpReader) -> float:
    """Ask for one short piece, wait until it is complete, and read its timeline."""
    track_id = reader.post("/api/music", {"prompt": "조용한 피아노"}).json()["jobId"]

    def finished() -> dict[str, datetime] | None:
        sql = "SELECT kind, at FROM music_trackevent WHERE track_id = ? ORDER BY id"
        timeline = {kind: datetime.fromisoformat(at) for kind, at in rows(product.data_dir, sql, hexadecimal)}
        assert "failed" not in timeline, timeline
        return timeline if "completed" in timeline else None

    hexadecimal = track_id.replace("-", "")
    timeline = wait_until(finished, seconds=120, what=f"track {track_id}", every=0.02)
    assert timeline
    return (timeline["claimed"] - timeline["requested"]).total_seconds()


def figures(seconds: list[float]) -> list[str]:
    return [f"{1000 * measure.percentile(seconds, percent):.1f}" for percent in (50, 99, 100)]


if __name__ == "__main__":
    main()
