"""What the lines of a log belong to: the request and the track that this thread is busy with.

Context variables, so that nothing has to be passed along; `readingjourney.logs` puts them into every line. A thread
that is started anew begins with neither.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request: ContextVar[str] = ContextVar("request", default="")
_track: ContextVar[str] = ContextVar("track", default="")

REQUEST_HEADER = "request_id"
"""The header in which a Celery message carries the id of the request that it comes from."""


def request_in_hand() -> str:
    """The id of the request that this thread is busy with, or an empty string."""
    return _request.get()


def track_in_hand() -> str:
    """The id of the track that this thread is busy with, or an empty string."""
    return _track.get()


@contextmanager
def request_in_logs(request_id: str) -> Iterator[None]:
    """Until the end of the block, every line that this thread logs carries the request's id."""
    token = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def track_in_logs(track_id: uuid.UUID | str) -> Iterator[None]:
    """Until the end of the block, every line that this thread logs carries the track's id."""
    token = _track.set(str(track_id))
    try:
        yield
    finally:
        _track.reset(token)
