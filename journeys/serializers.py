"""Journeys and logs on the wire (requirements B3, B4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.remote import SOURCE_STATES
from journeys.models import DURATIONS, MEMO_LIMIT, MOST_PAGES, QUOTE_LIMIT, Book, Journey, ReadingLog
from journeys.services import LogEntry, Sound
from music.brief import Genre, Mood
from music.serializers import TrackSerializer

FURTHEST_AHEAD = timedelta(hours=14)
"""Of UTC, that any place on earth is."""


class BookSerializer(serializers.ModelSerializer[Book]):
    cover = serializers.CharField(source="picture", read_only=True, help_text="Address of its picture here, or empty")

    class Meta:
        model = Book
        fields = [
            "id",
            "title",
            "title_en",
            "authors",
            "authors_en",
            "publisher",
            "year",
            "language",
            "isbn13",
            "pages",
            "cover",
            "source",
            "source_id",
            "source_url",
        ]
        read_only_fields = fields


class BookRecordSerializer(serializers.Serializer[Any]):
    """A search result; `source` and `source_id` choose it for a journey."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field, no attribute
    source_id = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    original_title = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField())
    authors_en = serializers.ListField(child=serializers.CharField())
    publisher = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    isbn13 = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    description_ko = serializers.CharField()
    description_en = serializers.CharField()
    edition_year = serializers.IntegerField(allow_null=True, help_text="Of the edition; `year` is the work's first")
    cover = serializers.CharField(source="picture", help_text="Address of its picture here, or empty")
    source_url = serializers.CharField(help_text="The book's page at its source, or empty")
    sources = serializers.ListField(child=serializers.CharField(), help_text="All sources that know it")


class BookSourceStateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(
        choices=SOURCE_STATES, help_text="skipped: it failed a moment ago and was not asked"
    )


class BookSearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    results = BookRecordSerializer(many=True)
    sources = BookSourceStateSerializer(
        many=True, help_text="The sources elsewhere; with one that is not ok the results are only a part"
    )


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


class LogSerializer(serializers.ModelSerializer[ReadingLog]):
    """A log with its track."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field, no attribute
    music_track = TrackSerializer(
        source="track", read_only=True, allow_null=True, help_text="Null where none was asked for: of an imported log"
    )

    class Meta:
        model = ReadingLog
        fields = [
            "id",
            "version",
            "label",
            "is_final",
            "quote",
            "memo",
            "emotions",
            "page",
            "percent",
            "logged_on",
            "created_at",
            "updated_at",
            "music_track",
        ]
        read_only_fields = fields


def has_come(day: date | None) -> None:
    """Refuse a day that has come nowhere on earth yet: the API speaks UTC, and its readers may be ahead of it."""
    if day and day > (timezone.now() + FURTHEST_AHEAD).date():
        raise ValidationError(_("This day has not come yet."), code="max_value")


class BookChoiceSerializer(serializers.Serializer[Any]):
    """A book by its source's id, or typed in by its title."""

    book_title = serializers.CharField(max_length=300, required=False, help_text="Needed unless source_id is given")
    book_authors = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    isbn = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    pages = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, required=False, allow_null=True, default=None)
    source = serializers.CharField(  # type: ignore[assignment]  # a field, no attribute
        max_length=40, required=False, help_text="As in a search result"
    )
    source_id = serializers.CharField(max_length=120, required=False, help_text="As in a search result")

    def validate_isbn(self, text: str) -> str:
        if not text.strip():
            return ""
        isbn13 = normalise_isbn(text)
        if isbn13 is None:
            raise ValidationError(_("This is not a valid ISBN."), code="invalid")
        return isbn13

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data.get("book_title") and not (data.get("source") and data.get("source_id")):
            raise ValidationError({"book_title": _("Give the book's title, or its source and source_id.")}, "required")
        return data


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


class LogRequestSerializer(serializers.Serializer[Any]):
    """What a reader writes down; at least one thing must be in it, except in a journey's last log."""

    quote = serializers.CharField(max_length=QUOTE_LIMIT, required=False, allow_blank=True, default="")
    memo = serializers.CharField(max_length=MEMO_LIMIT, required=False, allow_blank=True, default="")
    emotions = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(mood) for mood in Mood]), required=False, default=list, max_length=8
    )
    page = serializers.IntegerField(min_value=0, max_value=MOST_PAGES, required=False, allow_null=True, default=None)
    percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    logged_on = serializers.DateField(required=False, allow_null=True, default=None)

    def validate_logged_on(self, day: date | None) -> date | None:
        if day != self.context.get("logged_on"):  # what was imported so may stay so
            has_come(day)
        return day

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["page"] is not None and data["percent"] is not None:
            raise ValidationError({"percent": _("Give a page or a percentage, not both.")}, code="both")
        if entry_of(data).is_empty and not self.context.get("may_be_empty"):
            raise ValidationError(_("Write at least a quote, a memo, a feeling or how far you are."), code="empty")
        return data


def entry_of(data: dict[str, Any]) -> LogEntry:
    """The entry in the valid data of a `LogRequestSerializer`."""
    moods = tuple(dict.fromkeys(Mood(name) for name in data["emotions"]))
    return LogEntry(**{**data, "emotions": moods})


class LogCreatedSerializer(serializers.Serializer[Any]):
    log = LogSerializer()
    musicTrack = TrackSerializer()  # the wire name of requirement B4


class LogListSerializer(serializers.Serializer[Any]):
    logs = LogSerializer(many=True)
