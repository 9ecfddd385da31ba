"""HTTP/1.1 by hand, so that it can also be done wrongly: bytes one at a time, resets, lengths that lie."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

LONGEST_BODY = 1 << 20


class Gone(Exception):
    """The connection ends here: by the client, or by a fault."""


class Stalls:
    """Answers that are held back."""

    def __init__(self) -> None:
        self._released = asyncio.Event()

    async def wait(self, seconds: float | None) -> None:
        """Until they are released, or so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()

    def release(self) -> None:
        self._released.set()
        self._released = asyncio.Event()


@dataclass(slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes = b""

    def json(self) -> object:
        """What the body says, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Connection:
    """One client, request after request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.idle = True
        """Between two requests."""

    async def read_head(self) -> Request:
        self.idle = True
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError) as error:
            raise Gone from error
        self.idle = False
        first, *lines = head.decode("latin-1").split("\r\n")
        try:
            method, path, _ = first.split(" ")
        except ValueError as error:
            raise Gone from error
        pairs = (line.partition(":") for line in lines if line)
        return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs})

    async def read_body(self, request: Request) -> None:
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY or "transfer-encoding" in request.headers:
            raise Gone
        try:
            request.body = await self._reader.readexactly(int(length))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Gone from error

    async def send(
        self,
        status: int,
        body: bytes = b"",
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        *,
        length: int | None = -1,
    ) -> None:
        """An answer; `length`: the Content-Length it claims, None for none at all (the body then ends with the
        connection)."""
        await self.write(self.head(status, content_type, headers, length=len(body) if length == -1 else length) + body)
        if length != -1:
            raise Gone

    async def send_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        await self.send(status, json.dumps(body).encode(), headers=headers)

    @staticmethod
    def head(status: int, content_type: str, headers: dict[str, str] | None = None, *, length: int | None) -> bytes:
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", f"Content-Type: {content_type}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines.append("Connection: close" if length is None else f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:  # RuntimeError: written to after it was closed
            raise Gone from error
        if self._writer.is_closing():
            raise Gone

    async def dribble(self, data: bytes, pause: float, piece: int = 1) -> None:
        for at in range(0, len(data), piece):
            await self.write(data[at : at + piece])
            await asyncio.sleep(pause)

    def reset(self) -> None:
        """A TCP reset instead of a farewell: lingering for no time at all discards what is unsent (tcp(7))."""
        sock = self._writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self._writer.transport.abort()

    async def finish(self) -> None:
        """Close after what was written has left."""
        with suppress(ConnectionError):
            self._writer.close()
            await self._writer.wait_closed()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
