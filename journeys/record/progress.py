"""How far a reader is: told by notes of progress and by logs alike, the latest day counts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from journeys.models import Journey, JourneyStatus, Progress, ReadingLog

TELLS_HOW_FAR = Q(page__isnull=False) | Q(percent__isnull=False)


@dataclass(frozen=True, slots=True)
class Position:
    """How far on a day: a page or a percentage, of a book with `pages` where that is known."""

    page: int | None
    percent: int | None
    on: date
    pages: int | None

    @property
    def share(self) -> float | None:
        """0 … 1; None where only a page is known and not how many there are."""
        if self.percent is not None:
            return self.percent / 100
        return min(1.0, self.page / self.pages) if self.page is not None and self.pages else None

    @property
    def read_page(self) -> int | None:
        """The page, also where a percentage was told; None where the book's pages are not known."""
        if self.page is not None:
            return min(self.page, self.pages) if self.pages else self.page
        return round(self.percent * self.pages / 100) if self.percent is not None and self.pages else None

    @property
    def whole_percent(self) -> int | None:
        """0 … 100; of a page, 100 only for the last."""
        if self.percent is not None:
            return self.percent
        # In whole numbers: 58 / 100 * 100 is a little less than 58.
        return min(100, self.page * 100 // self.pages) if self.page is not None and self.pages else None

    @property
    def text(self) -> str:
        """“p. 120 of 240 · 50 %”, as far as it is known."""
        parts = []
        if self.read_page is not None:
            told = _("p. %(page)d of %(pages)d") if self.pages else _("p. %(page)d")
            parts.append(told % {"page": self.read_page, "pages": self.pages})
        if self.whole_percent is not None:
            parts.append(f"{self.whole_percent}%")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Entry:
    """One day's position in the list of a journey: a note that can be corrected, or a log's."""

    position: Position
    noted_at: datetime
    note: Progress | None = None
    log: ReadingLog | None = None


def entries_of(journey: Journey, limit: int) -> list[Entry]:
    """The latest of a journey's positions, newest first."""
    pages = journey.page_count
    notes = [
        Entry(Position(note.page, note.percent, note.read_on, pages), note.created_at, note=note)
        for note in _latest_notes(journey.progress.all())[:limit]
    ]
    logs = [
        Entry(Position(log.page, log.percent, log.logged_on, pages), log.created_at, log=log)
        for log in _latest_logs(journey.logs.all())[:limit]
    ]
    return sorted([*notes, *logs], key=lambda entry: (entry.position.on, entry.noted_at), reverse=True)[:limit]


def latest_positions(journeys: Iterable[Journey]) -> dict[uuid.UUID, Position]:
    """Where each of these journeys is, by its id, in three queries; one whose reader never told is left out."""
    by_id = {journey.pk: journey for journey in journeys if journey.status != JourneyStatus.WANT}
    if not by_id:
        return {}
    logs = _latest_logs(ReadingLog.objects.filter(journey=OuterRef("pk"))).values("pk")[:1]
    notes = _latest_notes(Progress.objects.filter(journey=OuterRef("pk"))).values("pk")[:1]
    newest = Journey.objects.filter(pk__in=by_id).values_list("pk", Subquery(logs), Subquery(notes))
    found = list(newest)
    told: dict[Any, Any] = {
        **ReadingLog.objects.defer("quote", "memo").in_bulk([log for _pk, log, _note in found if log]),
        **Progress.objects.in_bulk([note for _pk, _log, note in found if note]),
    }
    positions = {}
    for journey_id, log_id, note_id in found:
        pages = by_id[journey_id].page_count
        log, note = told.get(log_id), told.get(note_id)
        if log and not (note and (note.read_on, note.created_at) > (log.logged_on, log.created_at)):
            positions[journey_id] = Position(log.page, log.percent, log.logged_on, pages)
        elif note:
            positions[journey_id] = Position(note.page, note.percent, note.read_on, pages)
    return positions


def _latest_logs(logs: QuerySet[ReadingLog]) -> QuerySet[ReadingLog]:
    return logs.filter(TELLS_HOW_FAR).order_by("-logged_on", "-version")


def _latest_notes(notes: QuerySet[Progress]) -> QuerySet[Progress]:
    return notes.order_by("-read_on", "-created_at")
