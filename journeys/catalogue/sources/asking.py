"""One question to a book service, and what its answer's status says."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from journeys.catalogue.base import SourceFailed
from music.providers.http import Answer, NeverSent, NoAnswer, exchange, open_session, retry_after

ANSWER_LIMIT = 2_000_000
CONNECT_SECONDS = 2.0
KEY_REFUSED_REST = 600.0
QUOTA_REST = 900.0
BUSY_REST = 60.0


def ask(
    name: str,
    url: str,
    parameters: Mapping[str, str | int],
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The source's answer, whatever its status. Raises `SourceFailed` when there is none.

    A connection of its own each time: one that was kept may have been closed at the other end, and the handshake it
    would save is little beside a reader's patience.
    """
    try:
        with open_session() as session:
            return exchange(
                session,
                "GET",
                f"{url}?{urlencode(parameters)}",
                headers={"Accept": "application/json", **(headers or {})},
                connect_seconds=min(CONNECT_SECONDS, seconds),
                seconds=seconds,
                limit=ANSWER_LIMIT,
            )
    except (NeverSent, NoAnswer) as error:
        raise SourceFailed(f"{name}: {error}") from error


def demand_ok(name: str, answer: Answer) -> None:
    """Raise `SourceFailed` unless the status is 200."""
    if answer.status == 200:
        return
    rest = None
    if answer.status in (401, 403):
        rest = KEY_REFUSED_REST
    elif answer.status == 429:
        rest = retry_after(answer.headers) or BUSY_REST
    raise SourceFailed(f"{name}: HTTP {answer.status}", rest=rest)
