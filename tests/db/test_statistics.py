"""Statistics: what counts as a book, a page, a day, a mood, and in which month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from journeys.models import Book, Journey, JourneyStatus, Reader, ReadingLog
from journeys.record.charts import calendar_of
from journeys.record.statistics import Statistics, Streak, statistics_of, streak_of
from journeys.services import HowFar, LogEntry, add_log, add_progress, set_tags, start_journey, want_book
from journeys.services.record import edit_record
from music.brief import Mood
from tests.db.transfers import taken_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def told(reader: Reader, year: int | None = None) -> Statistics:
    return statistics_of(reader, today=TODAY, year=year)


def begun(reader: Reader, book: Book, day: str) -> Journey:
    return start_journey(reader=reader, book=book, started_on=date.fromisoformat(day))


def ended(journey: Journey, day: str | None, status: JourneyStatus = JourneyStatus.FINISHED, **columns: Any) -> Journey:
    """As an import leaves it: without a vFinal."""
    Journey.objects.filter(pk=journey.pk).update(status=status, ended_on=day, **columns)
    return journey


def pages(statistics: Statistics) -> dict[str, int]:
    return {str(period.start): period.pages for period in statistics.periods if period.pages}


def days(*offsets: int) -> Iterable[date]:
    return [TODAY - timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("written", "current", "longest"),
    [
        ((), 0, 0),
        ((0,), 1, 1),
        ((1, 2, 3), 3, 3),
        ((2, 3), 0, 2),
        ((0, 0, 1, 3, 4, 5), 2, 3),
        ((-1, 0), 1, 1),
    ],
)
def test_a_streak_holds_until_a_whole_day_is_missed(written: tuple[int, ...], current: int, longest: int) -> None:
    streak = streak_of(days(*written), TODAY)
    assert (streak.current, streak.longest) == (current, longest)


def test_pages_count_on_the_day_that_told_them_and_the_rest_on_the_last(alice: Reader, demian: Book) -> None:
    journey = begun(alice, demian, "2026-01-30")
    add_log(journey, LogEntry(page=40, logged_on=date(2026, 1, 31)))
    add_progress(journey, HowFar(percent=50, read_on=date(2026, 2, 1)))
    add_progress(journey, HowFar(page=100, read_on=date(2026, 2, 2)))  # turned back: nothing new
    add_log(journey, LogEntry(page=150, logged_on=date(2026, 2, 3)))
    ended(journey, "2026-03-05")
    statistics = told(alice, 2026)
    assert pages(statistics) == {"2026-01-01": 40, "2026-02-01": 110, "2026-03-01": 90}
    assert (statistics.pages, statistics.books) == (240, 1)


def test_what_is_being_read_counts_already_and_what_was_stopped_as_far_as_it_went(alice: Reader, demian: Book) -> None:
    add_progress(begun(alice, demian, "2026-05-01"), HowFar(page=30, read_on=date(2026, 5, 2)))
    stopped = begun(alice, demian, "2026-06-01")
    add_progress(stopped, HowFar(percent=25, read_on=date(2026, 6, 2)))
    ended(stopped, "2026-06-03", JourneyStatus.STOPPED)
    assert pages(told(alice, 2026)) == {"2026-05-01": 30, "2026-06-01": 60}
    assert told(alice).books == 0


def test_a_book_is_finished_in_its_month_and_year(alice: Reader, demian: Book) -> None:
    for day in ("2025-12-31", "2026-01-01", "2026-01-31"):
        ended(begun(alice, demian, "2025-12-01"), day)
    assert [period.books for period in told(alice, 2026).periods] == [2] + [0] * 11
    assert [(period.start.year, period.books) for period in told(alice).periods] == [(2025, 1), (2026, 2)]
    assert told(alice).years == [2026, 2025]


def test_what_was_finished_nobody_knows_when_counts_in_no_year(alice: Reader, demian: Book) -> None:
    ended(begun(alice, demian, "2026-01-01"), None)
    assert (told(alice).books, told(alice).undated_books, told(alice).pages) == (1, 1, 240)
    assert (told(alice, 2026).books, told(alice, 2026).pages) == (0, 0)


def test_a_copy_with_more_pages_counts_with_them_and_a_book_without_pages_is_told(alice: Reader, demian: Book) -> None:
    ended(begun(alice, demian, "2026-01-01"), "2026-02-01", pages=300)
    ended(begun(alice, Book.objects.create(title="수첩"), "2026-01-01"), "2026-02-02")
    assert (told(alice).pages, told(alice).books_without_pages) == (300, 1)


def test_wanted_books_and_other_readers_count_nowhere(alice: Reader, bob: Reader, demian: Book) -> None:
    want_book(reader=alice, book=demian)
    ended(begun(bob, demian, "2026-01-01"), "2026-02-01")
    statistics = told(alice)
    assert (statistics.books, statistics.pages, statistics.years, dict(statistics.days)) == (0, 0, [], {})


def test_the_readers_own_feeling_goes_before_the_one_that_was_read(alice: Reader, demian: Book) -> None:
    journey = begun(alice, demian, "2026-03-01")
    add_log(journey, LogEntry(memo="x", emotions=(Mood.JOY, Mood.LOVE), logged_on=date(2026, 3, 2)))
    heard = add_log(journey, LogEntry(memo="너무 슬퍼서 펑펑 울었다", logged_on=date(2026, 3, 3))).track.mood
    (march,) = [period for period in told(alice, 2026).periods if period.moods]
    assert march.start == date(2026, 3, 1)
    assert march.moods == {Mood.JOY: 1, Mood.LOVE: 1, Mood(heard): 1}


def test_an_imported_log_without_music_counts_its_day(alice: Reader, demian: Book) -> None:
    journey = begun(alice, demian, "2026-03-01")
    ReadingLog.objects.create(journey=journey, version=1, memo="x", logged_on=date(2026, 3, 2))
    assert [str(day) for day in told(alice, 2026).days] == ["2026-03-01", "2026-03-02"]


def test_a_beginning_that_an_import_put_in_is_no_days_work(alice: Reader, demian: Book) -> None:
    columns: dict[str, Any] = {"status": JourneyStatus.FINISHED, "started_on": TODAY}
    journey = Journey.objects.create(reader=alice, book=demian, theme_seed=1, **columns)
    start = ReadingLog.objects.create(journey=journey, version=0, logged_on=TODAY)
    assert (dict(told(alice).days), told(alice).streak.current) == ({}, 0)
    for column, value in (("memo", "x"), ("emotions", ["joy"]), ("page", 0)):
        ReadingLog.objects.filter(pk=start.pk).update(**{column: value})
        assert dict(told(alice).days) == {TODAY: 1}
        ReadingLog.objects.filter(pk=start.pk).update(memo="", emotions=[], page=None)


def test_feelings_of_a_beginning_on_no_day_count_on_none(alice: Reader) -> None:
    rows = "Title,Authors,Read Status,Dates Read,Moods,Star Rating\n{}"
    taken_in(alice, rows.format('Emma,Jane Austen,read,,"funny, sad",4.0\n'))
    start = ReadingLog.objects.get()
    assert (start.version, start.emotions) == (0, ["joy", "sadness"])
    year = start.logged_on.year
    every = statistics_of(alice, today=start.logged_on)
    assert (every.years, dict(every.days), every.periods, every.streak) == ([], {}, [], Streak(0, 0))
    assert (every.books, every.undated_books) == (1, 1)
    assert not any(period.moods for period in statistics_of(alice, today=start.logged_on, year=year).periods)
    taken_in(alice, rows.format("Persuasion,Jane Austen,read,2025/03/09,funny,\n"))
    (march,) = [period for period in told(alice, 2025).periods if period.moods]
    assert (march.start, march.moods) == (date(2025, 3, 1), {Mood.JOY: 1})


def test_feelings_count_again_when_the_first_day_is_found(alice: Reader) -> None:
    taken_in(alice, "Title,Authors,Read Status,Moods,Star Rating\nEmma,Jane Austen,read,funny,4.0\n")
    assert told(alice).years == []
    edit_record(Journey.objects.get(), {"started_on": date(2025, 3, 9)})
    assert dict(told(alice).days) == {date(2025, 3, 9): 1}


def test_all_totals_are_of_the_same_journeys(alice: Reader, demian: Book) -> None:
    ended(begun(alice, demian, "2026-01-01"), "2026-02-01", rating=8)
    ended(begun(alice, demian, "2026-01-01"), "2026-12-31", rating=20)  # a slip of the pen: no day
    ended(begun(alice, demian, "2026-01-01"), "2026-03-01", JourneyStatus.STOPPED, rating=4)
    Journey.objects.filter(pk=begun(alice, demian, "2026-01-01").pk).update(rating=16)  # being read
    every, year = told(alice), told(alice, 2026)
    assert (every.books, every.undated_books, every.pages) == (2, 1, 480)
    assert (year.books, year.undated_books, year.pages) == (1, 0, 240)
    assert every.ratings == {5: 1, 4: 0, 3: 0, 2: 1, 1: 1}
    assert year.ratings == {5: 0, 4: 0, 3: 0, 2: 1, 1: 1}
    for statistics in (every, year):
        assert sum(period.books for period in statistics.periods) == statistics.books - statistics.undated_books


def test_ratings_and_tags_are_those_of_the_year(alice: Reader, demian: Book) -> None:
    first = ended(begun(alice, demian, "2025-01-01"), "2025-02-01", rating=20)
    second = ended(begun(alice, demian, "2026-01-01"), "2026-02-01", rating=13)
    set_tags(first, ["고전"])
    set_tags(second, ["고전", "성장"])
    assert told(alice).ratings == {5: 1, 4: 0, 3.25: 1, 3: 0, 2: 0, 1: 0}
    assert list(told(alice).ratings) == [5, 4, 3.25, 3, 2, 1]
    assert told(alice).average_rating == pytest.approx(4.125)
    assert (told(alice, 2026).average_rating, told(alice, 2026).tags) == (3.25, [("고전", 1), ("성장", 1)])
    assert told(alice).tags == [("고전", 2), ("성장", 1)]


def test_a_slip_of_the_pen_and_days_to_come_count_nowhere(alice: Reader, demian: Book) -> None:
    journey = begun(alice, demian, "2026-01-01")
    for day in (date(1, 1, 2), date(9999, 12, 31), TODAY + timedelta(days=1)):
        add_log(journey, LogEntry(page=200, logged_on=day))
    ended(begun(alice, demian, "2026-01-01"), "2999-12-31")
    assert told(alice).years == [2026]
    assert len(told(alice).days) == 1


def test_it_takes_as_many_queries_for_much_as_for_little(alice: Reader, demian: Book) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            told(alice)
        return len(seen)

    add_progress(begun(alice, demian, "2026-01-01"), HowFar(page=3, read_on=TODAY))
    few = queries()
    for _ in range(5):
        add_progress(begun(alice, demian, "2026-01-01"), HowFar(page=3, read_on=TODAY))
    assert queries() == few


def test_pages_say_it_in_words_beside_every_picture(as_alice: Client, alice: Reader, demian: Book) -> None:
    journey = begun(alice, demian, "2026-03-01")
    add_log(journey, LogEntry(memo="x", emotions=(Mood.JOY,), logged_on=date(2026, 3, 2)))
    ended(journey, "2026-04-05", rating=18)
    year = as_alice.get("/stats/2026").content.decode()
    assert 'class="tint-joy"' in year
    assert "기쁨 1" in year
    assert 'class="day-1"' in year
    assert re.search(r"(?s)</span> 4\.5</th>[^★]*<span>1</span>", year)
    assert re.search(r"(?s)</span> 5</th>[^★]*<span>0</span>", year)
    assert "style=" not in year
    every = as_alice.get("/stats").content.decode()
    assert "/stats/2026" in every
    assert as_alice.get("/stats/1899").status_code == as_alice.get("/stats/3000").status_code == 404
    assert as_alice.get("/stats/1999").status_code == 200


@pytest.mark.parametrize("year", [2000, 2012, 2023, 2026])
def test_the_calendar_has_every_day_once_in_its_half_year(year: int) -> None:
    calendar = calendar_of(year, {date(year, 7, 1): 2, date(year, 12, 31): 1})
    first, second = (half.squares for half in calendar.halves)
    assert len(first) + len(second) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert len(second) == 184
    assert (second[0].level, second[-1].level, [day.level for day in first if day.level]) == (2, 1, [])
    for squares in (first, second):
        assert len({(day.x, day.y) for day in squares}) == len(squares)
        assert max(day.x for day in squares) < calendar.width
        assert max(day.y for day in squares) < calendar.height
    assert second[0].y == date(year, 7, 1).weekday() * calendar.height / 7


def test_an_empty_record_is_a_page_too(as_alice: Client) -> None:
    assert as_alice.get("/stats").status_code == as_alice.get("/stats/2026").status_code == 200


def test_today_is_the_readers_own(as_alice: Client, journey: Journey, time_machine: Any) -> None:
    time_machine.move_to(datetime(2027, 1, 1, 16, 0, tzinfo=UTC), tick=True)  # already the 2nd in Seoul
    add_progress(journey, HowFar(page=3))
    assert as_alice.get("/stats").context["told"].streak.current == 1


def test_the_api_tells_them(alice_api: APIClient, alice: Reader, demian: Book) -> None:
    ended(begun(alice, demian, "2026-01-01"), "2026-02-01", rating=18)
    every = alice_api.get("/api/statistics").json()
    assert (every["books"], every["pages"], every["average_rating"]) == (1, 240, 4.5)
    year = alice_api.get("/api/statistics/2026").json()
    assert year["periods"][1] == {"start": "2026-02-01", "books": 1, "pages": 240, "moods": {}}
    assert alice_api.get("/api/statistics/1").status_code == 404
