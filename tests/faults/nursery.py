"""`python -m tests.faults.nursery`: worker processes in milliseconds, each a fork of one that has loaded everything.

Reads a JSON object a line from standard input and answers with the pid of the process it started: a worker that sweeps
(`music.sweeping.sweep`) and sees to the knocks, as the product's workers do, until SIGTERM. When standard input closes,
whoever started this is gone: every worker is killed.

The object: `log` (file for its output), `chaos` (as in CHAOS), `settings` (Django settings to set), `constants` (dotted
names of module constants and class attributes, for times that no setting has), `pause` (seconds between two sweeps),
`skew` (seconds by which the process's clock is wrong), `largest_file` (bytes; more is "no room", as on a full disk),
`patience` (seconds that SQLite waits for a lock), `wait_at` (a named point).
"""

from __future__ import annotations

import gc
import json
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import time_machine
from django.conf import settings
from django.db import close_old_connections, connection

if __name__ == "__main__":  # a test that imports this has Django set up already
    django.setup()

from music import chaos, dispatching, generation, sweeping
from music.providers import get_provider

import_module("music.examination")
import_module("music.providers.mureka")


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the workers; they leave no zombies
    gc.freeze()
    pids = []
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_worker(order)
        pids.append(pid)
        print(pid, flush=True)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _become_worker(order: dict[str, Any]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        logging.getLogger().setLevel(logging.INFO)
        change_settings(order["settings"])
        change_constants(order["constants"])
        chaos._faults.update(chaos._read(order["chaos"]))
        if order.get("wait_at"):
            _wait_at(order["wait_at"], Path(order["log"]))
        if size := order.get("largest_file"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if (patience := order.get("patience")) and connection.vendor == "sqlite":
            options = connection.settings_dict["OPTIONS"]
            options["timeout"] = patience
            options["init_command"] += f" PRAGMA busy_timeout={int(1000 * patience)};"
        if skew := order.get("skew"):
            time_machine.travel(time.time() + skew, tick=True).start()
        work(order["pause"])
        code = 0
    except BaseException:
        logging.getLogger(__name__).exception("the worker ended")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def change_settings(changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(settings, name, Path(value) if name in ("DATA_DIR", "MEDIA_ROOT") else value)
    get_provider.cache_clear()


def change_constants(constants: dict[str, float]) -> None:
    """Times, each in its own type."""
    for name, value in constants.items():
        owner, attribute = _owner(name)
        old = getattr(owner, attribute)
        setattr(owner, attribute, timedelta(seconds=value) if isinstance(old, timedelta) else type(old)(value))


def constants_now(names: Iterable[str]) -> dict[str, float]:
    """What `change_constants` would have to be told to put these back."""
    values = {name: getattr(*_owner(name)) for name in names}
    return {name: each.total_seconds() if isinstance(each, timedelta) else each for name, each in values.items()}


def _owner(name: str) -> tuple[Any, str]:
    path, _, attribute = name.rpartition(".")
    try:
        return import_module(path), attribute
    except ImportError:
        module, _, class_name = path.rpartition(".")
        return getattr(import_module(module), class_name), attribute


def work(pause: float) -> None:
    """Sweep until SIGTERM; then end what is in hand, as a worker's warm shutdown does."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    while not stopping.is_set():
        close_old_connections()  # Celery does it before and after every task
        try:
            sweep_once()
        except Exception:  # as a Celery task that fails: the next sweep comes
            logging.getLogger(__name__).exception("a sweep failed")
        stopping.wait(pause)
    for hands in (dispatching.submitting, dispatching.fetching, sweeping.minding, sweeping.watching):
        hands.wait_until_idle(10.0)


def _wait_at(name: str, log: Path) -> None:
    """Come to the named point and wait there to be frozen: see `tests.faults.harness.Faults.frozen`."""
    come_to = chaos.point
    waited = threading.Lock()

    def point(passed: str) -> None:
        if passed == name and waited.acquire(blocking=False):
            log.with_suffix(".there").touch()
            while not log.with_suffix(".go").exists():
                time.sleep(0.01)
        come_to(passed)

    chaos.point = point


def sweep_once() -> None:
    for track_id, _provider in sweeping.sweep():
        try:
            generation.advance(track_id)
        except Exception:
            logging.getLogger(__name__).exception("a knock failed")


if __name__ == "__main__":
    main()
