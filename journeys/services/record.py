"""What a reader keeps of a journey beside its logs: rating, review, tags, its days, the pages of their copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from journeys.models import Journey, JourneyStatus
from journeys.services.holding import hold_journey, hold_reader
from journeys.services.readers import today_of
from journeys.services.tags import set_tags
from journeys.services.texts import nfc


class DatesDoNotFit(Exception):
    """Days that cannot be, or not of a journey in this state; `field` is the one to correct."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All of it. `rating` in quarters of a star, `pages` only where the copy is not the book's."""

    rating: int | None = None
    review: str = ""
    tags: tuple[str, ...] = ()
    started_on: date | None = None
    ended_on: date | None = None
    pages: int | None = None


def record_of(journey: Journey) -> Record:
    """The record as it is."""
    return Record(
        rating=journey.rating,
        review=journey.review,
        tags=tuple(tag.name for tag in journey.tags.all()),
        started_on=journey.started_on,
        ended_on=journey.ended_on,
        pages=journey.pages,
    )


@transaction.atomic
def edit_record(journey: Journey, changes: Mapping[str, Any]) -> None:
    """Change these fields of the journey's `Record`; the others stay as they are. Raises `DatesDoNotFit`."""
    hold_reader(journey.reader_id)
    current = hold_journey(journey)
    record = replace(record_of(current), **changes)
    _check_days(current, record)
    columns: Mapping[str, Any] = {
        "rating": record.rating,
        "review": nfc(record.review),
        "started_on": record.started_on,
        "ended_on": record.ended_on,
        # Not kept apart where it says the same: a better page count of the book is then the journey's too.
        "pages": None if record.pages == current.book.pages else record.pages,
    }
    Journey.objects.filter(pk=journey.pk).update(**columns, updated_at=Now())
    set_tags(journey, record.tags)
    if record.started_on and record.started_on != current.started_on:
        # The beginning was written on the first day, and moves with it; so does one that was imported without a day.
        written_then = Q(logged_on=current.started_on) if current.started_on else Q(quote="", memo="")
        current.logs.filter(written_then, version=0).update(logged_on=record.started_on)
    journey.refresh_from_db(fields=[*columns, "updated_at"])


def rate_journey(journey: Journey, rating: int | None) -> None:
    """Change the stars alone: in quarters of one, None for no rating."""
    Journey.objects.filter(pk=journey.pk).update(rating=rating, updated_at=Now())
    journey.refresh_from_db(fields=["rating", "updated_at"])


def _check_days(journey: Journey, record: Record) -> None:
    first, last = record.started_on, record.ended_on
    if journey.status == JourneyStatus.WANT and first:
        raise DatesDoNotFit("started_on", _("You have not begun to read this book yet. Start the journey first."))
    if journey.status in (JourneyStatus.WANT, JourneyStatus.READING) and last:
        raise DatesDoNotFit("ended_on", _("This journey has not ended yet."))
    # Only what is changed is held against the calendar: the rest may have been imported so.
    today = today_of(journey.reader)
    for field, day, before in (("started_on", first, journey.started_on), ("ended_on", last, journey.ended_on)):
        if day and day != before and day > today:
            raise DatesDoNotFit(field, _("This day has not come yet."))
    if first and last and last < first:
        raise DatesDoNotFit("ended_on", _("The last day cannot be before the first."))
