"""What a reader can do: start a journey, write logs, finish, stop, resume, delete. Pages and the API both call these.

A log and its track are made in one transaction; music is asked for and never waited for.
"""

from __future__ import annotations

import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from journeys.catalogue import BookRecord
from journeys.models import Book, Journey, JourneyStatus, Reader, ReadingLog
from music.brief import DURATION_RANGE, Chapter, Genre, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log, read_ahead, seed_from
from music.models import MusicTrack, TrackQuerySet
from music.services import choice_for, discard_tracks, remake_prompted_track, remake_track, request_track

SECONDS_PER_CHAPTER = 1.5
"""A finale grows with the pieces that it remembers, so that there is room to quote them all."""
DISCARDED_AT_ONCE = 500


class NotReading(Exception):
    """The journey is finished or stopped: nothing can be added until it is resumed."""

    def __str__(self) -> str:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a reader wants a journey to sound like: a genre, and seconds for each piece. None leaves it to us."""

    genre: Genre | None = None
    duration: int | None = None
    """One of `DURATIONS`."""


def book_from_record(record: BookRecord) -> Book:
    """The book of a search result: one row for each record of a source, made when somebody first chooses it."""
    book, _created = Book.objects.get_or_create(
        source=record.source,
        source_id=record.source_id,
        defaults={
            "title": record.title,
            "title_en": record.title_en,
            "authors": ", ".join(record.authors),
            "authors_en": ", ".join(record.authors_en),
            "publisher": record.publisher,
            "year": record.year,
            "language": record.language,
            "isbn13": record.isbn13,
            "pages": record.pages,
            "description_ko": record.description_ko,
            "description_en": record.description_en,
            "moods": [str(mood) for mood in record.moods],
        },
    )
    return book


def add_book(*, reader: Any, title: str, authors: str = "", isbn13: str = "", pages: int | None = None) -> Book:
    """A book that a reader typed in, because no source knows it."""
    return Book.objects.create(title=_nfc(title), authors=_nfc(authors), isbn13=isbn13, pages=pages, added_by=reader)


def read_words_ahead(book: Book | BookRecord, *, quote: str = "", memo: str = "") -> None:
    """Read a log's words and its book's description for their mood before the transaction that needs them.

    Reading takes tenths of a second, in which a transaction would keep all other writers waiting. The services below
    do it themselves; whoever calls them within a transaction (`idempotency.once`) calls this before it. A mood that was
    not read ahead is only read later, so that a log or a book that changes in between does no harm.
    """
    read_ahead(_nfc(memo), _nfc(quote), _description(book))


def start_journey(*, reader: Any, book: Book, started_on: date | None = None, sound: Sound | None = None) -> Journey:
    """A journey with its first log v0 and that log's track, in one step (requirement B3)."""
    read_words_ahead(book)
    sound = sound or Sound()
    with transaction.atomic():
        journey = Journey.objects.create(
            reader=reader,
            book=book,
            theme_seed=seed_from("theme", str(book.pk), str(reader.pk)),
            started_on=started_on or today_of(reader),
            genre=sound.genre or "",
            duration=sound.duration,
        )
        _write_log(journey, LogEntry(logged_on=journey.started_on), role=Role.OPENING)
        return journey


def add_log(journey: Journey, entry: LogEntry) -> ReadingLog:
    """The next log vN and its track, in one step (requirement B4). Raises `NotReading`."""
    read_words_ahead(journey.book, quote=entry.quote, memo=entry.memo)
    with transaction.atomic():
        _lock_reading(journey)
        return _write_log(journey, entry, role=Role.ENTRY)


def finish_journey(journey: Journey, entry: LogEntry) -> ReadingLog:
    """End the journey with a last log vFinal, whose music looks back on all of it (B5). Raises `NotReading`."""
    read_words_ahead(journey.book, quote=entry.quote, memo=entry.memo)
    with transaction.atomic():
        _lock_reading(journey)
        log = _write_log(journey, entry, role=Role.FINALE)
        _end(journey, JourneyStatus.FINISHED)
        return log


@transaction.atomic
def stop_journey(journey: Journey) -> None:
    """Put the book down unfinished. Raises `NotReading`."""
    _lock_reading(journey)
    _end(journey, JourneyStatus.STOPPED)


def resume_journey(journey: Journey) -> bool:
    """Take a stopped book up again. False when the journey was not stopped (any more)."""
    stopped = Journey.objects.filter(pk=journey.pk, status=JourneyStatus.STOPPED)
    return bool(stopped.update(status=JourneyStatus.READING, ended_on=None, updated_at=Now()))


def choose_sound(journey: Journey, sound: Sound) -> None:
    """Set the genre and length of the pieces still to come. Those that exist stay; each can be made again."""
    Journey.objects.filter(pk=journey.pk).update(genre=sound.genre or "", duration=sound.duration, updated_at=Now())
    journey.refresh_from_db(fields=["genre", "duration", "updated_at"])


def remake_piece(track: MusicTrack, *, mood: Mood | None = None, genre: Genre | None = None) -> bool:
    """Have a finished piece made again, of a log or from a prompt; the old one stays until the new one is ready.

    It starts from the log and the journey's wishes as they are now. What the reader chose for the piece, now or before,
    stands above them. False when the piece is not finished, or is being made again already.
    """
    if track.log is None:
        return remake_prompted_track(track, mood=mood, genre=genre)
    choice = choice_for(track, mood=mood, genre=genre)
    brief, labels = _brief_of(track.log, seed=choice.seed, mood=choice.mood, genre=choice.genre)
    return remake_track(track, brief=brief, mood=choice.mood, genre=choice.genre, chapter_labels=labels)


@transaction.atomic
def edit_log(log: ReadingLog, entry: LogEntry) -> None:
    """Correct what a log says. Its music stays: it is of the moment it was written in."""
    ReadingLog.objects.filter(pk=log.pk).update(**_columns(entry, log.logged_on), updated_at=Now())
    _touch(log.journey)
    log.refresh_from_db()


@transaction.atomic
def delete_log(log: ReadingLog) -> None:
    """Delete a log, its track and its file. Without its vFinal a finished journey is being read again.

    Raises `StartCannotBeDeleted` for v0.
    """
    if log.version == 0:
        raise StartCannotBeDeleted
    _discard(MusicTrack.objects.filter(log=log))
    log.delete()
    if log.is_final:
        Journey.objects.filter(pk=log.journey_id).update(status=JourneyStatus.READING, ended_on=None)
    _touch(log.journey)


@transaction.atomic
def delete_journey(journey: Journey) -> None:
    """Delete a journey with its logs, tracks and files; a book that was only its reader's own goes too.

    Quiet when it is gone already.
    """
    # Held, so that no log is added between looking for what goes and its going.
    if not list(Journey.objects.select_for_update().filter(pk=journey.pk).values_list("pk")):
        return
    _discard(MusicTrack.objects.filter(log__journey=journey))
    Journey.objects.filter(pk=journey.pk).delete()
    Book.objects.filter(pk=journey.book_id, source="manual", journeys__isnull=True).delete()


@transaction.atomic
def delete_reader(reader: Reader) -> None:
    """Delete an account with everything in it: journeys, logs, tracks, files, tokens, sessions, remembered answers, and
    books only it had typed in. What was paid for stays in the books, without a name. Quiet when it is gone already.
    """
    # Held: whatever the reader is adding at this moment in another window waits, and finds nobody to add it to.
    if not list(Reader.objects.select_for_update().filter(pk=reader.pk).values_list("pk")):
        return
    # Without the remakes, which go with their pieces: whoever holds both has taken the piece first.
    _discard(MusicTrack.objects.for_reader(reader).pieces())
    own = Q(journeys__reader=reader) | Q(added_by=reader)
    books = list(Book.objects.filter(own, source="manual").values_list("pk", flat=True).distinct())
    Reader.objects.filter(pk=reader.pk).delete()
    for start in range(0, len(books), DISCARDED_AT_ONCE):
        Book.objects.filter(pk__in=books[start : start + DISCARDED_AT_ONCE], journeys__isnull=True).delete()
    transaction.on_commit(lambda: _end_sessions(reader.pk), robust=True)


def _discard(tracks: TrackQuerySet) -> None:
    """Discard any number of pieces. A few hundred at a time: a database takes only so many values in one statement.

    All are held first, in the order of their ids, as polls do with theirs: else the two would wait for each other.
    """
    doomed = list(tracks.only("pk").select_for_update(of=("self",)).order_by("pk"))
    for start in range(0, len(doomed), DISCARDED_AT_ONCE):
        discard_tracks(doomed[start : start + DISCARDED_AT_ONCE])


def _end_sessions(reader_id: int) -> None:
    """Forget every session of a reader. All are looked at, since a session's row does not say whose it is: accounts are
    deleted seldom."""
    store = SessionStore()
    sessions = Session.objects.values_list("pk", "session_data").iterator(chunk_size=500)
    theirs = [key for key, data in sessions if store.decode(data).get(SESSION_KEY) == str(reader_id)]
    Session.objects.filter(pk__in=theirs).delete()


def today_of(reader: Reader) -> date:
    """The date where the reader is, whatever zone the request speaks."""
    return timezone.localdate(timezone=zoneinfo.ZoneInfo(reader.time_zone))


def _lock_reading(journey: Journey) -> None:
    """Hold the journey's row, so that two logs cannot take the same version and nothing is added after the end."""
    current = Journey.objects.select_for_update().get(pk=journey.pk)
    if current.status != JourneyStatus.READING:
        raise NotReading


def _write_log(journey: Journey, entry: LogEntry, *, role: Role) -> ReadingLog:
    newest = journey.logs.aggregate(newest=Max("version"))["newest"]
    log = ReadingLog.objects.create(
        journey=journey,
        version=0 if newest is None else newest + 1,
        is_final=role == Role.FINALE,
        **_columns(entry, today_of(journey.reader)),
    )
    brief, labels = _brief_of(log, seed=seed_from("log", str(log.pk)))
    with translation.override(journey.reader.language):
        album = journey.book.shown_title
    request_track(
        owner=journey.reader,
        brief=brief,
        title=f"{album} · {log.label}",
        log_id=log.pk,
        album=album,
        number=log.version + 1,
        chapter_labels=labels,
    )
    _touch(journey)
    return log


def _brief_of(
    log: ReadingLog, *, seed: int, mood: Mood | None = None, genre: Genre | None = None
) -> tuple[MusicBrief, list[str]]:
    """The brief of a log's piece as log and journey stand now, and the labels of the pieces that a finale remembers."""
    journey, book = log.journey, log.journey.book
    role = Role.OPENING if log.version == 0 else Role.FINALE if log.is_final else Role.ENTRY
    duration = journey.duration or settings.MUSIC_DURATION_SECONDS
    remembered = _chapters(journey) if role == Role.FINALE else []
    if role == Role.FINALE:
        duration = min(DURATION_RANGE[1], round(duration + SECONDS_PER_CHAPTER * len(remembered)))
    brief = brief_for_log(
        Words(
            quote=log.quote,
            memo=log.memo,
            emotions=log.moods,
            book_moods=tuple(Mood(name) for name in book.moods),
            book_description=_description(book),
        ),
        role=role,
        seed=seed,
        theme_seed=journey.theme_seed,
        chapters=tuple(chapter for _label, chapter in remembered),
        duration=duration,
        genre=genre or (Genre(journey.genre) if journey.genre else None),
        mood=mood,
    )
    return brief, [label for label, _chapter in remembered]


def _description(book: Book | BookRecord) -> str:
    return book.description_ko or book.description_en


def _chapters(journey: Journey) -> list[tuple[str, Chapter]]:
    """The journey's pieces so far, as its finale remembers them, each with its log's label."""
    tracks = MusicTrack.objects.filter(log__journey=journey, log__is_final=False).order_by("log__version")
    return [
        (f"v{version}", Chapter(seed=brief["seed"], mood=Mood(mood)))
        for version, brief, mood in tracks.values_list("log__version", "brief", "mood")
    ]


def _columns(entry: LogEntry, default_date: date) -> dict[str, Any]:
    return {
        "quote": _nfc(entry.quote),
        "memo": _nfc(entry.memo),
        "emotions": [str(mood) for mood in entry.emotions],
        "page": entry.page,
        "percent": entry.percent,
        "logged_on": entry.logged_on or default_date,
    }


def _end(journey: Journey, status: JourneyStatus) -> None:
    Journey.objects.filter(pk=journey.pk).update(status=status, ended_on=today_of(journey.reader), updated_at=Now())
    journey.refresh_from_db(fields=["status", "ended_on"])


def _touch(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(updated_at=Now())


def _nfc(text: str) -> str:
    """Composed Hangul: text from macOS arrives decomposed and would never match a search."""
    return unicodedata.normalize("NFC", text).strip()
