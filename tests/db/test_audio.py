"""Audio with ranges, so that players can seek (RFC 9110, section 14)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from journeys.models import Journey
from music import generation
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(journey: Journey, as_alice: Client) -> str:
    track = MusicTrack.objects.get(log__journey=journey)
    generation.advance(track.pk)
    return f"/api/music/{track.pk}/audio"


def stored() -> bytes:
    with MusicTrack.objects.get().file.open() as file:
        return bytes(file.read())


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_without_a_range_it_is_all_there(as_alice: Client, url: str) -> None:
    answer = as_alice.get(url)
    assert answer.status_code == 200
    assert body(answer) == stored()
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["Accept-Ranges"] == "bytes"
    assert int(answer["Content-Length"]) == len(stored())


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=100-199", 100, 199), ("bytes=0-0", 0, 0), ("bytes=500-", 500, None), ("bytes=-300", -300, None)],
)
def test_a_range_is_206_with_exactly_those_bytes(
    as_alice: Client, url: str, asked: str, first: int, last: int | None
) -> None:
    whole = stored()
    expected = whole[first:] if last is None else whole[first : last + 1]
    answer = as_alice.get(url, headers={"Range": asked})
    assert answer.status_code == 206
    assert body(answer) == expected
    start = first if first >= 0 else len(whole) + first
    assert answer["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"
    assert int(answer["Content-Length"]) == len(expected)


def test_an_end_beyond_the_file_is_cut(as_alice: Client, url: str) -> None:
    answer = as_alice.get(url, headers={"Range": "bytes=10-99999999"})
    assert body(answer) == stored()[10:]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(as_alice: Client, url: str, asked: str) -> None:
    answer = as_alice.get(url, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(stored())}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b", f"bytes={'9' * 5000}-"]
)
def test_what_is_no_single_range_is_ignored(as_alice: Client, url: str, asked: str) -> None:
    answer = as_alice.get(url, headers={"Range": asked})
    assert answer.status_code == 200
    assert body(answer) == stored()


def test_a_range_of_an_older_file_gets_the_whole_new_one(as_alice: Client, url: str) -> None:
    first = as_alice.get(url, headers={"Range": "bytes=0-1"})
    body(first)
    etag = first["ETag"]
    same = as_alice.get(url, headers={"Range": "bytes=0-1", "If-Range": etag})
    other = as_alice.get(url, headers={"Range": "bytes=0-1", "If-Range": '"old"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert (body(same), body(other)) == (stored()[:2], stored())


def test_what_the_browser_has_is_304(as_alice: Client, url: str) -> None:
    first = as_alice.get(url, headers={"Range": "bytes=0-1"})
    body(first)
    assert as_alice.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_players_accept_header_is_fine(as_alice: Client, url: str) -> None:
    answer = as_alice.get(url, headers={"Accept": "audio/webm,audio/ogg;q=0.9,*/*;q=0.5", "Range": "bytes=0-"})
    assert answer.status_code == 206
    body(answer)


def test_a_track_that_is_not_ready_has_no_audio(as_alice: Client, journey: Journey) -> None:
    track = MusicTrack.objects.get(log__journey=journey)
    assert as_alice.get(f"/api/music/{track.pk}/audio").status_code == 404


def test_a_file_that_was_lost_is_404_and_not_a_crash(as_alice: Client, url: str) -> None:
    track = MusicTrack.objects.get()
    track.file.storage.delete(track.file.name)
    assert as_alice.get(url).status_code == 404


def test_audio_in_a_bucket_is_a_redirect_to_a_signed_address(
    as_alice: Client, url: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    options = {"bucket_name": "audio", "endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "music.bucket.SignedBucketStorage", "OPTIONS": options},
    }
    answer = as_alice.get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("http://127.0.0.1:9/audio/tracks/")
    assert "Signature=" in answer["Location"]
