"""Pictures of a record as plain geometry, which the templates draw as inline SVG: no style attributes, no scripts.

Colours are classes (static/css/record.css), so that they follow the page's light or dark.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.models import Journey, ReadingLog
from journeys.record.progress import Entry
from journeys.record.statistics import MOODS, Period
from music.brief import Mood
from music.briefs.mood import FEELING
from music.names import joined, mood_text

COLUMN_WIDTH = 20
"""Of a column of moods, its gap included; the picture is 100 high."""
_GAP = 4

DAY = 12
"""The side of a day in the calendar, its gap included."""
LEVELS = (1, 2, 4, 7)
"""Entries on a day from which its square is a shade darker."""

WIDTH, HEIGHT = 600, 160
_MARGIN = 14
MOST_POINTS = 60
"""Dots of a timeline that can still be told apart; in a longer journey each stands for several logs."""


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
class Calendar:
    """The days of a year, a column for each week from Monday to Sunday."""

    width: int
    height: int
    squares: list[DaySquare]
    months: list[tuple[str, int, int]]
    """The same in words: month, days on which something was written, entries."""


def calendar_of(year: int, days: Mapping[date, int]) -> Calendar:
    first = date(year, 1, 1)
    start = first - timedelta(days=first.weekday())
    squares = []
    day = first
    while day.year == year:
        week, weekday = divmod((day - start).days, 7)
        count = days.get(day, 0)
        level = sum(count >= limit for limit in LEVELS)
        squares.append(DaySquare(week * DAY, weekday * DAY, level, _day_text(day, count) if count else ""))
        if day == date.max:
            break
        day += timedelta(days=1)
    months = []
    for month in range(1, 13):
        counts = [count for day, count in days.items() if (day.year, day.month) == (year, month)]
        months.append((date_format(date(year, month, 1), "F"), len(counts), sum(counts)))
    return Calendar((squares[-1].x // DAY + 1) * DAY, 7 * DAY, squares, months)


def _day_text(day: date, count: int) -> str:
    entries = ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}
    return f"{date_format(day, 'DATE_FORMAT')}: {entries}"


@dataclass(frozen=True, slots=True)
class Dot:
    """A log, or some that follow one another, in a journey's picture."""

    x: float
    y: float
    mood: Mood
    text: str
    url: str
    labels: str
    on: date

    @property
    def height_percent(self) -> float:
        """`y` as a part of the picture's height, from the top."""
        return round(100 * self.y / HEIGHT, 1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """How a journey felt from its first log to its last: pleasant is up."""

    dots: list[Dot]
    path: str
    middle: float = HEIGHT / 2
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Felt:
    log_id: uuid.UUID
    label: str
    version: int
    on: date
    moods: list[Mood]
    valence: float


def timeline_of(journey: Journey) -> Timeline | None:
    """What each log's music was made to feel like, or, of a log without music, the reader's own emotions.

    One query. None with fewer than two logs to show.
    """
    felt = _felt(journey)
    if len(felt) < 2:
        return None
    size = -(-len(felt) // MOST_POINTS)
    groups = [felt[start : start + size] for start in range(0, len(felt), size)]
    step = WIDTH / len(groups)
    dots = [_dot(group, (number + 0.5) * step, journey.get_absolute_url()) for number, group in enumerate(groups)]
    return Timeline(dots, smooth_path([(dot.x, dot.y) for dot in dots]))


def _felt(journey: Journey) -> list[_Felt]:
    rows = ReadingLog.objects.filter(journey=journey).order_by("version")
    columns = ("pk", "version", "is_final", "logged_on", "emotions", "track__mood", "track__brief__valence")
    found = []
    for pk, version, is_final, on, emotions, heard, valence in rows.values_list(*columns):
        moods = [MOODS[name] for name in ([heard] if heard else emotions) if name in MOODS]
        if not moods:
            continue
        if not isinstance(valence, (int, float)):
            valence = sum(FEELING[mood][0] for mood in moods) / len(moods)
        found.append(_Felt(pk, "vFinal" if is_final else f"v{version}", version, on, moods, valence))
    return found


def _dot(group: Sequence[_Felt], x: float, url: str) -> Dot:
    first, last = group[0], group[-1]
    moods = Counter(mood for felt in group for mood in felt.moods)
    valence = max(-1.0, min(1.0, sum(felt.valence for felt in group) / len(group)))
    labels = first.label if first is last else f"{first.label}–{last.label}"
    names = joined([mood_text(mood) for mood, _count in moods.most_common(2)])
    return Dot(
        x=round(x, 1),
        y=round(_MARGIN + (1 - valence) / 2 * (HEIGHT - 2 * _MARGIN), 1),
        mood=moods.most_common(1)[0][0],
        text=_("%(label)s, %(date)s: %(moods)s")
        % {"label": labels, "date": date_format(first.on, "DATE_FORMAT"), "moods": names},
        url=f"{url}?log={first.version}#log-{first.log_id}",
        labels=labels,
        on=first.on,
    )


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
            round(_MARGIN + (day - first).days / span * (WIDTH - 2 * _MARGIN), 1),
            round(HEIGHT - _MARGIN - share * (HEIGHT - 2 * _MARGIN), 1),
        )
        for day, share in told
    ]
    return ProgressLine("M" + "L".join(f"{x:g} {y:g}" for x, y in points), first, last)
