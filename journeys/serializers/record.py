"""A journey's record on the wire: rating, review, tags, days."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.models import MOST_PAGES, REVIEW_LIMIT, TAG_LIMIT
from journeys.services import Record, tag_names
from journeys.services.tags import TAGS_LIMIT


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
