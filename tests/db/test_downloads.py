"""A piece to keep: the MP3 with its tags and the score, under a name of its own, for its owner only."""

from __future__ import annotations

import struct
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey, Reader
from journeys.services import LogEntry, add_book, add_log, start_journey
from music import tagging
from music.models import MusicTrack
from music.presentation import file_name
from music.services import discard_tracks, request_prompted_track
from tests.db.steps import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece(journey: Journey) -> MusicTrack:
    return advance(add_log(journey, LogEntry(memo="x")).track)


def frames(mp3: bytes) -> dict[str, bytes]:
    """The frames of an ID3v2.3 head, read by the format's own page and not by what wrote them."""
    assert mp3[:5] == b"ID3\x03\x00"
    size = sum(byte << shift for byte, shift in zip(mp3[6:10], (21, 14, 7, 0), strict=True))
    found, at = {}, 10
    while at < 10 + size and mp3[at]:
        length = struct.unpack(">I", mp3[at + 4 : at + 8])[0]
        found[mp3[at : at + 4].decode()] = mp3[at + 10 : at + 10 + length]
        at += 10 + length
    return found


def text(frame: bytes) -> str:
    return frame[1:].decode("utf-16")


def test_a_stored_mp3_says_what_it_is(piece: MusicTrack) -> None:
    with default_storage.open(piece.file.name) as file:
        head = frames(file.read())
    assert text(head["TIT2"]) == "데미안 · v1"
    assert text(head["TALB"]) == "데미안"
    assert text(head["TPE1"]) == "독서 여정"
    assert text(head["TRCK"]) == "2"  # v0 is the first
    assert b"image/png" in head["APIC"][:20]


def test_tags_are_in_the_readers_language(alice: Reader) -> None:
    alice.language = "en"
    alice.save()
    track = advance(request_prompted_track(owner=alice, prompt="calm piano"))
    with default_storage.open(track.file.name) as file:
        assert text(frames(file.read())["TPE1"]) == "Reading Journey"


def test_a_piece_that_cannot_be_tagged_is_kept_without_tags(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tagging.PAINTER, lambda brief: 1 / 0)
    track = advance(MusicTrack.objects.get())
    assert track.status == "completed"
    assert "without tags" in caplog.text


def test_the_mp3_is_saved_under_its_title(as_alice: Client, piece: MusicTrack) -> None:
    url = f"/api/music/{piece.pk}/audio"
    answer = as_alice.get(url, {"download": "1"})
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('데미안 · v1.mp3')}"
    assert answer.getvalue()[:3] == b"ID3"
    part = as_alice.get(url, {"download": "1"}, headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.getvalue()) == (206, b"ID3")
    plain = as_alice.get(url)
    plain.getvalue()
    assert "Content-Disposition" not in plain


def test_the_score_is_saved_too(as_alice: Client, alice_api: APIClient, piece: MusicTrack) -> None:
    url = alice_api.get(f"/api/music/{piece.pk}").json()["midi_url"]
    assert url == f"http://testserver/api/music/{piece.pk}/midi"
    answer = as_alice.get(url)
    assert answer["Content-Type"] == "audio/midi"
    assert quote("데미안 · v1.mid") in answer["Content-Disposition"]
    assert answer.getvalue()[:4] == b"MThd"


def test_the_page_links_to_both(as_alice: Client, piece: MusicTrack, journey: Journey) -> None:
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    assert f"/api/music/{piece.pk}/audio?download=1" in page
    assert f"/api/music/{piece.pk}/midi" in page


def test_strangers_and_unfinished_pieces_get_404(bob_api: APIClient, alice_api: APIClient, piece: MusicTrack) -> None:
    for address in ("audio?download=1", "midi"):
        assert bob_api.get(f"/api/music/{piece.pk}/{address}").status_code == 404
    pending = MusicTrack.objects.get(log__version=0)
    assert alice_api.get(f"/api/music/{pending.pk}/midi").status_code == 404
    MusicTrack.objects.filter(pk=piece.pk).update(midi="")
    assert alice_api.get(f"/api/music/{piece.pk}/midi").status_code == 404
    assert alice_api.get(f"/api/music/{piece.pk}").json()["midi_url"] == ""


def test_a_score_that_was_lost_is_404_and_not_a_crash(as_alice: Client, piece: MusicTrack) -> None:
    default_storage.delete(str(piece.midi.name))
    assert as_alice.get(f"/api/music/{piece.pk}/midi").status_code == 404


def test_a_discarded_piece_takes_both_files_along(piece: MusicTrack, django_capture_on_commit_callbacks: Any) -> None:
    keys = [str(piece.file.name), str(piece.midi.name)]
    assert all(default_storage.exists(key) for key in keys)
    with django_capture_on_commit_callbacks(execute=True):
        discard_tracks([piece])
    assert not any(default_storage.exists(key) for key in keys)


def test_a_bucket_is_told_the_name_to_save_it_under(
    as_alice: Client, piece: MusicTrack, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    options = {"bucket_name": "audio", "endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "music.bucket.SignedBucketStorage", "OPTIONS": options},
    }
    for address in (f"/api/music/{piece.pk}/audio?download=1", f"/api/music/{piece.pk}/midi"):
        answer = as_alice.get(address)
        assert answer.status_code == 302
        assert "response-content-disposition=attachment" in answer["Location"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("봄/봄: 끝?", "봄 봄 끝 · v0.mp3"),
        ("..", "· v0.mp3"),
        ("여\x00러\n줄", "여 러 줄 · v0.mp3"),
        ("가" * 290, f"{'가' * 66}.mp3"),
    ],
)
def test_a_file_name_is_one_that_every_system_takes(alice: Reader, title: str, name: str) -> None:
    journey = start_journey(reader=alice, book=add_book(reader=alice, title=title.replace("\x00", " ")))
    track = journey.logs.get().track
    track.title = f"{title} · v0"
    assert file_name(track, "mp3") == name
