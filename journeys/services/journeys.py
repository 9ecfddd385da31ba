"""A journey's life: want, start, finish, stop, resume, read again, delete."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from journeys.models import Book, Journey, JourneyQuerySet, JourneyStatus, ReadingLog
from journeys.services.books import discard_books
from journeys.services.briefing import Sound
from journeys.services.discarding import discard
from journeys.services.holding import hold_journey, hold_reader
from journeys.services.logs import LogEntry, lock_reading, write_log
from journeys.services.readers import today_of
from journeys.services.tags import tidy_tags
from journeys.services.texts import read_words_ahead
from music.brief import Genre, Role
from music.briefs import seed_from
from music.models import MusicTrack


class NotWanted(Exception):
    """The journey has begun already."""

    def __str__(self) -> str:
        return _("You have begun to read this book already.")


class NotEnded(Exception):
    """Only a book that was finished or put down can be read again."""

    def __str__(self) -> str:
        return _("Only a book that you finished or stopped can be read again.")


@transaction.atomic
def want_book(*, reader: Any, book: Book) -> Journey:
    """A book the reader wants to read: a journey without logs and music until it is started.

    A book that is wanted already is not wanted twice: the journey that is there is returned.
    """
    hold_reader(reader.pk)
    wanted = Journey.objects.filter(reader=reader, book=book, status=JourneyStatus.WANT).first()
    return wanted or Journey.objects.create(
        reader=reader, book=book, theme_seed=theme_seed_of(book, reader), status=JourneyStatus.WANT
    )


def start_wanted(journey: Journey, *, started_on: date | None = None, sound: Sound | None = None) -> ReadingLog:
    """Begin to read a wanted book: its first log v0 and that log's track, in one step. Raises `NotWanted`."""
    read_words_ahead(journey.book)
    with transaction.atomic():
        wanted = Journey.objects.filter(pk=journey.pk, status=JourneyStatus.WANT)
        begun = started_on or today_of(journey.reader)
        changes: dict[str, Any] = {"genre": sound.genre or "", "duration": sound.duration} if sound else {}
        if not wanted.update(status=JourneyStatus.READING, started_on=begun, **changes):
            raise NotWanted
        journey.refresh_from_db(fields=["status", "started_on", "genre", "duration"])
        return write_log(journey, LogEntry(logged_on=begun), role=Role.OPENING)


def read_again(journey: Journey) -> Journey:
    """Another journey through the same book, which sounds as the first was asked to. Raises `NotEnded`."""
    read_words_ahead(journey.book)
    with transaction.atomic():
        ended = hold_journey(journey)
        if ended.status not in (JourneyStatus.FINISHED, JourneyStatus.STOPPED):
            raise NotEnded
        sound = Sound(genre=Genre(ended.genre) if ended.genre else None, duration=ended.duration)
        return _begin(reader=journey.reader, book=journey.book, sound=sound, pages=ended.pages)


def start_journey(
    *,
    reader: Any,
    book: Book,
    started_on: date | None = None,
    sound: Sound | None = None,
    pages: int | None = None,
) -> Journey:
    """A journey with its first log v0 and that log's track, in one step (requirement B3).

    `pages`: of the reader's own copy, where they are not the book's.
    """
    read_words_ahead(book)
    with transaction.atomic():
        return _begin(reader=reader, book=book, started_on=started_on, sound=sound or Sound(), pages=pages)


def _begin(*, reader: Any, book: Book, sound: Sound, pages: int | None, started_on: date | None = None) -> Journey:
    journey = Journey.objects.create(
        reader=reader,
        book=book,
        theme_seed=theme_seed_of(book, reader),
        started_on=started_on or today_of(reader),
        genre=sound.genre or "",
        duration=sound.duration,
        pages=pages,
    )
    write_log(journey, LogEntry(logged_on=journey.started_on), role=Role.OPENING)
    return journey


def finish_journey(journey: Journey, entry: LogEntry) -> ReadingLog:
    """End the journey with a last log vFinal, whose music looks back on all of it (B5). Raises `NotReading`."""
    read_words_ahead(journey.book, quote=entry.quote, memo=entry.memo)
    with transaction.atomic():
        lock_reading(journey)
        log = write_log(journey, entry, role=Role.FINALE)
        _end(journey, JourneyStatus.FINISHED, on=log.logged_on)
        return log


@transaction.atomic
def stop_journey(journey: Journey) -> None:
    """Put the book down unfinished. Raises `NotReading`."""
    lock_reading(journey)
    _end(journey, JourneyStatus.STOPPED, on=today_of(journey.reader))


def resume_journey(journey: Journey) -> bool:
    """Take a book up again. False when the journey cannot be resumed (any more), as `can_be_resumed` tells."""
    return bool(_resumable(journey).update(status=JourneyStatus.READING, ended_on=None, updated_at=Now()))


def can_be_resumed(journey: Journey) -> bool:
    """Whether it was stopped, or is finished without a vFinal, as an imported one is. Where there is one, deleting it
    takes the book up again."""
    return journey.status in (JourneyStatus.STOPPED, JourneyStatus.FINISHED) and _resumable(journey).exists()


def _resumable(journey: Journey) -> JourneyQuerySet:
    finals = ReadingLog.objects.filter(journey=journey.pk, is_final=True).values("journey")
    open_end = Q(status=JourneyStatus.STOPPED) | Q(status=JourneyStatus.FINISHED) & ~Q(pk__in=finals)
    return Journey.objects.filter(open_end, pk=journey.pk)


def choose_sound(journey: Journey, sound: Sound) -> None:
    """Set the genre and length of the pieces still to come. Those that exist stay; each can be made again."""
    Journey.objects.filter(pk=journey.pk).update(genre=sound.genre or "", duration=sound.duration, updated_at=Now())
    journey.refresh_from_db(fields=["genre", "duration", "updated_at"])


@transaction.atomic
def delete_journey(journey: Journey) -> None:
    """Delete a journey with its logs, tracks and files; a book that was only its reader's own goes too.

    Quiet when it is gone already.
    """
    hold_reader(journey.reader_id)
    # Held, so that no log is added between looking for what goes and its going.
    if not list(Journey.objects.select_for_update().filter(pk=journey.pk).values_list("pk")):
        return
    discard(MusicTrack.objects.filter(log__journey=journey))
    Journey.objects.filter(pk=journey.pk).delete()
    tidy_tags(journey.reader_id)
    discard_books(Book.objects.filter(pk=journey.book_id, source="manual", journeys__isnull=True))


def theme_seed_of(book: Book, reader: Any) -> int:
    """The same for every reading of the book by this reader: it comes back with its melody."""
    return seed_from("theme", str(book.pk), str(reader.pk))


def _end(journey: Journey, status: JourneyStatus, *, on: date) -> None:
    last_day = max(on, journey.started_on or on)  # a last log that is dated before the first day is a slip of the pen
    Journey.objects.filter(pk=journey.pk).update(status=status, ended_on=last_day, updated_at=Now())
    journey.refresh_from_db(fields=["status", "ended_on"])
