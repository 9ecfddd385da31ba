"""What a reader can do with a file that they bring along. Pages and the API both call these."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from journeys.importing import archive, columns
from journeys.importing.job import UNASKABLE, silent_logs
from journeys.importing.matching import NEW_BOOK, SKIP
from journeys.importing.reasons import Refused
from journeys.models import Import, ImportRow, ImportState, JourneyStatus, RowOutcome
from music.expectations import typical_seconds
from music.models import ProviderGate
from music.providers import get_provider
from music.queueing import places
from music.services import provider_for
from music.storage import StorageFailed, has_room, remove_files

logger = logging.getLogger(__name__)

FOLDER = "imports"
AT_ONCE = 10
"""Unconfirmed imports that one reader may have; each holds a file and its rows."""
NUMBER_AT_MOST = 10**9
"""Of a row: a longer number is none, and the database would not take it."""
STATUSES_TO_CHOOSE = (JourneyStatus.FINISHED, JourneyStatus.READING, JourneyStatus.WANT)


class NotNow(Exception):
    """The import is not in a state in which this can be done."""

    def __str__(self) -> str:
        return _("This is not possible for this import at the moment.")


class TooManyImports(Exception):
    """The reader has begun more imports than can lie about."""

    def __str__(self) -> str:
        return _("You have begun several imports already. Please finish or delete one of them first.")


def begin_import(*, reader: Any, file: File[bytes], name: str) -> Import:
    """Keep the file and have a worker read it. Raises `Refused`, where that can be told at once, and
    `TooManyImports`."""
    size = file.size or 0
    if size == 0:
        raise Refused("empty")
    beginning = file.read(8)
    file.seek(0)
    packed = archive.is_archive(beginning)
    if size > (settings.IMPORT_MAX_ARCHIVE_MB if packed else settings.IMPORT_MAX_MB) * 1_000_000:
        raise Refused("file_too_large")
    if (
        Import.objects.filter(reader=reader).exclude(state__in=[ImportState.DONE, ImportState.FAILED]).count()
        >= AT_ONCE
    ):
        raise TooManyImports
    if not has_room():
        logger.error("an uploaded file could not be kept: no room")
        raise Refused("storage_failed")
    record = Import(reader=reader, file_name=shown_name(name))
    key = f"{FOLDER}/{reader.pk}/{record.pk}"
    try:
        default_storage.save(key, file)
    except (StorageFailed, OSError) as error:
        logger.error("an uploaded file could not be kept: %s", error)
        remove_files([key])
        raise Refused("storage_failed") from error
    record.file.name = key
    record.due_at = Now()
    try:
        record.save()
    except BaseException:
        remove_files([key])
        raise
    return record


def shown_name(name: str) -> str:
    """A file's name without folders, as text of our own."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    return "".join(char for char in unicodedata.normalize("NFC", bare) if char.isprintable())[:200] or "?"


def map_columns(record: Import, *, fields: Mapping[str, str], dates: str, out_of: int) -> None:
    """Say what the columns of a table mean, and have it read. Raises `NotNow`."""
    known = set(record.mapping.get("sample", {}).get("columns", ()))
    mapping = {
        **record.mapping,
        "fields": {field: column for field, column in fields.items() if field in columns.FIELDS and column in known},
        "dates": dates,
        "out_of": out_of,
    }
    _move(record, ImportState.MAPPING, ImportState.UPLOADED, mapping=mapping, due_at=Now())


def choose(record: Import, choices: Mapping[int, str]) -> int:
    """The reader's answers: row's number → one of its candidates, "new" or "skip". How many were taken; others are
    answers to no question of ours. Raises `NotNow`."""
    choices = {number: choice for number, choice in choices.items() if 0 < number <= NUMBER_AT_MOST}
    with transaction.atomic():
        if not list(Import.objects.select_for_update().filter(pk=record.pk, state=ImportState.READY).values_list("pk")):
            raise NotNow
        changed = []
        for row in record.rows.filter(number__in=choices):
            choice = choices[row.number]
            asked = row.outcome == RowOutcome.CHOICE or (row.candidates and row.outcome != RowOutcome.DUPLICATE)
            if choice == SKIP and row.outcome in (RowOutcome.NEW, RowOutcome.CHOICE):
                row.outcome, row.choice = RowOutcome.SKIPPED, SKIP
            elif asked and choice in {NEW_BOOK, *(candidate["value"] for candidate in row.candidates)}:
                row.outcome, row.choice = RowOutcome.NEW, choice
            elif choice != SKIP and row.outcome == RowOutcome.SKIPPED and not row.candidates and choice == NEW_BOOK:
                row.outcome, row.choice = RowOutcome.NEW, NEW_BOOK
            else:
                continue
            # A journey that the file has further along keeps that reason: it goes on then.
            if row.reason != "changed" or not choice.startswith("journey:"):
                row.reason = "your_choice"
            changed.append(row)
        ImportRow.objects.bulk_update(changed, ["outcome", "choice", "reason"])
    return len(changed)


def choose_new_for_all(record: Import) -> int:
    """Every book that is still in question is one of its own; journeys in question stay so. Raises `NotNow`."""
    with transaction.atomic():
        if not list(Import.objects.select_for_update().filter(pk=record.pk, state=ImportState.READY).values_list("pk")):
            raise NotNow
        books = record.rows.filter(outcome=RowOutcome.CHOICE, reason__in=["several_books", "title_only"])
        return books.update(outcome=RowOutcome.NEW, choice=NEW_BOOK, reason="your_choice")


def confirm(record: Import, *, status: str = "") -> None:
    """Have the new rows taken in; what is still in question is left out. `status`: for rows whose file names none.

    Confirming twice does it once. Raises `NotNow`.
    """
    with transaction.atomic():
        mapping = {**record.mapping, "status": status if status in STATUSES_TO_CHOOSE else JourneyStatus.FINISHED}
        total = record.rows.filter(outcome=RowOutcome.NEW).count()
        changes = {"mapping": mapping, "done": 0, "total": total, "due_at": Now()}
        try:
            _move(record, ImportState.READY, ImportState.IMPORTING, **changes)
        except NotNow:
            if record.state in (ImportState.IMPORTING, ImportState.DONE):
                return
            raise
        record.rows.filter(outcome=RowOutcome.CHOICE).update(outcome=RowOutcome.SKIPPED, reason="not_chosen")


def ask_for_its_music(record: Import) -> None:
    """Have pieces made for the imported logs with words, as many at a time as the reader's limit allows."""
    with transaction.atomic():
        total = silent_logs(record).count()
        mapping = {name: value for name, value in record.mapping.items() if name != UNASKABLE}
        _move(record, ImportState.DONE, ImportState.SCORING, mapping=mapping, done=0, total=total, due_at=Now())


def stop_asking(record: Import) -> None:
    """Ask for no further pieces; what was asked for is made. Raises `NotNow`."""
    _move(record, ImportState.SCORING, ImportState.DONE, due_at=None)


def undo(record: Import) -> None:
    """Take the import back, as far as its reader has not worked on it since. Raises `NotNow`."""
    with transaction.atomic():
        total = record.rows.filter(outcome=RowOutcome.IMPORTED).exclude(choice="").count()
        _move(record, ImportState.DONE, ImportState.UNDOING, done=0, total=total, due_at=Now())


def delete_import(record: Import) -> None:
    """Forget the file and its rows; journeys that were made of it stay. One that is being taken in finishes first.

    Raises `NotNow`.
    """
    with transaction.atomic():
        busy = [ImportState.IMPORTING, ImportState.UNDOING]
        current = Import.objects.select_for_update().filter(pk=record.pk).first()
        if current is None:
            return
        if current.state in busy:
            raise NotNow
        key = str(current.file.name)
        current.delete()
        if key:
            transaction.on_commit(lambda: remove_files([key]), robust=True)


def _move(record: Import, origin: str, target: str, **changes: Any) -> None:
    """One conditional UPDATE from one state to another. Raises `NotNow`, with the record as it is now."""
    moved = Import.objects.filter(pk=record.pk, state=origin).update(
        state=target, fencing_token=F("fencing_token") + 1, updated_at=Now(), **changes
    )
    record.refresh_from_db()
    if not moved:
        raise NotNow


def counts_of(record: Import) -> dict[str, int]:
    """How many rows came to what, every outcome named."""
    found = dict(record.rows.values_list("outcome").annotate(rows=Count("pk")).order_by())
    return {str(outcome): found.get(outcome, 0) for outcome in RowOutcome}


def has_rows_without_status(record: Import) -> bool:
    """Whether the reader has to say for some rows whether the book was read."""
    return record.rows.filter(outcome__in=[RowOutcome.NEW, RowOutcome.CHOICE], data__status__isnull=True).exists()


def music_to_ask(record: Import) -> tuple[int, tuple[int, int] | None]:
    """How many imported logs have words and no music, and within how many seconds it would all be made at best and at
    worst if nobody else wanted any; None where nobody can say."""
    count = silent_logs(record).count()
    name = provider_for(record.reader)
    span = typical_seconds(name) if count else None
    if span is None:
        return count, None
    hands = places(get_provider(name), ProviderGate.of(name)) or settings.STUDIO_CONCURRENCY
    rounds = -(-count // hands)
    return count, (span[0] * rounds, span[1] * rounds)


def tidy_imports() -> int:
    """Forget imports that nobody confirmed in time, with their files; how many."""
    old = Import.objects.filter(
        updated_at__lt=Now() - timedelta(days=settings.IMPORT_KEEP_DAYS),
        state__in=[ImportState.READY, ImportState.MAPPING, ImportState.FAILED],
    )
    count = 0
    for record in old.order_by("updated_at")[:500]:
        with suppress(NotNow):  # it was confirmed at the last moment
            delete_import(record)
            count += 1
    return count
