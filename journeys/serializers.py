"""Journeys and logs on the wire (requirements B3, B4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.catalogue.isbn import normalise_isbn
from journeys.models import DURATIONS, MEMO_LIMIT, QUOTE_LIMIT, Book, Journey, ReadingLog
from journeys.services import LogEntry, Sound
from music.brief import Genre, Mood
from music.serializers import TrackSerializer


class BookSerializer(serializers.ModelSerializer[Book]):
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
            "source",
            "source_id",
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


class BookSearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    results = BookRecordSerializer(many=True)


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

    class Meta:
        model = Journey
        fields = ["id", "book", "status", "genre", "duration", "started_on", "ended_on", "created_at", "updated_at"]
        read_only_fields = fields


class LogSerializer(serializers.ModelSerializer[ReadingLog]):
    """A log with its track."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field, no attribute
    music_track = TrackSerializer(source="track", read_only=True)

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


class JourneyRequestSerializer(SoundSerializer):
    """`POST /api/journeys/create`: a book by its source's id, or typed in by its title."""

    book_title = serializers.CharField(max_length=300, required=False, help_text="Needed unless source_id is given")
    book_authors = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    isbn = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    pages = serializers.IntegerField(min_value=1, max_value=20000, required=False, allow_null=True, default=None)
    source = serializers.CharField(  # type: ignore[assignment]  # a field, no attribute
        max_length=40, required=False, help_text="As in a search result"
    )
    source_id = serializers.CharField(max_length=120, required=False, help_text="As in a search result")
    started_on = serializers.DateField(required=False, allow_null=True, default=None)

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
    page = serializers.IntegerField(min_value=0, max_value=20000, required=False, allow_null=True, default=None)
    percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    logged_on = serializers.DateField(required=False, allow_null=True, default=None)

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
