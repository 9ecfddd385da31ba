"""Knocks on the door: thin Celery tasks that take ids, and the publisher that sends them.

A message says only "look at this row". Losing one costs a few seconds, until the sweep looks by itself; getting one
twice costs a claim that fails. So a message may be dropped whenever keeping it would make a reader wait.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid

from celery import shared_task

from music import generation, sweeping
from music.logcontext import request_in_hand, request_in_logs
from music.providers import get_provider
from music.providers.base import MakeProvider

logger = logging.getLogger(__name__)

MAKING_QUEUE = "making"  # blocking calls that hold a core or a connection: worked by a process pool
WAITING_QUEUE = "waiting"  # everything that only ever waits for a moment: worked by threads


@shared_task(name="music.advance_track")  # type: ignore[untyped-decorator]
def advance_track(track_id: str) -> None:
    identifier = uuid.UUID(track_id)
    if not sweeping.attend(identifier):
        generation.advance(identifier)


@shared_task(name="music.sweep_tracks")  # type: ignore[untyped-decorator]
def sweep_tracks() -> None:
    for track_id, provider in sweeping.sweep():
        knock(track_id, provider)


def knock(track_id: uuid.UUID, provider: str) -> None:
    """Ask a worker to look at the track, without waiting and without ever failing.

    Publishing is left to a thread: with a broker that is down a publish fails at once, but with one that hangs it takes
    a socket's whole time limit, and no reader's request should know the difference.
    """
    try:
        _outbox.put_nowait((str(track_id), queue_for(provider), request_in_hand()))
    except queue.Full:
        logger.warning("knock dropped, the sweep will find track %s", track_id)
        return
    _ensure_publisher()


def queue_for(provider: str) -> str:
    """The queue for a provider's work, by its family."""
    try:
        return MAKING_QUEUE if isinstance(get_provider(provider), MakeProvider) else WAITING_QUEUE
    except Exception:  # not set up (any more), or not importable: `generation` will say so on the track
        logger.exception("provider %s cannot be loaded", provider)
        return WAITING_QUEUE


_outbox: queue.Queue[tuple[str, str, str]] = queue.Queue(maxsize=200)
_publisher: threading.Thread | None = None
_publisher_lock = threading.Lock()


def _ensure_publisher() -> None:
    """Start the publisher on first use, so that every forked process gets its own."""
    global _publisher
    with _publisher_lock:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish_forever, name="knock-publisher", daemon=True)
            _publisher.start()


def _publish_forever() -> None:
    while True:
        track_id, destination, request_id = _outbox.get()
        try:
            with request_in_logs(request_id):  # the message takes it along, so that a worker's lines name it too
                advance_track.apply_async((track_id,), queue=destination, retry=False, expires=300)
        except Exception as error:  # whatever kombu or the socket raise: the row is there, the sweep will find it
            logger.warning("no knock for track %s, the sweep will find it: %r", track_id, error)
