"""Journeys on the wire (requirement B3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journeys.models import DURATIONS, Journey
from journeys.serializers.books import BookChoiceSerializer, BookSerializer
from journeys.serializers.days import has_come
from journeys.services import Sound
from music.brief import Genre
from music.serializers import TrackSerializer


class SoundSerializer(serializers.Serializer[Any]):
    """What a journey's music is to sound like; what is left out or null is left to us."""

    genre = serializers.ChoiceField(
        choices=[str(genre) for genre in Genre], required=False, allow_null=True, default=None
    )
    duration = serializers.ChoiceField(
        choices=list(DURATIONS), required=False, allow_null=True, default=None, help_text="Seconds of each piece"
    )


def sound_of(data: dict[str, Any]) -> Sound:
    """The sound in the valid data of a `SoundSerializer`, or of a request that has its fields."""
    return Sound(genre=Genre(data["genre"]) if data["genre"] else None, duration=data["duration"])


class JourneySerializer(serializers.ModelSerializer[Journey]):
    book = BookSerializer(read_only=True)
    genre = serializers.CharField(read_only=True, help_text="Preferred; empty where it is left to us")
    duration = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Seconds of each piece; null where it is left to us"
    )
    rating = serializers.SerializerMethodField(help_text="Stars, in quarters; null without one")
    tags: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Journey
        fields = [
            "id",
            "book",
            "status",
            "genre",
            "duration",
            "rating",
            "review",
            "tags",
            "pages",
            "started_on",
            "ended_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_rating(self, journey: Journey) -> float | None:
        return journey.rating / 4 if journey.rating else None


class JourneyStartSerializer(SoundSerializer):
    """The day on which a book was begun, today unless it is given, and what its music is to sound like."""

    started_on = serializers.DateField(required=False, allow_null=True, default=None)

    def validate_started_on(self, day: date | None) -> date | None:
        has_come(day)
        return day


class JourneyRequestSerializer(BookChoiceSerializer, JourneyStartSerializer):
    """`POST /api/journeys/create`: which book, since when, and its sound."""


class JourneyCreatedSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    journey = JourneySerializer()
    musicTrack = TrackSerializer()  # the wire name of requirement B3
