"""`python -m readingjourney.live`: the live process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging.config
import os
import resource
import socket
from types import FrameType

import uvicorn
from django.conf import settings

from readingjourney.live.app import LiveApp
from readingjourney.preflight import open_listener

DEAD_LINE_MILLISECONDS = 60_000


class LiveServer(uvicorn.Server):
    """Uvicorn, whose streams end with the signal to stop: by itself it would wait for them."""

    def __init__(self, config: uvicorn.Config, app: LiveApp) -> None:
        super().__init__(config)
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._app.stop)
        super().handle_exit(sig, frame)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readingjourney.settings")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--fd", type=int, help="a listening socket that the caller holds, instead of host and port")
    options = parser.parse_args()
    # The settings alone, without the applications: there is no database here, and half the memory.
    logging.config.dictConfig(settings.LOGGING)
    _allow_many_connections()
    listener = open_listener(options.host, options.port) if options.fd is None else socket.socket(fileno=options.fd)
    _drop_dead_lines(listener)
    app = LiveApp()
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,  # an address here carries a ticket
        ws="none",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=5,
    )
    LiveServer(config, app).run(sockets=[listener])


def _allow_many_connections() -> None:
    """As many files as the system lets us have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError):  # macOS calls it unlimited, and then does not allow that
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _drop_dead_lines(listener: socket.socket) -> None:
    """A browser that vanished without a word is given up when a beat stays unacknowledged; connections inherit it.

    Linux only. Elsewhere the system gives up by itself, after some ten minutes.
    """
    if option := getattr(socket, "TCP_USER_TIMEOUT", None):
        listener.setsockopt(socket.IPPROTO_TCP, option, DEAD_LINE_MILLISECONDS)


if __name__ == "__main__":
    main()
