"""Local files: whole or not at all, checked, written once, and what the disk says no to."""

from __future__ import annotations

import errno
import os
import time
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from music import storage
from music.models import MusicTrack
from music.providers.base import Audio
from music.storage import (
    StorageFailed,
    check_writable,
    free_bytes,
    has_room,
    iter_files,
    open_audio,
    remove_files,
    store_audio,
)
from tests.db.steps import advance

TRACK = uuid.UUID("11111111-2222-3333-4444-555555555555")
BYTES = b"ID3" + bytes(range(256)) * 40


@pytest.fixture
def media(settings: Any) -> Path:
    return Path(settings.MEDIA_ROOT)


def piece(data: bytes = BYTES, midi: bytes = b"") -> Audio:
    return Audio(data=data, content_type="audio/mpeg", extension="mp3", seconds=2.0, midi=midi)


def files(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    def no(*_args: Any, **_named: Any) -> Any:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, name, no)


def test_a_piece_is_where_its_content_says_and_reads_back(media: Path) -> None:
    stored = store_audio(TRACK, piece(midi=b"MThd"))
    assert files(media) == sorted([stored.key, stored.midi_key])
    assert stored.key == f"tracks/{TRACK}/{stored.sha256[:20]}.mp3"
    with open_audio(stored.key) as file:
        assert file.read() == BYTES
    assert (media / stored.key).stat().st_mode & 0o777 == 0o644


def test_what_is_there_already_is_not_written_again(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store_audio(TRACK, piece())
    os.utime(media / first.key, (1000, 1000))
    refuse(monkeypatch, "replace", errno.EIO)
    assert store_audio(TRACK, piece()) == first
    assert (media / first.key).stat().st_mtime == 1000


@pytest.mark.parametrize("there", [b"", BYTES[:-1], b"x" * len(BYTES)])
def test_something_else_under_the_name_is_replaced(media: Path, there: bytes) -> None:
    key = store_audio(TRACK, piece()).key
    (media / key).write_bytes(there)
    store_audio(TRACK, piece())
    assert (media / key).read_bytes() == BYTES


def test_a_file_that_reads_back_otherwise_is_no_success(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def spoil(draft: str, target: Path) -> None:
        Path(draft).write_bytes(b"y" * len(BYTES))
        replace(draft, target)

    monkeypatch.setattr(os, "replace", spoil)
    with pytest.raises(StorageFailed, match="reads back"):
        store_audio(TRACK, piece())


def test_the_file_and_its_folders_are_synced(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = set()
    fsync = os.fsync

    def watch(descriptor: int) -> None:
        synced.add(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    store_audio(TRACK, piece())
    folder = (media / "tracks" / str(TRACK)).resolve()
    assert {str(folder), str(folder.parent)} <= synced
    assert any(".incoming-" in path for path in synced)


def test_a_full_disk_passes_and_leaves_nothing(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        refuse(patched, "fsync", errno.ENOSPC)
        with pytest.raises(StorageFailed) as failed:
            store_audio(TRACK, piece())
    assert (failed.value.code, failed.value.halted, failed.value.permanent) == ("disk_full", False, False)
    assert files(media) == []
    store_audio(TRACK, piece())


@pytest.mark.parametrize(("number", "halted"), [(errno.EACCES, True), (errno.EROFS, True), (errno.EIO, False)])
def test_a_disk_without_rights_is_for_staff(monkeypatch: pytest.MonkeyPatch, number: int, halted: bool) -> None:
    refuse(monkeypatch, "replace", number)
    with pytest.raises(StorageFailed) as failed:
        check_writable()
    assert failed.value.halted is halted


def test_the_probe_leaves_nothing(media: Path) -> None:
    check_writable()
    assert files(media) == []


def test_the_last_file_takes_its_folder_along(media: Path) -> None:
    stored = store_audio(TRACK, piece(midi=b"MThd"))
    remove_files([stored.midi_key])
    assert files(media) == [stored.key]
    remove_files([stored.key, stored.key])
    assert list((media / "tracks").iterdir()) == []
    store_audio(TRACK, piece())


def test_a_folder_that_goes_at_the_wrong_moment_is_made_again(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkstemp = storage.tempfile.mkstemp
    moments = iter([True, True, False])

    def after_a_removal(**where: Any) -> tuple[int, str]:
        if next(moments):
            Path(where["dir"]).rmdir()
        return mkstemp(**where)

    monkeypatch.setattr(storage.tempfile, "mkstemp", after_a_removal)
    key = store_audio(TRACK, piece()).key
    assert files(media) == [key]


def test_a_file_that_cannot_be_removed_does_not_keep_the_others(media: Path, caplog: pytest.LogCaptureFixture) -> None:
    stored = store_audio(TRACK, piece())
    (media / "tracks" / "odd" / "folder").mkdir(parents=True)
    (media / "tracks" / "odd" / "folder" / "x").touch()
    remove_files(["tracks/odd/folder", stored.key])
    assert files(media) == ["tracks/odd/folder/x"]
    assert "could not be removed" in caplog.text


def test_the_listing_has_every_file_and_no_draft(media: Path) -> None:
    assert list(iter_files()) == []
    stored = store_audio(TRACK, piece(midi=b"MThd"))
    (media / "tracks" / str(TRACK) / ".incoming-half").write_bytes(b"half")
    seen = {file.key: file for file in iter_files()}
    assert set(seen) == {stored.key, stored.midi_key}
    assert seen[stored.key].size == len(BYTES)
    assert abs(seen[stored.key].modified - time.time()) < 60


def test_stale_drafts_go_and_fresh_ones_stay(media: Path) -> None:
    folder = media / "tracks" / str(TRACK)
    folder.mkdir(parents=True)
    for name, age in ((".incoming-old", 4000), (".incoming-new", 10)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    backend: Any = default_storage
    assert backend.remove_drafts(older_than=3600) == 1
    assert [path.name for path in folder.iterdir()] == [".incoming-new"]


def test_free_room_is_that_of_the_fullest_place(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not" / "there" / "yet"
    assert min(free_bytes().values()) > 0
    assert has_room()
    asked = []

    def usage(place: Path) -> Any:
        asked.append(place)
        return SimpleNamespace(free=5_000_000 * len(asked))

    monkeypatch.setattr(storage.shutil, "disk_usage", usage)
    settings.MUSIC_MIN_FREE_MB = 5
    assert has_room()
    asked.clear()
    settings.MUSIC_MIN_FREE_MB = 6
    assert not has_room(), "the fullest one decides"
    assert tmp_path in asked
    assert free_bytes().keys() == {"data", "temporary", "audio"}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?download=1", "?v="])
def test_no_cache_keeps_a_signed_address(
    as_alice: Client, track: MusicTrack, settings: Any, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """It ends within the hour; whoever asks again is given a fresh one."""
    advance(track)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    options = {"bucket_name": "audio", "endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "music.bucket.SignedBucketStorage", "OPTIONS": options},
    }
    query = query + track.file_sha256[:12] if query.endswith("v=") else query
    for address in (f"/api/music/{track.pk}/audio{query}", f"/api/music/{track.pk}/midi"):
        answer = as_alice.get(address)
        assert answer.status_code == 302
        assert "no-store" in answer["Cache-Control"]
