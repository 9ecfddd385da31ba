"""A reader's record in numbers and pictures."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from journeys.record.charts import calendar_of, mood_columns
from journeys.record.statistics import FIRST_YEAR, LAST_YEAR, statistics_of
from journeys.services import today_of
from music.brief import Mood
from music.names import mood_text


@login_required
def statistics(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """All years, or the months of one."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    told = statistics_of(request.user, today=today_of(request.user), year=year)  # type: ignore[arg-type]
    labels = [date_format(period.start, "F") if year else str(period.start.year) for period in told.periods]
    short = [str(period.start.month if year else period.start.year) for period in told.periods]
    columns = mood_columns(told.periods, labels, short)
    felt = {mood for period in told.periods for mood in period.moods}
    context = {
        "told": told,
        "year": year,
        "rows": [{"period": period, "label": label} for period, label in zip(told.periods, labels, strict=True)],
        "most_books": max((period.books for period in told.periods), default=0),
        "most_pages": max((period.pages for period in told.periods), default=0),
        "most_rated": max(told.ratings.values(), default=0),
        "columns": columns if felt else [],
        "legend": [(mood, mood_text(mood)) for mood in Mood if mood in felt],
        "calendar": calendar_of(year, told.days) if year else None,
    }
    return render(request, "journeys/statistics.html", context)
