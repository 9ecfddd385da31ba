"""What a file is, and the records in it. Pure: bytes go in, records or a reason come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import IO, Any

from journeys.catalogue.isbn import normalise_isbn
from journeys.importing import archive, calibre, columns, goodreads, kindle, ours, readwise, storygraph
from journeys.importing.decoding import decode
from journeys.importing.reasons import Refused
from journeys.importing.records import FileRecord, tidy_record
from journeys.importing.tables import Table, columns_of, read_table
from journeys.models import ImportFormat, JourneyStatus

_BEGINNING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is taken in at once."""

    text_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as it was understood."""

    format: ImportFormat
    records: tuple[FileRecord, ...] = ()
    sample: Mapping[str, Any] = field(default_factory=dict)
    """Of a table whose columns need a meaning: what the reader is shown to give it (`columns.sample`)."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How much became no record, by kind (`reasons.LEFT_OUT`)."""


def parse_file(
    file: IO[bytes], *, limits: Limits, mapping: Mapping[str, Any] | None = None, zone: tzinfo = UTC
) -> Parsed:
    """The records in a file of any known format; a table of no known one is read by its `mapping`, or sampled without.
    `zone` is the reader's: of a moment, it is their day that counts.

    Raises `Refused`, also where nothing is in it.
    """
    files: set[str] = set()
    beginning = file.read(_BEGINNING)
    file.seek(0)
    if archive.is_archive(beginning):
        with archive.opened(file) as packed:
            _name, data = archive.record_in(packed, limits.text_bytes)
            files.update(packed.namelist())
    else:
        data = file.read(limits.text_bytes + 1)
        if len(data) > limits.text_bytes:
            raise Refused("file_too_large")
        if archive.is_old_spreadsheet(data):
            raise Refused("spreadsheet")
    parsed = parse_text(decode(data), limits=limits, mapping=mapping, zone=zone)
    if parsed.sample:
        return parsed
    records = tuple(tidy_record(_beside(files, record)) for record in parsed.records)
    if not records:
        raise Refused("no_rows")
    if len(records) > limits.rows or sum(len(record.passages) for record in records) > limits.rows:
        raise Refused("too_many_rows")
    return Parsed(parsed.format, records, left_out=parsed.left_out)


def _beside(files: set[str], record: FileRecord) -> FileRecord:
    """The record; a piece whose music is not among the archive's files names none."""
    if not record.piece or record.piece["audio"] in files:
        return record
    return replace(record, piece={**record.piece, "audio": ""})


def parse_text(text: str, *, limits: Limits, mapping: Mapping[str, Any] | None = None, zone: tzinfo = UTC) -> Parsed:
    """As `parse_file`, for text."""
    if ours.looks_like_ours(text):
        return Parsed(ImportFormat.OURS, tuple(ours.parse(text, rows_at_most=limits.rows)))
    if text.lstrip()[:1] in "{<":
        raise Refused("unknown_format")
    if kindle.looks_like_clippings(text):
        clippings = kindle.parse(text, rows_at_most=limits.rows)
        return Parsed(ImportFormat.KINDLE, clippings.records, left_out=clippings.left_out)
    if numbers := _isbn_list(text):
        if len(numbers) > limits.rows:
            raise Refused("too_many_rows")
        return Parsed(ImportFormat.CSV, tuple(_wish(number) for number in numbers))
    names = columns_of(text)
    found = next((kind for kind, sets in _TABLES.items() if any(each <= names for each in sets)), None)
    if found is None and not (mapping and _names_columns(names)):
        return _sampled(text, names, limits)
    table = read_table(text, rows_at_most=limits.rows)
    if found is None:
        return Parsed(ImportFormat.CSV, tuple(columns.parse(table, mapping or {})))
    if found == ImportFormat.READWISE:
        highlights = readwise.parse(table, zone)
        return Parsed(found, highlights.records, left_out=highlights.left_out)
    return Parsed(found, tuple(_PARSERS[found](table)))


def _sampled(text: str, names: set[str], limits: Limits) -> Parsed:
    """A table of no known format: its columns are named, and it has a row."""
    if not _names_columns(names):
        raise Refused("unknown_format")
    table: Table = read_table(text, rows_at_most=limits.rows)
    if not table.rows:
        raise Refused("no_rows")
    return Parsed(ImportFormat.CSV, sample=columns.sample(table))


def _names_columns(names: set[str]) -> bool:
    """Whether a first row is one of names: two of them at least, or the one for titles. A lone word may be anything."""
    return len(names) > 1 or columns.names_titles(names)


def _isbn_list(text: str) -> list[str]:
    """The numbers of a file that holds nothing but ISBNs, one in a line; nothing for any other file."""
    lines = [line.strip().strip('",;') for line in text.split("\n") if line.strip()]
    if lines and lines[0].casefold().replace("-", "") in ("isbn", "isbn13", "isbn10"):
        lines = lines[1:]
    if not lines or normalise_isbn(lines[0]) is None:
        return []
    numbers = [normalise_isbn(line) for line in lines]
    return [] if None in numbers else [number for number in numbers if number]


def _wish(number: str) -> FileRecord:
    return FileRecord(isbn13=number, status=JourneyStatus.WANT, origin=f"isbn:{number}")


_TABLES: dict[ImportFormat, tuple[set[str], ...]] = {
    ImportFormat.GOODREADS: (goodreads.COLUMNS,),
    ImportFormat.STORYGRAPH: (storygraph.COLUMNS,),
    ImportFormat.READWISE: readwise.COLUMN_SETS,
    ImportFormat.CALIBRE: calibre.COLUMN_SETS,
}
_PARSERS = {
    ImportFormat.GOODREADS: goodreads.parse,
    ImportFormat.STORYGRAPH: storygraph.parse,
    ImportFormat.CALIBRE: calibre.parse,
}
