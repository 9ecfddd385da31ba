"""Finishing a book with stars, putting it down and taking it up again, on the pages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from journeys.models import Journey, JourneyStatus, Reader
from journeys.services import rate_journey, stop_journey

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_english(as_alice: Client, alice: Reader) -> Client:
    Reader.objects.filter(pk=alice.pk).update(language="en")
    return as_alice


def finish(client: Client, journey: Journey, **fields: str) -> int:
    status = client.post(f"/journeys/{journey.pk}/finish", {"request_key": "k", **fields}).status_code
    journey.refresh_from_db()
    return status


def chosen(client: Client, journey: Journey) -> str:
    html = client.get(f"/journeys/{journey.pk}/finish").content.decode()
    (value,) = [
        re.search(r'value="(\d*)"', tag).group(1)  # type: ignore[union-attr]
        for tag in re.findall(r'<input type="radio" name="rating"[^>]*>', html)
        if "checked" in tag
    ]
    return value


def test_stars_are_kept_with_the_last_log(as_alice: Client, journey: Journey) -> None:
    assert finish(as_alice, journey, memo="끝", rating="18") == 303
    assert (journey.status, journey.rating) == (JourneyStatus.FINISHED, 18)
    assert journey.logs.get(is_final=True).memo == "끝"


def test_stars_are_nobodys_duty_and_a_rating_there_was_stays_or_is_changed(as_alice: Client, journey: Journey) -> None:
    assert chosen(as_alice, journey) == ""
    rate_journey(journey, 12)
    assert chosen(as_alice, journey) == "12"
    assert finish(as_alice, journey, memo="끝") == 303
    assert journey.rating == 12


def test_no_rating_takes_the_old_one_away(as_alice: Client, journey: Journey) -> None:
    rate_journey(journey, 12)
    finish(as_alice, journey, rating="")
    assert journey.rating is None


@pytest.mark.parametrize("wrong", [{"page": "x", "rating": "14"}, {"memo": "끝", "rating": "99"}])
def test_a_refused_form_keeps_words_and_stars_and_finishes_nothing(
    as_alice: Client, journey: Journey, wrong: dict[str, str]
) -> None:
    answer = as_alice.post(f"/journeys/{journey.pk}/finish", {"request_key": "k", "quote": "마지막 문장", **wrong})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "마지막 문장" in html
    if wrong["rating"] == "14":
        assert re.search(r'<input type="radio" name="rating" value="14"[^>]*checked', html)
    journey.refresh_from_db()
    assert (journey.status, journey.rating) == (JourneyStatus.READING, None)


def test_a_journey_that_has_ended_meanwhile_takes_no_stars(as_alice: Client, journey: Journey) -> None:
    stop_journey(journey)
    assert finish(as_alice, journey, memo="끝", rating="18") == 422
    assert (journey.status, journey.rating) == (JourneyStatus.STOPPED, None)


def test_stopping_and_going_on_are_said(in_english: Client, journey: Journey) -> None:
    stopped = in_english.post(f"/journeys/{journey.pk}/stop", follow=True).content.decode()
    assert "You put the book down. You can read on whenever you like." in stopped
    resumed = in_english.post(f"/journeys/{journey.pk}/resume", follow=True).content.decode()
    assert "The journey goes on." in resumed
    finish(in_english, journey)
    refused = in_english.post(f"/journeys/{journey.pk}/resume", follow=True).content.decode()
    assert "Only a stopped journey can be resumed." in refused
