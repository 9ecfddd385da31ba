"""Where finished audio lives: keys, storing with a check, listing, removing.

A key is made of the content: the same bytes go to the same place however often they are stored, what is there already
is not written again, and a worker that lost its lease can at worst write what is there already.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from music.id3 import picture_of, tags_length
from music.providers.base import Audio

logger = logging.getLogger(__name__)


MIDI_TYPE = "audio/midi"
FOLDER = "tracks"
DRAFT = ".incoming-"
BLOCK = 1 << 20
TAGS_HEAD = 10
TAGS_LIMIT = 8 << 20
"""Tags longer than this are none of ours, and not worth reading for their picture."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}


class StorageFailed(Exception):
    """The audio could not be stored, or is not there as it should be afterwards.

    `halted`: only a person can help (no permission, no bucket). `permanent`: these bytes will never be taken. With
    neither it may pass by itself. `code` is "disk_full" where that is the reason.
    """

    def __init__(
        self, message: str, *, halted: bool = False, permanent: bool = False, code: str = "storage_failed"
    ) -> None:
        super().__init__(message)
        self.halted = halted
        self.permanent = permanent
        self.code = code


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    size: int
    sha256: str
    midi_key: str = ""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as a listing shows it; `modified` in seconds since 1970, by the storage's clock."""

    key: str
    size: int
    modified: float


class AudioStorage(Protocol):
    """What a storage of audio can do beyond Django's own. Local files and buckets both can."""

    def put(self, key: str, data: bytes, *, content_type: str) -> None:
        """Have exactly these bytes under the key, written only where they are not there yet, and checked afterwards.

        Raises `StorageFailed`.
        """

    def size_of(self, key: str) -> int | None:
        """The file's size in bytes; None when there is none. Raises `StorageFailed`."""

    def listing(self, folder: str) -> Iterator[SeenFile]:
        """Every file below the folder, in no order, one at a time. Raises `StorageFailed`."""

    def remove(self, keys: list[str]) -> None:
        """Remove these files; one that is gone already is fine. Raises `StorageFailed` after trying all."""


def audio_storage() -> AudioStorage:
    """The storage that settings name, with what it can do for audio."""
    return cast(AudioStorage, default_storage)


class AtomicFileSystemStorage(FileSystemStorage):
    """Local files that appear whole or not at all: written beside their place, synced, renamed over it."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        descriptor, draft = _open_draft(target.parent)
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
        # The rename itself, and the folder that may be new, are on the disk only when their own folders are.
        for folder in (target.parent, target.parent.parent):
            with contextlib.suppress(FileNotFoundError):
                _sync(folder)
        return name

    def delete(self, name: str) -> None:
        """Remove the file, and the folder that was only there for it."""
        super().delete(name)
        parent = Path(self.path(name)).parent
        if parent != Path(self.base_location):
            with contextlib.suppress(OSError):  # not empty, or gone already
                parent.rmdir()

    def put(self, key: str, data: bytes, *, content_type: str) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            if self._holds(key, len(data), sha256):
                return
            self.save(key, ContentFile(data))
            arrived = self._holds(key, len(data), sha256)
        except OSError as error:
            raise _failure(error) from error
        if not arrived:
            raise StorageFailed(f"{key} was written, and reads back as something else")

    def size_of(self, key: str) -> int | None:
        try:
            return self.size(key)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failure(error) from error

    def listing(self, folder: str) -> Iterator[SeenFile]:
        base = Path(self.base_location)
        try:
            for entry in _files_below(base / folder):
                if not entry.name.startswith(DRAFT):
                    # A file that goes while one looks is one that is not there.
                    with contextlib.suppress(FileNotFoundError):
                        found = entry.stat()
                        key = Path(entry.path).relative_to(base).as_posix()
                        yield SeenFile(key, found.st_size, found.st_mtime)
        except OSError as error:
            raise _failure(error) from error

    def remove(self, keys: list[str]) -> None:
        failed: list[OSError] = []
        for key in keys:
            try:
                self.delete(key)
            except OSError as error:
                failed.append(error)
        if failed:
            raise _failure(failed[0]) from failed[0]

    def remove_drafts(self, *, older_than: float) -> int:
        """Remove what killed writers left half written, `older_than` seconds ago or more; how many."""
        removed = 0
        for entry in _files_below(Path(self.base_location)):
            if entry.name.startswith(DRAFT):
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - entry.stat().st_mtime >= older_than:
                        os.unlink(entry.path)
                        removed += 1
        return removed

    def _holds(self, key: str, size: int, sha256: str) -> bool:
        """Whether the file has these bytes: read back, a block at a time."""
        digest = hashlib.sha256()
        try:
            with open(self.path(key), "rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    return False
                while block := file.read(BLOCK):
                    digest.update(block)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256


def store_audio(track_id: uuid.UUID, audio: Audio) -> StoredFile:
    """Put the audio and its score, where it has one, into the storage and check that they arrived.

    Raises `StorageFailed`; may be repeated at will.
    """
    digest = hashlib.sha256(audio.data).hexdigest()
    key = f"{FOLDER}/{track_id}/{digest[:20]}.{audio.extension}"
    midi_key = ""
    if audio.midi:
        midi_key = f"{FOLDER}/{track_id}/{hashlib.sha256(audio.midi).hexdigest()[:20]}.mid"
        audio_storage().put(midi_key, audio.midi, content_type=MIDI_TYPE)
    audio_storage().put(key, audio.data, content_type=audio.content_type)
    return StoredFile(key=key, size=len(audio.data), sha256=digest, midi_key=midi_key)


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


def stored_picture(key: str) -> bytes:
    """The picture in the tags of a stored MP3; empty where there is none, or the file is gone.

    Of a local file only the head is read; one in a bucket is fetched as a whole, once for each browser.
    """
    try:
        with open_audio(key) as file:
            head = file.read(TAGS_HEAD)
            return picture_of(head + file.read(max(0, min(tags_length(head), TAGS_LIMIT) - len(head))))
    except FileNotFoundError:
        return b""


def remove_files(keys: Iterable[str]) -> None:
    """Remove stored files; one that is gone already is fine. One that cannot be removed now is left and logged: the
    daily check finds it."""
    unwanted = list(keys)
    if not unwanted:
        return
    try:
        audio_storage().remove(unwanted)
    except Exception:  # the rows are gone already, and nobody should hear of a file that harms nobody
        logger.exception("some of %d files could not be removed, %s among them", len(unwanted), unwanted[0])


def iter_files() -> Iterator[SeenFile]:
    """Every stored file of every track, one at a time. Raises `StorageFailed`."""
    return audio_storage().listing(FOLDER)


def check_writable() -> None:
    """Store a few bytes and remove them again. Raises `StorageFailed`."""
    key = f"probes/{uuid.uuid4().hex}"
    audio_storage().put(key, b"probe", content_type="application/octet-stream")
    remove_files([key])


def free_bytes() -> dict[str, int]:
    """Free disk at each place that is written to: data, temporary files, and audio where it is local."""
    places = {"data": Path(settings.DATA_DIR), "temporary": Path(tempfile.gettempdir())}
    if isinstance(default_storage, FileSystemStorage):
        places["audio"] = Path(default_storage.base_location)
    return {name: shutil.disk_usage(_existing(path)).free for name, path in places.items()}


def has_room() -> bool:
    """Whether there is disk enough to begin something new: a result that finds no room was paid for in vain."""
    return min(free_bytes().values()) >= settings.MUSIC_MIN_FREE_MB * 1_000_000


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there: it is made on the same disk with its first file."""
    return next(each for each in (path, *path.parents) if each.exists())


def _open_draft(folder: Path) -> tuple[int, str]:
    """A file to write into, beside its place to be. The folder may go away again at any moment: its last file was
    removed just now."""
    for _ in range(3):
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            return tempfile.mkstemp(dir=folder, prefix=DRAFT)
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.mkstemp(dir=folder, prefix=DRAFT)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files_below(folder: Path) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(Path(entry.path))
            else:
                yield entry


def _failure(error: OSError) -> StorageFailed:
    told = f"{type(error).__name__}: {error}"
    if error.errno in NO_ROOM:
        return StorageFailed(told, code="disk_full")
    return StorageFailed(told, halted=error.errno in NO_RIGHT)
