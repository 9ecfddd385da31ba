"""Who listens, and what each has still to be told. One thread, one loop: nothing here waits but a stream itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict

MOST_PENDING = 100


class TooManyStreams(Exception):
    """There is no room for another stream: of this process, or of this reader."""


class Stream:
    """One browser's: the pieces it has still to ask after. However long it does not read, they are only so many."""

    __slots__ = ("_pending", "_wake", "closed", "reader")

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.closed = False
        self._pending: dict[str, None] = {}
        self._wake = asyncio.Event()

    def tell(self, track: str) -> None:
        """Have the browser told that this piece has changed, once however often it does before it is."""
        if len(self._pending) < MOST_PENDING:  # the browser asks after all that is unfinished anyway
            self._pending[track] = None
        self._wake.set()

    def close(self) -> None:
        self.closed = True
        self._wake.set()

    async def changes(self, seconds: float) -> list[str]:
        """The pieces that have changed; none after so long without, and when the stream was closed."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        changed, self._pending = list(self._pending), {}
        return changed


class Streams:
    """All streams of this process, by reader."""

    def __init__(self, most: int, most_of_reader: int) -> None:
        self._most = most
        self._most_of_reader = most_of_reader
        self._of_reader: dict[str, set[Stream]] = defaultdict(set)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def open(self, reader: str) -> Stream:
        """A stream for the reader; the caller gives it back with `discard`. Raises `TooManyStreams`."""
        if self._count >= self._most or len(self._of_reader.get(reader, ())) >= self._most_of_reader:
            raise TooManyStreams
        stream = Stream(reader)
        self._of_reader[reader].add(stream)
        self._count += 1
        return stream

    def discard(self, stream: Stream) -> None:
        of_reader = self._of_reader[stream.reader]
        of_reader.discard(stream)
        self._count -= 1
        if not of_reader:
            del self._of_reader[stream.reader]

    def tell(self, reader: str, track: str) -> None:
        """Tell all of the reader's browsers."""
        for stream in self._of_reader.get(reader, ()):
            stream.tell(track)

    def close(self) -> None:
        """End every stream there is, each as soon as it is its turn."""
        for streams in self._of_reader.values():
            for stream in streams:
                stream.close()
