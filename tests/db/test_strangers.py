"""What is not yours does not exist: 404, with nothing given away."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Journey, Reader
from journeys.services import HowFar, add_progress
from music import generation
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(journey: Journey) -> MusicTrack:
    track = MusicTrack.objects.get(log__journey=journey)
    generation.advance(track.pk)
    return track


def addresses(journey: Journey, track: MusicTrack) -> list[tuple[str, str]]:
    base, log = f"/api/journeys/{journey.pk}", journey.logs.get()
    note = add_progress(journey, HowFar(page=1))
    music = f"/api/music/{track.pk}"
    return [
        ("get", base),
        ("delete", base),
        ("get", f"{base}/logs"),
        ("post", f"{base}/logs"),
        ("get", f"{base}/logs/{log.pk}"),
        ("put", f"{base}/logs/{log.pk}"),
        ("delete", f"{base}/logs/{log.pk}"),
        ("post", f"{base}/finish"),
        ("put", f"{base}/sound"),
        ("post", f"{base}/stop"),
        ("post", f"{base}/resume"),
        ("post", f"{base}/start"),
        ("post", f"{base}/again"),
        ("get", f"{base}/record"),
        ("patch", f"{base}/record"),
        ("get", f"{base}/progress"),
        ("post", f"{base}/progress"),
        ("put", f"{base}/progress/{note.pk}"),
        ("delete", f"{base}/progress/{note.pk}"),
        ("post", f"{base}/logs/{log.pk}/music"),
        ("get", music),
        ("get", f"{music}/status"),
        ("get", f"{music}/audio"),
        ("get", f"{music}/midi"),
        ("post", f"{music}/remake"),
        ("post", f"{music}/remake/retry"),
        ("post", f"{music}/remake/cancel"),
        ("post", f"{music}/retry"),
        ("post", f"{music}/cancel"),
        ("post", f"/api/music/generate/{track.pk}"),
    ]


def test_every_address_of_alices_answers_bob_404(journey: Journey, track: MusicTrack, bob_api: APIClient) -> None:
    for method, url in addresses(journey, track):
        answer = getattr(bob_api, method)(url, {"memo": "hello"})
        assert answer.status_code == 404, (method, url)
        assert answer["Content-Type"] == "application/problem+json"
    assert Journey.objects.filter(pk=journey.pk, status="reading").exists()


def test_without_an_account_nothing_answers(journey: Journey, track: MusicTrack) -> None:
    for method, url in addresses(journey, track):
        assert getattr(APIClient(), method)(url).status_code == 401, (method, url)


def test_pages_of_alices_answer_bob_404(journey: Journey, track: MusicTrack, bob: Reader, client: Client) -> None:
    client.force_login(bob)
    log = journey.logs.get()
    base = f"/journeys/{journey.pk}"
    for url in [base, f"{base}/finish", f"{base}/delete", f"{base}/logs/{log.pk}/edit", f"{base}/logs/{log.pk}/delete"]:
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"memo": "x"}).status_code == 404, url
    note = add_progress(journey, HowFar(page=1))
    for url in [f"{base}/record", f"{base}/progress", f"{base}/progress/{note.pk}"]:
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"page": "2"}).status_code == 404, url
    for action in ("stop", "resume", "sound", "start", "again", f"progress/{note.pk}/delete", f"logs/{log.pk}/music"):
        assert client.post(f"{base}/{action}").status_code == 404
    assert [each.page for each in journey.progress.all()] == [1]
    for action in ("retry", "cancel", "delete"):
        assert client.post(f"/music/{track.pk}/{action}").status_code == 404


def test_pages_send_a_visitor_to_log_in(journey: Journey, client: Client) -> None:
    own = [f"/journeys/{journey.pk}{page}" for page in ("", "/record", "/progress")]
    for url in [*own, "/journeys/new", "/music", "/settings", "/search", "/stats", "/stats/2026"]:
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login?next=")


@pytest.mark.parametrize("came_from", ["http://testserver/journeys/new?q=1", "https://elsewhere.example/", ""])
def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(
    journey: Journey, track: MusicTrack, alice: Reader, client: Client, came_from: str
) -> None:
    """Its own address has nothing to show: whoever was sent there after logging in stood before a blank page."""
    page = "/journeys/new?q=1" if "testserver" in came_from else "/"
    for address in (f"/journeys/{journey.pk}/stop", f"/music/{track.pk}/delete", "/try"):
        answer = client.post(address, headers={"Referer": came_from})
        assert answer["Location"] == f"/login?{urlencode({'next': page}, safe='/')}", address
    login = client.post(answer["Location"], {"username": "alice", "password": "wonderland-7"})
    assert login["Location"] == page
    assert client.get(page).status_code == 200
    assert client.get(f"/journeys/{journey.pk}/stop")["Location"] == "/"
    journey.refresh_from_db()
    assert journey.status == "reading"


def test_news_of_a_strangers_track_say_only_that_it_is_gone(
    journey: Journey, track: MusicTrack, bob_api: APIClient
) -> None:
    body = bob_api.get("/api/music/status", {"ids": str(track.pk)}).json()
    assert body["tracks"] == []
    assert body["gone"] == [str(track.pk)]
