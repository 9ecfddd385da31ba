"""Searching one's own logs and journeys."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from journeys.record.search import Needle, search_record

FIRST_JOURNEYS = 5


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` in logs, after the first few journeys; `in=journeys` shows all of those instead."""
    query = request.GET.get("q", "").strip()[:200]
    needle = Needle.of(query)
    context: dict[str, object] = {"query": query, "searched": bool(query), "found_nothing": True}
    if needle:
        only_journeys = request.GET.get("in") == "journeys"
        found = search_record(
            request.user,
            needle,
            number=request.GET.get("page"),
            first_journeys=FIRST_JOURNEYS,
            only_journeys=only_journeys,
        )
        context |= {
            "only_journeys": only_journeys,
            "journey_count": found.journey_count,
            "log_count": found.log_count,
            "journey_hits": found.journeys,
            "more_journeys": not only_journeys and found.journey_count > FIRST_JOURNEYS,
            "log_hits": found.logs,
            "page": found.page,
            "found_nothing": not found.journey_count and not found.log_count,
        }
    return render(request, "journeys/search.html", context)
