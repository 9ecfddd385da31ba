"""A journey in one file to keep: tagged music, its picture, a playlist, and the logs as Markdown.

It is put together while it is sent, one piece in memory at a time; nothing is written to the disk.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Generator
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image

from journeys.models import Journey
from journeys.services.album import AlbumPiece, album_of
from journeys.services.markdown import journey_markdown
from journeys.zipping import Outlet, zip_entry
from music.explanation import whole_seconds
from music.id3 import Tags, picture_of, picture_type, write_tags
from music.names import genre_text
from music.presentation import file_title
from music.storage import open_audio

logger = logging.getLogger(__name__)

MP3_TYPE = "audio/mpeg"
_JPEG_QUALITY = 90
_PICTURES = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A piece as it will be in the ZIP."""

    name: str
    key: str
    content_type: str
    title: str
    seconds: float
    tags: Tags
    log_id: object


class AlbumZip:
    """What goes into the ZIP is decided when this is made; `stream` then needs the storage alone, and no database."""

    def __init__(self, journey: Journey) -> None:
        with translation.override(journey.reader.language):
            album = album_of(journey)
            self.title = album.title
            product = _("Reading Journey")
            self._artist = album.artist or product
            self._made_by = "" if self._artist == product else product
            self._entries = [self._entry(piece, album.pieces[-1].log.version + 1) for piece in album.pieces]
            self._lost_text = _("These files were lost and are not here:")
        self._cover_key = str(journey.book.cover.name or "")
        self._markdown = journey_markdown(journey, files={entry.log_id: entry.name for entry in self._entries})

    def stream(self) -> Generator[bytes]:
        """The bytes of the ZIP. Raises what the storage raises: a file cut short must not look whole.

        A piece whose file is gone is left out, of the playlist too, and the Markdown says so.
        """
        outlet = Outlet()
        with zipfile.ZipFile(outlet, "w") as archive:
            cover = _as_jpeg(_read(self._cover_key) or b"") if self._cover_key else b""
            face = b""
            lost: list[_Entry] = []
            for entry in self._entries:
                data = _read(entry.key)
                if data is None:
                    lost.append(entry)
                    continue
                if entry.content_type == MP3_TYPE:
                    face = picture_of(data) or face
                    data = _tagged(data, replace(entry.tags, cover=picture_of(data) or cover), entry.key)
                self._put(archive, entry.name, data)
                yield outlet.drained()
            cover = cover or face
            if extension := _PICTURES.get(picture_type(cover)):
                self._put(archive, f"cover.{extension}", cover)
            name = file_title(self.title)
            if sent := [entry for entry in self._entries if entry not in lost]:
                self._put(archive, f"{name}.m3u8", self._playlist(sent).encode(), zipfile.ZIP_DEFLATED)
            self._put(archive, f"{name}.md", self._markdown_with(lost).encode(), zipfile.ZIP_DEFLATED)
            yield outlet.drained()
        yield outlet.drained()

    def _put(self, archive: zipfile.ZipFile, name: str, data: bytes, method: int = zipfile.ZIP_STORED) -> None:
        """Into a folder of the journey's name: unpacked among others, its files stay together."""
        archive.writestr(zip_entry(f"{file_title(self.title)}/{name}", method), data)

    def _entry(self, piece: AlbumPiece, total: int) -> _Entry:
        track = piece.track
        key = str(track.file.name)
        # By the log and not as it was made: what an import has added since stands before the end.
        number = piece.log.version + 1
        width = max(2, len(str(total)))
        return _Entry(
            name=f"{number:0{width}} {file_title(track.title)}.{key.rsplit('.', 1)[-1]}",
            key=key,
            content_type=track.content_type,
            title=track.title,
            seconds=piece.seconds,
            log_id=piece.log.pk,
            # Said anew for all: the book may have been called otherwise when the first of them was made.
            tags=Tags(
                title=track.title,
                album=self.title,
                artist=self._artist,
                album_artist=self._artist,
                number=number,
                total=max(total, number),
                year=piece.log.logged_on.year,
                genre=genre_text(track.genre),
                comment=self._made_by,
            ),
        )

    def _playlist(self, entries: list[_Entry]) -> str:
        lines = ["#EXTM3U", f"#PLAYLIST:{self.title}"]
        for entry in entries:
            lines += [f"#EXTINF:{whole_seconds(entry.seconds)},{self._artist} - {entry.title}", entry.name]
        return "\n".join(lines) + "\n"

    def _markdown_with(self, lost: list[_Entry]) -> str:
        if not lost:
            return self._markdown
        return "\n".join([self._markdown, self._lost_text, "", *(f"- {entry.name}" for entry in lost), ""])


def _read(key: str) -> bytes | None:
    """The stored file; None, and a line in the log, when it is gone."""
    try:
        with open_audio(key) as file:
            return bytes(file.read())
    except FileNotFoundError:
        logger.error("the file %s of an album is gone", key)
        return None


def _as_jpeg(picture: bytes) -> bytes:
    """A book's cover as something that every player of music shows; as it is where it is that already, and empty where
    it cannot be read."""
    if not picture or picture_type(picture):
        return picture
    try:
        with Image.open(io.BytesIO(picture)) as image:
            drawn = io.BytesIO()
            image.convert("RGB").save(drawn, "JPEG", quality=_JPEG_QUALITY)
            return drawn.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError):
        logger.exception("the cover of an album cannot be read")
        return b""


def _tagged(mp3: bytes, tags: Tags, key: str) -> bytes:
    try:
        return write_tags(mp3, tags)
    except ValueError:  # a cover that is no picture: the music is worth more than its tags
        logger.exception("%s is sent with the tags it has", key)
        return mp3
