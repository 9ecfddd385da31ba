"""A journey's record on the wire: rating, review, tags, days, progress; what a search found; statistics."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.models import MOST_PAGES, REVIEW_LIMIT, TAG_LIMIT, Progress
from journeys.record.progress import Position
from journeys.record.search import JourneyHit, LogHit, Segment
from journeys.record.statistics import Statistics
from journeys.record_forms import TAGS_LIMIT
from journeys.serializers import BookSerializer
from journeys.services import Record, tag_names


class RecordSerializer(serializers.Serializer[Any]):
    """What a reader keeps of a journey beside its logs."""

    rating = serializers.FloatField(
        required=False, allow_null=True, min_value=0.25, max_value=5, help_text="Stars, in quarters"
    )
    review = serializers.CharField(required=False, allow_blank=True, max_length=REVIEW_LIMIT)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=TAG_LIMIT), required=False, max_length=TAGS_LIMIT
    )
    started_on = serializers.DateField(required=False, allow_null=True)
    ended_on = serializers.DateField(required=False, allow_null=True)
    pages = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_PAGES,
        help_text="Of the reader's own copy; null: as the book has them",
    )

    def validate_rating(self, stars: float | None) -> float | None:
        if stars is not None and not (stars * 4).is_integer():
            raise ValidationError(_("A rating is in quarters of a star."), code="invalid")
        return stars

    def validate_tags(self, names: list[str]) -> list[str]:
        tidied = tag_names(names)
        if len(tidied) > TAGS_LIMIT:
            raise ValidationError(_("At most %(limit)d tags, please.") % {"limit": TAGS_LIMIT}, code="too_many")
        return tidied


def record_json(record: Record) -> dict[str, Any]:
    """The body of a `RecordSerializer`."""
    return {
        "rating": record.rating / 4 if record.rating else None,
        "review": record.review,
        "tags": list(record.tags),
        "started_on": record.started_on,
        "ended_on": record.ended_on,
        "pages": record.pages,
    }


class PositionSerializer(serializers.Serializer[Any]):
    """Where a journey is; what was not told is reckoned where the book's pages are known."""

    page = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    on = serializers.DateField()


def position_json(position: Position | None) -> dict[str, Any] | None:
    """The body of a `PositionSerializer`."""
    if position is None:
        return None
    return {
        "page": position.read_page,
        "percent": position.whole_percent,
        "pages": position.pages,
        "on": position.on,
    }


class ProgressSerializer(serializers.ModelSerializer[Progress]):
    """A note of how far it was on a day."""

    class Meta:
        model = Progress
        fields = ["id", "page", "percent", "read_on", "created_at"]
        read_only_fields = fields


class ProgressListSerializer(serializers.Serializer[Any]):
    position = PositionSerializer(allow_null=True, help_text="The latest, of logs and notes; null when none tells")
    progress = ProgressSerializer(many=True)


class ProgressRequestSerializer(serializers.Serializer[Any]):
    """A page or a percentage, exactly one of the two."""

    page = serializers.IntegerField(min_value=0, max_value=MOST_PAGES, required=False, allow_null=True, default=None)
    percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    read_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Today when left out")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["page"] is not None and data["percent"] is not None:
            raise ValidationError({"percent": _("Give a page or a percentage, not both.")}, code="both")
        if data["page"] is None and data["percent"] is None:
            raise ValidationError({"page": _("Give a page or a percentage.")}, code="required")
        return data


class FoundLogSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    journey_id = serializers.UUIDField()
    book_title = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, no attribute
    logged_on = serializers.DateField()
    quote = serializers.CharField(help_text="The part around the first find; empty where nothing was found")
    memo = serializers.CharField(help_text="The same of the memo")


class FoundJourneySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    book = BookSerializer()
    tags = serializers.ListField(child=serializers.CharField())
    review = serializers.CharField(help_text="The part around the first find; empty where nothing was found")


class SearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    log_count = serializers.IntegerField(help_text="0 where only journeys are asked for")
    journey_count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField(help_text="Of logs, or of journeys where only those are asked for")
    journeys = FoundJourneySerializer(many=True, help_text="The first twenty, on the first page; or a page of them")
    logs = FoundLogSerializer(many=True)


def _text(segments: list[Segment]) -> str:
    return "".join(text for text, _found in segments)


def log_hit_json(hit: LogHit) -> dict[str, Any]:
    """The body of a `FoundLogSerializer`."""
    return {
        "id": hit.log.pk,
        "journey_id": hit.log.journey_id,
        "book_title": hit.log.journey.book.shown_title,
        "label": hit.log.label,
        "logged_on": hit.log.logged_on,
        "quote": _text(hit.quote),
        "memo": _text(hit.memo),
    }


def journey_hit_json(hit: JourneyHit) -> dict[str, Any]:
    """The body of a `FoundJourneySerializer`."""
    return {
        "id": hit.journey.pk,
        "status": hit.journey.status,
        "book": hit.journey.book,
        "tags": [_text(tag) for tag in hit.tags],
        "review": _text(hit.review),
    }


class PeriodSerializer(serializers.Serializer[Any]):
    start = serializers.DateField(help_text="The first day of the month or year")
    books = serializers.IntegerField()
    pages = serializers.IntegerField()
    moods = serializers.DictField(child=serializers.IntegerField())


class TagCountSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer[Any]):
    """What was read, in a year by months, or in all by years."""

    year = serializers.IntegerField(allow_null=True)
    years = serializers.ListField(child=serializers.IntegerField())
    books = serializers.IntegerField(help_text="Finished")
    pages = serializers.IntegerField(help_text="Also of books that are still being read")
    days = serializers.IntegerField(help_text="On which a log or a note was written")
    current_streak = serializers.IntegerField(help_text="Days in a row up to today or yesterday, whatever the year")
    longest_streak = serializers.IntegerField()
    average_rating = serializers.FloatField(allow_null=True, help_text="Stars")
    tags = TagCountSerializer(many=True)
    periods = PeriodSerializer(many=True)


def statistics_json(told: Statistics) -> dict[str, Any]:
    """The body of a `StatisticsSerializer`."""
    return {
        "year": told.year,
        "years": told.years,
        "books": told.books,
        "pages": told.pages,
        "days": len(told.days),
        "current_streak": told.streak.current,
        "longest_streak": told.streak.longest,
        "average_rating": told.average_rating,
        "tags": [{"name": name, "count": count} for name, count in told.tags],
        "periods": [
            {
                "start": period.start,
                "books": period.books,
                "pages": period.pages,
                "moods": {str(mood): count for mood, count in period.moods.most_common()},
            }
            for period in told.periods
        ],
    }
