"""Pictures of a record as plain geometry, which the templates draw as inline SVG: no style attributes, no scripts.

Colours are classes (static/css/record.css), so that they follow the page's light or dark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import ngettext

from journeys.record.progress import Entry
from journeys.record.statistics import Period
from music.brief import Mood
from music.names import mood_text

COLUMN_WIDTH = 20
"""Of a column of moods, its gap included; the picture is 100 high."""

DAY = 12
"""The side of a day in the calendar, its gap included."""
HALF_YEAR_WEEKS = 28
"""That six months touch, whatever weekday they begin on."""
LEVELS = (1, 2, 4, 7)
"""Entries on a day from which its square is a shade darker."""

WIDTH, HEIGHT = 600, 160
MARGIN = 14


@dataclass(frozen=True, slots=True)
class Band:
    """One mood's part of a column."""

    mood: Mood
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class MoodColumn:
    """The moods of a month or a year, as parts of all of it."""

    x: int
    label: str
    short_label: str
    bands: list[Band]
    counts: list[tuple[str, int]]
    """The same in words, the most frequent first."""


def mood_columns(periods: Sequence[Period], labels: Sequence[str], short_labels: Sequence[str]) -> list[MoodColumn]:
    """A column for each period; one without moods is empty."""
    return [
        MoodColumn(
            number * COLUMN_WIDTH,
            label,
            short_label,
            _bands(period.moods),
            [(mood_text(mood), count) for mood, count in period.moods.most_common()],
        )
        for number, (period, label, short_label) in enumerate(zip(periods, labels, short_labels, strict=True))
    ]


def _bands(moods: Counter[Mood]) -> list[Band]:
    total, y, bands = sum(moods.values()), 0.0, []
    for mood in Mood:  # always in the same order, so that a mood can be followed from column to column
        if moods[mood]:
            height = 100 * moods[mood] / total
            bands.append(Band(mood, round(y, 2), round(height, 2)))
            y += height
    return bands


@dataclass(frozen=True, slots=True)
class DaySquare:
    """A day in the calendar; `level` 0 … 4 is how much was written."""

    x: int
    y: int
    level: int
    text: str
    """Empty for a day without anything."""


@dataclass(frozen=True, slots=True)
class HalfYear:
    """Six months of days, a column for each week from Monday to Sunday."""

    label: str
    squares: list[DaySquare]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a year in two halves, which stand side by side or below each other: a phone has no room for a row of
    53 weeks. `width` and `height` are of each half."""

    width: int
    height: int
    halves: list[HalfYear]
    months: list[tuple[str, int, int]]
    """The same in words: month, days on which something was written, entries."""


def calendar_of(year: int, days: Mapping[date, int]) -> Calendar:
    months = []
    for month in range(1, 13):
        counts = [count for day, count in days.items() if (day.year, day.month) == (year, month)]
        months.append((date_format(date(year, month, 1), "F"), len(counts), sum(counts)))
    halves = [_half(date(year, 1, 1), date(year, 6, 30), days), _half(date(year, 7, 1), date(year, 12, 31), days)]
    return Calendar(HALF_YEAR_WEEKS * DAY, 7 * DAY, halves, months)


def _half(first: date, last: date, days: Mapping[date, int]) -> HalfYear:
    squares = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        week, weekday = divmod(first.weekday() + number, 7)
        count = days.get(day, 0)
        level = sum(count >= limit for limit in LEVELS)
        squares.append(DaySquare(week * DAY, weekday * DAY, level, _day_text(day, count) if count else ""))
    return HalfYear(f"{date_format(first, 'F')} – {date_format(last, 'F')}", squares)


def _day_text(day: date, count: int) -> str:
    entries = ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}
    return f"{date_format(day, 'DATE_FORMAT')}: {entries}"


def smooth_path(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path through the points, level at each of them, so that it never rises above what was felt."""
    x, y = points[0]
    steps = [f"M{x:g} {y:g}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        steps.append(f"C{middle:.1f} {y0:g} {middle:.1f} {y1:g} {x1:g} {y1:g}")
    return "".join(steps)


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """The way through the book as an SVG path, from one day to another."""

    path: str
    first: date
    last: date


def progress_line(entries: Iterable[Entry]) -> ProgressLine | None:
    """The way through the book over the days; None where fewer than two days tell a share of it."""
    by_day = {entry.position.on: entry.position.share for entry in reversed(list(entries))}
    told = [(day, share) for day, share in sorted(by_day.items()) if share is not None]
    if len(told) < 2:
        return None
    first, last = told[0][0], told[-1][0]
    span = (last - first).days
    points = [
        (
            round(MARGIN + (day - first).days / span * (WIDTH - 2 * MARGIN), 1),
            round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1),
        )
        for day, share in told
    ]
    return ProgressLine("M" + "L".join(f"{x:g} {y:g}" for x, y in points), first, last)
