"""A journey as an album: what a player plays one after the other."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.access import own_journey
from journeys.serializers.album import AlbumSerializer
from journeys.services.album import Album, album_of


class AlbumView(APIView):
    """A journey's finished pieces, in the order of its logs, to be played one after the other."""

    @extend_schema(responses=AlbumSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        album: Album = album_of(own_journey(request.user, journey_id))
        return Response(AlbumSerializer(album).data, headers={"Cache-Control": "private, no-cache"})
