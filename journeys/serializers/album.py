"""A journey's album on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from journeys.services.album import AlbumPiece


class AlbumPieceSerializer(serializers.Serializer[AlbumPiece]):
    """A finished piece. Its addresses are paths on this site, as the pages have them."""

    id = serializers.UUIDField(source="track.pk")
    label = serializers.CharField(help_text="v0, v1 … vFinal")  # type: ignore[assignment]  # a field, no attribute
    title = serializers.CharField(source="track.title")
    audio_url = serializers.CharField(help_text="Each version of a piece has its own")
    cover_url = serializers.CharField(help_text="The book's cover, or else the piece's own picture")
    page_url = serializers.CharField(help_text="Where its log is")
    seconds = serializers.FloatField()
    mood = serializers.CharField(source="track.mood")
    mood_text = serializers.CharField(help_text="The mood in the reader's language")


class AlbumSerializer(serializers.Serializer[Any]):
    """A journey's finished pieces, in the order of its logs."""

    journey = serializers.UUIDField(source="journey.pk")
    title = serializers.CharField()
    artist = serializers.CharField(help_text="The book's authors; empty where they are not known")
    cover = serializers.CharField(source="cover_url", help_text="The album's picture; empty while there is none")
    page_url = serializers.CharField()
    seconds = serializers.FloatField(help_text="How long all of it lasts")
    making = serializers.IntegerField(help_text="Pieces still on their way")
    failed = serializers.IntegerField(help_text="Pieces that could not be made, or were cancelled")
    tracks = AlbumPieceSerializer(many=True, source="pieces")
