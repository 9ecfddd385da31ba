"""Logs on the wire (requirement B4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.models import MEMO_LIMIT, MOST_PAGES, QUOTE_LIMIT, ReadingLog
from journeys.serializers.days import has_come
from journeys.serializers.progress import refuse_unclear
from journeys.services import LogEntry
from music.brief import Mood
from music.serializers import TrackSerializer


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
        refuse_unclear(data, needed=False)
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
