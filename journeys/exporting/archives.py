"""Archives of a reader's record: every journey as Markdown, or everything there is.

Written to whatever takes bytes, one file in memory at a time.
"""

from __future__ import annotations

import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from journeys.exporting.document import DOCUMENT_NAME, audio_name, document_of, journey_batches, midi_name
from journeys.exporting.tables import csv_text, goodreads_rows, readwise_rows
from journeys.models import Book, Reader
from journeys.services.markdown import journey_markdowns
from journeys.zipping import zip_entry
from music.models import MusicTrack, TrackStatus
from music.presentation import file_title
from music.storage import open_audio

logger = logging.getLogger(__name__)

GOODREADS_NAME = "goodreads.csv"
READWISE_NAME = "readwise.csv"
MISSING_NAME = "missing.txt"
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]")


def write_everything(reader: Reader, target: IO[bytes], *, told: Callable[[int, int], None]) -> int:
    """Write the archive with all of the reader's record: our document, music, covers, tables, Markdown.

    `told` hears how many of how many pieces are in it, between any two files; what it raises ends the writing. A stored
    file that is gone is named in `missing.txt`. Returns how many files of music are in it.
    """
    tracks = MusicTrack.objects.for_reader(reader).pieces().filter(status=TrackStatus.COMPLETED)
    total = tracks.count()
    done, missing = 0, []
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        put(archive, DOCUMENT_NAME, document_text(reader).encode())
        put(archive, GOODREADS_NAME, "".join(csv_text(goodreads_rows(reader))).encode())
        put(archive, READWISE_NAME, "".join(csv_text(readwise_rows(reader))).encode())
        for name, text in markdown_files(reader):
            put(archive, name, text.encode())
            told(done, total)
        for book in Book.objects.filter(journeys__reader=reader).exclude(cover="").distinct():
            key = str(book.cover.name)
            if not _put_stored(archive, f"covers/{book.pk}.{key.rsplit('.', 1)[-1]}", key):
                missing.append(key)
            told(done, total)
        for track in tracks.order_by("pk").iterator(chunk_size=200):
            files = [(audio_name(track), str(track.file.name)), (midi_name(track), str(track.midi.name or ""))]
            missing += [name for name, key in files if key and not _put_stored(archive, name, key)]
            done += 1
            told(done, total)
        if missing:
            put(archive, MISSING_NAME, "\n".join([*missing, ""]).encode())
    return done


def document_text(reader: Reader) -> str:
    """Our document as people can read it too; letters that nobody sees are spelt out, since they do not survive every
    program that a file goes through."""
    text = json.dumps(document_of(reader), ensure_ascii=False, indent=1)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def markdown_files(reader: Reader) -> Iterator[tuple[str, str]]:
    """The name and text of every journey's document; journeys of one name are numbered."""
    used: dict[str, int] = {}
    names: set[str] = set()
    for batch in journey_batches(reader):
        for journey, text in zip(batch, journey_markdowns(batch), strict=True):
            title = file_title(journey.book.title) or "?"
            number = used.get(title.casefold(), 0) + 1
            # A title may itself end in a number: “Diary (2)” beside two of “Diary”.
            while (name := title if number == 1 else f"{title} ({number})").casefold() in names:
                number += 1
            used[title.casefold()] = number
            names.add(name.casefold())
            yield f"markdown/{name}.md", text


def write_markdown(reader: Reader, target: IO[bytes]) -> None:
    """Write a ZIP file of all these documents."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in markdown_files(reader):
            put(archive, name, text.encode())


def put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a text, compressed."""
    archive.writestr(zip_entry(name, zipfile.ZIP_DEFLATED), data)


def _put_stored(archive: zipfile.ZipFile, name: str, key: str) -> bool:
    """Add a stored file as it is: music and pictures are compressed already. False when it is gone."""
    try:
        with open_audio(key) as file:
            data = bytes(file.read())
    except FileNotFoundError:
        logger.error("the file %s of an export is gone", key)
        return False
    archive.writestr(zip_entry(name), data)
    return True
