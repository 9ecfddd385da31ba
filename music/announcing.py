"""Says on the broker that something of a reader's has changed, for the live streams (readingjourney/live).

A message is a hint to ask, as a knock is one to look: it names reader and piece and says nothing of either. Losing one
costs a browser the seconds until its next poll, so it is dropped whenever keeping it would make anybody wait.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import uuid
from functools import partial
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from readingjourney.brokerping import client

logger = logging.getLogger(__name__)

BATCH = 200
REST_SECONDS = 5.0
"""How long nothing is said after the broker did not take it: a broker that hangs costs half a second at each try."""

Change = tuple[str, str]
"""The ids of a reader and of a piece of theirs."""


def announce_after_commit(reader_id: Any, track_id: uuid.UUID) -> None:
    """Have the reader's browsers ask after the piece, once the change is there to be seen. Never fails, never waits."""
    if settings.LIVE_PORT or settings.LIVE_URL:
        transaction.on_commit(partial(_announce, (str(reader_id), str(track_id))), robust=True)


def channel() -> str:
    """The broker's channel of this product: another one on the same server has another secret, and hears nothing."""
    return f"reading-journey:changes:{salted_hmac('music.announcing', 'channel').hexdigest()[:16]}"


def to_message(change: Change) -> str:
    return json.dumps(change)


def from_message(data: str) -> Change | None:
    """What a message says; None when it is none of ours."""
    try:
        reader, track = json.loads(data)
    except (TypeError, ValueError):
        return None
    return (reader, track) if isinstance(reader, str) and isinstance(track, str) else None


_outbox: queue.Queue[Change] = queue.Queue(maxsize=2000)
_announcer: threading.Thread | None = None
_announcer_lock = threading.Lock()


def _announce(change: Change) -> None:
    try:
        _outbox.put_nowait(change)
    except queue.Full:
        return  # the reader's browsers poll
    _ensure_announcer()


def _ensure_announcer() -> None:
    """Start the announcer on first use, so that every forked process gets its own."""
    global _announcer
    with _announcer_lock:
        if _announcer is None or not _announcer.is_alive():
            _announcer = threading.Thread(target=_announce_forever, name="announcer", daemon=True)
            _announcer.start()


def _announce_forever() -> None:
    broker = client(settings.CELERY_BROKER_URL)
    while True:
        changes = _next_changes()
        if broker is None:
            continue  # no Redis or Valkey: nobody listens either
        try:
            with broker.pipeline(transaction=False) as messages:
                for change in changes:
                    messages.publish(channel(), to_message(change))
                messages.execute()
        except (redis.RedisError, OSError) as error:
            logger.warning("%d changes were not announced, the browsers poll: %r", len(changes), error)
            time.sleep(REST_SECONDS)
            _drop_stale()


def _next_changes() -> list[Change]:
    """Wait for a change; return it with those that came meanwhile, each once."""
    changes = {_outbox.get(): None}
    while len(changes) < BATCH:
        try:
            changes[_outbox.get_nowait()] = None
        except queue.Empty:
            break
    return list(changes)


def _drop_stale() -> None:
    """What was said while the broker was away is old news by now."""
    while not _outbox.empty():
        _outbox.get_nowait()
