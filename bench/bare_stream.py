"""What `bench.live` compares with: uvicorn and the least that is a stream, with nobody who tells anything."""

from __future__ import annotations

from typing import Any


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"event: beat\ndata: 1\n\n", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
