"""What a search in a reader's own record found, on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from journeys.record.search import JourneyHit, LogHit, Segment
from journeys.serializers.books import BookSerializer


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


def _text(segments: list[Segment]) -> str:
    return "".join(text for text, _found in segments)
