"""A database of a bench's own, with all tables in it, and programs that run on it with Django set up.

Django reads its settings once, so a bench that compares databases never sets Django up itself: what needs it is a
module of `bench.inside`, started with the environment of the database at hand.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench import measure
from tests.plugins.databases import LocalPostgres
from tests.process.product import NOT_INHERITED, PROJECT_DIR

KINDS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Database:
    """An empty database and the data directory beside it."""

    kind: str
    directory: Path
    environment: dict[str, str]
    """For a process with Django."""
    server: psutil.Process | None
    """PostgreSQL's first process; the others are its children."""

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all the server's processes so far, those that have ended included; 0 for SQLite, whose work is
        the process's own."""
        if self.server is None:
            return 0.0
        times = [self.server.cpu_times(), *(each.cpu_times() for each in self.server.children(recursive=True))]
        ended = times[0].children_user + times[0].children_system
        return float(ended + sum(each.user + each.system for each in times))

    def run(self, module: str, *arguments: object, **environment: object) -> None:
        """Run a module to its end, its output being the bench's."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        subprocess.run(command, cwd=PROJECT_DIR, env=self.with_environment(**environment), check=True)

    def answer(self, module: str, *arguments: object, told: str = "") -> str:
        """Run a module to its end with something on its standard input, and return what it said."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        return subprocess.run(
            command, cwd=PROJECT_DIR, env=self.environment, input=told, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says, asked for past the product."""
        if self.server is None:
            with closing(sqlite3.connect(self.directory / "data" / "db.sqlite3", timeout=20)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.environment["DATABASE_URL"]) as server:
            return server.execute(sql.encode()).fetchall()

    def with_environment(self, **environment: object) -> dict[str, str]:
        return {**self.environment, **{name: str(value) for name, value in environment.items()}}


class DurablePostgres(LocalPostgres):
    """As a server of one's own is: a commit is on the disk before it is answered. The tests' one leaves that out."""

    def _run(self, program: str, *arguments: str) -> None:
        durable = (each.replace("fsync=off", "fsync=on") for each in arguments)
        super()._run(program, *(each.replace("full_page_writes=off", "full_page_writes=on") for each in durable))


@contextmanager
def database(kind: str) -> Iterator[Database]:
    """An empty one that is gone afterwards."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    postgres = DurablePostgres() if kind == "postgres" else None
    with measure.temporary_directory() as directory:
        environment = {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "readingjourney.settings",
            "DATA_DIR": str(directory / "data"),
            "LOG_LEVEL": "ERROR",
        }
        server = None
        try:
            if postgres:
                postgres.start()
                environment["DATABASE_URL"] = postgres.url
                server = psutil.Process(int((postgres.home / "data" / "postmaster.pid").read_text().split()[0]))
            (directory / "data").mkdir()
            made = Database(kind, directory, environment, server)
            made.run("django", "migrate", "--verbosity", "0")
            yield made
        finally:
            if postgres:
                postgres.stop()
