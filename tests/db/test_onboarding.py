"""The first minutes: an empty shelf says what to do, and one button leads to the first piece."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from journeys.models import Journey, Reader
from journeys.onboarding import CLASSICS, TRY_IT_SECONDS, classic
from journeys.services import LogEntry, add_log
from music.models import MusicTrack

pytestmark = pytest.mark.django_db


def test_an_empty_shelf_shows_three_steps_and_a_way_to_try_it(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode()
    assert page.count("<li>\n") >= 3
    assert 'action="/try"' in page
    assert "메밀꽃 필 무렵" in page
    assert 'href="/journeys/new"' in page
    assert 'href="/help"' in page


def test_english_readers_are_offered_an_english_book(as_alice: Client) -> None:
    Reader.objects.update(language="en")
    assert "Alice&#x27;s Adventures in Wonderland" in as_alice.get("/").content.decode()


def test_trying_it_starts_a_journey_whose_first_piece_is_short(as_alice: Client, alice: Reader) -> None:
    answer = as_alice.post("/try", {"request_key": "one"})
    journey = Journey.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, journey.get_absolute_url())
    assert (journey.reader, journey.book.source_id) == (alice, CLASSICS["ko"])
    assert MusicTrack.objects.get().duration == TRY_IT_SECONDS


def test_trying_it_again_leads_to_the_same_journey(as_alice: Client) -> None:
    first = as_alice.post("/try", {"request_key": "one"})["Location"]
    assert as_alice.post("/try", {"request_key": "one"})["Location"] == first
    assert as_alice.post("/try", {"request_key": "two"})["Location"] == first
    assert Journey.objects.count() == 1


def test_looking_at_it_starts_nothing(as_alice: Client) -> None:
    assert as_alice.get("/try")["Location"] == "/"
    assert not Journey.objects.exists()


def test_a_visitor_logs_in_first(client: Client) -> None:
    assert client.post("/try")["Location"].startswith("/login")


def test_the_shelf_offers_it_no_more_once_something_stands_there(as_alice: Client, journey: Journey) -> None:
    assert 'action="/try"' not in as_alice.get("/").content.decode()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_there_is_a_classic_for_every_language(language: str) -> None:
    with translation.override(language):
        record = classic()
    assert record
    assert record.source_id == CLASSICS[language]
    assert record.year
    assert record.year < 1940


def test_the_first_journey_has_a_hint_until_the_first_log(as_alice: Client, journey: Journey, alice: Reader) -> None:
    url = journey.get_absolute_url()
    assert "first-hint" in as_alice.get(url).content.decode()
    add_log(journey, LogEntry(memo="x"))
    assert "first-hint" not in as_alice.get(url).content.decode()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_how_it_works_is_there_for_everybody_in_both_languages(client: Client, language: str) -> None:
    page = client.get("/help", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}">' in page
    assert page.count("<h2") >= 6
    assert 'href="/help"' in client.get("/", headers={"Accept-Language": language}).content.decode()


def test_a_visitor_can_hear_what_it_is_about_before_signing_up(client: Client) -> None:
    page = client.get("/").content.decode()
    source = re.search(r'<audio controls preload="none" src="/static/([^"]+)"', page)
    assert source
    assert finders.find(source.group(1))
