"""A reader's statistics on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from journeys.record.statistics import Statistics


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
