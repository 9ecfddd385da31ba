"""What a reader is told of pieces that wait: their place, about when they come, outages, late arrivals, and limits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Journey, Reader
from music import generation
from music.models import ORDERED_ALREADY, MusicTrack, ProviderGate, TrackStatus
from music.queueing import SHOWN_PLACES
from music.reasons import DEFAULT_REASON, reason_for
from music.services import pause_provider, request_prompted_track, resume_provider
from music.waiting import span_text
from tests.db.steps import claimed
from tests.db.test_pages import text

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
NEWS = "/api/music/status"


@pytest.fixture
def alice(alice: Reader) -> Reader:
    Reader.objects.update(language="en")
    alice.refresh_from_db()
    return alice


@pytest.fixture(autouse=True)
def _at_a_vendor(settings: Any) -> None:
    settings.MUSIC_PROVIDER = "loopback"


@pytest.fixture
def piece(alice: Reader) -> MusicTrack:
    return request_prompted_track(owner=alice, prompt="calm piano")


def ask(reader: Reader, count: int) -> list[MusicTrack]:
    return [request_prompted_track(owner=reader, prompt="loud drums") for _ in range(count)]


def put_before(track: MusicTrack, others: list[MusicTrack]) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(turn=F("turn") + len(others))


def wait_for(track: MusicTrack, seconds: float) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(requested_at=Now() - timedelta(seconds=seconds))


def page(client: Client) -> str:
    return text(client.get("/music"))


def badge(client: Client, track: MusicTrack) -> str:
    html = client.get("/music").content.decode()
    found = re.search(rf'<div class="[^"]*" id="track-{track.pk}"[^>]*>', html)
    assert found
    return found.group()


def late_limit(client: Client, track: MusicTrack) -> int:
    found = re.search(r'data-late-after="(\d+)"', badge(client, track))
    assert found
    return int(found.group(1))


def failed(track: MusicTrack, code: str) -> MusicTrack:
    assert claimed(track).fail(code)
    track.refresh_from_db()
    return track


# Its place


def test_a_waiting_piece_tells_its_place_and_about_when_it_comes(
    as_alice: Client, piece: MusicTrack, bob: Reader
) -> None:
    put_before(piece, ask(bob, 2))
    assert "Number 3 in the queue · within about 1–6 s" in page(as_alice)


def test_the_next_in_turn_is_told_so_only_when_it_has_waited_for_a_while(as_alice: Client, piece: MusicTrack) -> None:
    assert "Next in turn" not in page(as_alice)
    wait_for(piece, 10)
    assert "Next in turn · within about 1–6 s" in page(as_alice)


def test_a_place_far_back_is_only_counted_so_far(
    as_alice: Client, piece: MusicTrack, bob: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.queueing.COUNTED", 3)
    put_before(piece, ask(bob, 5))
    assert "More than 3 pieces come before it" in page(as_alice)
    assert "within about" not in page(as_alice)


def test_a_piece_that_is_ordered_already_stands_in_no_queue(
    as_alice: Client, alice: Reader, piece: MusicTrack, bob: Reader
) -> None:
    put_before(piece, ask(bob, 2))
    MusicTrack.objects.filter(pk=piece.pk).update(turn=ORDERED_ALREADY)
    wait_for(piece, 60)
    pause_provider("loopback")
    shown = page(as_alice)
    assert "Waiting for 6" in shown
    for word in ("queue", "Next in turn", "resting"):
        assert word not in shown
    assert "data-late-after" in badge(as_alice, piece)


def test_a_remake_tells_its_place_on_its_own_line(as_alice: Client, alice: Reader, bob: Reader, settings: Any) -> None:
    settings.MUSIC_PROVIDER = "studio"
    piece = request_prompted_track(owner=alice, prompt="calm piano")
    generation.advance(piece.pk)
    settings.MUSIC_PROVIDER = "loopback"
    as_alice.post(f"/music/{piece.pk}/remake")
    remake = MusicTrack.objects.get(replaces=piece)
    put_before(remake, ask(bob, 1))
    assert "Number 2 in the queue" in page(as_alice)
    (news,) = as_alice.get(NEWS).json()["tracks"]
    assert news["place"]["ahead"] == 1
    assert news["place_text"].startswith("Number 2 in the queue")


def test_spans_are_told_as_people_say_them(alice: Reader) -> None:
    assert span_text(20, 45) == "20–45 s"
    assert span_text(0, 45) == "1–45 s"
    assert span_text(30, 180) == "1–3 min"
    assert span_text(120, 120) == "2 min"
    assert span_text(100, 350) == "1–6 min"
    assert span_text(3600, 3590 * 3) == "1–3 h"


# Waiting and making are told apart


def test_the_clock_counts_the_waiting_first_and_then_the_making(as_alice: Client, piece: MusicTrack) -> None:
    wait_for(piece, 100)
    assert re.search(r"Waiting for 1\d\d s", page(as_alice))
    assert "usually" not in page(as_alice)
    claimed(piece)
    assert re.search(r"Being made for \d s · usually 1–5 s", page(as_alice))


def test_waiting_takes_longer_than_usual_only_past_what_its_place_promises_from_now_on(
    as_alice: Client, piece: MusicTrack, bob: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.queueing.typical_seconds", lambda _provider: (40, 100))
    monkeypatch.setattr("tests.providers.LoopbackProvider.concurrency", 1)
    others = ask(bob, 3)
    put_before(piece, others)  # three before it, one at a time: at the latest in 401 s
    assert 401 <= late_limit(as_alice, piece) <= 410
    wait_for(piece, 380)
    assert 781 <= late_limit(as_alice, piece) <= 790
    for other in others[:2]:
        other.cancel()
    wait_for(piece, 600)
    assert 801 <= late_limit(as_alice, piece) <= 810, "two generations more, counted from now"
    assert "data-late hidden" in as_alice.get("/music").content.decode()


def test_the_limit_that_was_drawn_stands_while_the_queue_stands_still(
    alice_api: APIClient, piece: MusicTrack, bob: Reader
) -> None:
    others = ask(bob, 2)
    put_before(piece, others)
    drawn = alice_api.get(NEWS, headers=ENGLISH)
    (before,) = drawn.json()["tracks"]
    wait_for(piece, before["late_after"] + 60)
    asked_again = {**ENGLISH, "If-None-Match": drawn["ETag"]}
    assert alice_api.get(NEWS, headers=asked_again).status_code == 304
    others[0].cancel()
    (after,) = alice_api.get(NEWS, headers=asked_again).json()["tracks"]
    assert after["late_after"] > before["late_after"] + 60


def test_a_piece_too_far_back_for_a_promise_is_never_late(
    as_alice: Client, piece: MusicTrack, bob: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_before(piece, ask(bob, 5))
    wait_for(piece, 10_000)
    assert "data-late-after" in badge(as_alice, piece)
    monkeypatch.setattr("music.queueing.COUNTED", 3)
    assert "data-late-after" not in badge(as_alice, piece)
    monkeypatch.setattr("music.queueing.SHOWN_PLACES", 0)
    assert "data-late-after" not in badge(as_alice, piece)
    assert "data-late hidden" in as_alice.get("/music").content.decode()


def test_making_takes_longer_than_usual_after_five_minutes_at_most(
    as_alice: Client, piece: MusicTrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.presentation.typical_seconds", lambda _provider: (100, 400))
    wait_for(piece, 5000)
    claimed(piece)
    assert re.search(r"data-late hidden", as_alice.get("/music").content.decode())
    MusicTrack.objects.update(started_at=Now() - timedelta(seconds=301))
    assert not re.search(r"data-late hidden", as_alice.get("/music").content.decode())


# Outages


def test_while_its_provider_rests_the_reader_is_told_calmly_and_of_no_reasons(
    as_alice: Client, piece: MusicTrack
) -> None:
    resting = "The music service is resting for a while. Your piece is safe and waits."
    for code in ("staff", "key_refused", "credit_used_up", "unreachable", "storage"):
        ProviderGate.of("loopback").pause(code, "an invoice was forgotten")
        wait_for(piece, 10_000)
        shown = page(as_alice)
        assert resting in shown, code
        assert "🎵 Making music… (the music service is resting)" in shown
        assert "invoice" not in shown
        assert "data-paused" in badge(as_alice, piece)
        assert "data-late-after" not in badge(as_alice, piece)
        assert resume_provider("loopback")
    assert resting not in page(as_alice)
    assert "data-paused" not in badge(as_alice, piece)


def test_the_header_speaks_of_what_is_being_made_also_while_others_rest(
    as_alice: Client, alice: Reader, piece: MusicTrack
) -> None:
    ask(alice, 1)
    claimed(piece)
    pause_provider("loopback")
    assert "(getting ready, 2 pieces)" in page(as_alice)


def test_a_crowded_provider_is_told_of_beside_the_place(as_alice: Client, piece: MusicTrack, bob: Reader) -> None:
    put_before(piece, ask(bob, 1))
    ProviderGate.of("loopback").stand_back(60)
    assert "Number 2 in the queue · the music service is crowded at the moment" in page(as_alice)


# The news


def test_news_tell_the_place_and_that_it_changed_though_the_piece_did_not(
    alice_api: APIClient, piece: MusicTrack, bob: Reader
) -> None:
    others = ask(bob, 2)
    put_before(piece, others)
    first = alice_api.get(NEWS, headers=ENGLISH)
    (news,) = first.json()["tracks"]
    assert news["place"] == {"ahead": 2, "more": False, "low_seconds": 1, "high_seconds": 6, "paused": False}
    assert "Number 3 in the queue" in news["place_text"]
    same = alice_api.get(NEWS, headers={**ENGLISH, "If-None-Match": first["ETag"]})
    assert same.status_code == 304
    others[0].cancel()
    second = alice_api.get(NEWS, headers={**ENGLISH, "If-None-Match": first["ETag"]})
    (moved,) = second.json()["tracks"]
    assert (second.status_code, moved["place"]["ahead"], moved["version"]) == (200, 1, news["version"])


def test_news_tell_when_a_provider_rests_and_when_it_goes_on(alice_api: APIClient, piece: MusicTrack) -> None:
    open_tag = alice_api.get(NEWS)["ETag"]
    pause_provider("loopback")
    resting = alice_api.get(NEWS, headers={"If-None-Match": open_tag})
    assert resting.status_code == 200
    assert resting.json()["tracks"][0]["place"]["paused"] is True
    assert resting.json()["tracks"][0]["late_after"] is None
    resume_provider("loopback")
    assert alice_api.get(NEWS, headers={"If-None-Match": resting["ETag"]}).status_code == 200


def test_no_news_cost_a_bounded_number_of_queries_however_much_waits(
    alice_api: APIClient, alice: Reader, bob: Reader
) -> None:
    def queries() -> int:
        for _try in range(5):  # a range of minutes may have moved on between the two requests
            etag = alice_api.get(NEWS)["ETag"]
            with CaptureQueriesContext(connection) as seen:
                if alice_api.get(NEWS, headers={"If-None-Match": etag}).status_code == 304:
                    return len(seen)
        raise AssertionError("there are always news")

    ask(alice, 1)
    assert queries() <= 10
    ask(alice, 49)
    ask(bob, 50)
    assert queries() <= 10 + SHOWN_PLACES


def test_a_track_that_is_made_has_no_place(alice_api: APIClient, piece: MusicTrack) -> None:
    claimed(piece)
    assert alice_api.get(NEWS).json()["tracks"][0]["place"] is None
    assert alice_api.get(f"/api/music/{piece.pk}").json()["place"] is None


def test_a_list_of_tracks_tells_the_places_of_the_foremost_at_a_bounded_cost(
    alice_api: APIClient, alice: Reader
) -> None:
    tracks = ask(alice, 30)
    with CaptureQueriesContext(connection) as seen:
        listed = {track["id"]: track for track in alice_api.get("/api/music").json()["results"]}
    assert len(seen) <= 10 + SHOWN_PLACES
    assert listed[str(tracks[3].pk)]["place"]["ahead"] == 3
    assert alice_api.get(f"/api/music/{tracks[29].pk}").json()["place"] is None


def test_pieces_that_are_ordered_already_push_no_other_out_of_the_list_of_places(
    alice_api: APIClient, alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.serializers.SHOWN_PLACES", 1)
    paid, waiting = ask(alice, 2)
    MusicTrack.objects.filter(pk=paid.pk).update(turn=ORDERED_ALREADY)
    listed = {track["id"]: track["place"] for track in alice_api.get("/api/music").json()["results"]}
    assert listed[str(paid.pk)] is None
    assert listed[str(waiting.pk)]


# Ends


def test_a_piece_that_came_late_is_no_failure_and_waits_to_be_taken_in(
    as_alice: Client, alice_api: APIClient, piece: MusicTrack
) -> None:
    failed(piece, "timeout")
    assert "Could not be made" in page(as_alice)
    assert piece.note_arrival()
    shown = page(as_alice)
    assert "It came late, but it is here" in shown
    assert "Take it in" in shown
    assert "Could not be made" not in shown
    assert "took too long and was given up" not in shown
    assert "badge-arrived" in badge(as_alice, piece)
    body = alice_api.get(f"/api/music/{piece.pk}").json()
    assert (body["status"], body["error_code"], body["arrived_late"]) == ("error", "timeout", True)
    as_alice.post(f"/music/{piece.pk}/retry")
    piece.refresh_from_db()
    assert piece.status == TrackStatus.PENDING


def test_a_remake_that_came_late_is_offered_beside_the_piece(as_alice: Client, alice: Reader, settings: Any) -> None:
    settings.MUSIC_PROVIDER = "studio"
    piece = request_prompted_track(owner=alice, prompt="calm piano")
    generation.advance(piece.pk)
    settings.MUSIC_PROVIDER = "loopback"
    as_alice.post(f"/music/{piece.pk}/remake")
    remake = failed(MusicTrack.objects.get(replaces=piece), "timeout")
    assert "remake-failed" in as_alice.get("/music").content.decode()
    assert remake.note_arrival()
    assert "remake-failed" not in as_alice.get("/music").content.decode()
    assert "The new version has arrived after all Take it in" in page(as_alice)


def test_an_order_nobody_knows_the_end_of_is_told_as_it_is(as_alice: Client, piece: MusicTrack) -> None:
    failed(piece, "submission_unknown")
    shown = page(as_alice)
    assert "never told us whether it took this request. We sent it only once" in shown
    assert "Trying again asks for a new piece." in shown


@pytest.mark.parametrize(
    "code",
    [
        *("result_gone", "result_invalid", "provider_timeout", "provider_cancelled", "provider_confused"),
        *("provider_misconfigured", "key_refused", "region_refused", "credit_used_up", "provider_unreachable"),
        *("provider_busy", "studio_failed", "out_of_memory", "storage_failed"),
    ],
)
def test_every_way_to_fail_has_words_of_its_own(code: str) -> None:
    assert reason_for(code) != DEFAULT_REASON


# Limits


def test_who_asks_for_too_much_at_once_is_told_so_and_keeps_the_words(
    as_alice: Client, alice_api: APIClient, piece: MusicTrack, settings: Any
) -> None:
    settings.MUSIC_READER_LIMIT = 1
    answer = as_alice.post("/music", {"prompt": "한 곡만 더", "request_key": "k"})
    assert answer.status_code == 429
    assert "한 곡만 더" in answer.content.decode()
    assert "1 of your pieces are still being made" in text(answer)
    problem = alice_api.post("/api/music", {"prompt": "x"}, headers=ENGLISH)
    assert (problem.status_code, problem["Content-Type"]) == (429, "application/problem+json")
    assert problem.json()["title"] == "Too Many Requests"
    assert "still being made" in problem.json()["detail"]
    settings.MUSIC_READER_LIMIT = 2
    assert as_alice.post("/music", {"prompt": "한 곡만 더", "request_key": "k"}).status_code == 303


def test_a_remake_beyond_the_limit_is_refused_in_the_same_words(
    as_alice: Client, alice_api: APIClient, journey: Journey, alice: Reader, settings: Any
) -> None:
    settings.MUSIC_PROVIDER = "studio"
    piece = request_prompted_track(owner=alice, prompt="calm piano")
    generation.advance(piece.pk)
    settings.MUSIC_READER_LIMIT = 1  # the journey's first piece is unfinished
    assert "still being made" in text(as_alice.post(f"/music/{piece.pk}/remake", follow=True))
    problem = alice_api.post(f"/api/music/{piece.pk}/remake", {"mood": "joy"})
    assert (problem.status_code, problem["Content-Type"]) == (429, "application/problem+json")
    assert not MusicTrack.objects.filter(replaces=piece).exists()


def test_a_log_is_kept_with_its_piece_beyond_the_limit(as_alice: Client, journey: Journey, settings: Any) -> None:
    settings.MUSIC_READER_LIMIT = 1
    assert as_alice.post(f"/journeys/{journey.pk}", {"memo": "하나"}).status_code == 303
    assert MusicTrack.objects.unfinished().count() == 2
