"""The shelf: some journeys, in some order, a page at a time, for a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Book, Journey, JourneyStatus, Reader
from journeys.pages.shelf import TAGS_SHOWN
from journeys.record.shelf import PER_PAGE, readings_of
from journeys.services import HowFar, LogEntry, add_log, add_progress, set_tags, start_journey, want_book
from music.services import cancel_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(alice: Reader, bob: Reader) -> list[Journey]:
    """One being read, one finished, one wanted; and one of another reader."""
    books = [
        Book.objects.create(title=title, authors=author)
        for title, author in (("나비", "다람쥐"), ("가을", "나무"), ("다리", ""))
    ]
    reading, finished = (start_journey(reader=alice, book=book) for book in books[:2])
    Journey.objects.filter(pk=finished.pk).update(status=JourneyStatus.FINISHED, rating=16)
    Journey.objects.filter(pk=reading.pk).update(rating=8)
    set_tags(reading, ["숲"])
    set_tags(finished, ["숲", "밤"])
    start_journey(reader=bob, book=books[0])
    return [reading, finished, want_book(reader=alice, book=books[2])]


def titles(client: Client, **asked: str) -> list[str]:
    return [item.journey.book.title for item in client.get("/", asked).context["shelf"]]


def test_it_shows_those_of_a_status_and_of_a_tag(as_alice: Client, three: list[Journey]) -> None:
    assert titles(as_alice, status="want") == ["다리"]
    assert titles(as_alice, status="finished") == ["가을"]
    assert titles(as_alice, tag="밤") == ["가을"]
    assert titles(as_alice, tag="숲", status="reading") == ["나비"]
    assert titles(as_alice, tag="바다") == []
    assert len(titles(as_alice, status="nonsense")) == 3


@pytest.mark.parametrize(("given", "asked"), [("ÉTÉ", "été"), ("été", "ÉTÉ"), ("Classic", "classic")])
def test_a_tag_is_found_whatever_its_case(as_alice: Client, three: list[Journey], given: str, asked: str) -> None:
    set_tags(three[2], [given])
    answer = as_alice.get("/", {"tag": asked})
    assert [item.journey for item in answer.context["shelf"]] == [three[2]]
    assert answer.context["tag"] == given


def test_a_tag_that_cannot_be_is_one_that_no_journey_has(
    as_alice: Client, alice_api: APIClient, three: list[Journey]
) -> None:
    assert titles(as_alice, tag="\x00") == []
    assert alice_api.get("/api/journeys", {"tag": "\x00"}).json()["count"] == 0


def test_the_tag_that_is_shown_can_be_kept_among_however_many(as_alice: Client, three: list[Journey]) -> None:
    set_tags(three[0], [f"a{number:02}" for number in range(TAGS_SHOWN)])
    page = as_alice.get("/", {"tag": "밤"})
    assert len(page.context["tags"]) == TAGS_SHOWN + 1
    assert '<option value="밤" selected>' in page.content.decode()


def test_what_is_wanted_is_the_next_reading_after_those_nobody_dated(alice: Reader, demian: Book) -> None:
    wanted = want_book(reader=alice, book=demian)
    undated = Journey.objects.create(reader=alice, book=demian, theme_seed=1, status=JourneyStatus.FINISHED)
    assert readings_of([wanted, undated]) == {undated.pk: 1, wanted.pk: 2}


def test_its_tabs_count(as_alice: Client, three: list[Journey]) -> None:
    counts = {value: count for value, _label, count in as_alice.get("/").context["tabs"]}
    assert counts == {"": 3, "want": 1, "reading": 1, "finished": 1, "stopped": 0}
    assert {value: count for value, _label, count in as_alice.get("/", {"tag": "밤"}).context["tabs"]}[""] == 1


def test_its_orders(as_alice: Client, alice: Reader) -> None:
    for title, author, rating, started in (
        ("가", "다", 8, "2026-01-02"),
        ("나", "", 12, None),
        ("다", "가", None, "2026-01-03"),
        ("라", "나", 4, "2026-01-01"),
    ):
        Journey.objects.create(
            reader=alice,
            book=Book.objects.create(title=title, authors=author),
            theme_seed=1,
            status=JourneyStatus.FINISHED,
            rating=rating,
            started_on=started,
        )
    Journey.objects.filter(book__title="나").update(updated_at=Now() + timedelta(days=1))
    Journey.objects.filter(book__title="라").update(updated_at=Now() + timedelta(hours=1))
    Journey.objects.filter(book__title="다").update(updated_at=Now() - timedelta(days=1))
    orders = {
        "title": "가나다라",
        "author": "다라가나",
        "rating": "나가라다",
        "started": "다가라나",
        "recent": "나라가다",
    }
    for sort, order in orders.items():
        assert "".join(titles(as_alice, sort=sort)) == order
    assert titles(as_alice, sort="nonsense") == titles(as_alice) == titles(as_alice, sort="recent")


def test_nothing_of_a_kind_is_not_an_empty_shelf(as_alice: Client, three: list[Journey]) -> None:
    assert as_alice.get("/", {"status": "stopped"}).context["is_empty"] is False
    assert as_alice.get("/", {"tag": "바다"}).context["is_empty"] is False


def test_a_big_shelf_comes_a_page_at_a_time_and_keeps_what_was_asked(
    as_alice: Client, alice: Reader, demian: Book
) -> None:
    Journey.objects.bulk_create(
        Journey(reader=alice, book=demian, theme_seed=1, status=JourneyStatus.FINISHED) for _ in range(PER_PAGE + 2)
    )
    first = as_alice.get("/", {"status": "finished", "sort": "title"})
    second = as_alice.get("/", {"status": "finished", "sort": "title", "page": "2"})
    assert [len(answer.context["shelf"]) for answer in (first, second)] == [PER_PAGE, 2]
    shown = [item.journey.pk for answer in (first, second) for item in answer.context["shelf"]]
    assert len(set(shown)) == PER_PAGE + 2
    assert "?status=finished&amp;sort=title&amp;page=2" in first.content.decode()


def test_it_costs_the_same_for_one_journey_and_for_many_with_many_logs(
    as_alice: Client, alice: Reader, demian: Book
) -> None:
    def queries() -> int:
        for journey in Journey.objects.for_reader(alice):
            for log in journey.logs.select_related("track"):
                cancel_track(log.track)  # what waits for its turn is asked about too, whatever the shelf shows
        with CaptureQueriesContext(connection) as seen:
            as_alice.get("/")
        return len(seen)

    def more() -> None:
        journey = start_journey(reader=alice, book=demian)
        add_log(journey, LogEntry(page=3))
        add_progress(journey, HowFar(page=7))

    more()
    queries()  # the first page of a session does more
    few = queries()
    for _ in range(5):
        more()
    assert queries() == few
