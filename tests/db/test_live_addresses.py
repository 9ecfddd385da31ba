"""The web process's part in live streams: who is let in, and where to."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from journeys.models import Reader
from music import announcing, generation
from music.models import MusicTrack
from music.services import request_prompted_track
from readingjourney.live.tickets import TicketRefused, issue_ticket, read_ticket

pytestmark = pytest.mark.django_db
EVENTS = "/live/events"


@pytest.fixture
def live(settings: Any) -> None:
    settings.LIVE_PORT = 8001


def policy(answer: Any) -> str:
    return str(answer["Content-Security-Policy"])


def test_a_reader_is_sent_to_the_live_process_with_a_ticket_of_their_own(
    as_alice: Client, alice: Reader, live: None
) -> None:
    answer = as_alice.get(EVENTS, headers={"host": "localhost:8000"})
    where = urlsplit(answer["Location"])
    assert (answer.status_code, where.netloc, where.path) == (307, "localhost:8001", "/live/stream")
    assert "no-store" in answer["Cache-Control"]
    assert read_ticket(parse_qs(where.query)["ticket"][0]) == str(alice.pk)


def test_a_stranger_gets_no_ticket(client: Client, live: None) -> None:
    answer = client.get(EVENTS)
    assert (answer.status_code, answer.has_header("Location")) == (401, False)


def test_a_ticket_is_good_for_a_minute_and_cannot_be_made(alice: Reader) -> None:
    with time_machine.travel("2026-11-21 12:00:00Z", tick=False) as clock:
        ticket = issue_ticket(alice.pk)
        clock.shift(59)
        assert read_ticket(ticket) == str(alice.pk)
        clock.shift(2)
        with pytest.raises(TicketRefused):
            read_ticket(ticket)
    for forged in ("", "1", f"{alice.pk}:abc:def", ticket.replace(str(alice.pk), "999", 1)):
        with pytest.raises(TicketRefused):
            read_ticket(forged)


def test_the_page_may_connect_to_its_own_host_s_live_port_and_nowhere_else(as_alice: Client, live: None) -> None:
    page = as_alice.get("/", headers={"host": "localhost:8000"})
    assert "connect-src 'self' http://localhost:8001;" in policy(page) + ";"
    assert 'data-live-url="/live/events"' in page.content.decode()


def test_over_https_a_port_of_our_own_is_no_way(as_alice: Client, live: None) -> None:
    page = as_alice.get("/", secure=True)
    assert "connect-src" not in policy(page)
    assert 'data-live-url=""' in page.content.decode()
    assert as_alice.get(EVENTS, secure=True).status_code == 204


def test_behind_a_proxy_the_streams_are_at_the_page_s_own_address(as_alice: Client, settings: Any) -> None:
    settings.LIVE_URL = "/live/stream"
    page = as_alice.get("/", secure=True)
    assert "connect-src" not in policy(page)  # which default-src 'self' allows
    assert as_alice.get(EVENTS, secure=True)["Location"].startswith("/live/stream?ticket=")


def test_without_streams_nothing_of_them_is_there(as_alice: Client) -> None:
    page = as_alice.get("/")
    assert 'data-live-url=""' in page.content.decode()
    assert as_alice.get(EVENTS).status_code == 204


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch, live: None) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(announcing, "_announce", said.append)
    return said


def test_every_step_of_a_piece_is_announced_to_its_reader_once_committed(
    alice: Reader, announced: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        track = request_prompted_track(owner=alice, prompt="calm piano")
        assert announced == []
    assert announced == [(str(alice.pk), str(track.pk))]
    with django_capture_on_commit_callbacks(execute=True):
        generation.advance(track.pk)
    assert len(announced) >= 3  # begun, stored, completed
    assert {*announced} == {(str(alice.pk), str(track.pk))}
    announced.clear()
    track.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        assert track.hear()
        assert not MusicTrack.objects.get(pk=track.pk).hear()
    assert announced == [(str(alice.pk), str(track.pk))]


def test_without_streams_nobody_is_told(
    alice: Reader, announced: list[tuple[str, str]], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.LIVE_PORT = 0
    with django_capture_on_commit_callbacks(execute=True):
        request_prompted_track(owner=alice, prompt="calm piano")
    assert announced == []


@pytest.mark.parametrize("data", ["", "{}", "[1, 2]", '["1"]', '["1", "2", "3"]', "nonsense"])
def test_a_message_that_is_none_of_ours_says_nothing(data: str) -> None:
    assert announcing.from_message(data) is None


def test_a_message_says_what_was_put_into_it() -> None:
    assert announcing.from_message(announcing.to_message(("7", "a-track"))) == ("7", "a-track")
