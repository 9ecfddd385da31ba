"""A server on the loopback that says exactly the bytes it is told to, for what no proper HTTP server would do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[socket.socket], object]


@dataclass
class RawServer:
    url: str = ""
    host: str = ""
    requests: list[bytes] = field(default_factory=list)
    """Every request that came whole, head and body."""
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def raw_server(script: Script, *, read_first: bool = True) -> Iterator[RawServer]:
    """`script` gets the connection, after one request was read (`read_first`), and again for every further request on
    it, as long as it returns "keep"."""
    raw = RawServer()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    threads: list[threading.Thread] = []
    open_connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            while True:
                if read_first and not _read_request(connection, raw):
                    return
                if script(connection) != "keep":
                    return

    def accept() -> None:
        while not raw.stopping.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            raw.connections += 1
            open_connections.append(connection)
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    raw.host = f"127.0.0.1:{listener.getsockname()[1]}"
    raw.url = f"http://{raw.host}"
    try:
        yield raw
    finally:
        raw.stopping.set()
        acceptor.join()
        listener.close()
        for connection in open_connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(6)


def _read_request(connection: socket.socket, raw: RawServer) -> bool:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (some := connection.recv(65536)):
            return False
        received += some
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        if not (some := connection.recv(65536)):
            return False
        body += some
    raw.requests.append(head + b"\r\n\r\n" + body)
    return True


def says(data: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> Script:
    """An answer with a length, its own or another."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data) if length is None else length}", *headers, "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + data)


def kept(script: Script) -> Script:
    """The same for every request on a connection that stays open."""
    return lambda connection: script(connection) or "keep"


def drips(before: bytes, drop: bytes, pause: float = 0.01) -> Script:
    """`before`, and then `drop` again and again until the other side has had enough of it."""

    def script(connection: socket.socket) -> None:
        connection.sendall(before)
        wait = threading.Event()
        while not wait.wait(pause):
            connection.sendall(drop)

    return script


def says_nothing(connection: socket.socket) -> None:
    """Listens until the other side has had enough of it."""
    while connection.recv(65536):
        pass
