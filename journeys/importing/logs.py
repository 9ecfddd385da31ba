"""The logs that are made of a file's passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from journeys.importing.records import Passage
from journeys.models import Journey, ReadingLog

WRITTEN_AT_ONCE = 500


def new_logs(
    journey: Journey, passages: Iterable[Passage], version: int, default: date, now: datetime
) -> list[ReadingLog]:
    """Logs of these passages, in the order of their days and numbered from `version`; `default`: where none is told."""
    ordered = sorted(passages, key=lambda passage: passage.on or default)
    return [
        ReadingLog(
            journey=journey,
            version=number,
            quote=passage.quote,
            memo=passage.memo,
            emotions=list(passage.extra.get("emotions", ())),
            page=passage.page,
            percent=passage.percent,
            logged_on=passage.on or default,
            import_key=passage.key,
            created_at=moment_of(passage.extra.get("created_at"), now),
            updated_at=now,
        )
        for number, passage in enumerate(ordered, version)
    ]


def our_logs(journey: Journey, passages: Sequence[Passage], default: date, now: datetime) -> list[ReadingLog]:
    """Logs of our own export, numbered as they were; what a file says twice of versions and ends is put right."""
    ordered = sorted(enumerate(passages), key=lambda each: (each[1].extra.get("version") or 0, each[0]))
    logs: list[ReadingLog] = []
    for _place, passage in ordered:
        wanted = passage.extra.get("version") or 0
        version = wanted if not logs else max(wanted, logs[-1].version + 1)
        is_final = bool(passage.extra.get("is_final")) and version > 0 and not any(log.is_final for log in logs)
        (log,) = new_logs(journey, [passage], version, default, now)
        log.is_final = is_final
        logs.append(log)
    if logs and logs[0].version > 0:
        logs.insert(0, ReadingLog(journey=journey, version=0, logged_on=default, created_at=now))
    return logs


def moment_of(text: Any, default: datetime) -> datetime:
    """A moment as our export wrote it; the default for none."""
    return datetime.fromisoformat(text) if text else default
