"""Pictures of books: fetched once from where the source has them, made our own, kept beside the audio.

Nobody's browser is sent to a shop for a picture, which would tell the shop who reads what. What comes is not trusted:
few hosts, a few megabytes, decoded within limits and drawn anew, so that nothing but the picture is kept.
"""

from __future__ import annotations

import hashlib
import io
import logging
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps

from journeys.models import Book
from music.providers.download import DownloadFailed, Refused, downloaded
from music.providers.download import Gone as GoneAway
from music.storage import StorageFailed, audio_storage, remove_files

logger = logging.getLogger(__name__)

FOLDER = "covers"
CONTENT_TYPE = "image/webp"
MOST_BYTES = 3_000_000
MOST_PIXELS = 25_000_000
FETCH_SECONDS = 10.0
BOX = (400, 640)
"""The most a cover measures: twice what the largest one on a page takes."""
SMALLEST_SIDE = 40
"""Less is a placeholder: a blank pixel, an icon."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ORPHAN_AFTER_SECONDS = 24 * 3600.0
LOOKED_UP_AT_ONCE = 500


class NoCover(Exception):
    """There is no picture to keep. `again`: it may come if it is asked for later."""

    def __init__(self, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.again = again


def fetch_cover(book_id: uuid.UUID, url: str) -> str:
    """Fetch a book's picture and store it; the key it is stored under. Raises `NoCover`."""
    try:
        with downloaded(
            url, allowed_hosts=settings.BOOK_COVER_HOSTS, max_bytes=MOST_BYTES, seconds=FETCH_SECONDS
        ) as file:
            data = draw(file)
        key = f"{FOLDER}/{book_id}.{hashlib.sha256(data).hexdigest()[:16]}.webp"
        audio_storage().put(key, data, content_type=CONTENT_TYPE)
    except (Refused, GoneAway) as error:
        raise NoCover(str(error), again=False) from error
    except (DownloadFailed, StorageFailed, OSError) as error:
        raise NoCover(str(error), again=True) from error
    return key


def draw(file: IO[bytes]) -> bytes:
    """The picture in the file as a WebP of at most `BOX`, with none of what else the file may hold.

    Raises `NoCover`.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS or min(image.size) < SMALLEST_SIDE:
                raise NoCover(f"a picture of {image.width} × {image.height}", again=False)
            image.draft("RGB", BOX)  # a large JPEG is read at a fraction of its size
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail(BOX)
            seen = upright.convert("RGBA")
    # What the decoders raise at broken files is of many kinds.
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning) as error:
        raise NoCover(f"no picture: {type(error).__name__}", again=False) from error
    page = Image.new("RGB", seen.size, "white")
    page.paste(seen, mask=seen)
    out = io.BytesIO()
    page.save(out, "WEBP", quality=82)
    return out.getvalue()


def remove_orphans() -> int:
    """Remove covers, older than a day, that no book knows; how many. Raises `StorageFailed`."""
    removed = 0
    old = (file.key for file in audio_storage().listing(FOLDER) if time.time() - file.modified > ORPHAN_AFTER_SECONDS)
    for keys in _batches(old):
        known = set(Book.objects.filter(cover__in=keys).values_list("cover", flat=True))
        if orphans := [key for key in keys if key not in known]:
            remove_files(orphans)
            removed += len(orphans)
    return removed


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, LOOKED_UP_AT_ONCE)):
        yield batch
