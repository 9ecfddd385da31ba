"""Workers with a broker, a database and a paid provider, as far as a bench needs them: all but the web."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.databases import Database, database
from readingjourney.broker import prepare_directories, remove_socket_directory, server_command
from readingjourney.datadir import broker_socket
from tests.fake_mureka import MurekaProcess, running_mureka_process
from tests.process.product import PROJECT_DIR, wait_until

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")


@dataclass(frozen=True)
class Place:
    """Where workers find all they need."""

    database: Database
    mureka: MurekaProcess
    programs: ExitStack

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{broker_socket(self.database.directory / 'data')}"

    def start(self, name: str, *command: str, **environment: str) -> psutil.Popen:
        """Start a program, which ends with the place."""
        with self._log(name).open("wb") as log:
            process = psutil.Popen(
                command,
                cwd=PROJECT_DIR,
                env=self.database.with_environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.programs.callback(_end, process)
        return process

    def start_worker(self, app: str, *options: str, **environment: str) -> psutil.Popen:
        """A Celery worker, once it takes tasks."""
        celery = (sys.executable, "-m", "celery", "--app", app, "--broker", self.broker_url)
        worker = self.start("worker", *celery, "worker", *options, *QUIET, **environment)
        wait_until(lambda: " ready." in self.log("worker"), seconds=60, what="the worker to take tasks")
        return worker

    def log(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def _log(self, name: str) -> Path:
        return self.database.directory / f"{name}.log"


@contextmanager
def place(kind: str, latency: tuple[float, float]) -> Iterator[Place]:
    """An empty database of this kind, a provider that takes any number of orders, and a broker."""
    with (
        database(kind) as made,
        running_mureka_process(made.directory, latency=latency, concurrency=1_000_000) as mureka,
        ExitStack() as programs,
    ):
        made.environment.update(mureka.environment, MUREKA_CONCURRENCY="0", MUSIC_OWNER_SHARE="1000000")
        data = made.directory / "data"
        prepare_directories(data)
        programs.callback(remove_socket_directory, data)
        found = Place(made, mureka, programs)
        found.start("broker", *server_command(data))
        wait_until(broker_socket(data).exists, what="the broker")
        yield found


def _end(process: psutil.Popen) -> None:
    process.terminate()
    try:
        process.wait(30)
    except psutil.TimeoutExpired:
        for each in [*process.children(recursive=True), process]:
            each.kill()
        process.wait(30)
