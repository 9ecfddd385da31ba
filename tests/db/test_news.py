"""The batched status endpoint: what it says, and when it says nothing (304)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Journey
from music import generation
from music.models import MusicTrack

pytestmark = pytest.mark.django_db
URL = "/api/music/status"


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.get(log__journey=journey)


def test_it_tells_of_every_unfinished_track_unasked(alice_api: APIClient, track: MusicTrack) -> None:
    body = alice_api.get(URL).json()
    assert [news["id"] for news in body["tracks"]] == [str(track.pk)]
    assert (body["active"], body["next_poll_ms"], body["making_standalone"]) == (1, 2000, False)
    assert "🎵" in body["indicator"]


def test_it_falls_silent_when_nothing_is_unfinished(alice_api: APIClient, track: MusicTrack) -> None:
    generation.advance(track.pk)
    track.refresh_from_db()
    track.hear()
    body = alice_api.get(URL).json()
    assert body == {
        "tracks": [],
        "gone": [],
        "active": 0,
        "making_standalone": False,
        "indicator": "",
        "unheard": 0,
        "unheard_text": "",
        "next_poll_ms": None,
    }


def test_a_track_asked_for_by_id_is_told_of_after_it_ended(alice_api: APIClient, track: MusicTrack) -> None:
    generation.advance(track.pk)
    (news,) = alice_api.get(URL, {"ids": f"{track.pk},not-an-id"}).json()["tracks"]
    assert (news["status"], news["state"]) == ("completed", "done")
    assert f'id="track-{track.pk}"' in news["badge_html"]


def test_what_is_not_there_is_gone(alice_api: APIClient) -> None:
    nobody = str(uuid.uuid4())
    assert alice_api.get(URL, {"ids": f"{nobody},x"}).json()["gone"] == [nobody, "x"]


def test_an_unchanged_answer_is_304_and_a_change_is_told(alice_api: APIClient, track: MusicTrack) -> None:
    asked: dict[str, Any] = {"ids": str(track.pk)}
    first = alice_api.get(URL, asked)
    again = alice_api.get(URL, asked, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    generation.advance(track.pk)
    changed = alice_api.get(URL, asked, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_badge_of_the_poll_is_the_badge_of_the_page(as_alice: Client, journey: Journey, track: MusicTrack) -> None:
    generation.advance(track.pk)
    (news,) = as_alice.get(URL, {"ids": str(track.pk)}).json()["tracks"]
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    without_tokens = news["badge_html"].split("csrfmiddlewaretoken")[0].strip()
    assert without_tokens in page


def test_it_costs_the_same_queries_for_thirty_tracks_as_for_sixty(as_alice: Client, journey: Journey) -> None:
    def queries(tracks: int) -> int:
        while MusicTrack.objects.count() < tracks:
            as_alice.post("/api/music", {"prompt": "calm"}, content_type="application/json")
        with CaptureQueriesContext(connection) as seen:
            assert len(as_alice.get(URL).json()["tracks"]) == tracks
        return len(seen)

    assert queries(30) == queries(60)


def test_a_tag_made_weak_by_a_proxy_is_known(alice_api: APIClient, track: MusicTrack) -> None:
    etag = alice_api.get(URL)["ETag"]
    assert alice_api.get(URL, headers={"If-None-Match": f"W/{etag}"}).status_code == 304
