"""How far a journey is, on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.models import MOST_PAGES, Progress
from journeys.record.progress import Position
from journeys.services.progress import HowFarUnclear, check_how_far


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
        refuse_unclear(data, needed=True)
        return data


def refuse_unclear(data: dict[str, Any], *, needed: bool) -> None:
    """Refuse a page and a percentage at once, and neither where one is needed."""
    try:
        check_how_far(data["page"], data["percent"], needed=needed)
    except HowFarUnclear as error:
        raise ValidationError({error.field: str(error)}, code=error.code) from error
