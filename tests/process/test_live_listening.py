"""The subscription of the live process to the broker: it knows a broker that hangs from one that has nothing to say."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from music.announcing import channel, to_message
from readingjourney.broker import prepare_directories, server_command
from readingjourney.brokerping import redis_url
from readingjourney.datadir import broker_socket
from readingjourney.live import listening
from readingjourney.live.listening import Listening
from readingjourney.live.streams import Stream, Streams, TooManyStreams
from tests.process.product import wait_until


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    prepare_directories(tmp_path)
    process = subprocess.Popen(server_command(tmp_path), stdout=subprocess.DEVNULL)
    wait_until(broker_socket(tmp_path).exists, what="the broker")
    yield process
    process.kill()
    process.wait(10)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"redis+socket://{broker_socket(tmp_path)}"


@asynccontextmanager
async def running(url: str, streams: Streams) -> AsyncIterator[Listening]:
    heard = Listening(url, streams)
    task = asyncio.create_task(heard.run())
    await heard.wait(10)
    assert not heard.deaf
    yield heard
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def publish(url: str, reader: str, track: str) -> None:
    with redis.Redis.from_url(redis_url(url) or "") as client:
        client.publish(channel(), "nonsense")
        client.publish(channel(), to_message((reader, track)))


def test_a_broker_with_nothing_to_say_is_listened_to_and_one_that_hangs_is_not(
    broker: subprocess.Popen[bytes], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "PING_SECONDS", 0.1)
    monkeypatch.setattr(listening, "SILENT_SECONDS", 1.0)

    async def scene() -> None:
        streams = Streams(10, 10)
        async with running(url, streams) as heard:
            stream = streams.open("1")
            await asyncio.sleep(2.5)  # longer than a silence that counts as lost
            assert not heard.deaf
            assert not stream.closed
            publish(url, "1", "a-track")
            assert await stream.changes(10) == ["a-track"]
            broker.send_signal(signal.SIGSTOP)
            try:
                await until(lambda: heard.deaf)
                assert stream.closed
            finally:
                os.kill(broker.pid, signal.SIGCONT)
            await until(lambda: not heard.deaf)
            again = streams.open("1")
            publish(url, "1", "another")
            assert await again.changes(10) == ["another"]

    asyncio.run(scene())


def test_a_stream_tells_each_piece_once_however_often_it_changes() -> None:
    async def scene() -> None:
        stream = Stream("1")
        for track in ("a", "b", "a"):
            stream.tell(track)
        assert await stream.changes(1) == ["a", "b"]
        assert await stream.changes(0.01) == []

    asyncio.run(scene())


def test_a_browser_that_does_not_read_costs_no_more_than_so_much() -> None:
    async def scene() -> None:
        stream = Stream("1")
        for number in range(10_000):
            stream.tell(str(number))
        assert len(await stream.changes(1)) <= 100

    asyncio.run(scene())


def test_there_are_only_so_many_streams_and_each_is_given_back() -> None:
    async def scene() -> None:
        streams = Streams(most=3, most_of_reader=2)
        first, _second, _third = streams.open("1"), streams.open("1"), streams.open("2")
        with pytest.raises(TooManyStreams):
            streams.open("2")  # of the process
        streams.discard(first)
        streams.open("1")
        streams.discard(_third)
        with pytest.raises(TooManyStreams):
            streams.open("1")  # of the reader
        assert len(streams) == 2
        streams.close()
        assert _second.closed
        assert first.closed is False  # it was given back before

    asyncio.run(scene())
