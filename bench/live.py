"""How many live streams one process holds, what they cost, and how late a change is told.

    python -m bench.live [--streams 1000 2000 5000] [--changes 500]

A live process and a Valkey server by themselves; the browsers are sockets of this process, each of another reader with
a ticket of its own. All are opened, 32 at a time, and left alone for a moment; then changes are published one by one,
5 ms apart, each to another reader: published → read by its browser, by this process's clock, which shares the cores
with the server. Last, a change to every reader at once: published → read by the last. Memory is what the process has
to itself (USS).

The yardstick is uvicorn with an application that only holds connections (bench.bare_stream).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import redis

from bench import measure
from music.announcing import channel, to_message
from readingjourney.broker import prepare_directories, server_command
from readingjourney.brokerping import redis_url
from readingjourney.datadir import broker_socket
from readingjourney.live.tickets import issue_ticket
from readingjourney.preflight import open_listener
from tests.process.product import wait_until

AT_ONCE = 32
APART = 0.005


class Browsers:
    """Open streams, and when each was told what."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []
        self._readers: list[asyncio.Task[None]] = []
        self.told: dict[str, float] = {}

    async def open(self, count: int, path_of: Callable[[int], str]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                path = path_of(number)  # now: a ticket is good for a minute
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                self._writers.append(writer)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                status = await reader.readline()
                assert b" 200 " in status, status
                while b"event: beat" not in await reader.readline():
                    pass
                self._readers.append(asyncio.create_task(self._read(reader)))

        await asyncio.gather(*(one(number) for number in range(count)))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        changed = False
        while line := await reader.readline():
            if changed and line.startswith(b"data: "):
                self.told[line[6:].decode().strip()] = time.perf_counter()
            changed = line.startswith(b"event: changed")

    async def close(self) -> None:
        for task in self._readers:
            task.cancel()
        for writer in self._writers:
            writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, nargs="+", default=[1000, 2000, 5000])
    parser.add_argument("--changes", type=int, default=500)
    options = parser.parse_args()
    rows: list[tuple[object, ...]] = [
        (
            "streams",
            "MB before",
            "MB with",
            "KB a stream",
            "bare KB",
            "ratio",
            "to the broker",
            "p50 ms",
            "p99 ms",
            "all s",
        )
    ]
    with measure.report("live streams of one process"), measure.temporary_directory() as directory:
        configure(directory)
        for count in options.streams:
            rows.append(asyncio.run(measured(directory, count, options.changes)))
        measure.table(*rows)
        print("database connections: none, the process has no database")


def configure(directory: Path) -> None:
    """The settings of this process are those of the live process: they share the secret."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "readingjourney.settings",
        "DATA_DIR": str(directory),
        "SECRET_KEY": secrets.token_hex(),
        "LIVE_MAX_STREAMS": "100000",
    }


async def measured(directory: Path, count: int, changes: int) -> tuple[object, ...]:
    with ExitStack() as stack:
        broker = stack.enter_context(running_broker(directory))
        live, port = stack.enter_context(running_server("-m", "readingjourney.live", "--fd"))
        before = megabytes(live)
        browsers = Browsers(port)
        await browsers.open(count, lambda number: f"/live/stream?ticket={issue_ticket(number)}")
        await asyncio.sleep(2)
        after = megabytes(live)
        upstream = len(broker.client_list(_type="pubsub"))
        delays = await delays_of(browsers, broker, min(changes, count))
        all_told = await told_at_once(browsers, broker, count)
        await browsers.close()
        bare = await bare_kilobytes(count)
    each = (after - before) * 1024 / count
    return (
        count,
        f"{before:.0f}",
        f"{after:.0f}",
        f"{each:.1f}",
        f"{bare:.1f}",
        measure.times(each, bare),
        upstream,
        f"{1000 * measure.percentile(delays, 50):.1f}",
        f"{1000 * measure.percentile(delays, 99):.1f}",
        f"{all_told:.2f}",
    )


async def delays_of(browsers: Browsers, broker: redis.Redis, changes: int) -> list[float]:
    """Seconds from each of so many changes, one after the other, to its being read."""
    said = {}
    for number in range(changes):
        said[track := f"one-{number}"] = time.perf_counter()
        broker.publish(channel(), to_message((str(number), track)))
        await asyncio.sleep(APART)
    await until(lambda: said.keys() <= browsers.told.keys())
    return [browsers.told[track] - at for track, at in said.items()]


async def told_at_once(browsers: Browsers, broker: redis.Redis, count: int) -> float:
    """Seconds until every reader has read of a change of their own, all published in one go."""
    started = time.perf_counter()
    with broker.pipeline(transaction=False) as messages:
        for number in range(count):
            messages.publish(channel(), to_message((str(number), f"all-{number}")))
        messages.execute()
    await until(lambda: len(browsers.told.keys() & {f"all-{number}" for number in range(count)}) == count)
    return max(browsers.told[f"all-{number}"] for number in range(count)) - started


async def bare_kilobytes(count: int) -> float:
    with running_server("-m", "uvicorn", "bench.bare_stream:app", "--log-level", "error", "--fd") as (bare, port):
        before = megabytes(bare)
        browsers = Browsers(port)
        await browsers.open(count, lambda _number: "/")
        await asyncio.sleep(2)
        after = megabytes(bare)
        await browsers.close()
    return (after - before) * 1024 / count


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not done():
            await asyncio.sleep(0.05)


@contextmanager
def running_broker(directory: Path) -> Iterator[redis.Redis]:
    prepare_directories(directory)
    process = subprocess.Popen(server_command(directory), stdout=subprocess.DEVNULL)
    broker = redis.Redis.from_url(redis_url(f"redis+socket://{broker_socket(directory)}"))
    try:
        wait_until(broker_socket(directory).exists, what="the broker")
        broker.ping()
        yield broker
    finally:
        broker.close()
        process.terminate()
        process.wait(10)


@contextmanager
def running_server(*command: str) -> Iterator[tuple[psutil.Process, int]]:
    """A server on a socket that we hold, so that connections wait while it starts."""
    with open_listener("127.0.0.1", 0) as listener:
        process = subprocess.Popen(
            [sys.executable, *command, str(listener.fileno())],
            pass_fds=[listener.fileno()],
            env={**os.environ, "LOG_LEVEL": "ERROR"},
        )
        port = listener.getsockname()[1]
    try:
        wait_until(lambda: answers(port), what="the server")
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        process.wait(10)


def answers(port: int) -> bool:
    """Its first line is enough: what holds connections never ends its answer."""
    try:
        with socket_to(port) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def socket_to(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def megabytes(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 2**20


if __name__ == "__main__":
    main()
