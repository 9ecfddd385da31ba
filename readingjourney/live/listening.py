"""One subscription to the broker for all the streams of this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time

import redis.asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from music.announcing import channel, from_message
from readingjourney.brokerping import redis_url
from readingjourney.live.streams import Streams

logger = logging.getLogger(__name__)

PING_SECONDS = 5.0
SILENT_SECONDS = 15.0
"""A broker that has not even answered a ping for so long hangs, or is behind a line that is dead."""
CONNECT_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0


class Listening:
    """Listens for as long as it runs; `deaf` while the broker is not there.

    A stream that cannot tell is worse than none, since its browser leaves off polling: so all are closed when the
    broker is lost, and none is opened until it is back.
    """

    def __init__(self, broker_url: str, streams: Streams) -> None:
        self._url = redis_url(broker_url)
        self._streams = streams
        self._heard = asyncio.Event()

    @property
    def deaf(self) -> bool:
        return not self._heard.is_set()

    async def wait(self, seconds: float) -> None:
        """Return when it listens, or after so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._heard.wait()

    async def run(self) -> None:
        """Until cancelled."""
        if self._url is None:
            logger.warning("the broker is no Redis or Valkey: there are no live streams, browsers poll")
            return
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen(self._url)
            except (RedisError, OSError, TimeoutError) as error:
                if not self.deaf:
                    pause = FIRST_PAUSE
                    logger.warning("the broker is lost, %d streams are closed: %r", len(self._streams), error)
            finally:
                self._heard.clear()
                self._streams.close()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _listen(self, url: str) -> None:
        """Hand on what is said until the broker is lost. Raises what redis-py and the socket do."""
        broker = redis.Redis.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0), decode_responses=True
        )
        async with broker, broker.pubsub() as subscription:
            async with asyncio.timeout(CONNECT_SECONDS + SILENT_SECONDS):
                await subscription.subscribe(channel())
            await self._hear(subscription)

    async def _hear(self, subscription: PubSub) -> None:
        heard_at = time.monotonic()
        while time.monotonic() - heard_at < SILENT_SECONDS:
            message = await subscription.get_message(timeout=PING_SECONDS)
            if message is None:
                await subscription.ping()
                continue
            heard_at = time.monotonic()
            if message["type"] == "subscribe":
                self._heard.set()
                logger.info("listening to the broker")
            elif message["type"] == "message" and (change := from_message(message["data"])):
                self._streams.tell(*change)
        raise TimeoutError("the broker does not answer")
