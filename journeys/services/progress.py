"""Noting how far a reader is, without a log and its music."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.models import Journey, JourneyStatus, Progress
from journeys.services.holding import hold_journey
from journeys.services.logs import NotReading, touch
from journeys.services.readers import today_of


class BeyondTheBook(Exception):
    """A page that the book does not have."""

    def __init__(self, pages: int) -> None:
        super().__init__(pages)
        self.pages = pages

    def __str__(self) -> str:
        return ngettext(
            "The book has %(pages)d page. If your copy has more, say so in the journey’s details.",
            "The book has %(pages)d pages. If your copy has more, say so in the journey’s details.",
            self.pages,
        ) % {"pages": self.pages}


class HowFarUnclear(Exception):
    """Both a page and a percentage, or neither where one is needed; `field` is the one to correct."""

    def __init__(self, field: str, message: str, code: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class InTheFuture(Exception):
    """A day that has not come yet, where the reader is."""

    def __str__(self) -> str:
        return _("This day has not come yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HowFar:
    """A page or a percentage, exactly one of the two, and the day; without one it is today where the reader is."""

    page: int | None = None
    percent: int | None = None
    read_on: date | None = None


def check_how_far(page: int | None, percent: int | None, *, needed: bool) -> None:
    """A log may leave both out, a note of progress may not. Raises `HowFarUnclear`."""
    if page is not None and percent is not None:
        raise HowFarUnclear("percent", _("Give a page or a percentage, not both."), "both")
    if needed and page is None and percent is None:
        raise HowFarUnclear("page", _("Give a page or a percentage."), "required")


@transaction.atomic
def add_progress(journey: Journey, how_far: HowFar) -> Progress:
    """Note how far the reader was on a day. Raises `NotReading` for a wanted book, `BeyondTheBook`, `InTheFuture`;
    `Http404` when the journey was deleted meanwhile."""
    current = hold_journey(journey)
    if current.status == JourneyStatus.WANT:
        raise NotReading(current.status)
    progress = Progress.objects.create(journey=journey, **_columns(current, how_far))
    touch(journey)
    return progress


@transaction.atomic
def edit_progress(progress: Progress, how_far: HowFar) -> None:
    """Correct what was noted. Raises `BeyondTheBook`, `InTheFuture`; `Http404` when it was deleted meanwhile."""
    current = hold_journey(progress.journey)  # before its note, as whoever deletes the journey does
    if not Progress.objects.filter(pk=progress.pk).update(**_columns(current, how_far)):
        raise Http404
    touch(current)
    progress.refresh_from_db()


@transaction.atomic
def delete_progress(progress: Progress) -> None:
    """Take a note back; quiet when it is gone already. Raises `Http404` when its journey is."""
    hold_journey(progress.journey)
    Progress.objects.filter(pk=progress.pk).delete()
    touch(progress.journey)


def _columns(journey: Journey, how_far: HowFar) -> dict[str, Any]:
    today = today_of(journey.reader)
    read_on = how_far.read_on or today
    if read_on > today:
        raise InTheFuture
    pages = journey.page_count
    if how_far.page is not None and pages is not None and how_far.page > pages:
        raise BeyondTheBook(pages)
    return {"page": how_far.page, "percent": how_far.percent, "read_on": read_on}
