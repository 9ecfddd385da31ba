"""The reader's shelf, and what a visitor sees."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext

from journeys.models import JourneyStatus
from journeys.record.shelf import PER_PAGE, SORTS, journeys_of, shelf_books, status_counts, tag_counts

TAGS_SHOWN = 30


def home(request: HttpRequest) -> HttpResponse:
    """The reader's shelf (`?status=&tag=&sort=&page=`); a visitor sees what this is."""
    if not request.user.is_authenticated:
        return render(request, "landing.html")
    status, tag = request.GET.get("status", ""), request.GET.get("tag", "")
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "recent"
    tags = tag_counts(request.user, TAGS_SHOWN, also=tag)
    tag = next((name for name, _count in tags if name.lower() == tag.lower()), tag)  # as its reader spells it
    counts = status_counts(request.user, tag)
    page = Paginator(journeys_of(request.user, status=status, tag=tag, sort=sort), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "shelf": shelf_books(page.object_list),
        "page": page,
        "status": status if status in JourneyStatus.values else "",
        "tag": tag,
        "sort": sort,
        "sorts": SORTS.items(),
        "tabs": [
            ("", pgettext("journeys", "All"), counts[""]),
            *((each.value, each.label, counts[each.value]) for each in JourneyStatus),
        ],
        "tags": tags,
        # Nothing at all, not only nothing of the kind that is looked for.
        "is_empty": not counts[""] and not tag,
    }
    return render(request, "journeys/home.html", context)
