"""Where finished audio lives: keys, storing with a check, removing.

A key is made of the content: the same bytes go to the same place however often they are stored, and a worker that lost
its lease can at worst write what is there already.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from music.providers.base import Audio

logger = logging.getLogger(__name__)


MIDI_TYPE = "audio/midi"


class StorageFailed(Exception):
    """The audio could not be stored, or is not there as it should be afterwards."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    size: int
    sha256: str
    midi_key: str = ""


class AtomicFileSystemStorage(FileSystemStorage):
    """Local files that appear whole or not at all: written beside their place, synced, renamed over it."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, 0o644)
            os.replace(draft, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
            raise
        return name


def store_audio(track_id: uuid.UUID, audio: Audio) -> StoredFile:
    """Put the audio and its score, where it has one, into the storage and check that they arrived.

    Raises `StorageFailed`; may be repeated at will.
    """
    digest = hashlib.sha256(audio.data).hexdigest()
    key = f"tracks/{track_id}/{digest[:20]}.{audio.extension}"
    midi_key = ""
    if audio.midi:
        midi_key = f"tracks/{track_id}/{hashlib.sha256(audio.midi).hexdigest()[:20]}.mid"
        _save(midi_key, audio.midi, MIDI_TYPE)
    _save(key, audio.data, audio.content_type)
    return StoredFile(key=key, size=len(audio.data), sha256=digest, midi_key=midi_key)


def _save(key: str, data: bytes, content_type: str) -> None:
    content = ContentFile(data, name=key)
    content.content_type = content_type  # type: ignore[attr-defined]  # what the S3 storage serves it as
    try:
        name = default_storage.save(key, content)
        size = default_storage.size(name)
    except Exception as error:  # each storage backend raises errors of its own kind
        raise StorageFailed(f"{type(error).__name__}: {error}") from error
    if name != key or size != len(data):
        raise StorageFailed(f"stored {name} with {size} bytes, expected {key} with {len(data)}")


def signed_url(key: str, *, disposition: str = "") -> str | None:
    """A short-lived address of the file at its storage, or None when the application itself must serve it.

    `disposition` is the Content-Disposition that the storage is to answer with.
    """
    with contextlib.suppress(NotImplementedError):
        default_storage.path(key)
        return None
    if not disposition:
        return default_storage.url(key)
    bucket: Any = default_storage  # only a bucket gets here, and its addresses take parameters
    url: str = bucket.url(key, parameters={"ResponseContentDisposition": disposition})
    return url


def open_audio(key: str) -> File[bytes]:
    """The stored file, to read. Raises `FileNotFoundError` when it is gone."""
    return default_storage.open(key, "rb")


def remove_files(keys: Iterable[str]) -> None:
    """Remove stored files; one that is gone already is fine, and one that cannot be removed is left and logged."""
    for key in keys:
        try:
            default_storage.delete(key)
        except Exception:  # each storage backend raises errors of its own kind; a file left over harms nobody
            logger.exception("could not remove %s", key)
