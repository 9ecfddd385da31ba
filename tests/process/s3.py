"""A real server of the S3 protocol as a process of its own, and a wire to it that can be slowed, cut and listened to.

The server is ministack with its signature checks on. It knows the protocol from the outside, as a store of somebody
else's does; it is not the original, and no real bucket was ever asked by these tests.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from tests.process.product import wait_until

KEY = "key-of-the-tests"
SECRET = "secret-of-the-tests"
BUCKET = "audio"


class S3Server:
    """The server, its wire, and a look at what it has from the outside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.direct_url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.wire = Wire(self.port)

    @property
    def url(self) -> str:
        """The address to give to what is tested: through the wire."""
        return f"http://127.0.0.1:{self.wire.port}"

    @property
    def options(self) -> dict[str, Any]:
        """What the storage is configured with."""
        return {
            "bucket_name": BUCKET,
            "endpoint_url": self.url,
            "access_key": KEY,
            "secret_key": SECRET,
            "region_name": "us-east-1",
            "addressing_style": "path",
            "signature_version": "s3v4",
        }

    @property
    def environment(self) -> dict[str, str]:
        """What the product is configured with."""
        return {
            "AWS_STORAGE_BUCKET_NAME": BUCKET,
            "AWS_S3_ENDPOINT_URL": self.url,
            "AWS_S3_REGION_NAME": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def start(self) -> None:
        own = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.directory / "objects"),
            "SERVICES": "s3",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": str(self.directory),
        }
        with (self.directory / "s3.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=self.directory,
                env={**os.environ, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, seconds=30, what="the S3 server")

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def end(self) -> None:
        self.wire.close()
        if self.process:
            self.kill()

    @property
    def client(self) -> Any:
        """Straight to the server, for the tests' own eyes."""
        return boto3.client(
            "s3",
            endpoint_url=self.direct_url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
        )

    def stored_keys(self) -> list[str]:
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def _answers(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError((self.directory / "s3.log").read_text())
        try:
            return requests.get(self.direct_url, timeout=2).status_code < 500
        except requests.RequestException:
            return False


class Wire:
    """Carries bytes between a client and the server; `requests` lists what was asked, "PUT /audio/key" and so on."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.requests: list[str] = []
        self.pause_seconds = 0.0
        """Before each piece of an answer."""
        self.cut_after: int | None = None
        """So many bytes of a client's are carried, then both ends are closed."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def asked(self, method: str) -> list[str]:
        """The paths that were asked for with this method, without their queries."""
        return [line.split()[1].partition("?")[0] for line in self.requests if line.startswith(f"{method} ")]

    def reset(self) -> None:
        """Carry everything at once again, and forget what was asked."""
        self.pause_seconds, self.cut_after = 0.0, None
        self.requests.clear()

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                return
            with server:
                server.settimeout(None)
                back = threading.Thread(target=self._carry_back, args=(server, client), daemon=True)
                back.start()
                self._carry_there(client, server)
                back.join()

    def _carry_there(self, client: socket.socket, server: socket.socket) -> None:
        carried = 0
        with suppress(OSError):
            while piece := client.recv(65536):
                first = piece.split(b"\r\n", 1)[0]
                if first.endswith(b" HTTP/1.1"):
                    self.requests.append(first.decode("latin-1"))
                carried += len(piece)
                if self.cut_after is not None and carried > self.cut_after:
                    break
                server.sendall(piece)
        for each in (server, client) if self.cut_after is not None else (server,):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _carry_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(65536):
                until = time.monotonic() + self.pause_seconds
                while time.monotonic() < until and not self._ended.wait(0.02):
                    pass
                client.sendall(piece)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_s3(directory: Path) -> Iterator[S3Server]:
    """Start the server with an empty bucket below `directory`, and leave nothing running."""
    directory.mkdir(parents=True, exist_ok=True)
    server = S3Server(directory)
    try:
        server.start()
        server.client.create_bucket(Bucket=BUCKET)
        yield server
    finally:
        server.end()
