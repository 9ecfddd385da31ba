"""ZIP files that readers send: our own export, or one table packed by somebody's computer.

A few kilobytes can unpack to terabytes, and names can point anywhere. Nothing is ever unpacked to a disk; what is read
is read by name, to a limit, and what a ZIP file says of its sizes is only a reason to refuse it earlier.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from journeys.exporting.document import DOCUMENT_NAME
from journeys.importing.reasons import Refused

MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"
_COMPOUND_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
"""Excel kept its tables so until 2007; Word and Hangul keep their texts in the same container."""
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin"}
_OPEN_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
ENTRIES_AT_MOST = 50_000
DIRECTORY_AT_MOST = 10_000_000
"""Bytes of an archive's table of contents, all of which is in memory once it is open: some hundred for a name."""
_DIRECTORY_SIZE = 5  # where it stands in what `zipfile` reads of an archive's end
READABLE = {".csv", ".txt", ".tsv", ".json"}
_BROKEN = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, zlib.error)


def is_archive(beginning: bytes) -> bool:
    return beginning.startswith((MAGIC, EMPTY_MAGIC))


def is_old_spreadsheet(data: bytes) -> bool:
    """Whether it is a workbook of Excel from before it packed them as ZIP files."""
    return data.startswith(_COMPOUND_MAGIC) and any(name in data for name in _OLD_WORKBOOKS)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The ZIP file, to read from. Raises `Refused` ("archive_broken", "archive_too_large")."""
    try:
        # The function that ZipFile itself goes by: one of our own could be made to read something else.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
        if end and end[_DIRECTORY_SIZE] > DIRECTORY_AT_MOST:
            raise Refused("archive_too_large")
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise Refused("archive_broken") from None
    with archive:
        if len(archive.namelist()) > ENTRIES_AT_MOST:
            raise Refused("archive_too_large")
        yield archive


def record_in(archive: zipfile.ZipFile, limit: int) -> tuple[str, bytes]:
    """The name and the bytes of the one file that is to be read: our document, or the only table or text there is.

    Raises `Refused`.
    """
    names = [name for name in archive.namelist() if not _is_furniture(name)]
    ours = next((name for name in names if PurePosixPath(name).name == DOCUMENT_NAME), None)
    if ours is not None:
        return ours, read(archive, ours, limit)
    if _is_spreadsheet(archive, names):
        raise Refused("spreadsheet")
    if any("goodreads" in name.casefold() or name.casefold().endswith("review.json") for name in names) and not any(
        name.casefold().endswith(".csv") for name in names
    ):
        raise Refused("archive_is_goodreads_data")
    readable = [name for name in names if PurePosixPath(name).suffix.casefold() in READABLE - {".json"}]
    if len(readable) != 1:
        raise Refused("archive_without_record")
    return readable[0], read(archive, readable[0], limit)


def _is_spreadsheet(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if not _WORKBOOKS.isdisjoint(names):
        return True
    return "mimetype" in names and read(archive, "mimetype", 1000).startswith(_OPEN_SPREADSHEET)


def read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """One file's bytes. Raises `Refused` when there are more than `limit`, whatever the archive says of it."""
    try:
        if archive.getinfo(name).file_size > limit:
            raise Refused("archive_too_large")
        with archive.open(name) as file:
            data = file.read(limit + 1)
    except (KeyError, *_BROKEN):
        raise Refused("archive_broken") from None
    if len(data) > limit:
        raise Refused("archive_too_large")
    return data


def _is_furniture(name: str) -> bool:
    """Folders, and what computers put into archives for themselves."""
    path = PurePosixPath(name)
    return name.endswith("/") or path.name.startswith(".") or "__MACOSX" in path.parts
