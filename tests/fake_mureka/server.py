"""Listening, and being away."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Awaitable, Callable

from tests.fake_mureka.delivery import PATH, Delivery
from tests.fake_mureka.state import State
from tests.fake_mureka.vendor import Vendor
from tests.fake_mureka.wire import Connection, Gone, Request, Stalls


class Server:
    """Listens on one port for the product and, if asked, on another for who controls it (which stays up when the
    first is down)."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.stalls = Stalls()
        self._vendor = Vendor(state, self.stalls)
        self._delivery = Delivery(state, self.stalls)
        self.control: Callable[[Connection, Request], Awaitable[None]] | None = None
        self.port = 0
        self._listener: asyncio.Server | None = None
        self._placeholder: socket.socket | None = None
        self._control_listener: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}
        self._silent: asyncio.Event | None = None

    # --- coming and going

    async def start(self, port: int = 0) -> int:
        self.port = await self._listen(port)
        self.state.url = self.url
        return self.port

    async def start_control(self, port: int = 0) -> int:
        self._control_listener = await asyncio.start_server(self._serve_control, "127.0.0.1", port)
        return int(self._control_listener.sockets[0].getsockname()[1])

    async def _listen(self, port: int) -> int:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=1024)
        return int(self._listener.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def down(self, how: str = "refused") -> None:
        if how not in ("refused", "silent"):
            raise ValueError(f"no such way to be down: {how}")
        await self.up()
        if how == "silent":
            self._silent = asyncio.Event()
            return
        if self._listener:
            self._listener.close()
            self._listener = None
        self._drop(lambda connection: True)
        # A port that is bound but not listened on refuses, and nobody else can take it meanwhile.
        self._placeholder = socket.socket()
        self._placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._placeholder.bind(("127.0.0.1", self.port))

    async def up(self) -> None:
        if self._silent:
            self._silent.set()
            self._silent = None
        if self._placeholder:
            self._placeholder.close()
            self._placeholder = None
        if not self._listener:
            await self._listen(self.port)

    def hang_up(self) -> int:
        return self._drop(lambda connection: connection.idle)

    def _drop(self, which: Callable[[Connection], bool]) -> int:
        chosen = [connection for connection in self._connections.values() if which(connection)]
        for connection in chosen:
            connection.close()
        return len(chosen)

    async def close(self) -> None:
        for listener in (self._listener, self._control_listener):
            if listener:
                listener.close()
        if self._placeholder:
            self._placeholder.close()
        handlers = list(self._connections)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        self.state.close()

    @property
    def connections(self) -> int:
        return len(self._connections)

    # --- requests

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        handler = asyncio.current_task()
        assert handler is not None
        self._connections[handler] = connection
        try:
            while True:
                request = await connection.read_head()
                if self._silent:
                    await self._silent.wait()
                    raise Gone
                await self._route(connection, request)
                if request.headers.get("connection", "").lower() == "close":
                    break
            await connection.finish()
        except Gone:
            await connection.finish()
        except asyncio.CancelledError:  # the server is going: whoever stalls here was never to be answered
            pass
        except Exception:
            self.state.bugs.append(traceback.format_exc())
        finally:
            connection.close()
            del self._connections[handler]

    async def _serve_control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            request = await connection.read_head()
            if self.control:
                await connection.read_body(request)
                await self.control(connection, request)
            await connection.finish()
        except Gone:
            pass
        except Exception:
            self.state.bugs.append(traceback.format_exc())
        finally:
            connection.close()

    async def _route(self, connection: Connection, request: Request) -> None:
        path = request.path.partition("?")[0]
        if path.startswith("/_control/") and self.control:
            await connection.read_body(request)
            await self.control(connection, request)
        elif path.startswith(PATH):
            await self._delivery.serve(connection, request, path)
        else:
            await self._vendor.serve(connection, request, path)
