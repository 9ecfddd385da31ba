"""Writing, correcting and deleting logs.

A log and its track are made in one transaction; music is asked for and never waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from journeys.models import Journey, JourneyStatus, ReadingLog
from journeys.services.briefing import brief_of
from journeys.services.discarding import discard
from journeys.services.holding import hold_journey
from journeys.services.readers import today_of
from journeys.services.texts import nfc, read_words_ahead
from music.brief import Mood, Role
from music.briefs import seed_from
from music.models import MusicTrack
from music.services import request_track


class NotReading(Exception):
    """The journey is only wanted, finished or stopped: nothing can be added until it is begun or resumed."""

    def __init__(self, status: str = "") -> None:
        super().__init__(status)
        self.status = status

    def __str__(self) -> str:
        if self.status == JourneyStatus.WANT:
            return _("You have not begun to read this book yet. Start the journey first.")
        return _("This journey is not being read at the moment.")


class StartCannotBeDeleted(Exception):
    """v0 is the journey's own beginning; it goes with the journey."""

    def __str__(self) -> str:
        return _("The beginning of a journey cannot be deleted by itself.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What a reader writes down: text, feelings, and how far they are (a page or a percentage)."""

    quote: str = ""
    memo: str = ""
    emotions: tuple[Mood, ...] = ()
    page: int | None = None
    percent: int | None = None
    logged_on: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.quote or self.memo or self.emotions or self.page is not None or self.percent is not None)


def add_log(journey: Journey, entry: LogEntry) -> ReadingLog:
    """The next log vN and its track, in one step (requirement B4). Raises `NotReading`."""
    read_words_ahead(journey.book, quote=entry.quote, memo=entry.memo)
    with transaction.atomic():
        lock_reading(journey)
        return write_log(journey, entry, role=Role.ENTRY)


@transaction.atomic
def edit_log(log: ReadingLog, entry: LogEntry) -> None:
    """Correct what a log says. Its music stays: it is of the moment it was written in.

    Raises `Http404` when it was deleted meanwhile.
    """
    hold_journey(log.journey)  # before the log, as whoever takes the journey away does
    if not ReadingLog.objects.filter(pk=log.pk).update(**_columns(entry, log.logged_on), updated_at=Now()):
        raise Http404
    touch(log.journey)
    log.refresh_from_db()


@transaction.atomic
def delete_log(log: ReadingLog) -> None:
    """Delete a log, its track and its file. Without its vFinal a finished journey is being read again.

    Raises `StartCannotBeDeleted` for v0, and `Http404` when the journey was deleted meanwhile.
    """
    if log.version == 0:
        raise StartCannotBeDeleted
    hold_journey(log.journey)  # before its log and track, as whoever takes it away does
    discard(MusicTrack.objects.filter(log=log))
    log.delete()
    if log.is_final:
        Journey.objects.filter(pk=log.journey_id).update(status=JourneyStatus.READING, ended_on=None)
    touch(log.journey)


def lock_reading(journey: Journey) -> None:
    """Hold the journey's row, so that two logs cannot take the same version and nothing is added after the end.

    Raises `NotReading`, and `Http404` when the journey was deleted meanwhile.
    """
    current = hold_journey(journey)
    if current.status != JourneyStatus.READING:
        raise NotReading(current.status)


def ask_for_music(log: ReadingLog) -> MusicTrack:
    """Ask for the piece of a log that has none, as an imported one: version and label are what is stored.

    A log that has its piece keeps it, which is returned. Raises `Http404` when the log was deleted meanwhile.
    """
    read_words_ahead(log.journey.book, quote=log.quote, memo=log.memo)
    with transaction.atomic():
        # Held, so that two who ask at once do not ask twice; and the journey before, as whoever takes it away does.
        hold_journey(log.journey)
        if not list(ReadingLog.objects.select_for_update().filter(pk=log.pk).values_list("pk")):
            raise Http404
        made = MusicTrack.objects.filter(log=log).first()
        return made or _request_piece(log)


def write_log(journey: Journey, entry: LogEntry, *, role: Role) -> ReadingLog:
    newest = journey.logs.aggregate(newest=Max("version"))["newest"]
    log = ReadingLog.objects.create(
        journey=journey,
        version=0 if newest is None else newest + 1,
        is_final=role == Role.FINALE,
        **_columns(entry, today_of(journey.reader)),
    )
    _request_piece(log)
    touch(journey)
    return log


def _request_piece(log: ReadingLog) -> MusicTrack:
    journey = log.journey
    brief, labels = brief_of(log, seed=seed_from("log", str(log.pk)))
    with translation.override(journey.reader.language):
        album = journey.book.shown_title
    return request_track(
        owner=journey.reader,
        brief=brief,
        title=f"{album} · {log.label}",
        log_id=log.pk,
        album=album,
        number=log.version + 1,
        chapter_labels=labels,
    )


def _columns(entry: LogEntry, default_date: date) -> dict[str, Any]:
    return {
        "quote": nfc(entry.quote),
        "memo": nfc(entry.memo),
        "emotions": [str(mood) for mood in entry.emotions],
        "page": entry.page,
        "percent": entry.percent,
        "logged_on": entry.logged_on or default_date,
    }


def touch(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(updated_at=Now())
