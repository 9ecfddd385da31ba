"""A reader's wishes for a journey's music: genre and length, before and after it has begun."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import DURATIONS, Journey
from journeys.services import LogEntry, Sound, add_log, choose_sound, finish_journey
from music.brief import Genre
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


def newest(journey: Journey) -> MusicTrack:
    return MusicTrack.objects.filter(log__journey=journey).order_by("-log__version")[0]


@pytest.mark.parametrize("genre", list(Genre))
def test_what_comes_after_is_in_the_chosen_genre_and_length(journey: Journey, genre: Genre) -> None:
    choose_sound(journey, Sound(genre=genre, duration=90))
    track = add_log(journey, LogEntry(memo="화가 난다")).track
    assert (track.genre, track.duration) == (genre, 90)


def test_a_journey_without_wishes_is_as_usual(journey: Journey, settings: Any) -> None:
    settings.MUSIC_DURATION_SECONDS = 75
    assert add_log(journey, LogEntry(memo="x")).track.duration == 75


@pytest.mark.parametrize(("logs", "length", "finale"), [(0, None, 122), (3, 60, 66), (20, 240, 272), (60, 240, 300)])
def test_a_finale_has_room_for_all_that_it_remembers(
    journey: Journey, logs: int, length: int | None, finale: int
) -> None:
    choose_sound(journey, Sound(duration=length))
    for number in range(logs):
        add_log(journey, LogEntry(page=number))
    track = finish_journey(journey, LogEntry()).track
    assert track.duration == finale
    assert len(track.brief["chapters"]) == len(track.chapter_labels) == logs + 1


def test_the_page_offers_it_and_keeps_it(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}"
    assert "이 여정의 소리" in as_alice.get(url).content.decode()
    answer = as_alice.post(f"{url}/sound", {"genre": "folk", "duration": "180"}, follow=True)
    assert answer.redirect_chain == [(url, 303)]
    journey.refresh_from_db()
    assert (journey.genre, journey.duration) == ("folk", 180)
    page = answer.content.decode()
    assert '<option value="folk" selected>' in page
    assert '<option value="180" selected>' in page
    as_alice.post(f"{url}/sound", {"genre": "", "duration": ""})
    journey.refresh_from_db()
    assert (journey.genre, journey.duration) == ("", None)


def test_what_is_not_offered_is_refused(as_alice: Client, journey: Journey) -> None:
    as_alice.post(f"/journeys/{journey.pk}/sound", {"genre": "polka", "duration": "7"})
    journey.refresh_from_db()
    assert (journey.genre, journey.duration) == ("", None)
    for wrong in ({"genre": "polka"}, {"duration": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Journey.objects.filter(pk=journey.pk).update(**wrong)


def test_it_is_chosen_while_starting(as_alice: Client) -> None:
    record = as_alice.get("/journeys/new", {"q": "데미안"}).context["results"][0]
    form = {"record": f"{record.source}/{record.source_id}", "genre": "korean", "duration": "30"}
    assert as_alice.post("/journeys/new", form).status_code == 303
    journey = Journey.objects.get()
    assert (journey.genre, journey.duration, newest(journey).genre, newest(journey).duration) == (
        "korean",
        30,
        "korean",
        30,
    )
    as_alice.post("/journeys/new", {"manual": "1", "title": "일기", "genre": "ambient"})
    assert Journey.objects.get(book__title="일기").genre == "ambient"


def test_the_api_takes_it_and_tells_it(alice_api: APIClient, bob_api: APIClient) -> None:
    body = alice_api.post("/api/journeys/create", {"book_title": "봄봄", "genre": "lo-fi", "duration": 60}).json()
    assert (body["journey"]["genre"], body["journey"]["duration"]) == ("lo-fi", 60)
    assert (body["musicTrack"]["genre"], body["musicTrack"]["duration"]) == ("lo-fi", 60)
    url = f"/api/journeys/{body['journey']['id']}/sound"
    changed = alice_api.put(url, {"genre": "chamber"}).json()
    assert (changed["genre"], changed["duration"]) == ("chamber", None)
    for wrong in ({"genre": "polka"}, {"duration": 7}):
        refused = alice_api.put(url, wrong)
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, next(iter(wrong)))
    assert bob_api.put(url, {}).status_code == 404


def test_every_length_offered_can_be_made(journey: Journey) -> None:
    for duration in DURATIONS:
        choose_sound(journey, Sound(duration=duration))
        assert add_log(journey, LogEntry(memo="x")).track.duration == duration
