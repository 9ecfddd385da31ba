"""Everything at once, for long: a few thousand pieces, a vendor that errs, and workers that are killed all the while.

    python -m bench.soak [--database sqlite|postgres|both] [--tracks 2000] [--kills 200] [--workers 4] [--seed N]

Workers (processes that sweep) die by SIGKILL at random moments and at random named points of a piece's life
(`music.chaos`); some are frozen for longer than their lease. The vendor is `tests.fake_mureka` in a process of its own:
it takes 0.5 to 3 s for a piece, fails some orders with and without charging them, drops connections, spoils downloads.
Readers ask again for what failed: each such retry is a new ask, and may cost a new piece.

At the end: nothing lost, nothing paid for twice (more charges than asks), every file whole. Exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ODDS = {
    "submit_odds": {
        "broken": 0.02,
        "drop_before": 0.01,
        "drop_after": 0.02,
        "reset": 0.01,
        "garbage": 0.01,
        "no_id": 0.005,
        "busy": 0.02,
    },
    "query_odds": {"broken": 0.02, "garbage": 0.01, "drop": 0.02, "unknown": 0.01, "wrong_id": 0.005, "busy": 0.01},
    "download_odds": {"truncated": 0.02, "html": 0.01, "drop": 0.02, "reset": 0.01, "forbidden": 0.02, "slow": 0.004},
    "fate_odds": {"failed": 0.02, "timeouted": 0.005},
}
POINTS = ["claimed", "recorded", "ordered", "id_saved", "succeeded", "fetched", "stored"]
PATIENCE_SECONDS = 240.0
"""Without a single piece finished, before it is called stuck."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--tracks", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--places", type=int, default=30, help="how many pieces the vendor makes at once")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    if options.database == "both":
        # One after the other, each in a process of its own: Django's settings name one database.
        rest = [f"--{name}={getattr(options, name)}" for name in ("tracks", "kills", "workers", "places", "seed")]
        command = [sys.executable, "-m", "bench.soak", *rest]
        sys.exit(max(subprocess.run([*command, f"--database={name}"]).returncode for name in ("sqlite", "postgres")))
    sys.exit(run(options))


def run(options: argparse.Namespace) -> int:
    from tests.plugins.databases import LocalPostgres  # noqa: PLC0415  # before Django reads its settings

    home = Path(tempfile.mkdtemp(prefix="reading-journey-soak-"))
    server = LocalPostgres() if options.database == "postgres" else None
    try:
        if server:
            server.start()
        url = server.url if server else f"sqlite:///{home / 'db.sqlite3'}"
        os.environ |= {
            "DATABASE_URL": url,
            "DATA_DIR": str(home),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "LOG_LEVEL": "INFO",
            "MUREKA_API_KEY": "test-key-of-the-fake-mureka",
        }
        import django  # noqa: PLC0415

        django.setup()
        logging.getLogger("music.tasks").setLevel(logging.ERROR)  # there is no broker here, and none is needed
        return _soak(options, home, url)
    finally:
        if server:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _soak(options: argparse.Namespace, home: Path, url: str) -> int:
    # Django's models can only be imported once it is set up, which needs the options.
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from journeys.models import Reader  # noqa: PLC0415
    from tests.fake_mureka import running_mureka_process  # noqa: PLC0415
    from tests.faults.harness import Faults, Nursery  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    readers = [Reader.objects.create_user(f"reader-{n}", f"reader-{n}@example.org") for n in range(20)]
    nursery = Nursery(home / "nursery.log", {"DATABASE_URL": url, "DATA_DIR": str(home)})
    vendor = {"latency": (0.5, 3.0), "concurrency": options.places, "seed": options.seed, **ODDS}
    try:
        with running_mureka_process(home, **vendor) as mureka:
            faults = Faults(home, nursery, mureka, readers[0], settings)
            faults.configure(
                MUSIC_LEASE_SECONDS=6.0,
                MUSIC_OWNER_SHARE=0,
                MUREKA_CONCURRENCY=options.places,
                MUREKA_POLL_SECONDS=0.5,
                MUREKA_SUBMIT_SECONDS=3.0,
                MUREKA_POLL_TIMEOUT_SECONDS=3.0,
                MUREKA_DEADLINE_SECONDS=120,
                LOG_LEVEL="INFO",
            )
            faults.lease_seconds = 10.0
            return Soak(options, faults, readers).run()
    finally:
        nursery.close()


class Soak:
    def __init__(self, options: argparse.Namespace, faults: Any, readers: list[Any]) -> None:
        self.options = options
        self.faults = faults
        self.readers = readers
        self.random = random.Random(options.seed)
        self.kills = self.own_deaths = self.freezes = self.retries = 0
        self.living: list[Any] = []
        self.frozen: list[tuple[float, Any]] = []
        self.began = time.monotonic()

    def run(self) -> int:
        options = self.options
        print(
            f"soak on {options.database}: {options.tracks} pieces, {options.kills} kills, seed {options.seed}",
            flush=True,
        )
        for number in range(options.tracks):
            self.faults.ask(
                reader=self.readers[number % len(self.readers)], prompt=f"soak {options.seed}, piece {number}"
            )
        self.living = [self._worker(mortal=False) for _ in range(options.workers)]
        stuck = self._work_off()
        for _, worker in self.frozen:
            worker.send(signal.SIGCONT)
        self._quiet_end()
        return self._tell(stuck)

    def _work_off(self) -> bool:
        from music.models import MusicTrack, TrackStatus  # noqa: PLC0415

        last, last_at, told_at, looked_at = -1, time.monotonic(), time.monotonic(), 0.0
        done = 0
        while True:
            now = time.monotonic()
            if now - looked_at >= 0.5:
                looked_at = now
                done = MusicTrack.objects.filter(status=TrackStatus.COMPLETED).count()
                self._retry()
                if done != last:
                    last, last_at = done, now
                if now - told_at > 20:
                    told_at = now
                    print(
                        f"  {done} done, {self.deaths} deaths, {self.retries} retries, {now - self.began:.0f} s",
                        flush=True,
                    )
            if done >= self.options.tracks:
                return False
            if now - last_at > PATIENCE_SECONDS:
                return True
            self._bring_back()
            if self.deaths < self.options.kills * min(1.0, 1.1 * (done + 20) / self.options.tracks):
                self._strike()
            time.sleep(self.random.uniform(0.02, 0.25))

    @property
    def deaths(self) -> int:
        return self.kills + self.own_deaths

    def _worker(self, *, mortal: bool = True) -> Any:
        chaos = ""
        if mortal and self.random.random() < 0.5:
            chaos = f"{self.random.choice(POINTS)}:kill@{self.random.randint(1, 12)}"
        return self.faults.worker(chaos, pause=0.15)

    def _strike(self) -> None:
        """Kill somebody; now and then freeze somebody, some for longer than a lease."""
        worker = self.random.choice(self.living)
        if self.random.random() < 0.04:
            self.living.remove(worker)
            worker.send(signal.SIGSTOP)
            self.frozen.append((time.monotonic() + self.random.uniform(2, 9), worker))
            self.freezes += 1
        elif worker.alive:
            self.living.remove(worker)
            worker.kill()
            self.kills += 1
        self._bring_back()

    def _bring_back(self) -> None:
        """Thaw who was frozen long enough, count who died of a named point, and start others in place of the dead."""
        for until, worker in list(self.frozen):
            if until <= time.monotonic():
                self.frozen.remove((until, worker))
                worker.send(signal.SIGCONT)
                self.living.append(worker)
        for worker in [each for each in self.living if not each.alive]:
            self.living.remove(worker)
            self.own_deaths += 1
        while len(self.living) < self.options.workers:
            self.living.append(self._worker())

    def _retry(self) -> None:
        """Readers who see an error and press the button."""
        from music.models import MusicTrack, TrackStatus  # noqa: PLC0415
        from music.services import retry_track  # noqa: PLC0415

        for track in MusicTrack.objects.filter(status=TrackStatus.ERROR)[:50]:
            self.retries += retry_track(track)

    def _quiet_end(self) -> None:
        """What is in hand comes to its end; no one dies any more."""
        for worker in self.living:
            worker.send(signal.SIGTERM)
        for worker in self.living + [each for _, each in self.frozen]:
            if worker.alive:
                worker.send(signal.SIGTERM)
                worker.wait_until_dead(30)

    def _tell(self, stuck: bool) -> int:
        from django.db.models import Sum  # noqa: PLC0415

        from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStatus  # noqa: PLC0415
        from tests.faults.invariants import broken  # noqa: PLC0415

        faults, options = self.faults, self.options
        charges: dict[str, int] = {}
        ledger = faults.mureka.ledger
        for charge in ledger:
            charges[charge.prompt] = charges.get(charge.prompt, 0) + 1
        tracks = list(MusicTrack.objects.all())
        twice = [track for track in tracks if charges.get(track.prompt, 0) > track.ask]
        ends = (TrackStatus.COMPLETED, TrackStatus.ERROR)
        unknown = SubmissionAttempt.objects.filter(state=AttemptState.UNKNOWN)
        found = broken(
            ledger,
            lease=10.0,
            logs=[path for path in faults.logs if path.exists()],
            secrets=[faults.mureka.key],
            ended=True,
            alerts=False,  # an outage that ends and comes back is told again, and here it may
        )
        table = {
            "database": options.database,
            "pieces": len(tracks),
            "completed": sum(track.status == TrackStatus.COMPLETED for track in tracks),
            "lost": options.tracks - len(tracks) + sum(track.status not in ends for track in tracks),
            "stuck": MusicTrack.objects.unfinished().count(),
            "paid twice": len(twice),
            "orders charged": len(ledger),
            "orders of unknown outcome": unknown.count(),
            "of these charged": len(ledger) - SubmissionAttempt.objects.exclude(task_id="").count(),
            "readers' retries": self.retries,
            "workers killed": self.kills,
            "workers that died at a named point": self.own_deaths,
            "workers frozen": self.freezes,
            "rescues": MusicTrack.objects.aggregate(all=Sum("rescues"))["all"],
            "seconds": round(time.monotonic() - self.began),
            "seed": options.seed,
        }
        for name, value in table.items():
            print(f"  {name:36} {value}")
        for line in found[:20]:
            print("  broken:", line)
        good = not (found or stuck or twice or table["lost"])
        print("  every invariant holds" if good else "  FAILED", flush=True)
        return 0 if good else 1


if __name__ == "__main__":
    main()
