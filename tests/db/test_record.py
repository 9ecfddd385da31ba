"""Rating, review, tags, days and pages of a journey."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from django.http import Http404
from django.test import Client
from rest_framework.test import APIClient

from journeys.models import Book, Journey, Reader, Tag
from journeys.services import (
    DatesDoNotFit,
    LogEntry,
    delete_journey,
    edit_record,
    finish_journey,
    record_of,
    set_tags,
    start_journey,
    today_of,
    want_book,
)
from tests.db.steps import meanwhile

pytestmark = pytest.mark.django_db


def names(journey: Journey) -> list[str]:
    return [tag.name for tag in journey.tags.order_by("name")]


def test_tags_are_composed_trimmed_and_each_once(journey: Journey) -> None:
    set_tags(journey, [" #소설 ", unicodedata.normalize("NFD", "소설"), "Classic", "classic", "two  words", "", "#"])
    assert names(journey) == ["Classic", "two words", "소설"]


def test_a_tag_is_one_for_all_journeys_of_a_reader_whatever_its_case(
    journey: Journey, alice: Reader, bob: Reader, demian: Book
) -> None:
    set_tags(journey, ["Classic"])
    second, bobs = start_journey(reader=alice, book=demian), start_journey(reader=bob, book=demian)
    set_tags(second, ["CLASSIC"])
    set_tags(bobs, ["classic"])
    assert (names(second), names(bobs)) == (["Classic"], ["classic"])
    assert Tag.objects.count() == 2


def test_a_tag_that_no_journey_has_goes(journey: Journey) -> None:
    set_tags(journey, ["a", "b"])
    set_tags(journey, ["b"])
    assert [tag.name for tag in Tag.objects.all()] == ["b"]
    delete_journey(journey)
    assert not Tag.objects.exists()


@pytest.mark.parametrize("comma", [",", "，", "、"])
def test_no_tag_has_a_comma_in_it(journey: Journey, comma: str) -> None:
    set_tags(journey, [f"소설{comma} 독일", "독일"])
    assert names(journey) == ["독일", "소설"]


@pytest.mark.django_db(transaction=True)
def test_a_tag_given_in_one_window_stays_though_another_takes_it_away(journey: Journey, alice: Reader) -> None:
    other = start_journey(reader=alice, book=journey.book)
    set_tags(journey, ["고전"])

    def give() -> None:
        for _ in range(10):
            set_tags(other, ["고전"])

    def take() -> None:
        for _ in range(10):
            set_tags(journey, [])
            set_tags(journey, ["고전"])
        set_tags(journey, [])

    with meanwhile(give, take):
        pass
    assert (names(journey), names(other)) == ([], ["고전"])


def test_the_beginning_moves_with_the_first_day(journey: Journey) -> None:
    edit_record(journey, {"started_on": date(2026, 1, 2)})
    assert str(journey.logs.get().logged_on) == "2026-01-02"


def test_the_beginning_of_an_undated_reading_moves_to_its_first_day(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(started_on=None)
    edit_record(journey, {"started_on": date(2026, 1, 2)})
    assert str(journey.logs.get().logged_on) == "2026-01-02"


def test_a_form_from_before_the_end_leaves_the_end_as_it_is(as_alice: Client, journey: Journey) -> None:
    finish_journey(journey, LogEntry())
    form = {"rating": "16", "review": "", "tags": "", "started_on": str(journey.started_on), "pages": ""}
    assert as_alice.post(f"/journeys/{journey.pk}/record", form).status_code == 303
    told = record_of(Journey.objects.get(pk=journey.pk))
    assert (told.rating, told.ended_on) == (16, journey.ended_on)
    as_alice.post(f"/journeys/{journey.pk}/record", {**form, "ended_on": ""})
    assert record_of(Journey.objects.get(pk=journey.pk)).ended_on is None


def test_what_another_window_has_changed_meanwhile_stays(journey: Journey) -> None:
    stale = Journey.objects.get(pk=journey.pk)
    edit_record(journey, {"review": "좋았다", "tags": ("고전",)})
    edit_record(stale, {"rating": 12})
    told = record_of(Journey.objects.get(pk=journey.pk))
    assert (told.review, told.tags, told.rating) == ("좋았다", ("고전",), 12)


def test_what_was_deleted_meanwhile_is_not_there(journey: Journey) -> None:
    stale = Journey.objects.get(pk=journey.pk)
    delete_journey(journey)
    with pytest.raises(Http404):
        edit_record(stale, {"rating": 12})


def test_days_that_cannot_be_are_refused(journey: Journey, alice: Reader, demian: Book) -> None:
    today = today_of(alice)
    finish_journey(journey, LogEntry())
    with pytest.raises(DatesDoNotFit) as backwards:
        edit_record(journey, {"started_on": today, "ended_on": today - timedelta(days=1)})
    assert backwards.value.field == "ended_on"
    with pytest.raises(DatesDoNotFit):
        edit_record(journey, {"started_on": today + timedelta(days=1)})
    with pytest.raises(DatesDoNotFit):
        edit_record(start_journey(reader=alice, book=demian), {"ended_on": today})
    with pytest.raises(DatesDoNotFit):
        edit_record(want_book(reader=alice, book=demian), {"started_on": today})


def test_what_was_imported_so_is_not_held_against_the_calendar(journey: Journey, alice: Reader) -> None:
    later = today_of(alice) + timedelta(days=9)
    Journey.objects.filter(pk=journey.pk).update(started_on=later)
    journey.refresh_from_db()
    edit_record(journey, {"review": "좋았다"})
    assert (journey.review, journey.started_on) == ("좋았다", later)


def test_pages_are_the_copys_own_and_nobody_elses(journey: Journey, bob: Reader, demian: Book) -> None:
    edit_record(journey, {"pages": 300})
    assert (journey.page_count, start_journey(reader=bob, book=demian).page_count) == (300, 240)
    edit_record(journey, {"pages": 240})
    assert journey.pages is None


def test_the_page_saves_all_of_it(as_alice: Client, journey: Journey) -> None:
    url = f"/journeys/{journey.pk}/record"
    form = {
        "rating": "14",
        "review": "다시 읽고 싶다 <b>",
        "tags": "소설, 성장，#고전",
        "started_on": "2026-11-01",
        "pages": "256",
    }
    assert as_alice.post(url, form)["Location"] == f"/journeys/{journey.pk}"
    journey.refresh_from_db()
    assert (journey.rating, journey.pages, str(journey.started_on)) == (14, 256, "2026-11-01")
    assert names(journey) == ["고전", "성장", "소설"]
    page = as_alice.get(f"/journeys/{journey.pk}").content.decode()
    assert "3.5" in page
    assert "다시 읽고 싶다 &lt;b&gt;" in page
    assert "/?tag=%EA%B3%A0%EC%A0%84" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("rating", "3"), ("tags", "가" * 61), ("tags", ",".join(map(str, range(31)))), ("started_on", "2999-01-01")],
)
def test_a_wrong_field_is_refused_and_nothing_typed_is_lost(
    as_alice: Client, journey: Journey, field: str, value: str
) -> None:
    answer = as_alice.post(f"/journeys/{journey.pk}/record", {"review": "오래 쓴 글", field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "오래 쓴 글" in answer.content.decode()
    assert record_of(Journey.objects.get(pk=journey.pk)).review == ""


def test_an_imported_quarter_of_a_star_is_offered_and_kept(as_alice: Client, journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(rating=17)
    page = as_alice.get(f"/journeys/{journey.pk}/record").content.decode()
    assert 'value="17"' in page
    as_alice.post(f"/journeys/{journey.pk}/record", {"rating": "17", "started_on": "2026-11-01"})
    journey.refresh_from_db()
    assert journey.rating == 17


def test_the_api_changes_what_is_sent(alice_api: APIClient, journey: Journey) -> None:
    url = f"/api/journeys/{journey.pk}/record"
    told = alice_api.patch(url, {"rating": 4.25, "tags": ["고전"]}).json()
    assert (told["rating"], told["tags"], told["started_on"]) == (4.25, ["고전"], str(journey.started_on))
    alice_api.patch(url, {"review": "좋다"})
    assert alice_api.get(url).json()["tags"] == ["고전"]
    body = alice_api.get(f"/api/journeys/{journey.pk}").json()
    assert (body["rating"], body["tags"], body["review"]) == (4.25, ["고전"], "좋다")
    for wrong, field in (
        ({"rating": 4.3}, "rating"),
        ({"rating": 6}, "rating"),
        ({"ended_on": "2026-11-01"}, "ended_on"),
    ):
        refused = alice_api.patch(url, wrong)
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, field)
