"""The yardstick of `bench.sweep`: a worker blocked for each track, as the product's first drafts had it.

    python -m bench.blocking [--minutes 5]

A Celery task orders, asks every 3 s until the piece is there, and stores it: a prefork worker of 8 processes, with the
fake Mureka whose pieces take 30 to 300 s. Memory is each process's proportional share (PSS) where the kernel tells it.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from celery import Celery

from bench import measure
from bench.memory import resident
from bench.provided import place

WORKERS = 8
QUEUE = "blocking"
TASK = "bench.make_music"


@dataclass(frozen=True)
class Blocking:
    """What so many workers did."""

    minutes: float
    finished: int
    steady: float
    """Tracks a minute in the long run: a worker is free again after a mean latency."""
    megabytes: float
    """Of one worker process, which is what one track at the provider takes."""

    def table(self) -> None:
        measure.table(
            ("a worker blocked for each track, 8 processes", ""),
            (f"finished in {self.minutes:g} min, from a standing start", self.finished),
            ("tracks a minute in the long run (8 / mean latency)", f"{self.steady:.1f}"),
            ("MB for each track at the provider", f"{self.megabytes:.0f}"),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    minutes = parser.parse_args().minutes
    with measure.report("a worker blocked for each track"):
        blocked((30.0, 300.0), minutes).table()


def blocked(latency: tuple[float, float], minutes: float) -> Blocking:
    with place("sqlite", latency) as here:
        count = round(WORKERS * (1 + 60 * minutes / latency[0]))
        ids = here.database.answer("bench.inside.fill", "0", "--waiting", count).split()
        worker = here.start_worker(
            "bench.inside.blocking", "-Q", QUEUE, "-P", "prefork", "-c", str(WORKERS), "--include", "music.examination"
        )
        app = Celery("bench", broker=here.broker_url)
        for each in ids:
            app.send_task(TASK, (each,), queue=QUEUE, retry=False)
        time.sleep(60 * minutes)
        used = [resident(each.pid) for each in worker.children()]
        ((finished,),) = here.database.rows("SELECT count(*) FROM music_musictrack WHERE status = 'completed'")
    return Blocking(minutes, finished, 60 * WORKERS / (sum(latency) / 2), sum(used) / len(used))


if __name__ == "__main__":
    main()
