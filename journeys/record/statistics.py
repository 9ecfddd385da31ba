"""A reader's record in numbers: books, pages, days, moods, ratings and tags, of one year or of all.

Days are the reader's own: logs and notes carry the date where they were written. Pages are what positions tell: each
day's rise above the highest page so far, and on the last day of a finished book the rest of it.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q

from journeys.models import Journey, JourneyStatus, Progress, ReadingLog, Tag
from journeys.record.progress import Position
from music.brief import Mood

TOP_TAGS = 12
WHOLE_STARS = (4, 8, 12, 16, 20)
"""In quarters, as journeys are rated."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""What is dated outside is a slip of the pen: it is kept, and counted nowhere."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with a log or a note of progress."""

    current: int
    """Up to today, or to yesterday while today is still young; 0 when it is broken."""
    longest: int


@dataclass(slots=True)
class Period:
    """A month of a year, or a year of all."""

    start: date
    books: int = 0
    pages: int = 0
    moods: Counter[Mood] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of one year, its periods being months; or of all years, its periods being years."""

    year: int | None
    years: list[int]
    """Those in which anything was read, the latest first."""
    periods: list[Period]
    books: int
    pages: int
    """Also of books that are still being read."""
    days: Mapping[date, int]
    """How often something was written on each day on which anything was."""
    streak: Streak
    ratings: Mapping[float, int]
    """How many journeys, finished or stopped, ended with so many stars, the most first: 5 to 1, and whatever quarters
    between them were given."""
    average_rating: float | None
    """In stars."""
    tags: list[tuple[str, int]]
    undated_books: int
    """Finished on a day that nobody wrote down: they count among all, and in no year."""
    books_without_pages: int
    """Finished, and nobody knows how many pages they have."""


def statistics_of(reader: Any, *, today: date, year: int | None = None) -> Statistics:
    """What was read, in a fixed number of queries however much it is."""
    read = Journey.objects.for_reader(reader).exclude(status=JourneyStatus.WANT).select_related("book")
    journeys = list(read.only("status", "ended_on", "rating", "pages", "book__pages"))
    told = _told(reader)
    days = Counter(day for entries in told.values() for day, _how_far, _moods in entries if _is_day(day, today))
    pages = _pages_by_day(journeys, told, today)
    ended = [(journey, _last_day(journey, today)) for journey in journeys if journey.status != JourneyStatus.READING]
    seen = {day.year for day in days} | {day.year for _journey, day in ended if day}
    years = sorted(seen | ({year} if year else set()), reverse=True)

    def within(day: date | None) -> bool:
        return year is None or (day is not None and day.year == year)

    periods = _periods(years, year)
    counted = [(journey, day) for journey, day in ended if within(day)]
    finished = [(journey, day) for journey, day in counted if journey.status == JourneyStatus.FINISHED]
    for _journey, last_day in finished:
        if last_day:
            periods[_key(last_day, year)].books += 1
    for day, count in pages.items():
        if within(day) and day != NO_DAY:
            periods[_key(day, year)].pages += count
    for entries in told.values():
        for day, _how_far, moods in entries:
            if moods and within(day) and _is_day(day, today):
                periods[_key(day, year)].moods.update(moods)
    rated = [journey.rating for journey, _day in counted if journey.rating]
    return Statistics(
        year=year,
        years=years,
        periods=[period for _key_, period in sorted(periods.items())],
        books=len(finished),
        pages=sum(period.pages for period in periods.values()) + (0 if year else pages[NO_DAY]),
        days={day: count for day, count in sorted(days.items()) if within(day)},
        streak=streak_of(days, today),
        ratings={quarters / 4: rated.count(quarters) for quarters in sorted({*WHOLE_STARS, *rated}, reverse=True)},
        average_rating=sum(rated) / len(rated) / 4 if rated else None,
        tags=_tags(reader, year, today),
        undated_books=sum(last_day is None for _journey, last_day in finished),
        books_without_pages=sum(journey.page_count is None for journey, _day in finished),
    )


def streak_of(days: Iterable[date], today: date) -> Streak:
    """How many days in a row; days to come do not count."""
    longest = run = 0
    last = None
    for day in sorted({day for day in days if day <= today}):
        run = run + 1 if last and day - last == timedelta(days=1) else 1
        longest, last = max(longest, run), day
    return Streak(run if last and today - last <= timedelta(days=1) else 0, longest)


MOODS = {str(mood): mood for mood in Mood}
NO_DAY = date.min
"""Where pages are counted that were read nobody knows when."""

PageOrPercent = tuple[int | None, int | None]
Told = tuple[date, PageOrPercent | None, list[Mood]]


_SAYS_NOTHING = Q(version=0, quote="", memo="", page__isnull=True, percent__isnull=True)
_IS_PUT_IN = _SAYS_NOTHING & Q(emotions=[], track__isnull=True)
_IS_OF_NO_DAY = _SAYS_NOTHING & Q(journey__started_on__isnull=True) & ~Q(logged_on=F("journey__ended_on"))
"""A beginning without words in a journey whose first day nobody knows, as an import brings it with what was felt about
the book: unless it stands on the last day, its day is that of the import, on which nothing was read or felt."""


def _told(reader: Any) -> Mapping[uuid.UUID, list[Told]]:
    """What logs and notes tell, by journey, in the order of their days: how far it was, and what it felt like.

    The reader's own emotions come before the mood that was read from the words; a beginning without words has none. A
    beginning that an import put in, with nothing in it, tells nothing: nobody wrote anything that day. Nor does one
    that is of no day.
    """
    found: dict[uuid.UUID, list[Told]] = defaultdict(list)
    logs = ReadingLog.objects.filter(journey__reader=reader).exclude(_IS_PUT_IN | _IS_OF_NO_DAY).order_by()
    columns = ("journey", "logged_on", "page", "percent", "emotions", "version", "track__mood")
    for journey, day, page, percent, emotions, version, heard in logs.values_list(*columns):
        moods = [MOODS[name] for name in emotions or ([heard] if version else []) if name in MOODS]
        found[journey].append((day, None if page is None and percent is None else (page, percent), moods))
    notes = Progress.objects.filter(journey__reader=reader).order_by()
    for journey, day, page, percent in notes.values_list("journey", "read_on", "page", "percent"):
        found[journey].append((day, (page, percent), []))
    for entries in found.values():
        entries.sort(key=lambda each: each[0])  # within a day only the highest page matters
    return found


def _pages_by_day(journeys: Iterable[Journey], told: Mapping[uuid.UUID, list[Told]], today: date) -> Counter[date]:
    """Pages read on each day, under `NO_DAY` those of finished books without a last day."""
    pages: Counter[date] = Counter()
    for journey in journeys:
        highest = 0
        for day, how_far, _moods in told.get(journey.pk, ()):
            if how_far is None or not _is_day(day, today):
                continue
            reached = Position(*how_far, day, journey.page_count).read_page
            if reached is not None and reached > highest:
                pages[day] += reached - highest
                highest = reached
        if journey.status == JourneyStatus.FINISHED and journey.page_count:
            pages[_last_day(journey, today) or NO_DAY] += max(0, journey.page_count - highest)
    return pages


def _periods(years: Iterable[int], year: int | None) -> dict[date, Period]:
    if year is not None:
        return {start: Period(start) for start in (date(year, month, 1) for month in range(1, 13))}
    found = list(years)
    if not found:
        return {}
    return {start: Period(start) for start in (date(each, 1, 1) for each in range(min(found), max(found) + 1))}


def _key(day: date, year: int | None) -> date:
    return day.replace(day=1) if year else day.replace(month=1, day=1)


def _is_day(day: date, today: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR and day <= today


def _last_day(journey: Journey, today: date) -> date | None:
    """None where nobody wrote it down, and where it is a slip of the pen."""
    return journey.ended_on if journey.ended_on and _is_day(journey.ended_on, today) else None


def _tags(reader: Any, year: int | None, today: date) -> list[tuple[str, int]]:
    ended = Q(journeys__status=JourneyStatus.FINISHED)
    if year:
        ended &= Q(journeys__ended_on__year=year, journeys__ended_on__lte=today)
    tags = Tag.objects.filter(reader=reader).annotate(count=Count("journeys", filter=ended)).filter(count__gt=0)
    return list(tags.order_by("-count", "name").values_list("name", "count")[:TOP_TAGS])
