"""A music vendor on the loopback: real HTTP, a ledger of charges, and faults by script."""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.providers import tone


@dataclass
class Vendor:
    """What the vendor was told to do next, and what it did."""

    open: threading.Event = field(default_factory=threading.Event)
    """Set while it answers orders; cleared, they wait for it."""
    submissions: deque[str] = field(default_factory=deque)
    """How the next submissions end: "accept" (also when empty), "refuse" 400, "busy" 429, "broken" 500, "garbage" 200
    without an id, "drop" (the connection is closed after the order was taken)."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """What became of a task: "succeeded" unless it says "running", "failed" or "html"."""
    default_outcome: str = "succeeded"
    ledger: list[str] = field(default_factory=list)
    """Every order taken, by task id: one charge each."""
    prompts: list[str] = field(default_factory=list)
    polls: int = 0
    url: str = ""


@contextmanager
def running_vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    vendor.open.set()
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vendor.open.wait(timeout=30)
            how = vendor.submissions.popleft() if vendor.submissions else "accept"
            if how == "refuse":
                self._send(400, {"error": {"message": "the prompt was refused"}})
            elif how == "busy":
                self._send(429, {"error": {"message": "rate limit"}}, {"Retry-After": "1"})
            else:
                task = f"task-{next(numbers)}"
                vendor.ledger.append(task)
                vendor.prompts.append(body["prompt"])
                if how == "broken":
                    self._send(500, {"error": {"message": "internal"}})
                elif how == "garbage":
                    self._send(200, {"hello": "world"})
                elif how == "drop":
                    self.close_connection = True
                else:
                    self._send(200, {"id": task})

        def do_GET(self) -> None:
            if self.path.startswith("/audio/"):
                task = self.path.rsplit("/", 1)[1]
                if vendor.outcomes.get(task, vendor.default_outcome) == "html":
                    self._send_bytes(200, b"<html>log in</html>", "text/html")
                else:
                    self._send_bytes(200, tone(), "audio/mpeg")
                return
            vendor.polls += 1
            task = self.path.rsplit("/", 1)[1]
            outcome = vendor.outcomes.get(task, vendor.default_outcome)
            status = "succeeded" if outcome == "html" else outcome
            body = {"id": task, "status": status, "reason": "the model gave up" if status == "failed" else ""}
            if status == "succeeded":
                body["url"] = f"{vendor.url}/audio/{task}"
            self._send(200, body)

        def _send(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
            self._send_bytes(status, json.dumps(body).encode(), "application/json", headers)

        def _send_bytes(
            self, status: int, data: bytes, content_type: str, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
