"""A confirmed row that joins a journey which is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from journeys.importing.logs import WRITTEN_AT_ONCE, new_logs
from journeys.importing.matching import JOURNEY, goes_on
from journeys.importing.ours import log_key
from journeys.importing.records import FileRecord, Passage, keys_of, note_keys, what_is_new
from journeys.models import ImportRow, Journey, JourneyStatus, ReadingLog

_JOINED = ("status", "started_on", "ended_on", "rating", "review")
"""What a record may change of a journey that is there."""


@dataclass(slots=True)
class Joined:
    """What a record has done to a journey that was there; false when it did nothing."""

    journey: Journey | None = None
    added: list[str] = field(default_factory=list)
    """Keys of the logs that were added."""
    before: dict[str, Any] = field(default_factory=dict)
    """What the journey's columns said, as far as they say something else now."""
    start: str = ""
    """The v0 that it had not, by its id."""

    def __bool__(self) -> bool:
        return bool(self.added or self.before or self.start)


def join(row: ImportRow, record: FileRecord, *, today: date, now: datetime) -> Joined:
    """Add a record's new words to the journey that its row was said to join, and what it lacks; where the record goes
    on, the journey does. The journey's row is held."""
    journey = Journey.objects.get(pk=row.choice.removeprefix(JOURNEY))
    logs = list(journey.logs.order_by("version"))
    fresh = _fresh(record, journey, logs)
    joined = Joined(journey, [passage.key for passage in fresh])
    earlier = {name: getattr(journey, name) for name in _JOINED}
    # Its reader may have gone on here since: only what is still behind the file has no last day to lose.
    if row.reason == "changed" and goes_on(record, journey.status):
        journey.status = record.status
        journey.started_on, journey.ended_on = _days(journey.started_on, record)
    if journey.status == JourneyStatus.WANT and fresh:
        journey.status = JourneyStatus.READING
    journey.rating = journey.rating or record.rating
    journey.review = journey.review or record.review
    joined.before = {name: value for name, value in earlier.items() if getattr(journey, name) != value}
    default = record.ended_on or journey.ended_on or record.last_told_day or today
    if not logs and journey.status != JourneyStatus.WANT:
        first_day = journey.started_on or default
        start = ReadingLog.objects.create(journey=journey, version=0, logged_on=first_day, updated_at=now)
        logs, joined.start = [start], str(start.pk)
    if not joined:
        return joined
    joined.before["updated_at"] = journey.updated_at
    journey.updated_at = now
    journey.save(update_fields=[*_JOINED, "updated_at"])
    version = logs[-1].version + 1 if logs else 0
    if fresh and logs and logs[-1].is_final:  # the end stays the end
        version = logs[-1].version
        ReadingLog.objects.filter(pk=logs[-1].pk).update(version=version + len(fresh))
    ReadingLog.objects.bulk_create(new_logs(journey, fresh, version, default, now), batch_size=WRITTEN_AT_ONCE)
    joined.before = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in joined.before.items()
    }
    return joined


def _fresh(record: FileRecord, journey: Journey, logs: list[ReadingLog]) -> list[Passage]:
    """The words that the journey has not, nor ever had from an import: what its reader has deleted stays away."""
    known = {key for log in logs for key in (log.import_key, log_key(log.pk), *keys_of(log.quote, log.memo))}
    for data in ImportRow.objects.filter(journey=journey).values_list("data", flat=True):
        known.update(data.get("keys", ()))
    fresh = []
    for passage in record.passages:
        if new := what_is_new(passage, known):
            known.update(note_keys(new.memo))
            fresh.append(new)
    return fresh


def _days(started_on: date | None, record: FileRecord) -> tuple[date | None, date | None]:
    """First and last day of a journey that was begun here and goes on as the record says: the day of ours, unless the
    end was before it."""
    started, ended = started_on or record.started_on, record.ended_on
    if started and ended and started > ended:
        started = record.started_on or started
        ended = max(started, ended)
    return started, ended
