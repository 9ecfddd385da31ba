"""The worker's side of an import. Its row is the queue: a message only says "look".

An import is taken by raising its fencing token and moving its due time ahead by a lease; every later write holds the
token against the row, in the transaction of the work itself. So a worker that was thought dead writes nothing, and one
that is dead leaves a row that is due again. Each step may be done twice: reading begins anew, and taking in goes on
with the rows that are left.

A batch holds the reader before the import itself, as whoever deletes the account does: the other way round, each would
wait for the other.
"""

from __future__ import annotations

import logging
import time
import uuid
import zoneinfo
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404

from journeys.importing.matching import Shelf
from journeys.importing.music import pieces_left, take_in_music
from journeys.importing.pieces import PIECE
from journeys.importing.reading import Limits, parse_file
from journeys.importing.reasons import Refused
from journeys.importing.records import FileRecord
from journeys.importing.taking_in import Taking
from journeys.importing.undoing import LATEST_FIRST, undo_rows
from journeys.models import Import, ImportFormat, ImportRow, ImportState, ReadingLog, RowOutcome
from journeys.services.holding import hold_reader
from journeys.services.logs import ask_for_music
from music.models import MusicTrack
from music.storage import StorageFailed, remove_files

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
TRIES = 6
"""A file whose reading broke off so often takes its worker with it, and is not tried again."""
GO_ON_SECONDS = 240.0
"""Then it is given back, to be taken up again: a task may not take longer than its time limit."""
ROWS_AT_ONCE = 200
ASKED_AT_ONCE = 10
ASK_AGAIN_SECONDS = 30
STORE_AGAIN_SECONDS = 60
NOT_CHOSEN = "not_chosen"
TRIED = "tried"
"""In an import's mapping: the token that it had when its reader last said what its columns mean; tries count anew."""
UNASKABLE = "unaskable"
"""In an import's mapping: the logs whose music could not be asked for."""


class Lost(Exception):
    """Another worker has taken the import over, or its reader has deleted it."""


_NOT_THE_ROW = (Lost, OperationalError, InterfaceError)
"""What says nothing about the row in hand: the step is broken off, and done again."""


def work(import_id: uuid.UUID) -> None:
    """Take the import up, if it is due, and do what is next. Quiet when there is nothing to do."""
    record = claim(import_id)
    if record is None:
        return
    try:
        _STEPS[ImportState(record.state)](record)
    except Lost:
        logger.info("import %s was taken over or is gone", record.pk)
    except Refused as error:
        _fail(record, error.code)
    except StorageFailed as error:
        logger.error("import %s: %s", record.pk, error)
        _fail(record, "storage_failed")
    except FileNotFoundError:
        _fail(record, "file_gone")


def claim(import_id: uuid.UUID) -> Import | None:
    """Take a due import for a lease; None when it is not due, or was just taken."""
    due = Import.objects.filter(pk=import_id, due_at__lte=Now())
    won = due.update(fencing_token=F("fencing_token") + 1, due_at=Now() + LEASE, updated_at=Now())
    return Import.objects.select_related("reader").get(pk=import_id) if won else None


def _write(record: Import, **changes: Any) -> None:
    """The one UPDATE that every step makes while it has the lease, which it renews. Raises `Lost`."""
    held = Import.objects.filter(pk=record.pk, fencing_token=record.fencing_token, due_at__isnull=False)
    if not held.update(**{"due_at": Now() + LEASE, "updated_at": Now(), **changes}):
        raise Lost
    for name, value in changes.items():
        setattr(record, name, value)


def _fail(record: Import, code: str) -> None:
    """Refuse the file: nothing of it stays but the reason. What has begun to be taken in is only put off."""
    key = str(record.file.name or "")
    try:
        with transaction.atomic():
            if record.state not in (ImportState.UPLOADED, ImportState.READING):
                _write(record, due_at=Now() + timedelta(seconds=STORE_AGAIN_SECONDS))
                return
            _write(record, state=ImportState.FAILED, error_code=code, due_at=None, file="")
            record.rows.all().delete()
            transaction.on_commit(lambda: remove_files([key] if key else []), robust=True)
    except Lost:
        return
    logger.info("import %s was refused: %s", record.pk, code)


# uploaded, reading → mapping, ready


def _read(record: Import) -> None:
    if record.fencing_token > TRIES + record.mapping.get(TRIED, 0):
        raise Refused("worker_lost")
    key = str(record.file.name)
    _write(record, state=ImportState.READING, done=0, total=None)
    try:
        zone = zoneinfo.ZoneInfo(record.reader.time_zone)
        with default_storage.open(key, "rb") as file:
            parsed = parse_file(cast("IO[bytes]", file), limits=limits(), mapping=record.mapping, zone=zone)
    except (Refused, StorageFailed, OSError):
        raise
    except Exception as error:  # whatever a parser did not think of: the reader is told, staff see what it was
        logger.exception("import %s could not be read", record.pk)
        raise Refused("not_understood") from error
    if parsed.sample:
        _write(record, state=ImportState.MAPPING, format=parsed.format, mapping={"sample": parsed.sample}, due_at=None)
        return
    mapping = {**record.mapping, "left_out": dict(parsed.left_out)} if parsed.left_out else record.mapping
    _write(record, format=parsed.format, total=len(parsed.records), mapping=mapping)
    rows = _judged(record, parsed.records)
    with transaction.atomic():
        _write(record)
        record.rows.all().delete()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        with transaction.atomic():
            _write(record, done=min(len(rows), start + ROWS_AT_ONCE))
            ImportRow.objects.bulk_create(rows[start : start + ROWS_AT_ONCE])
    _write(record, state=ImportState.READY, due_at=None)


def _judged(record: Import, records: Sequence[FileRecord]) -> list[ImportRow]:
    shelf = Shelf(record.reader, records)
    rows = []
    for number, each in enumerate(records, 1):
        verdict = shelf.judge(each)
        rows.append(
            ImportRow(
                record=record,
                number=number,
                key=each.key,
                title=(each.title or each.isbn13)[:300],
                authors=each.authors,
                data=each.to_json() | (verdict.match.shown("match") if verdict.match else {}),
                outcome=verdict.outcome,
                reason=verdict.reason,
                choice=verdict.choice,
                candidates=list(verdict.candidates),
            )
        )
    return rows


def limits() -> Limits:
    """How much a file may hold, by the settings."""
    return Limits(text_bytes=settings.IMPORT_MAX_MB * 1_000_000, rows=settings.IMPORT_MAX_ROWS)


# importing → done


def _take_in(record: Import) -> None:
    until = time.monotonic() + GO_ON_SECONDS
    taking = Taking(record)
    left = record.rows.filter(outcome=RowOutcome.NEW).exclude(choice=PIECE).order_by("number")
    while rows := list(left[:ROWS_AT_ONCE]):
        try:
            with transaction.atomic():
                hold_reader(record.reader_id)
                _write(record, done=F("done") + len(rows))
                taking.take(rows)
        except _NOT_THE_ROW:
            raise
        except Exception:  # whatever the database or a date does not take: it is one row's, and the others are sound
            logger.exception("import %s: a batch failed, its rows are tried one by one", record.pk)
            _take_one_by_one(record, [row.pk for row in rows])
            taking = Taking(record)
        if time.monotonic() > until:
            _write(record, due_at=Now())
            return
    try:
        is_whole = take_in_music(record, until, partial(_write, record))
    except (Refused, FileNotFoundError) as error:  # the words are in, and their pieces can be made
        logger.warning("import %s: its music cannot be had: %s", record.pk, error)
        is_whole = True
    if not is_whole:
        _write(record, due_at=Now())
        return
    key = str(record.file.name)
    if record.format == ImportFormat.OURS and unanswered(record).exists():
        key = ""  # their music is in it
    with transaction.atomic():
        _write(record, state=ImportState.DONE, due_at=None, **({"file": ""} if key else {}))
        pieces_left(record).update(outcome=RowOutcome.FAILED, reason="piece_not_taken")
    remove_files([key] if key else [])


def _take_one_by_one(record: Import, ids: list[int]) -> None:
    """One row that cannot be taken in must not keep all others out."""
    for pk in ids:
        row = ImportRow.objects.get(pk=pk)
        try:
            with transaction.atomic():
                hold_reader(record.reader_id)
                _write(record, done=F("done") + 1)
                Taking(record).take([row])
        except _NOT_THE_ROW:
            raise
        except Exception as error:  # see above
            logger.warning("import %s, row %d: %s", record.pk, row.number, type(error).__name__)
            record.rows.filter(pk=pk).update(outcome=RowOutcome.FAILED, reason="unexpected")


# done → scoring → done


def _ask(record: Import) -> None:
    """Ask for the music of imported logs, as many at a time as a reader may have under way; then wait for room."""
    until = time.monotonic() + GO_ON_SECONDS
    while True:
        # Half of it: the reader may go on asking for other pieces meanwhile.
        room = -(-settings.MUSIC_READER_LIMIT // 2) - MusicTrack.objects.for_reader(record.reader).unfinished().count()
        silent = silent_logs(record).exclude(pk__in=record.mapping.get(UNASKABLE, []))
        logs = list(silent.order_by("logged_on", "pk")[: min(ASKED_AT_ONCE, max(0, room))])
        if not logs:
            if silent.exists():
                _write(record, due_at=Now() + timedelta(seconds=ASK_AGAIN_SECONDS))
            else:
                _write(record, state=ImportState.DONE, due_at=None)
            return
        for log in logs:
            mapping = record.mapping
            try:
                with suppress(Http404):  # deleted a moment ago
                    ask_for_music(log)
            except _NOT_THE_ROW:
                raise
            except Exception:  # one log must not keep all others silent
                logger.exception("import %s: the music of a log could not be asked for", record.pk)
                mapping = {**mapping, UNASKABLE: [*mapping.get(UNASKABLE, []), str(log.pk)]}
            _write(record, done=F("done") + 1, mapping=mapping)
        if time.monotonic() > until:
            _write(record, due_at=Now())
            return


def unanswered(record: Import) -> QuerySet[ImportRow]:
    """Rows that were left out because nobody has said what they are; that may be said later."""
    return record.rows.filter(outcome=RowOutcome.SKIPPED, reason=NOT_CHOSEN)


def silent_logs(record: Import) -> Any:
    """The imported logs with words that have no music, with what is needed to ask for it."""
    journeys = record.rows.filter(outcome=RowOutcome.IMPORTED).values("journey")
    with_words = ~Q(quote="") | ~Q(memo="")
    return ReadingLog.objects.filter(
        with_words, ~Q(import_key=""), journey__in=journeys, track__isnull=True
    ).select_related("journey__book", "journey__reader")


# done → undoing → done


def _undo(record: Import) -> None:
    until = time.monotonic() + GO_ON_SECONDS
    left = record.rows.filter(outcome=RowOutcome.IMPORTED, choice__gt="").order_by(*LATEST_FIRST)
    while rows := list(left[:ROWS_AT_ONCE]):
        with transaction.atomic():
            hold_reader(record.reader_id)
            _write(record, done=F("done") + len(rows))
            undo_rows(record.reader, rows)
        if time.monotonic() > until:
            _write(record, due_at=Now())
            return
    _write(record, state=ImportState.DONE, due_at=None)


_STEPS = {
    ImportState.UPLOADED: _read,
    ImportState.READING: _read,
    ImportState.IMPORTING: _take_in,
    ImportState.SCORING: _ask,
    ImportState.UNDOING: _undo,
}


def due_imports() -> Iterable[uuid.UUID]:
    """Imports that a worker should look at, the longest waiting first."""
    return Import.objects.filter(due_at__lte=Now()).order_by("due_at").values_list("pk", flat=True)
