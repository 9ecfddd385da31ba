"""The yardstick of `bench.knock`: a Celery application with one task that does nothing but say when it began."""

from __future__ import annotations

import time
from functools import cache

import redis
from celery import Celery

STARTS = "bench:starts"
QUEUE = "bench"

app = Celery("bench")
app.conf.update(task_default_queue=QUEUE, task_ignore_result=True, worker_prefetch_multiplier=1)


@app.task(name="bench.note_start")  # type: ignore[untyped-decorator]
def note_start(socket: str) -> None:
    """Append the time at which this task began, in seconds since the epoch, to a list of the server at `socket`."""
    began = time.time()
    valkey(socket).rpush(STARTS, repr(began))


@cache
def valkey(socket: str) -> redis.Redis:
    return redis.Redis(unix_socket_path=socket)
