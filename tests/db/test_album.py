"""A journey as an album: what its player is told, its part of the page, its picture."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey, ReadingLog
from journeys.services import LogEntry, add_log, finish_journey
from journeys.services.album import album_of
from music.id3 import picture_of
from music.models import MusicTrack
from music.services import cancel_track
from tests.db.steps import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(journey: Journey) -> Journey:
    """v0, v1 and vFinal are ready."""
    add_log(journey, LogEntry(memo="하나"))
    finish_journey(journey, LogEntry(memo="끝"))
    for track in MusicTrack.objects.filter(log__journey=journey):
        advance(track)
    return journey


def test_its_pieces_come_in_the_order_of_the_logs(finished: Journey, alice_api: APIClient) -> None:
    album = alice_api.get(f"/api/journeys/{finished.pk}/album").json()
    assert [track["label"] for track in album["tracks"]] == ["v0", "v1", "vFinal"]
    assert (album["title"], album["making"], album["failed"]) == ("데미안", 0, 0)
    assert album["seconds"] == pytest.approx(sum(track["seconds"] for track in album["tracks"]), abs=0.05)
    assert album["cover"] == album["tracks"][-1]["cover_url"]


def test_each_piece_can_be_heard_and_found_where_it_says(finished: Journey, alice_api: APIClient) -> None:
    for track in alice_api.get(f"/api/journeys/{finished.pk}/album").json()["tracks"]:
        audio = alice_api.get(track["audio_url"], headers={"Range": "bytes=0-2"})
        assert (audio.status_code, audio.getvalue()) == (206, b"ID3")
        assert track["page_url"].startswith(f"/journeys/{finished.pk}")


def test_only_what_is_finished_plays_and_the_rest_is_counted(journey: Journey, alice_api: APIClient) -> None:
    advance(add_log(journey, LogEntry(memo="하나")).track)
    cancel_track(add_log(journey, LogEntry(memo="둘")).track)
    album = alice_api.get(f"/api/journeys/{journey.pk}/album").json()
    assert [track["label"] for track in album["tracks"]] == ["v1"]
    assert (album["making"], album["failed"]) == (1, 1)


def test_a_log_without_music_is_passed_over(journey: Journey) -> None:
    ReadingLog.objects.create(journey=journey, version=1, memo="x", logged_on="2026-11-01", import_key="k")
    assert (album_of(journey).pieces, album_of(journey).making) == ([], 1)


def test_a_long_journey_takes_no_more_queries(finished: Journey, django_assert_num_queries: object) -> None:
    model = MusicTrack.objects.filter(log__journey=finished).latest("pk")
    for version in range(10, 40):
        log = ReadingLog.objects.create(journey=finished, version=version, memo="x", logged_on="2026-11-01")
        model.pk, model.log = uuid.uuid4(), log
        model._state.adding = True
        model.save()
    with django_assert_num_queries(1):  # type: ignore[operator]
        album = album_of(finished)
        assert len([(piece.audio_url, piece.page_url, piece.clock) for piece in album.pieces]) == 33


def test_strangers_get_404(finished: Journey, bob_api: APIClient, client: Client) -> None:
    track = album_of(finished).pieces[0].track
    assert bob_api.get(f"/api/journeys/{finished.pk}/album").status_code == 404
    assert bob_api.get(f"/api/music/{track.pk}/cover").status_code == 404
    assert client.get(f"/journeys/{finished.pk}/album").status_code == 302


def test_its_part_of_the_page_names_the_pieces_and_what_is_missing(journey: Journey, as_alice: Client) -> None:
    before = as_alice.get(f"/journeys/{journey.pk}/album").content.decode()
    assert "data-album-play" not in before
    advance(add_log(journey, LogEntry(memo="하나")).track)
    part = as_alice.get(f"/journeys/{journey.pk}/album").content.decode()
    piece = album_of(journey).pieces[0]
    assert f'data-id="{piece.track.pk}"' in part
    assert piece.audio_url in part
    assert piece.clock in part


def test_the_picture_is_the_one_in_the_file(finished: Journey, as_alice: Client) -> None:
    piece = album_of(finished).pieces[0]
    with default_storage.open(piece.track.file.name) as file:
        picture = picture_of(file.read())
    answer = as_alice.get(piece.cover_url, headers={"Accept": "image/png"})
    assert picture.startswith(b"\x89PNG")
    assert (answer.content, answer["Content-Type"]) == (picture, "image/png")
    assert "immutable" in answer["Cache-Control"]


def test_there_is_no_picture_of_another_version_or_of_an_untagged_file(finished: Journey, as_alice: Client) -> None:
    track = album_of(finished).pieces[0].track
    assert as_alice.get(f"/api/music/{track.pk}/cover?v=another").status_code == 404
    with default_storage.open(track.file.name) as file:
        data = file.read()
    default_storage.save(track.file.name, ContentFile(data[-1000:]))
    assert as_alice.get(f"/api/music/{track.pk}/cover").status_code == 404
    default_storage.delete(track.file.name)
    assert as_alice.get(f"/api/music/{track.pk}/cover").status_code == 404


def test_a_player_shows_the_books_cover_where_there_is_one(finished: Journey, alice_api: APIClient) -> None:
    book = finished.book
    book.cover.name = f"covers/{book.pk}.0123456789abcdef.webp"
    book.save()
    album = alice_api.get(f"/api/journeys/{finished.pk}/album").json()
    assert {album["cover"], *(track["cover_url"] for track in album["tracks"])} == {book.picture}
