"""Pieces of music of no journey beside what the reader has already."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from journeys.importing.records import FileRecord
from journeys.models import ImportRow, RowOutcome
from music.adoption import id_for_reader
from music.models import MusicTrack

PIECE = "piece"
"""The choice of a row that becomes one."""


class OwnPieces:
    """The music that a reader has, or has had from an import, ready to be compared with the pieces of one file."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._known = set(taken_pieces(reader).values_list("key", flat=True))
        for pk, sha256 in MusicTrack.objects.for_reader(reader).values_list("pk", "file_sha256"):
            self._known |= {str(pk), sha256}
        self._known.discard("")

    def has(self, record: FileRecord) -> bool:
        """Whether the piece was made here, is here from an earlier import, has the very file of one that is, or was
        taken in before: what its reader has deleted since stays away."""
        adopted = str(id_for_reader(self._reader, record.key))
        return not self._known.isdisjoint(
            {record.key, adopted, _spelt_as_ours(record.piece["id"]), record.piece["sha256"]}
        )


def taken_pieces(reader: Any) -> QuerySet[ImportRow]:
    """The rows that have brought the reader a piece."""
    return ImportRow.objects.filter(record__reader=reader, outcome=RowOutcome.IMPORTED, data__piece__isnull=False)


def _spelt_as_ours(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
