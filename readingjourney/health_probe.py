"""Asks the web process whether it answers, without ever waiting for it."""

from __future__ import annotations

import socket
import time

RETRY_SECONDS = 0.5


class HealthProbe:
    """One request for /health/live that waits in the listen queue until a web process takes it.

    `up` itself holds the listening socket, so connecting succeeds from the start; polling with a timeout would leave a
    heap of abandoned requests for the web process to answer first.
    """

    def __init__(self, listener: socket.socket, host_header: str) -> None:
        self._address = _reachable(listener)
        self._family = listener.family
        self._request = f"GET /health/live HTTP/1.1\r\nHost: {host_header}\r\nConnection: close\r\n\r\n".encode()
        self._connection: socket.socket | None = None
        self._next_try = 0.0

    def answered(self) -> bool:
        """Return whether the page has answered 200 by now; call again until it has."""
        if self._connection is None:
            if time.monotonic() < self._next_try:
                return False
            self._ask()
        return self._read()

    def close(self) -> None:
        """Drop the question, answered or not."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> None:
        self._next_try = time.monotonic() + RETRY_SECONDS
        try:
            self._connection = socket.create_connection(self._address[:2], timeout=1.0)
            self._connection.sendall(self._request)
            self._connection.setblocking(False)
        except OSError:
            self.close()

    def _read(self) -> bool:
        if self._connection is None:
            return False
        try:
            answer = self._connection.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self.close()
        return answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))


def _reachable(listener: socket.socket) -> tuple[str, int]:
    """Where to connect to reach `listener`: the loopback address when it listens on all of them."""
    host, port = listener.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104


def page_address(listener: socket.socket) -> str:
    """The URL to open in a browser on this machine."""
    host, port = _reachable(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
