"""A reader's journeys as a shelf shows them: some of them, in some order, a page at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from journeys.models import Journey, JourneyQuerySet, JourneyStatus, ReadingLog, Tag
from journeys.record.progress import Position, latest_positions
from music.models import MusicTrack
from music.presentation import TrackCard, cards_for

PER_PAGE = 24

SORTS: dict[str, Any] = {
    "recent": pgettext_lazy("order", "most recent"),
    "title": pgettext_lazy("order", "title"),
    "author": pgettext_lazy("order", "author"),
    "rating": pgettext_lazy("order", "rating"),
    "started": pgettext_lazy("order", "begun last"),
}
"""Orders of a shelf, by their name in the address."""


@dataclass(frozen=True, slots=True)
class ShelfBook:
    """One journey on the shelf."""

    journey: Journey
    log_count: int
    card: TrackCard | None
    position: Position | None
    reading_text: str
    rating_text: str


def journeys_of(reader: Any, *, status: str = "", tag: str = "", sort: str = "") -> JourneyQuerySet:
    """A reader's journeys with these; what is empty or unknown does not matter."""
    journeys = Journey.objects.for_reader(reader).select_related("book")
    if status in JourneyStatus.values:
        journeys = journeys.filter(status=status)
    if tag:
        journeys = journeys.filter(tags__in=_tags_named(reader, tag))
    return journeys.order_by(*_order(sort))


def _tags_named(reader: Any, name: str) -> list[int]:
    """Compared here as `set_tags` does: SQLite folds the case of ASCII alone, and PostgreSQL takes no NUL."""
    tags = Tag.objects.filter(reader=reader).values_list("pk", "name")
    return [pk for pk, kept in tags if kept.lower() == name.lower()]


def _order(sort: str) -> list[Any]:
    """The order, made whole by the key: pages must not overlap."""
    orders: dict[str, list[Any]] = {
        "title": [_shown("title")],
        "author": [NullIf(_shown("authors"), Value("")).asc(nulls_last=True), _shown("title")],
        "rating": [F("rating").desc(nulls_last=True), "-updated_at"],
        "started": [F("started_on").desc(nulls_last=True), "-updated_at"],
    }
    return [*orders.get(sort, ["-updated_at"]), "pk"]


def _shown(column: str) -> Any:
    """A book's column in the language of the page, without case."""
    if get_language() == "en":
        return Lower(Coalesce(NullIf(f"book__{column}_en", Value("")), f"book__{column}"))
    return Lower(f"book__{column}")


def status_counts(reader: Any, tag: str = "") -> dict[str, int]:
    """How many journeys there are of each status, also of none; under "" all of them."""
    rows = journeys_of(reader, tag=tag).order_by().values_list("status").annotate(count=Count("pk"))
    counts = dict.fromkeys(JourneyStatus.values, 0) | dict(rows)
    return {"": sum(counts.values()), **counts}


def tag_counts(reader: Any, limit: int, *, also: str = "") -> list[tuple[str, int]]:
    """A reader's tags with the number of their journeys, those with most first; `also` is among them in any case."""
    tags = Tag.objects.filter(reader=reader).annotate(count=Count("journeys")).filter(count__gt=0)
    counts = list(tags.order_by("-count", "name").values_list("name", "count"))
    asked = [(name, count) for name, count in counts[limit:] if name.lower() == also.lower()]
    return [*counts[:limit], *asked]


def shelf_books(journeys: Iterable[Journey]) -> list[ShelfBook]:
    """Each of one reader's journeys (a page of them, with their books) with what the shelf tells of it; a fixed number
    of queries."""
    journeys = list(journeys)
    if not journeys:
        return []
    ids = [journey.pk for journey in journeys]
    newest = MusicTrack.objects.filter(log__journey=OuterRef("pk")).order_by("-log__version").values("pk")[:1]
    track_ids = Journey.objects.filter(pk__in=ids).annotate(newest=Subquery(newest)).values("newest")
    tracks = list(MusicTrack.objects.filter(pk__in=track_ids).for_cards())
    cards = {track.log.journey_id: card for track, card in zip(tracks, cards_for(tracks), strict=True) if track.log}
    counts = dict(
        ReadingLog.objects.filter(journey__in=ids).order_by().values_list("journey").annotate(count=Count("pk"))
    )
    positions = latest_positions(journeys)
    readings = readings_of(journeys)
    return [
        ShelfBook(
            journey,
            counts.get(journey.pk, 0),
            cards.get(journey.pk),
            positions.get(journey.pk) if journey.status == JourneyStatus.READING else None,
            reading_text(readings[journey.pk]),
            stars_text(journey.rating) if journey.rating else "",
        )
        for journey in journeys
    ]


def readings_of(journeys: Iterable[Journey]) -> dict[uuid.UUID, int]:
    """The how-manieth reading of its book by its reader each of these journeys is; a wanted one is to be the next."""
    journeys = list(journeys)
    pairs = {(journey.reader_id, journey.book_id) for journey in journeys}
    of_same_books = Q(reader__in={reader for reader, _book in pairs}, book__in={book for _reader, book in pairs})
    first_day = Coalesce("started_on", "ended_on").asc(nulls_last=True)
    wanted = Case(When(status=JourneyStatus.WANT, then=1), default=0)
    rows = Journey.objects.filter(of_same_books).order_by(wanted, first_day, "created_at", "pk")
    seen: dict[Any, int] = {}
    numbers: dict[uuid.UUID, int] = {}
    for pk, reader, book in rows.values_list("pk", "reader", "book"):
        numbers[pk] = seen[reader, book] = seen.get((reader, book), 0) + 1
    return {journey.pk: numbers[journey.pk] for journey in journeys}


def stars_text(rating: int) -> str:
    """A rating in quarters of a star, in words: 14 is “3.5 stars”."""
    stars = rating / 4
    return ngettext("%(stars)s star", "%(stars)s stars", 1 if stars == 1 else 2) % {"stars": f"{stars:g}"}


def reading_text(number: int) -> str:
    """“second reading”; empty for the first."""
    if number < 2:
        return ""
    return {2: _("second reading"), 3: _("third reading")}.get(number) or _("reading no. %(number)d") % {
        "number": number
    }
