"""The live process's ASGI application: streams, a sign of life, a few figures."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from readingjourney.live.listening import Listening
from readingjourney.live.streams import Stream, Streams, TooManyStreams
from readingjourney.live.tickets import TicketRefused, read_ticket

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BEAT_SECONDS = 20.0
"""Between signs of life. Events, and not comments, which a script does not see: it must know a dead line from a quiet
one. Proxies close what is silent for 30 to 60 s."""
RETRY_SECONDS = (2.0, 8.0)
"""When a browser whose stream has ended comes back: each at a moment of its own, lest a deploy bring all at once."""

START_SECONDS = 2.0

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back until it has a bufferful
    # Another port is another origin. Whoever has a ticket may read: no cookie is looked at here.
    (b"access-control-allow-origin", b"*"),
]


class LiveApp:
    """Serves …/live/stream?ticket=…, /health/live and /metrics."""

    def __init__(self) -> None:
        self.streams = Streams(settings.LIVE_MAX_STREAMS, settings.LIVE_READER_STREAMS)
        self._listening = Listening(settings.CELERY_BROKER_URL, self.streams)
        self._stopping = False

    def stop(self) -> None:
        """End all streams at once, and open no more: what a deploy must not wait for."""
        self._stopping = True
        self.streams.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http" or scope["method"] != "GET":
            await _answer(send, 404)
        elif scope["path"].endswith("/live/stream"):
            await self._stream(scope, receive, send)
        elif scope["path"] == "/health/live":
            word = "degraded" if self._listening.deaf else "ok"
            await _answer(send, 503 if self._listening.deaf else 200, json.dumps({"status": word}), "application/json")
        elif scope["path"] == "/metrics" and _may_see_figures(scope):
            await _answer(send, 200, self._figures(), "text/plain; version=0.0.4")
        else:
            await _answer(send, 404)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        task = asyncio.create_task(self._listening.run())
        await self._listening.wait(START_SECONDS)  # browsers wait in the socket's queue and need not be sent away
        await send({"type": "lifespan.startup.complete"})
        await receive()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await send({"type": "lifespan.shutdown.complete"})

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        try:
            reader = read_ticket(query.get("ticket", [""])[0])
        except TicketRefused:
            await _answer(send, 403)
            return
        if self._listening.deaf or self._stopping:
            await _answer(send, 503)
            return
        try:
            stream = self.streams.open(reader)
        except TooManyStreams:
            await _answer(send, 503)
            return
        gone = asyncio.create_task(_close_when_gone(receive, stream))
        try:
            await _tell(stream, send)
        finally:
            gone.cancel()
            self.streams.discard(stream)

    def _figures(self) -> str:
        return (
            f"reading_journey_live_streams {len(self.streams)}\n"
            f"reading_journey_live_listening {int(not self._listening.deaf)}\n"
        )


async def _tell(stream: Stream, send: Send) -> None:
    """Everything a browser is told, until the stream is closed or has lasted its time."""
    until = asyncio.get_running_loop().time() + settings.LIVE_STREAM_SECONDS * random.uniform(0.9, 1.1)
    retry = round(random.uniform(*RETRY_SECONDS) * 1000)
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    await _send(send, f"retry: {retry}\nevent: beat\ndata: 1\n\n")
    while not stream.closed and (left := until - asyncio.get_running_loop().time()) > 0:
        changed = await stream.changes(min(left, BEAT_SECONDS * random.uniform(0.9, 1.0)))
        if not stream.closed:
            events = "".join(f"event: changed\ndata: {track}\n\n" for track in changed)
            await _send(send, events or "event: beat\ndata: 1\n\n")
    await send({"type": "http.response.body", "body": b""})


async def _close_when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, text: str = "", content_type: str = "text/plain") -> None:
    # Readable from another origin, so that a refusal is one and not a riddle in the console.
    headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _may_see_figures(scope: Scope) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = dict(scope["headers"]).get(b"authorization", b"")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, wanted)
