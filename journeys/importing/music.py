"""Finished pieces of our own archive on their way in: those of logs that were taken in just now, and those of no
journey, which are rows of their own.

Files are stored, so that nothing here holds a transaction while it works. Every piece has an id that follows from what
it belongs to (`music.adoption`): done again after a crash, it is there already.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import IO, Any, Protocol, cast
from zipfile import ZipFile

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet

from journeys.importing import archive
from journeys.importing.pieces import PIECE, taken_pieces
from journeys.importing.reasons import Refused
from journeys.models import Import, ImportRow, ReadingLog, RowOutcome
from music.adoption import NotAdopted, adopt_track, id_for_log, id_for_reader
from music.storage import StorageFailed, has_room

logger = logging.getLogger(__name__)

MIDI_LIMIT = 5_000_000
UNPACKED_AT_MOST = 3
"""How many times an archive's own size its music may have unpacked; ours is not packed further."""
_AS_IT_WAS = (
    *("brief", "title", "album", "number", "provider", "brief_writer", "chosen_mood", "chosen_genre"),
    "chapter_labels",
)


class GoOn(Protocol):
    """Renews the lease, with these changes to the import's row. Raises where it is lost."""

    def __call__(self, **changes: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class _Archived:
    """The archive, and its files that the rows name as their music."""

    packed: ZipFile
    names: frozenset[str]


def take_in_music(record: Import, until: float, go_on: GoOn) -> bool:
    """Give the logs of our own export their finished pieces and the reader those of no journey, as long as there is
    room. False when there was not time enough for all (`until`, of the monotonic clock).

    Raises `Refused`, `FileNotFoundError` and `StorageFailed`.
    """
    rows = record.rows.filter(outcome=RowOutcome.IMPORTED).exclude(Q(data__music__isnull=True) | Q(data__music={}))
    pieces = pieces_left(record)
    of_logs = list(rows.order_by("number").values_list("pk", flat=True))
    of_none = list(pieces.order_by("number").values_list("pk", flat=True))
    if not (of_logs or of_none) or not record.file:
        return True
    with ExitStack() as stack:
        file = stack.enter_context(default_storage.open(str(record.file.name), "rb"))
        if not archive.is_archive(file.read(8)):
            return True
        file.seek(0)
        packed = stack.enter_context(archive.opened(cast("IO[bytes]", file)))
        named = chain.from_iterable(music.values() for music in rows.values_list("data__music", flat=True).iterator())
        named = chain(named, pieces.values_list("data__piece", flat=True).iterator())
        archived = _Archived(packed, _names_of_music(packed, named, limit=UNPACKED_AT_MOST * file.size))
        for take in chain(_for_logs(record, archived, of_logs), _of_no_journey(record, archived, of_none, go_on)):
            if not has_room():
                logger.warning("import %s: no room for more of its music", record.pk)
                return True
            take()
            go_on()
            if time.monotonic() > until:
                return False
    return True


def pieces_left(record: Import) -> QuerySet[ImportRow]:
    """The pieces of no journey that are still to be taken in."""
    return record.rows.filter(outcome=RowOutcome.NEW, choice=PIECE)


def _names_of_music(packed: ZipFile, named: Iterable[dict[str, Any]], *, limit: int) -> frozenset[str]:
    """The archive's files that are named as music. Raises `Refused` when they are `limit` bytes or more."""
    names = {each[kind] for each in named for kind in ("audio", "midi")}
    sizes = {name: packed.getinfo(name).file_size for name in names.intersection(packed.namelist())}
    if sum(sizes.values()) >= limit:
        raise Refused("archive_too_large")
    return frozenset(sizes)


def _for_logs(record: Import, archived: _Archived, ids: Iterable[int]) -> Iterator[Callable[[], object]]:
    """What is to be done, one after the other, for the logs of these rows to get their pieces."""
    for row_id in ids:
        row = ImportRow.objects.get(pk=row_id)
        wanted = row.data["music"]
        logs = ReadingLog.objects.filter(journey=row.journey_id, import_key__in=wanted)
        for key, log_id in logs.values_list("import_key", "pk"):
            yield partial(_adopt, record, archived, wanted[key], track_id=id_for_log(log_id), log_id=log_id)
        row.data = {**row.data, "music": {}}
        row.save(update_fields=["data"])


def _of_no_journey(
    record: Import, archived: _Archived, ids: Iterable[int], go_on: GoOn
) -> Iterator[Callable[[], object]]:
    """What is to be done for these rows' pieces to be taken in."""
    for row_id in ids:
        yield partial(_take_piece, record, archived, row_id, go_on)


def _take_piece(record: Import, archived: _Archived, row_id: int, go_on: GoOn) -> None:
    """Give the reader the row's piece, and the row its outcome."""
    row = ImportRow.objects.get(pk=row_id)
    track_id = id_for_reader(record.reader, row.key)
    changes: dict[str, Any] = {"outcome": RowOutcome.FAILED, "reason": "piece_not_taken"}
    if taken_pieces(record.reader).filter(key=row.key).exists():  # by another import, since this one was looked at
        changes = {"outcome": RowOutcome.DUPLICATE, "reason": "known"}
    elif _adopt(record, archived, row.data["piece"], track_id=track_id):
        changes = {"outcome": RowOutcome.IMPORTED, "reason": "", "data": {"piece": {"track": str(track_id)}}}
    with transaction.atomic():
        go_on(done=F("done") + 1)
        ImportRow.objects.filter(pk=row_id).update(**changes)


def _adopt(
    record: Import,
    archived: _Archived,
    music: dict[str, Any],
    *,
    track_id: uuid.UUID,
    log_id: uuid.UUID | None = None,
) -> bool:
    """Take the piece over, if it is not there yet. False when its file is missing, or none that can be played: a log is
    there all the same, and its piece can be made."""
    if music["audio"] not in archived.names:
        return False
    try:
        midi = archive.read(archived.packed, music["midi"], MIDI_LIMIT) if music["midi"] in archived.names else b""
        adopt_track(
            track_id=track_id,
            owner=record.reader,
            log_id=log_id,
            audio=archive.read(archived.packed, music["audio"], settings.MUSIC_DOWNLOAD_MAX_BYTES),
            midi=midi,
            requested_at=_moment(music["requested_at"]),
            finished_at=_moment(music["finished_at"]),
            **{name: music[name] for name in _AS_IT_WAS},
        )
    except StorageFailed as error:
        if not error.permanent:
            raise
        logger.warning("import %s: a piece could not be taken over: %s", record.pk, error)
        return False
    except (NotAdopted, Refused, ValueError) as error:
        logger.warning("import %s: a piece could not be taken over: %s", record.pk, error)
        return False
    return True


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
