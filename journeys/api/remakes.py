"""Making a piece again, over HTTP."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.services import (
    remake_piece,
)
from music.api import TrackActionView, too_much_is_429
from music.brief import Genre, Mood
from music.models import MusicTrack
from music.serializers import RemakeRequestSerializer, TrackSerializer
from readingjourney.api import IDEMPOTENCY_KEY
from readingjourney.problems import Conflict


class TrackRemakeView(TrackActionView):
    """Make a finished piece again: in another mood or genre, or simply anew. The old one stays until the new one is
    ready and takes its place, under the same id. 409 when the piece is not finished, or is being made again already."""

    @extend_schema(request=RemakeRequestSerializer, responses={202: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        asked = RemakeRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wish = {"mood": asked.validated_data["mood"], "genre": asked.validated_data["genre"]}

        def remake(track: MusicTrack) -> None:
            mood = Mood(wish["mood"]) if wish["mood"] else None
            genre = Genre(wish["genre"]) if wish["genre"] else None
            with too_much_is_429():
                is_asked = remake_piece(track, mood=mood, genre=genre)
            if not is_asked:
                raise Conflict(_("Only a finished piece that is not being made again already can be made again."))

        return self.do_once(request, track_id, remake, wish)
