"""What is new: pieces that their reader has not played yet."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey
from music import generation
from music.brief import Mood
from music.models import MusicTrack
from music.services import remake_prompted_track, request_prompted_track
from tests.db.copies import FILE_OF_N, copy_track

pytestmark = pytest.mark.django_db
STATUS = "/api/music/status"


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.get(log__journey=journey)


@pytest.fixture
def finished(track: MusicTrack) -> MusicTrack:
    generation.advance(track.pk)
    track.refresh_from_db()
    return track


def test_a_finished_piece_is_new_until_it_was_played(alice_api: APIClient, finished: MusicTrack) -> None:
    assert alice_api.get(f"/api/music/{finished.pk}").json()["heard_at"] is None
    for _ in range(2):
        answer = alice_api.post(f"/api/music/{finished.pk}/heard")
        assert answer.status_code == 200
        assert answer.json()["heard_at"] is not None


def test_hearing_it_again_keeps_the_first_time(alice_api: APIClient, finished: MusicTrack) -> None:
    first = alice_api.post(f"/api/music/{finished.pk}/heard").json()["heard_at"]
    assert alice_api.post(f"/api/music/{finished.pk}/heard").json()["heard_at"] == first


def test_what_is_not_finished_cannot_have_been_heard(alice_api: APIClient, track: MusicTrack) -> None:
    assert alice_api.post(f"/api/music/{track.pk}/heard").status_code == 409


def test_a_stranger_hears_nothing(bob_api: APIClient, finished: MusicTrack) -> None:
    assert bob_api.post(f"/api/music/{finished.pk}/heard").status_code == 404
    finished.refresh_from_db()
    assert finished.heard_at is None


def test_who_played_the_old_version_has_not_heard_the_new_one(alice_api: APIClient, finished: MusicTrack) -> None:
    assert alice_api.post(f"/api/music/{finished.pk}/heard?v=000000000000").status_code == 404
    finished.refresh_from_db()
    assert finished.heard_at is None


def test_staff_do_not_see_who_listens_when(finished: MusicTrack) -> None:
    before = finished.events.count(), finished.version
    assert finished.hear()
    finished.refresh_from_db()
    assert (finished.events.count(), finished.version) == before


def test_a_piece_made_again_is_new_again(alice_api: APIClient) -> None:
    piece = request_prompted_track(owner=alice_api.handler._force_user, prompt="calm piano")
    generation.advance(piece.pk)
    piece.refresh_from_db()
    piece.hear()
    assert remake_prompted_track(piece, mood=Mood.JOY)
    generation.advance(MusicTrack.objects.get(replaces=piece).pk)
    piece.refresh_from_db()
    assert (piece.mood, piece.heard_at) == ("joy", None)


def test_the_news_count_what_is_still_to_be_heard(alice_api: APIClient, finished: MusicTrack) -> None:
    asked = {"ids": str(finished.pk)}
    before = alice_api.get(STATUS, asked)
    assert (before.json()["unheard"], before.json()["tracks"][0]["unheard"]) == (1, True)
    assert "1" in before.json()["unheard_text"]
    finished.hear()
    after = alice_api.get(STATUS, asked, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert (after.json()["unheard"], after.json()["unheard_text"]) == (0, "")
    assert after.json()["tracks"][0]["unheard"] is False


def test_the_news_tell_of_hearing_elsewhere_without_being_asked_for_that_piece(
    alice_api: APIClient, finished: MusicTrack
) -> None:
    before = alice_api.get(STATUS)
    finished.hear()
    after = alice_api.get(STATUS, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.json()["unheard"]) == (200, 0)


def mark(page: str) -> str:
    found = re.search(r"<span[^>]*data-unheard-mark[^>]*>", page)
    assert found
    return found.group()


def test_the_page_marks_what_is_new(as_alice: Client, journey: Journey, finished: MusicTrack) -> None:
    assert "hidden" not in mark(as_alice.get(f"/journeys/{journey.pk}").content.decode())
    finished.hear()
    assert "hidden" in mark(as_alice.get(f"/journeys/{journey.pk}").content.decode())


def test_without_scripts_playing_it_on_the_page_is_hearing_it(
    as_alice: Client, journey: Journey, finished: MusicTrack
) -> None:
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    source = re.search(r'<audio[^>]*src="([^"]+)"', page)
    assert source
    audio = "".join(source.group(1).split("amp;"))
    assert as_alice.get(audio.replace("&heard=1", "")).getvalue()
    finished.refresh_from_db()
    assert finished.heard_at is None  # a download, or a player that looks how long it is
    assert as_alice.get(audio).getvalue()
    finished.refresh_from_db()
    assert finished.heard_at is not None


def test_the_database_refuses_what_was_heard_before_it_was_there(track: MusicTrack) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MusicTrack.objects.filter(pk=track.pk).update(heard_at=Now() - timedelta(days=1))


def test_counting_what_is_new_reads_only_what_is_new(finished: MusicTrack) -> None:
    old = MusicTrack(
        owner=finished.owner,
        title="old",
        brief={},
        tempo=60,
        duration=60,
        provider="studio",
        status="completed",
        file="0.mp3",
        file_size=1,
        fencing_token=1,
        finished_at=Now(),
        heard_at=Now(),
    )
    copy_track(old, 3000, file=FILE_OF_N)
    unheard = MusicTrack.objects.for_reader(finished.owner).unheard()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        sql, values = unheard.values("pk").query.sql_with_params()
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, values)
        assert "track_unheard" in str(cursor.fetchall())
    assert unheard.count() == 1
