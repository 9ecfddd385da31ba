"""Audio in a bucket of a real S3 server, over a wire that can be cut and slowed."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.storage import default_storage

from music.providers.base import Audio
from music.storage import (
    SeenFile,
    StorageFailed,
    check_writable,
    iter_files,
    open_audio,
    remove_files,
    signed_url,
    store_audio,
)
from tests.process.product import running_product
from tests.process.reader import HttpReader
from tests.process.s3 import BUCKET, S3Server, running_s3
from tests.providers import tone

TRACK = uuid.UUID("11111111-2222-3333-4444-555555555555")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3(server: S3Server, settings: Any) -> Iterator[S3Server]:
    """The server with an empty bucket, and the storage that leads there."""
    server.wire.reset()
    use(settings, server)
    yield server
    server.wire.reset()
    for key in server.stored_keys():
        server.client.delete_object(Bucket=BUCKET, Key=key)


def use(settings: Any, server: S3Server, **options: Any) -> None:
    backend = {"BACKEND": "music.bucket.SignedBucketStorage", "OPTIONS": {**server.options, **options}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


def piece(midi: bytes = b"") -> Audio:
    return Audio(data=tone(), content_type="audio/mpeg", extension="mp3", seconds=2.0, midi=midi)


def test_a_piece_is_stored_checked_heard_and_removed(s3: S3Server) -> None:
    stored = store_audio(TRACK, piece(midi=b"MThd"))
    assert sorted(s3.stored_keys()) == sorted([stored.key, stored.midi_key])
    head = s3.client.head_object(Bucket=BUCKET, Key=stored.key)
    assert (head["ContentLength"], head["ContentType"]) == (len(tone()), "audio/mpeg")
    assert head["Metadata"]["sha256"] == stored.sha256 == hashlib.sha256(tone()).hexdigest()
    url = signed_url(stored.key)
    assert url
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=10)
    assert (part.status_code, part.content) == (206, tone()[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(tone())}"
    with open_audio(stored.key) as file:
        assert file.read() == tone()
    remove_files([stored.key, stored.midi_key])
    assert s3.stored_keys() == []
    assert requests.get(url, timeout=10).status_code == 404
    with pytest.raises(FileNotFoundError):
        open_audio(stored.key)


def test_a_signed_address_serves_until_it_ends_and_nobody_can_make_one(s3: S3Server, settings: Any) -> None:
    key = store_audio(TRACK, piece()).key
    url = signed_url(key, disposition='attachment; filename="a.mp3"')
    assert url
    assert requests.get(url, timeout=10).headers["Content-Disposition"] == 'attachment; filename="a.mp3"'
    bare = url.partition("?")[0]
    assert requests.get(bare, timeout=10).status_code == 403
    assert requests.get(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200"), timeout=10).status_code == 403
    use(settings, s3, querystring_expire=1)
    short = signed_url(key)
    assert short
    deadline = time.monotonic() + 10
    while requests.get(short, timeout=10).status_code != 403:
        assert time.monotonic() < deadline, "the address never ended"
        time.sleep(0.1)


def test_what_is_there_already_is_not_sent_again(s3: S3Server) -> None:
    first = store_audio(TRACK, piece())
    s3.wire.reset()
    assert store_audio(TRACK, piece()) == first
    assert s3.wire.asked("HEAD") == [f"/{BUCKET}/{first.key}"]
    assert s3.wire.asked("PUT") == []


@pytest.mark.parametrize("there", [b"", b"x" * len(tone())])
def test_something_else_under_the_key_is_replaced(s3: S3Server, there: bytes) -> None:
    key = store_audio(TRACK, piece()).key
    s3.client.put_object(Bucket=BUCKET, Key=key, Body=there)
    store_audio(TRACK, piece())
    assert s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == tone()


def test_a_file_that_arrives_as_something_else_is_no_success(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    backend: Any = default_storage
    head = backend._head
    answers = iter([lambda key: None, lambda key: {**head(key), "ChecksumSHA256": "AAAA"}])
    monkeypatch.setattr(type(backend._wrapped), "_head", lambda self, key: next(answers)(key))
    with pytest.raises(StorageFailed, match="something else") as failed:
        store_audio(TRACK, piece())
    assert not failed.value.halted


@pytest.mark.parametrize(
    ("options", "said"), [({"bucket_name": "nobodys"}, "NoSuchBucket"), ({"access_key": "nobodys"}, "403")]
)
def test_no_bucket_and_no_right_are_for_staff(s3: S3Server, settings: Any, options: dict[str, str], said: str) -> None:
    use(settings, s3, **options)
    with pytest.raises(StorageFailed, match=said) as failed:
        store_audio(TRACK, piece())
    assert failed.value.halted
    assert "secret" not in str(failed.value)
    with pytest.raises(StorageFailed):
        check_writable()
    use(settings, s3)
    check_writable()
    assert s3.stored_keys() == []


def test_no_credentials_at_all_are_for_staff(s3: S3Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    use(settings, s3, access_key=None, secret_key=None)
    with pytest.raises(StorageFailed) as failed:
        store_audio(TRACK, piece())
    assert failed.value.halted


def test_an_upload_that_is_cut_off_passes_and_leaves_nothing(s3: S3Server) -> None:
    s3.wire.cut_after = 8000
    with pytest.raises(StorageFailed) as failed:
        store_audio(TRACK, piece())
    assert not failed.value.halted
    assert s3.stored_keys() == []
    assert s3.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    s3.wire.reset()
    key = store_audio(TRACK, piece()).key
    assert s3.stored_keys() == [key]


def test_a_server_that_is_killed_is_waited_for(s3: S3Server) -> None:
    first = store_audio(TRACK, piece())
    s3.kill()
    with pytest.raises(StorageFailed) as failed:
        store_audio(TRACK, piece(midi=b"MThd"))
    assert not failed.value.halted
    remove_files([first.key])  # logged, and left for the daily check
    s3.start()
    stored = store_audio(TRACK, piece(midi=b"MThd"))
    assert sorted(s3.stored_keys()) == sorted([stored.key, stored.midi_key])


def test_a_server_that_does_not_answer_is_left_after_its_time(s3: S3Server, settings: Any) -> None:
    use(settings, s3, read_seconds=0.3)
    s3.wire.pause_seconds = 60
    with pytest.raises(StorageFailed, match="Timeout") as failed:
        store_audio(TRACK, piece())
    assert not failed.value.halted
    assert len(s3.wire.asked("HEAD")) == 3  # tried three times, and no more


def test_the_time_limits_are_those_of_a_store_that_matters(s3: S3Server) -> None:
    backend: Any = default_storage
    config = backend.client_config
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_everything_is_listed_a_thousand_at_a_time(s3: S3Server, settings: Any) -> None:
    for number in range(5):
        s3.client.put_object(Bucket=BUCKET, Key=f"tracks/{number}/a.mp3", Body=b"x" * number)
    s3.client.put_object(Bucket=BUCKET, Key="other/a.mp3", Body=b"x")
    s3.wire.reset()
    seen = list(iter_files())
    assert {(file.key, file.size) for file in seen} == {(f"tracks/{n}/a.mp3", n) for n in range(5)}
    assert all(isinstance(file, SeenFile) and abs(time.time() - file.modified) < 600 for file in seen)
    assert len(s3.wire.requests) == 1
    s3.wire.reset()
    remove_files([file.key for file in seen])
    assert len(s3.wire.requests) == 1
    assert s3.stored_keys() == ["other/a.mp3"]


def test_a_bucket_may_be_shared_below_a_folder(s3: S3Server, settings: Any) -> None:
    use(settings, s3, location="reading-journey")
    key = store_audio(TRACK, piece()).key
    assert s3.stored_keys() == [f"reading-journey/{key}"]
    assert [file.key for file in iter_files()] == [key]
    remove_files([key, key])
    assert s3.stored_keys() == []


def test_a_journey_is_heard_from_the_bucket(tmp_path: Path) -> None:
    with running_s3(tmp_path / "s3") as s3, running_product(tmp_path, **s3.environment) as product:
        alice = HttpReader(product.url)
        journey, first = alice.start_journey()
        track = alice.wait_for(first)
        assert not list((product.data_dir / "media").rglob("*.mp3"))
        audio = alice.api.get(product.url + f"/api/music/{first}/audio", allow_redirects=False, timeout=10)
        assert audio.status_code == 302
        assert audio.headers["Location"].startswith(s3.url)
        part = requests.get(audio.headers["Location"], headers={"Range": "bytes=0-2"}, timeout=10)
        assert (part.status_code, part.content) == (206, b"ID3")
        assert track["status"] == "completed"
        assert any(key.endswith(".mp3") for key in s3.stored_keys())
        assert alice.api.delete(product.url + f"/api/journeys/{journey}", timeout=10).status_code == 204
        assert s3.stored_keys() == []
