"""A product at which faults are thrown: its database, its vendor, its workers, and time that can be skipped."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from journeys.models import Reader
from music import dispatching, gatekeeping, sweeping
from music.models import AttemptState, MusicTrack, ProviderGate, SubmissionAttempt, TrackStatus
from music.services import retry_track
from tests.fake_mureka import FakeMureka
from tests.faults import nursery
from tests.faults.invariants import broken
from tests.process.product import is_alive, wait_until
from tests.pure.studio.commissions import commission

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1_000_000))

LEASE_SECONDS = 2.0
SETTINGS: dict[str, Any] = {
    "MUSIC_PROVIDER": "mureka",
    "MUSIC_LEASE_SECONDS": LEASE_SECONDS,
    "MUREKA_CONNECT_SECONDS": 0.5,
    "MUREKA_SUBMIT_SECONDS": 1.0,
    "MUREKA_POLL_TIMEOUT_SECONDS": 1.0,
    "MUREKA_POLL_SECONDS": 0.2,
    "MUSIC_DOWNLOAD_SECONDS": 3.0,
    "MUREKA_CONCURRENCY": 10,
    "MUSIC_OWNER_SHARE": 10,
    "MUSIC_MIN_FREE_MB": 1,
    "STUDIO_CONCURRENCY": 1,
}
CONSTANTS: dict[str, float] = {
    "music.sweeping.FORGOTTEN_AFTER": 0.2,
    "music.sweeping.KNOCK_AGAIN_AFTER": 1.0,
    "music.polling.POLLING_SECONDS": 1.0,  # the lease of a poll is twice its time limit and this
    "music.generation.REFETCH_SECONDS": 0.3,
    "music.providers.mureka.MurekaProvider.slowest_poll_seconds": 0.5,
    "music.models.gate.FIRST_PROBE": 0.5,
    "music.models.gate.STAND_BACK_SECONDS": 0.3,
}
"""The product's own are a patient vendor's; here as short as the rest."""


class Worker:
    """A process that sweeps."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self.log_path = log
        self._process = psutil.Process(pid) if psutil.pid_exists(pid) else None

    @property
    def alive(self) -> bool:
        return self._process is not None and is_alive(self._process)

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.wait_until_dead()

    def wait_until_dead(self, seconds: float = 20.0) -> None:
        wait_until(lambda: not self.alive, seconds=seconds, what=f"worker {self.pid} to be dead", every=0.02)

    def thaw(self) -> None:
        """Go on where it was frozen."""
        self.log_path.with_suffix(".go").touch()
        self.send(signal.SIGCONT)

    def thaw_and_end(self) -> None:
        """Go on where it was frozen, bring what is in hand to its end, and no more."""
        self.thaw()
        self.send(signal.SIGTERM)
        self.wait_until_dead()

    def wait_until_stopped(self, seconds: float = 20.0) -> None:
        """Until a SIGSTOP has come into force."""
        process = self._process
        assert process is not None
        wait_until(lambda: process.status() == psutil.STATUS_STOPPED, seconds=seconds, what="the worker to be stopped")


class Nursery:
    """The one process that all workers are forked from; see `tests.faults.nursery`."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self._lock = threading.Lock()
        with log.open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "CHAOS": "", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError(f"no workers can be started:\n{log.read_text()}")

    def worker(self, log: Path, **order: Any) -> Worker:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"log": str(log), **order}) + "\n")
            self._process.stdin.flush()
            return Worker(int(self._process.stdout.readline()), log)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


def database_url() -> str:
    """The address of the database that this test runs on, for other processes."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    host = str(told["HOST"]).replace("/", "%2F")
    user = told["USER"] + (f":{told['PASSWORD']}" if told["PASSWORD"] else "")
    port = f":{told['PORT']}" if told["PORT"] else ""
    return f"postgres://{user}@{host}{port}/{told['NAME']}"


@contextmanager
def nobody_writes() -> Iterator[None]:
    """Inside, no transaction that writes is under way anywhere."""
    if connection.vendor == "sqlite":
        with transaction.atomic():  # BEGIN IMMEDIATE takes the one lock there is
            yield
        return
    tables = "music_musictrack, music_providergate, music_heartbeat, music_submissionattempt, music_trackevent"
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE NOWAIT")  # waiting could be a deadlock
            except OperationalError:
                time.sleep(0.01)
                continue
            yield
            return


class Faults:
    """One case: `ask` for pieces, start `worker`s, break something, `settle`, and `check` what must hold."""

    def __init__(self, home: Path, nursery_: Nursery, mureka: FakeMureka, reader: Reader, settings: Any) -> None:
        self.home = home
        self.mureka = mureka
        self.reader = reader
        self.random = random.Random(SEED)
        self.workers: list[Worker] = []
        self._nursery = nursery_
        self._settings = settings
        self._asked = 0
        self.lease_seconds = LEASE_SECONDS
        self.options: dict[str, Any] = {
            **SETTINGS,
            "DATA_DIR": str(home),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "MUREKA_API_KEY": mureka.key,
            "MUREKA_API_BASE": mureka.url,
            "MUREKA_AUDIO_HOSTS": [mureka.host],
        }
        self.configure()

    def configure(self, **changes: Any) -> None:
        """Settings, of this process and of the workers that are started from now on."""
        self.options |= changes
        for name, value in self.options.items():
            setattr(self._settings, name, Path(value) if name == "DATA_DIR" else value)

    # --- what readers do

    def ask(self, *, provider: str = "mureka", reader: Reader | None = None, prompt: str = "") -> MusicTrack:
        """A piece that is wanted; its prompt names it in the vendor's ledger."""
        self._asked += 1
        prompt = prompt or f"calm piano, case {SEED}, piece {self._asked}"
        brief = commission(prompt=prompt, seed=self._asked)
        return MusicTrack.request(owner=reader or self.reader, brief=brief, title=prompt, provider=provider)

    def ask_many(self, count: int) -> list[MusicTrack]:
        return [self.ask() for _ in range(count)]

    # --- worker processes

    def worker(
        self, chaos: str = "", *, pause: float = 0.1, machine: dict[str, Any] | None = None, **changes: Any
    ) -> Worker:
        """Start one. `machine`: what is odd about where it runs, as the nursery knows it; `changes`: settings."""
        log = self.home / f"worker-{len(self.workers)}.log"
        order = {"chaos": chaos, "settings": {**self.options, **changes}, "constants": CONSTANTS, "pause": pause}
        worker = self._nursery.worker(log, **order, **(machine or {}))
        self.workers.append(worker)
        return worker

    def crash(self, chaos: str) -> Worker:
        """A worker that dies at this point; returns when it has."""
        worker = self.worker(chaos)
        worker.wait_until_dead()
        return worker

    def frozen(self, point: str) -> Worker:
        """A worker that is stopped (SIGSTOP) at this point, while nothing in it writes to the database.

        One that is frozen with SQLite's one lock in its hands freezes all others too, which is another story
        (docs/faults.md).
        """
        worker = self.worker(machine={"wait_at": point})
        wait_until(worker.log_path.with_suffix(".there").exists, what=f"a worker to come to {point}")
        with nobody_writes():
            worker.send(signal.SIGSTOP)
            worker.wait_until_stopped()
        return worker

    def end_workers(self) -> None:
        for worker in self.workers:
            worker.kill()

    # --- the same in this process, one step at a time

    def sweep(self) -> None:
        """One whole sweep of this process, with all that its hands do."""
        nursery.sweep_once()
        for hands in (dispatching.submitting, dispatching.fetching, sweeping.minding, sweeping.watching):
            assert hands.wait_until_idle()

    def read_account(self) -> None:
        """What the first sweeps do before more than one piece may be ordered."""
        gatekeeping.mind(ProviderGate.of("mureka"))

    def hurry(self) -> None:
        """Time passes: whatever waits for a moment is due, and gates that are shut for a moment open."""
        unclaimed = MusicTrack.objects.filter(due_at__isnull=False, lease_until__isnull=True)
        unclaimed.filter(due_at__gt=Now()).update(due_at=Now())
        ProviderGate.objects.filter(not_before__isnull=False).update(not_before=None)

    def lapse(self) -> None:
        """Time passes: every lease is over."""
        past = Now() - timedelta(seconds=1)
        MusicTrack.objects.filter(lease_until__isnull=False).update(lease_until=past, due_at=past)

    def past_deadline(self) -> None:
        MusicTrack.objects.under_way().update(deadline_at=Now() - timedelta(seconds=1))

    def work_off(self, *, sweeps: int = 40) -> None:
        """Sweep in this process, time passing between, until everything has ended."""
        for _ in range(sweeps):
            self.sweep()
            if not MusicTrack.objects.unfinished().exists():
                return
            self.hurry()
        left = list(MusicTrack.objects.unfinished().values_list("status", "stage", "holds"))
        raise AssertionError(f"after {sweeps} sweeps there are left: {left}")

    # --- looking

    def settle(self, seconds: float = 30.0) -> None:
        """Wait until every track has come to its end."""
        wait_until(
            lambda: not MusicTrack.objects.unfinished().exists(), seconds=seconds, what="every track to come to its end"
        )

    def wait_for(self, track: MusicTrack, condition: Callable[[MusicTrack], bool], seconds: float = 20.0) -> MusicTrack:
        def look() -> bool:
            track.refresh_from_db()
            return condition(track)

        wait_until(look, seconds=seconds, what=f"{track.title}, which is {track.status}/{track.stage}", every=0.02)
        return track

    def attempts(self, track: MusicTrack) -> list[AttemptState]:
        return [AttemptState(state) for state in track.attempts.order_by("seq").values_list("state", flat=True)]

    def charges(self, track: MusicTrack) -> int:
        return len(self.mureka.charges_for(track.prompt))

    def events(self, track: MusicTrack) -> list[str]:
        return list(track.events.values_list("kind", flat=True))

    def retry(self, track: MusicTrack) -> MusicTrack:
        track.refresh_from_db()
        assert retry_track(track)
        track.refresh_from_db()
        return track

    @property
    def logs(self) -> list[Path]:
        return [worker.log_path for worker in self.workers]

    def check(self, *, ended: bool = True) -> None:
        """All invariants, see `tests.faults.invariants`."""
        found = broken(
            self.mureka.ledger,
            lease=max(self.lease_seconds, 5.0),
            logs=self.logs,
            secrets=[self.mureka.key],
            ended=ended,
        )
        if leaks := self.mureka.leaks:
            found.append(f"I7: the key went along with a download: {leaks[0]}")
        assert not found, f"seed {SEED}: {found}"

    def show(self) -> None:
        """For a failed test."""
        print(f"FAULT_SEED={SEED}")
        for track in MusicTrack.objects.all()[:10]:
            print(track.title, track.status, track.stage, track.error_code, track.error_message)
            for event in track.events.all():
                print("   ", event.at.time(), event.kind, event.stage, event.code, event.detail)
        for gate in ProviderGate.objects.all():
            print("gate", gate.provider, gate.pause_code, gate.not_before, gate.limit)
        for path in self.logs:
            if path.exists():
                print(f"--- {path.name}\n{path.read_text(errors='replace')[-6000:]}")


def completed(tracks: Iterable[MusicTrack]) -> int:
    return MusicTrack.objects.filter(pk__in=[track.pk for track in tracks], status=TrackStatus.COMPLETED).count()


def attempt_of(track: MusicTrack) -> SubmissionAttempt:
    """The last one."""
    attempt = track.attempts.order_by("-seq").first()
    assert attempt
    return attempt
