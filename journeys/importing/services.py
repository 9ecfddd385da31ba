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
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from journeys.importing import archive, columns
from journeys.importing.job import NOT_CHOSEN, TRIED, UNASKABLE, silent_logs, unanswered
from journeys.importing.matching import NEW_BOOK, SKIP, answers_to, is_left_out
from journeys.importing.pieces import PIECE
from journeys.importing.reasons import Refused
from journeys.models import (
    IMPORTS_FOLDER,
    Import,
    ImportFormat,
    ImportRow,
    ImportState,
    JourneyStatus,
    RowOutcome,
)
from music.expectations import typical_seconds
from music.models import ProviderGate
from music.providers import get_provider
from music.queueing import places
from music.services import provider_for
from music.storage import StorageFailed, has_room, remove_files

logger = logging.getLogger(__name__)

AT_ONCE = 10
"""Unconfirmed imports with something to take in that one reader may have; each holds a file and its rows. As many
others may lie about besides: the oldest of those gives way to a new file."""
NUMBER_AT_MOST = 10**9
"""Of a row: a longer number is none, and the database would not take it."""
STATUSES_TO_CHOOSE = (JourneyStatus.FINISHED, JourneyStatus.READING, JourneyStatus.WANT)


STATUS_BY_DEFAULT: dict[str, JourneyStatus] = {ImportFormat.CALIBRE: JourneyStatus.WANT}
"""Of books of which the file does not say whether they were read, and the reader neither: elsewhere they are
finished."""
_WORTH_KEEPING = [RowOutcome.NEW, RowOutcome.CHOICE, RowOutcome.IMPORTED]
_IDLE = Q(state=ImportState.MAPPING) | Q(
    ~Exists(ImportRow.objects.filter(record=OuterRef("pk"), outcome__in=_WORTH_KEEPING)),
    state=ImportState.READY,
)
"""Imports with nothing to take in, or nothing yet. One that was opened again can still be taken back."""


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
    begun = Import.objects.filter(reader=reader).exclude(state__in=[ImportState.DONE, ImportState.FAILED])
    if begun.exclude(_IDLE).count() >= AT_ONCE:
        raise TooManyImports
    if not has_room():
        logger.error("an uploaded file could not be kept: no room")
        raise Refused("storage_failed")
    record = Import(reader=reader, file_name=shown_name(name))
    key = f"{IMPORTS_FOLDER}/{record.pk}"
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
    for idle in begun.filter(_IDLE).order_by("-updated_at")[AT_ONCE:]:
        with suppress(NotNow):
            delete_import(idle)
    return record


def shown_name(name: str) -> str:
    """A file's name without folders, as text of our own."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    return "".join(char for char in unicodedata.normalize("NFC", bare) if char.isprintable())[:200] or "?"


def may_map_columns(record: Import) -> bool:
    """Whether the reader may say what the columns mean: for the first time, or again, while nothing is taken in."""
    if not record.file or not record.mapping.get("sample"):
        return False
    if record.state == ImportState.MAPPING:
        return True
    return record.state == ImportState.READY and not record.rows.filter(outcome=RowOutcome.IMPORTED).exists()


def sample_of(record: Import) -> dict[str, Any]:
    """The table as `columns.sample` shows it, with what its reader has said before in the place of the guess."""
    sample, said = dict(record.mapping.get("sample", {})), record.mapping
    if "fields" in said:
        sample.update(guess=said["fields"], dates=said["dates"], out_of=said["out_of"])
    return sample


def map_columns(record: Import, *, fields: Mapping[str, str], dates: str, out_of: int) -> None:
    """Say what the columns of a table mean, and have it read; said again, its rows are read anew, and what was chosen
    of them is forgotten. Raises `NotNow`."""
    if not may_map_columns(record):
        raise NotNow
    known = set(record.mapping.get("sample", {}).get("columns", ()))
    mapping = {
        **record.mapping,
        "fields": {field: column for field, column in fields.items() if field in columns.FIELDS and column in known},
        "dates": dates,
        "out_of": out_of,
        TRIED: record.fencing_token + 1,
    }
    _move(record, record.state, ImportState.UPLOADED, mapping=mapping, done=0, total=None, due_at=Now())


def choose(record: Import, choices: Mapping[int, str], *, status: str = "") -> int:
    """The reader's answers: row's number → one of its candidates, "new" or "skip". `status`: as in `confirm`, kept
    until then. How many rows have changed by it; what answers no question of ours is passed over. Raises `NotNow`."""
    choices = {number: choice for number, choice in choices.items() if 0 < number <= NUMBER_AT_MOST}
    with transaction.atomic():
        _hold_ready(record)
        record.refresh_from_db(fields=["mapping"])
        if status in STATUSES_TO_CHOOSE and status != record.mapping.get("status"):
            record.mapping = {**record.mapping, "status": status}
            Import.objects.filter(pk=record.pk).update(mapping=record.mapping)
        changed = []
        for row in record.rows.filter(number__in=choices):
            choice = PIECE if row.is_piece and choices[row.number] == NEW_BOOK else choices[row.number]
            answers = answers_to(row)
            # A page sends what it showed along with what was changed: what is so already keeps its reason.
            if choice == row.choice or not answers:
                continue
            if choice == SKIP and not is_left_out(row):
                row.outcome, row.choice, row.reason = RowOutcome.SKIPPED, SKIP, "your_choice"
            elif choice in answers:
                row.outcome, row.choice, row.reason = RowOutcome.NEW, choice, answers[choice]
            else:
                continue
            changed.append(row)
        ImportRow.objects.bulk_update(changed, ["outcome", "choice", "reason"])
    return len(changed)


def choose_new_for_all(record: Import) -> int:
    """Every book that is still in question is one of its own; journeys in question stay so. Raises `NotNow`."""
    with transaction.atomic():
        _hold_ready(record)
        return books_in_question(record).update(outcome=RowOutcome.NEW, choice=NEW_BOOK, reason="your_choice")


def books_in_question(record: Import) -> QuerySet[ImportRow]:
    """Rows of which is to be said which book they are of, not which journey they go to."""
    return record.rows.filter(outcome=RowOutcome.CHOICE, candidates__0__status__isnull=True)


def _hold_ready(record: Import) -> None:
    """So that nobody confirms it meanwhile, and its days are counted anew. Within a transaction; raises `NotNow`."""
    if not Import.objects.filter(pk=record.pk, state=ImportState.READY).update(updated_at=Now()):
        raise NotNow


def confirm(record: Import, *, status: str = "") -> None:
    """Have the new rows taken in; what is still in question is left out, and may be answered later (`reopen`).
    `status`: for rows whose file names none; empty: what was said before, else what is usual (`usual_status`).

    Confirming twice does it once. Raises `NotNow`.
    """
    with transaction.atomic():
        chosen = status if status in STATUSES_TO_CHOOSE else usual_status(record)
        mapping = {**record.mapping, "status": chosen}
        total = record.rows.filter(outcome=RowOutcome.NEW).count()
        changes = {"mapping": mapping, "done": 0, "total": total, "due_at": Now()}
        try:
            _move(record, ImportState.READY, ImportState.IMPORTING, **changes)
        except NotNow:
            if record.state in (ImportState.IMPORTING, ImportState.DONE):
                return
            raise
        record.rows.filter(outcome=RowOutcome.CHOICE).update(outcome=RowOutcome.SKIPPED, reason=NOT_CHOSEN)


def usual_status(record: Import) -> str:
    """What the reader has said that books are of which the file does not say it; before that, a guess by its format."""
    return str(record.mapping.get("status") or STATUS_BY_DEFAULT.get(record.format, JourneyStatus.FINISHED))


def reopen(record: Import) -> None:
    """Ask again what nobody has answered before the rest was taken in. Raises `NotNow`, also where nothing was."""
    if not unanswered(record).exists():
        raise NotNow
    with transaction.atomic():
        _move(record, ImportState.DONE, ImportState.READY, done=0, total=None)
        unanswered(record).update(outcome=RowOutcome.CHOICE)


def _close(record: Import) -> None:
    """As if it had not been opened again. Raises `NotNow`."""
    with transaction.atomic():
        _move(record, ImportState.READY, ImportState.DONE)
        left = record.rows.filter(outcome__in=[RowOutcome.NEW, RowOutcome.CHOICE])
        left.update(outcome=RowOutcome.SKIPPED, reason=NOT_CHOSEN, choice="")


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


def has_left_out(record: Import) -> bool:
    """Whether the reader has left out anything that would be taken in."""
    return record.rows.filter(outcome=RowOutcome.SKIPPED, choice=SKIP).exists()


def has_rows_without_status(record: Import) -> bool:
    """Whether the reader has to say for some rows whether the book was read."""
    asked = record.rows.filter(outcome__in=[RowOutcome.NEW, RowOutcome.CHOICE], data__status__isnull=True)
    return asked.exclude(choice=PIECE).exists()


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
    """Forget imports that nobody confirmed in time, with their files; how many. One of which something is taken in
    stays, without its file; what it still asks is left out."""
    old = Import.objects.filter(updated_at__lt=Now() - timedelta(days=settings.IMPORT_KEEP_DAYS))
    unconfirmed = old.filter(state__in=[ImportState.READY, ImportState.MAPPING, ImportState.FAILED])
    count = 0
    for record in unconfirmed.order_by("updated_at")[:500]:
        with suppress(NotNow):  # it was confirmed at the last moment
            if record.rows.filter(outcome=RowOutcome.IMPORTED).exists():
                _close(record)
            else:
                delete_import(record)
                count += 1
    for record in old.filter(state=ImportState.DONE).exclude(file="").order_by("updated_at")[:500]:
        key = str(record.file.name)
        if Import.objects.filter(pk=record.pk, state=ImportState.DONE).update(file=""):
            remove_files([key])
    return count
