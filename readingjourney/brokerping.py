"""Is the broker there? Asked aside from Celery, whose own connections wait for a broker as long as it takes."""

from __future__ import annotations

import threading

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 1.0

_asking = threading.Lock()


def redis_url(url: str) -> str | None:
    """The broker's address as redis-py writes it; None when it is no Redis or Valkey."""
    scheme, _, rest = url.partition("://")
    if scheme == "redis+socket":
        return "unix://" + rest.replace("virtual_host=", "db=")
    return url if scheme in ("redis", "rediss", "unix") else None


def client(url: str) -> redis.Redis | None:
    """A client of the broker at `url` that never waits long or tries twice; None when it is no Redis or Valkey."""
    if (address := redis_url(url)) is None:
        return None
    half = PATIENCE_SECONDS / 2  # for connecting, and for each answer
    return redis.Redis.from_url(
        address, socket_connect_timeout=half, socket_timeout=half, retry=Retry(NoBackoff(), 0), decode_responses=True
    )


def broker_answers(url: str) -> bool | None:
    """Whether the broker at `url` answers within `PATIENCE_SECONDS`; None when it is none that can be asked.

    A thread asks, because finding a host's address has no time limit of its own. One at a time does: a name server that
    hangs must not collect threads.
    """
    if (broker := client(url)) is None:
        return None
    if not _asking.acquire(timeout=PATIENCE_SECONDS):
        return False
    answers: list[bool] = []

    def ask() -> None:
        try:
            answers.append(bool(broker.ping()))
        except (redis.RedisError, OSError):
            answers.append(False)
        finally:
            broker.close()
            _asking.release()

    thread = threading.Thread(target=ask, name="broker-ping", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return bool(answers and answers[0])


def eviction_policy(url: str) -> str | None:
    """The broker's `maxmemory-policy`; None when it does not answer or does not say (many hosted ones hide it)."""
    if (broker := client(url)) is None:
        return None
    try:
        return str(broker.config_get("maxmemory-policy").get("maxmemory-policy", "")) or None
    except (redis.RedisError, OSError):
        return None
    finally:
        broker.close()
