"""`python -m tests.fake_mureka --port 8765`: the fake alone, for trying the product by hand."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from tests.fake_mureka.control import Control
from tests.fake_mureka.server import Server
from tests.fake_mureka.settings import Settings
from tests.fake_mureka.state import State


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_mureka", description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--control-port", type=int, help="where it is controlled even while down; else the next port")
    parser.add_argument("--latency", default="20:60", help="seconds from order to audio, as LEAST:MOST")
    parser.add_argument("--concurrency", type=int, default=10, help="tasks at once; more are refused with a 429")
    parser.add_argument("--duration", type=float, default=30.0, help="seconds of audio")
    parser.add_argument("--ledger", type=Path, help="a file to keep the charges in, and to find them again")
    parser.add_argument("--settings", type=json.loads, help="a JSON object of any settings, instead of those above")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings = Settings()
    least, _, most = options.latency.partition(":")
    by_hand = {
        "latency": (float(least), float(most or least)),
        "concurrency": options.concurrency,
        "default_duration": options.duration,
    }
    settings.change(options.settings or by_hand)
    asyncio.run(_serve(settings, options))


async def _serve(settings: Settings, options: argparse.Namespace) -> None:
    server = Server(State(settings, options.ledger))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        port = await server.start(options.port)
        server.control = Control(server).answer
        control_port = await server.start_control(port + 1 if options.control_port is None else options.control_port)
        if options.child:
            print(json.dumps({"url": server.url, "port": port, "control_port": control_port}), flush=True)
            threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True).start()
        else:
            _introduce(server.url, control_port, settings)
        await stop.wait()
    finally:
        await server.close()


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Whoever started this holds the other end of its standard input: when that closes, nobody needs it any more."""
    # Not sys.stdin: a daemon thread that holds its lock when the interpreter ends is a fatal error.
    while os.read(0, 1024):
        pass
    with suppress(RuntimeError):  # the loop was quicker
        loop.call_soon_threadsafe(stop.set)


def _introduce(url: str, control_port: int, settings: Settings) -> None:
    host = url.removeprefix("http://")
    print(f"A fake Mureka answers at {url}; pieces take {settings.latency[0]:g} to {settings.latency[1]:g} seconds.")
    print("In another terminal, to let the product order from it:\n")
    print(f"  MUSIC_PROVIDER=mureka MUREKA_API_KEY={settings.key} \\")
    print(f"  MUREKA_API_BASE={url} MUREKA_AUDIO_HOSTS={host} make run\n")
    control = f"http://127.0.0.1:{control_port}/_control"
    print("What it charged:          curl -s " + f"{control}/ledger")
    print(
        "Spoil the next order:     curl -s " + f"{control}/script " + """-d '{"on": "submit", "kind": "drop_after"}'"""
    )
    print("Be gone, and come back:   curl -s -X POST " + f"{control}/down ; curl -s -X POST {control}/up")
    print("The rest: docs/fake-mureka.md. Ctrl+C ends it.", flush=True)


if __name__ == "__main__":
    main()
