"""A book somebody wants to read, and one that is read again."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, JourneyStatus, Reader
from journeys.services import (
    LogEntry,
    NotEnded,
    NotReading,
    NotWanted,
    Sound,
    add_log,
    choose_sound,
    delete_journey,
    finish_journey,
    read_again,
    resume_journey,
    start_wanted,
    stop_journey,
    want_book,
)
from music.brief import Genre
from music.models import MusicTrack
from tests.db.steps import meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(alice: Reader, demian: Book) -> Journey:
    return want_book(reader=alice, book=demian)


def test_a_wanted_book_has_no_log_and_no_music(wanted: Journey) -> None:
    assert (wanted.status, wanted.started_on, wanted.logs.count()) == (JourneyStatus.WANT, None, 0)
    assert not MusicTrack.objects.exists()


def test_a_book_is_wanted_once(wanted: Journey, alice: Reader, bob: Reader, demian: Book) -> None:
    assert want_book(reader=alice, book=demian) == wanted
    assert want_book(reader=bob, book=demian) != wanted


@pytest.mark.django_db(transaction=True)
def test_wanted_in_two_windows_at_once_it_is_wanted_once(alice: Reader, demian: Book) -> None:
    with meanwhile(*(partial(want_book, reader=alice, book=demian) for _ in range(4))):
        pass
    assert Journey.objects.count() == 1


def test_begun_it_has_its_v0_and_sounds_like_a_journey_that_was_begun_at_once(
    wanted: Journey, journey: Journey
) -> None:
    log = start_wanted(wanted, started_on=date(2026, 11, 1), sound=Sound(genre=Genre.FOLK))
    assert (log.label, log.logged_on, log.track.genre) == ("v0", date(2026, 11, 1), "folk")
    assert (wanted.status, wanted.started_on, wanted.genre) == (JourneyStatus.READING, date(2026, 11, 1), "folk")
    assert wanted.theme_seed == journey.theme_seed
    with pytest.raises(NotWanted):
        start_wanted(wanted)


@pytest.mark.django_db(transaction=True)
def test_begun_in_two_windows_at_once_it_begins_once(wanted: Journey) -> None:
    refused = []

    def begin() -> None:
        try:
            start_wanted(Journey.objects.get(pk=wanted.pk))
        except NotWanted as error:
            refused.append(error)

    with meanwhile(begin, begin):
        pass
    assert len(refused) == 1
    assert wanted.logs.count() == MusicTrack.objects.count() == 1


def test_before_it_is_begun_nothing_is_written_finished_or_stopped(wanted: Journey) -> None:
    works = (partial(add_log, wanted, LogEntry(memo="x")), partial(finish_journey, wanted, LogEntry()))
    for work in (*works, partial(stop_journey, wanted)):
        with pytest.raises(NotReading) as refused:
            work()
        assert refused.value.status == "want"
    assert not MusicTrack.objects.exists()


def test_it_can_be_deleted(wanted: Journey) -> None:
    delete_journey(wanted)
    assert not Journey.objects.exists()


def test_only_what_has_ended_is_read_again(journey: Journey, wanted: Journey) -> None:
    for each in (journey, wanted):
        with pytest.raises(NotEnded):
            read_again(each)


def test_whether_it_has_ended_is_asked_when_it_is_read_again(journey: Journey) -> None:
    stop_journey(journey)
    stale = Journey.objects.get(pk=journey.pk)
    resume_journey(journey)
    with pytest.raises(NotEnded):
        read_again(stale)
    assert Journey.objects.count() == 1


def test_read_again_it_is_another_journey_with_the_same_theme_and_sound(journey: Journey) -> None:
    choose_sound(journey, Sound(genre=Genre.AMBIENT, duration=60))
    Journey.objects.filter(pk=journey.pk).update(pages=300)
    finish_journey(journey, LogEntry())
    journey.refresh_from_db()
    again = read_again(journey)
    assert again.pk != journey.pk
    assert (again.book, again.theme_seed) == (journey.book, journey.theme_seed)
    assert (again.genre, again.duration, again.pages) == ("ambient", 60, 300)
    assert [log.label for log in again.logs.all()] == ["v0"]


def test_pages_offer_it_and_say_which_reading_it_is(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}"
    assert f"{url}/again" not in as_alice.get(url).content.decode()
    as_alice.post(f"{url}/stop")
    assert f"{url}/again" in as_alice.get(url).content.decode()
    answer = as_alice.post(f"{url}/again")
    assert answer.status_code == 303
    assert answer["Location"] != url
    assert as_alice.get(answer["Location"]).context["reading_text"]
    assert not as_alice.get(url).context["reading_text"]
    shelf = {item.journey.pk: item.reading_text for item in as_alice.get("/").context["shelf"]}
    assert [bool(text) for text in (shelf[journey.pk], shelf[Journey.objects.latest("created_at").pk])] == [False, True]


def test_a_wanted_books_page_begins_it_once(as_alice: Client, wanted: Journey) -> None:
    url = f"/journeys/{wanted.pk}"
    page = as_alice.get(url)
    assert page.context["can_write"] is False
    assert f"{url}/share" not in page.content.decode()
    form = {"request_key": page.context["request_key"]}
    assert as_alice.post(f"{url}/start", form).status_code == 303
    assert as_alice.post(f"{url}/start", form).status_code == 303
    assert wanted.logs.count() == 1
    late = as_alice.post(f"{url}/start", {"request_key": "another"}, follow=True)
    assert [message.level_tag for message in late.context["messages"]][-1] == "error"


def test_finishing_a_wanted_book_is_refused_in_plain_words(as_alice: Client, wanted: Journey) -> None:
    shown = as_alice.get(f"/journeys/{wanted.pk}/finish", follow=True)
    assert [message.level_tag for message in shown.context["messages"]] == ["error"]
    assert as_alice.post(f"/journeys/{wanted.pk}/finish", {"memo": "끝"}).status_code == 422


def test_the_api_wants_begins_and_reads_again(alice_api: APIClient) -> None:
    wanted = alice_api.post("/api/journeys/want", {"book_title": "봄봄"})
    assert (wanted.status_code, wanted.json()["status"]) == (201, "want")
    url = f"/api/journeys/{wanted.json()['id']}"
    assert alice_api.post(f"{url}/logs", {"memo": "x"}).status_code == 409
    assert alice_api.post(f"{url}/again").status_code == 409
    begun = alice_api.post(f"{url}/start", {"started_on": "2026-11-01", "genre": "lo-fi"})
    assert begun.status_code == 201
    assert (begun.json()["journey"]["started_on"], begun.json()["musicTrack"]["genre"]) == ("2026-11-01", "lo-fi")
    assert alice_api.post(f"{url}/start").status_code == 409
    alice_api.post(f"{url}/finish")
    again = alice_api.post(f"{url}/again")
    assert again.status_code == 201
    assert again.json()["journey"]["id"] != wanted.json()["id"]
    assert alice_api.get("/api/journeys", {"status": "finished"}).json()["count"] == 1
