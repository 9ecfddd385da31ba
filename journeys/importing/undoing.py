"""Taking an import back: what it made goes, as far as its reader has not worked on it since."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from journeys.models import Book, Import, ImportRow, Journey, Reader, ReadingLog, RowOutcome, Share
from journeys.services.books import discard_books
from journeys.services.discarding import DISCARDED_AT_ONCE, discard
from journeys.services.tags import tidy_tags
from music.adoption import id_for_log
from music.models import MusicTrack

LATEST_FIRST = ("-data__stamp", "-number")
"""In which order rows are taken back: a journey that several have joined is put back step by step."""
AS_ADOPTED = 1
"""The version of a piece to which nothing has happened."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """How much would go if an import were taken back now, and how much would stay."""

    journeys: int
    logs: int
    """In those journeys."""
    words: int
    """Logs that were added to journeys that were there before."""
    put_back: int
    """Journeys that were there before and get back what the import has changed of them: state, days, rating, review."""
    pieces: int
    kept: int
    """Journeys of it that its reader has worked on since, that have got music here or are shown to others; and those
    that were there before and cannot be put back."""


@dataclass(frozen=True, slots=True)
class _Join:
    """What a row has done to a journey that was there before."""

    journey: uuid.UUID
    added: Sequence[str]
    """Keys of the logs that it has added."""
    stamp: datetime
    before: Mapping[str, Any]
    """The journey's columns as they were, as far as they were changed, and when it had last been changed."""
    start: str
    """The v0 that it has added, by its id."""

    @property
    def has_changed_it(self) -> bool:
        """Whether by more than words."""
        return bool(self.start or self.before.keys() - {"updated_at"})


@dataclass(frozen=True, slots=True)
class _Way:
    """How a row that joined a journey can be taken back."""

    words: int
    """How many logs with words go."""
    logs: Sequence[uuid.UUID]
    """All that go: v0 too, where it was the row's."""
    columns: Mapping[str, Any]
    """What the journey gets back."""
    is_whole: bool
    """Whether nothing stays of what the row did."""


def what_undoing_takes(record: Import) -> Undoing:
    """As `undo_rows` would decide at this moment."""
    rows = record.rows.filter(outcome=RowOutcome.IMPORTED, choice__gt="")
    made = rows.filter(data__made=True, journey__isnull=False)
    journeys = made.values("journey")
    busy = _busy(journeys)
    stamps = list(made.values_list("journey_id", "journey__updated_at", "data__stamp"))
    untouched = {pk for pk, changed, stamp in stamps if pk not in busy and changed == datetime.fromisoformat(stamp)}
    logs = ReadingLog.objects.filter(journey__in=journeys).values_list("journey_id", flat=True)
    joined = rows.filter(data__made=False, journey__isnull=False).order_by(*LATEST_FIRST)
    columns = ("journey_id", "data__added", "data__stamp", "data__before", "data__start")
    joins = [
        _Join(journey_id, added, datetime.fromisoformat(stamp), before, start)
        for journey_id, added, stamp, before, start in joined.values_list(*columns)
    ]
    changed = dict(Journey.objects.filter(pk__in=joined.values("journey")).values_list("pk", "updated_at"))
    logs_there = ReadingLog.objects.filter(journey__in=joined.values("journey"))
    ways = list(zip(joins, _ways_back(joins, changed, logs_there), strict=True))
    changing = [(join.journey, way.is_whole) for join, way in ways if join.has_changed_it]
    staying = {journey_id for journey_id, is_whole in changing if not is_whole}
    pieces = rows.filter(data__piece__isnull=False).values_list("data__piece__track", flat=True)
    as_adopted = MusicTrack.objects.for_reader(record.reader).filter(log__isnull=True, version=AS_ADOPTED)
    return Undoing(
        journeys=len(untouched),
        logs=sum(journey_id in untouched for journey_id in logs),
        words=sum(way.words for _join, way in ways),
        put_back=len({journey_id for journey_id, _ in changing} - staying),
        pieces=len({str(pk) for pk in as_adopted.values_list("pk", flat=True)}.intersection(pieces)),
        kept=len(stamps) - len(untouched) + len(staying),
    )


def undo_rows(reader: Reader, rows: Sequence[ImportRow]) -> None:
    """Delete the journeys that these rows made, the logs that they added and the pieces that they brought, and put
    back the journeys that they changed, within a transaction that holds the reader. The rows are in the order of
    `LATEST_FIRST`.

    A journey that was changed since, has got music here or is shown to others stays as it is, and its row says so; so
    does a piece that was made again.
    """
    made = {row.journey_id: row for row in rows if row.journey_id and row.data.get("made")}
    # Held, those that were joined too: nothing is written there, and no music asked for, until it is decided.
    concerned = Journey.objects.filter(pk__in=[row.journey_id for row in rows if row.journey_id], reader=reader)
    journeys = {journey.pk: journey for journey in concerned.select_for_update().order_by("pk")}
    busy = _busy(made)
    untouched = [
        pk
        for pk, row in made.items()
        if pk in journeys and pk not in busy and journeys[pk].updated_at == datetime.fromisoformat(row.data["stamp"])
    ]
    books = {journeys[pk].book_id for pk in untouched}
    kept = _take_pieces_back(reader, [row.data["piece"]["track"] for row in rows if row.is_piece])
    whole = _take_joins_back(rows, journeys)
    for row in rows:
        if row.is_piece:
            gone = row.data["piece"]["track"] not in kept
        elif row.data.get("made"):
            gone = row.journey_id is None or row.journey_id in untouched
        else:
            gone = row.pk in whole or row.journey_id not in journeys
        row.outcome, row.reason = (RowOutcome.SKIPPED, "undone") if gone else (RowOutcome.IMPORTED, "touched")
        row.choice = ""
        if gone:
            row.journey = None
    ImportRow.objects.bulk_update(rows, ["outcome", "reason", "choice", "journey"])
    discard(MusicTrack.objects.filter(log__journey__in=untouched))
    Journey.objects.filter(pk__in=untouched).delete()
    tidy_tags(reader.pk)
    discard_books(Book.objects.filter(pk__in=books, source="manual", journeys__isnull=True))


def _busy(journeys: Any) -> set[uuid.UUID]:
    """Of these journeys, those that are shown to others, or have other music than what came with the import."""
    busy = set(Share.objects.filter(journey__in=journeys).values_list("journey", flat=True))
    music = MusicTrack.objects.filter(log__journey__in=journeys).values_list("log__journey", "log", "pk", "version")
    return busy | {
        journey for journey, log, track, version in music if track != id_for_log(log) or version != AS_ADOPTED
    }


def _take_pieces_back(reader: Reader, ids: Sequence[str]) -> set[str]:
    """Delete these pieces but for those that have changed since; the ids of those."""
    pieces = MusicTrack.objects.for_reader(reader).filter(pk__in=ids)
    discard(pieces.filter(version=AS_ADOPTED))
    return {str(pk) for pk in pieces.values_list("pk", flat=True)}


def _take_joins_back(rows: Sequence[ImportRow], journeys: Mapping[uuid.UUID, Journey]) -> set[int]:
    """Take back what these rows did to journeys that were there before; the rows of which nothing stays."""
    joins = {
        row.pk: _Join(
            row.journey_id,
            row.data["added"],
            datetime.fromisoformat(row.data["stamp"]),
            row.data["before"],
            row.data["start"],
        )
        for row in rows
        if row.journey_id and row.journey_id in journeys and not row.data["made"]
    }
    logs = ReadingLog.objects.filter(journey__in={join.journey for join in joins.values()})
    changed = {pk: journey.updated_at for pk, journey in journeys.items()}
    ways = dict(zip(joins, _ways_back(joins.values(), changed, logs), strict=True))
    doomed = [log for way in ways.values() for log in way.logs]
    for start in range(0, len(doomed), DISCARDED_AT_ONCE):
        ReadingLog.objects.filter(pk__in=doomed[start : start + DISCARDED_AT_ONCE]).delete()
    for pk, way in ways.items():
        if way.columns:
            Journey.objects.filter(pk=joins[pk].journey).update(**way.columns)
    return {pk for pk, way in ways.items() if way.is_whole}


def _ways_back(
    joins: Iterable[_Join], changed: Mapping[uuid.UUID, datetime], logs: QuerySet[ReadingLog]
) -> Iterator[_Way]:
    """How each of these, the latest first, can be taken back. `changed`: when each of their journeys was, `logs`: what
    is in these.

    Logs that have got their music or other words stay. Everything else is only put back where nothing has happened to
    the journey since: it is then as it was, down to the time of its last change, which the row before may know.
    """
    changed = dict(changed)
    keys: dict[tuple[uuid.UUID, str], uuid.UUID] = {}
    loose = dict(logs.filter(track__isnull=True).values_list("pk", "updated_at"))
    there: dict[uuid.UUID, set[uuid.UUID]] = {journey: set() for journey in changed}
    for pk, journey, key in logs.values_list("pk", "journey", "import_key"):
        there[journey].add(pk)
        if key:
            keys[journey, key] = pk
    for join in joins:
        added = [keys[join.journey, key] for key in join.added if (join.journey, key) in keys]
        words = [pk for pk in added if loose.get(pk) == join.stamp]
        there[join.journey].difference_update(words)
        start = {uuid.UUID(join.start)} if join.start else set()
        all_words = len(words) == len(added)
        is_left = all_words and changed[join.journey] == join.stamp
        if start:  # nothing but the words that go may have come after it
            is_left = is_left and there[join.journey] <= start and all(loose.get(pk) == join.stamp for pk in start)
        if not is_left:
            yield _Way(len(words), words, {}, is_whole=all_words and not join.has_changed_it)
            continue
        changed[join.journey] = datetime.fromisoformat(join.before["updated_at"])
        # Days and times are ISO text in it, which a column takes as well.
        yield _Way(len(words), [*words, *start], join.before, is_whole=True)
