"""The product's own Celery application, in which a note is taken of each poll's lateness and each statement's time.

Every second a JSON line is added to the file that WATCH_FILE names: `lateness` (seconds, of each track that was claimed
to be asked after), `statements`, and `database` (seconds that threads spent in statements and commits).
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

django.setup()

from music.models import MusicTrack, Waiting  # noqa: E402
from readingjourney.celery import app  # noqa: E402

__all__ = ["app"]

_lock = threading.Lock()
_lateness: list[float] = []
_spent: Counter[str] = Counter()

_claim_waiting = MusicTrack.claim_waiting
_commit = BaseDatabaseWrapper._commit


def claim_waiting(limit: int, *, lease: timedelta) -> list[Waiting]:
    claimed = _claim_waiting(limit, lease=lease)
    with _lock:
        _lateness.extend(each.lateness for each in claimed)
    return claimed


def note(statements: int, seconds: float) -> None:
    with _lock:
        _spent.update(statements=statements, database=seconds)


def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        note(1, time.perf_counter() - began)


def commit(connection: BaseDatabaseWrapper) -> None:
    began = time.perf_counter()
    _commit(connection)
    note(0, time.perf_counter() - began)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def write_down() -> None:
    with open(os.environ["WATCH_FILE"], "a") as file:
        while True:
            time.sleep(1)
            with _lock:
                line = {"lateness": [round(each, 3) for each in _lateness], **_spent}
                _lateness.clear()
                _spent.clear()
            file.write(json.dumps(line) + "\n")
            file.flush()


MusicTrack.claim_waiting = claim_waiting  # type: ignore[method-assign, assignment]
BaseDatabaseWrapper._commit = commit  # type: ignore[method-assign]
connection_created.connect(watch)
threading.Thread(target=write_down, name="watch", daemon=True).start()
