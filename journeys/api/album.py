"""A journey as an album: what a player plays one after the other."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.access import own_journey
from journeys.services.album import Album, AlbumPiece, album_of


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
    cover = serializers.CharField(source="cover_url", help_text="The album's picture; empty while there is none")
    page_url = serializers.CharField()
    seconds = serializers.FloatField(help_text="How long all of it lasts")
    making = serializers.IntegerField(help_text="Pieces still on their way")
    failed = serializers.IntegerField(help_text="Pieces that could not be made, or were cancelled")
    tracks = AlbumPieceSerializer(many=True, source="pieces")


class AlbumView(APIView):
    """A journey's finished pieces, in the order of its logs, to be played one after the other."""

    @extend_schema(responses=AlbumSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        album: Album = album_of(own_journey(request.user, journey_id))
        return Response(AlbumSerializer(album).data, headers={"Cache-Control": "private, no-cache"})
