"""One worker that sweeps, with ten thousand tracks at the provider, beside a worker blocked for each track.

    python -m bench.sweep [--tracks 10000] [--database sqlite] [--minutes 20] [--blocking-minutes 5] [--quick]

The product's own Celery worker (8 threads, as `up` starts it), its beat and a Valkey, all real processes; the provider
is a fake Mureka in another one, whose pieces take 30 to 300 s and are tones of 12 s, really fetched, examined, tagged
and stored. The tracks begin as ordered: the orders are placed beforehand, the first polls spread as they would be.

Lateness is how long after its due time a track is claimed to be asked after, by the database's clock; a sweep comes
every 2 s, so half of that is the least one can expect. CPU is of one core. "In statements" is the time that the
worker's threads spend in the database, waiting for locks included; PostgreSQL's own CPU stands beside it.

The yardstick is `bench.blocking`. What it would take for all the tracks at once is reckoned, not measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from bench import measure
from bench.blocking import WORKERS, Blocking, blocked
from bench.databases import KINDS
from bench.provided import Place, place

POLLS_PER_SECOND = 300.0  # the product's default: the polls of a crowd are spread accordingly
ORDERING_THREADS = 8
LOOK_EVERY = 2.0
HEADINGS = (
    *("asked", "to fetch", "ended", "polls/s", "late p50 s", "p99 s", "RSS MB", "CPU"),
    *("in statem.", "server CPU", "st. a poll"),
)
WIDTH = 10
STATES = "SELECT status, stage, count(*) FROM music_musictrack GROUP BY status, stage"
FAILURES = (
    "SELECT error_code, max(error_message), count(*) FROM music_musictrack WHERE status = 'error' GROUP BY error_code"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=10_000)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--minutes", type=float, default=20.0, help="at most; it ends when every track has")
    parser.add_argument("--blocking-minutes", type=float, default=5.0, help="0: without the yardstick")
    parser.add_argument("--quick", action="store_true", help="200 tracks of 3 to 30 s, half a minute of the yardstick")
    options = parser.parse_args()
    tracks, latency, minutes = options.tracks, (30.0, 300.0), options.blocking_minutes
    if options.quick:
        tracks, latency, minutes = min(200, tracks), (3.0, 30.0), min(0.5, minutes)
    with measure.report(f"{tracks} tracks at the provider ({latency[0]:g} to {latency[1]:g} s), {options.database}"):
        yardstick = blocked(latency, minutes) if minutes else None
        if yardstick:
            yardstick.table()
        with place(options.database, latency) as here:
            swept(here, tracks, options.minutes, yardstick)


@dataclass
class Look:
    """What was seen in about a minute."""

    seconds: float = 0.0
    lateness: list[float] = field(default_factory=list)
    statements: int = 0
    database: float = 0.0
    cpu: float = 0.0
    server_cpu: float = 0.0
    megabytes: float = 0.0
    asked: int = 0
    """At the end: tracks that are asked after."""
    fetched: int = 0
    """At the end: tracks that are there to be fetched, or being fetched."""
    ended: int = 0

    def __iadd__(self, other: Look) -> Look:
        for name in ("seconds", "lateness", "statements", "database", "cpu", "server_cpu"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.megabytes = max(self.megabytes, other.megabytes)
        self.asked, self.fetched, self.ended = other.asked, other.fetched, other.ended
        return self

    def cells(self) -> list[str]:
        late = [f"{measure.percentile(self.lateness, p):.1f}" for p in (50, 99)] if self.lateness else ["–", "–"]
        per_poll = f"{self.statements / len(self.lateness):.1f}" if self.lateness else "–"
        return [
            *(str(self.asked), str(self.fetched), str(self.ended), f"{len(self.lateness) / self.seconds:.0f}"),
            *(*late, f"{self.megabytes:.0f}", f"{100 * self.cpu / self.seconds:.0f} %"),
            *(f"{100 * self.database / self.seconds:.0f} %", f"{100 * self.server_cpu / self.seconds:.0f} %"),
            per_poll,
        ]


def swept(here: Place, tracks: int, minutes: float, yardstick: Blocking | None) -> None:
    watch_file = here.database.directory / "watch.jsonl"
    watch_file.touch()
    worker = here.start_worker(
        *("bench.inside.watched", "-Q", "waiting", "-P", "threads", "-c", "8"), WATCH_FILE=str(watch_file)
    )
    here.start("beat", sys.executable, "-m", "celery", "--app", "readingjourney", "beat", "--loglevel", "WARNING")
    idle = worker.memory_info().rss / 2**20
    here.database.answer("bench.inside.fill", max(5.0, tracks / POLLS_PER_SECOND), told="\n".join(order(here, tracks)))
    began = time.monotonic()
    seen: list[Look] = []
    print(f"  {'minute':<7}", *(f"{name:>{WIDTH}}" for name in HEADINGS))
    while time.monotonic() - began < 60 * minutes and not (seen and seen[-1].ended >= tracks):
        seen.append(one_minute(here, worker, watch_file, tracks))
        print(f"  {len(seen):<7}", *(f"{cell:>{WIDTH}}" for cell in seen[-1].cells()), flush=True)
    whole = Look()
    for look in seen:
        whole += look
    states = {f"{status} {stage}".strip(): count for status, stage, count in here.database.rows(STATES)}
    print(f"  {'whole':<7}", *(f"{cell:>{WIDTH}}" for cell in whole.cells()))
    print(f"at the end: {states}; the worker idle before: {idle:.0f} MB")
    stats = here.mureka.stats()
    for code, message, count in here.database.rows(FAILURES):
        print(f"failed: {count} × {code}, such as: {message}")
    print(f"the provider: {stats['polls']} polls, {stats['downloads']} downloads, {stats['accepted']} orders charged")
    if yardstick:
        pace = 60 * whole.ended / whole.seconds
        each = whole.megabytes / tracks
        measure.table(
            ("", "the sweep", f"blocked, {WORKERS} workers", "ratio"),
            ("tracks a minute", f"{pace:.0f}", f"{yardstick.steady:.1f}", measure.times(pace, yardstick.steady)),
            (
                "MB for each track",
                f"{each:.3f}",
                f"{yardstick.megabytes:.0f}",
                measure.times(each, yardstick.megabytes),
            ),
        )
        hours, memory = tracks / yardstick.steady / 60, yardstick.megabytes * tracks / 1024
        print(f"reckoned for {tracks} tracks, blocked: {hours:.0f} h with {WORKERS} workers;", end=" ")
        print(f"{memory:.0f} GB with a worker for each")


def order(here: Place, count: int) -> list[str]:
    """Place so many orders; their ids."""
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=ORDERING_THREADS))
    headers = {"Authorization": f"Bearer {here.mureka.key}"}
    address = f"{here.mureka.url}/v1/instrumental/generate"

    def order_one(number: int) -> str:
        body = {"model": "mureka-9", "prompt": f"calm piano {number}", "n": 1}
        return str(session.post(address, json=body, headers=headers, timeout=30).json()["id"])

    with ThreadPoolExecutor(ORDERING_THREADS) as pool:
        return list(pool.map(order_one, range(count)))


def one_minute(here: Place, worker: psutil.Popen, watch_file: Path, tracks: int) -> Look:
    """Look on for a minute, or until all has ended."""
    look = Look()
    began, cpu, server_cpu = time.monotonic(), cpu_seconds(worker), here.database.cpu_seconds
    with watch_file.open() as lines:
        lines.seek(0, 2)
        while time.monotonic() - began < 60 and look.ended < tracks:
            time.sleep(LOOK_EVERY)
            look.megabytes = max(look.megabytes, worker.memory_info().rss / 2**20)
            states = here.database.rows(STATES)
            look.asked = sum(count for _, stage, count in states if stage == "waiting")
            look.fetched = sum(count for _, stage, count in states if stage in ("fetching", "storing"))
            look.ended = sum(count for status, _, count in states if status in ("completed", "error"))
        for line in lines:
            told = json.loads(line)
            look.lateness += told["lateness"]
            look.statements += told.get("statements", 0)
            look.database += told.get("database", 0.0)
    look.seconds = time.monotonic() - began
    look.cpu = cpu_seconds(worker) - cpu
    look.server_cpu = here.database.cpu_seconds - server_cpu
    return look


def cpu_seconds(process: psutil.Popen) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
