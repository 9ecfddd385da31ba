"""The running product, started by its own one command: for tests that need real processes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psutil
import requests

PROJECT_DIR = Path(__file__).resolve().parents[2]
DATABASE = "db.sqlite3"
PROGRAMS = ("broker", "web", "worker", "studio", "beat", "live")
# What the tests' own process may carry in its environment and the product must not inherit.
NOT_INHERITED = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "SECRET_KEY")

Answer = TypeVar("Answer")


def wait_until(
    condition: Callable[[], Answer], *, seconds: float = 20.0, what: str = "", every: float = 0.05
) -> Answer:
    """Return the first true answer of `condition`; fail after `seconds`, saying `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what or condition}")
        time.sleep(every)
    return answer


class Product:
    """One `manage.py up` on its own data directory and a free port.

    `from_nothing`: as a new user starts it, with the database to be made and the static files to be collected; the
    others find both there, for that is most of a start.
    """

    def __init__(self, data_dir: Path, *, from_nothing: bool = False, **environment: str) -> None:
        self.data_dir = data_dir
        self.console = data_dir.parent / f"{data_dir.name}.console"
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        own = {"PORT": "0", "DATA_DIR": str(data_dir), "BOOK_SOURCES": ""}
        own["DJANGO_SETTINGS_MODULE"] = "tests.process.settings"
        self.environment = {**inherited, **own, **environment}
        if not from_nothing:
            prepared = _prepared()
            self.environment.setdefault("STATIC_ROOT", str(prepared / "static"))
            if "DATABASE_URL" not in environment and not data_dir.exists():
                data_dir.mkdir(mode=0o700)
                shutil.copy(prepared / DATABASE, data_dir / DATABASE)
        self._seen: dict[int, psutil.Process] = {}
        with self.console.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """The address the product announced, without a slash at the end. Raises `ValueError` before it has."""
        holder = json.loads((self.data_dir / "up.lock").read_text())
        if holder["pid"] != self.process.pid:
            raise ValueError("another product holds the data directory")
        return str(holder["address"])

    @property
    def output(self) -> str:
        """All that `up` has said on its console so far."""
        return self.console.read_text()

    @property
    def pids(self) -> dict[str, int]:
        """The process id of every program that is running now, by name: broker, web, worker, studio, beat."""
        found = {}
        for path in (self.data_dir / "run").glob("*.pid"):
            try:
                found[path.stem] = int(path.read_text())
            except (FileNotFoundError, ValueError):  # being written or removed at this moment
                continue
        return found

    def log(self, name: str) -> str:
        """The log of a program; `log("web")` also has the mail."""
        return (self.data_dir / "logs" / f"{name}.log").read_text(errors="replace")

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        """Return when the page answers and every program runs."""
        wait_until(self._is_ready, seconds=seconds, what="the product to be ready")

    def kill(self, name: str) -> int:
        """Send SIGKILL to a program's process (not to its children) and return the pid that it had."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_until_replaced(self, name: str, pid: int, seconds: float = 20.0) -> int:
        """Return the program's new pid when another process has taken the place of `pid`."""
        return wait_until(
            lambda: next((new for new in [self.pids.get(name)] if new and new != pid), 0),
            seconds=seconds,
            what=f"{name} to be started again",
        )

    def living(self) -> list[psutil.Process]:
        """Every process of the product that is alive, `up`, its guardian and the pools' processes included."""
        if self.process.poll() is None:
            top = psutil.Process(self.process.pid)
            self._seen |= {each.pid: each for each in [top, *top.children(recursive=True)]}
        return [each for each in self._seen.values() if is_alive(each)]

    def stop(self, seconds: float = 30.0) -> int:
        """Ask it to stop, as Ctrl-C does; return its exit code when it has."""
        self.living()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)

    def end(self) -> None:
        """Leave nothing running, whatever has happened. At once: how it stops in peace has tests of its own, and takes
        seconds."""
        self.living()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        # Its guardian ends all that it has started, also what has begun since we looked.
        deadline = time.monotonic() + 10
        while (left := [*self.living(), *self._named()]) and time.monotonic() < deadline:
            time.sleep(0.05)
        for each in left:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        assert not left, f"still there after its end: {left}"

    def _named(self) -> list[psutil.Process]:
        """The programs that are alive, by what they wrote down; a number that somebody else has by now is none."""
        found = []
        for pid in self.pids.values():
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                if is_alive(process) and process.environ().get("DATA_DIR") == str(self.data_dir):
                    found.append(process)
        return found

    def _is_ready(self) -> bool:
        if (code := self.process.poll()) is not None:
            raise AssertionError(f"up ended with exit code {code}:\n{self.output}")
        try:
            return requests.get(f"{self.url}/health/live", timeout=5).ok and {*self.pids} >= {"web", "worker", "beat"}
        except (OSError, ValueError):  # no address yet, or nobody there yet
            return False


@cache
def _prepared() -> Path:
    """A directory with an empty database of today's schema; the first product collects its static files there, too."""
    directory = Path(tempfile.mkdtemp(prefix="reading-journey-prepared-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=PROJECT_DIR,
        env={**inherited, "DATA_DIR": str(directory)},
        umask=0o077,
        check=True,
    )
    return directory


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs; one that is dead and only waits for its parent to notice does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running_product(tmp_path: Path, *, from_nothing: bool = False, **environment: Any) -> Iterator[Product]:
    """Start the product below `tmp_path`, yield it when its page answers, and leave nothing running.

    Other keyword arguments are environment variables: `running_product(tmp_path, MUSIC_SWEEP_SECONDS=0.5)`. What it
    said and logged is printed when the test fails.
    """
    given = {name: str(value) for name, value in environment.items()}
    product = Product(tmp_path / "data", from_nothing=from_nothing, **given)
    try:
        product.wait_until_ready()
        yield product
    except BaseException:
        print(product.output)
        for name in PROGRAMS:
            if (product.data_dir / "logs" / f"{name}.log").exists():
                print(f"--- {name}.log\n{product.log(name)[-4000:]}")
        raise
    finally:
        product.end()
