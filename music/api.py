"""Music over HTTP: ask for it, follow it, hear it. Wire names are the requirements' own (A1, A2, B6, B7)."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from music.context import making_of
from music.models import MusicTrack, TrackQuerySet, TrackStatus
from music.presentation import badge_html, cards_for
from music.ranges import is_known, ranged_response
from music.serializers import (
    JobRequestSerializer,
    JobSerializer,
    JobStateSerializer,
    NewsSerializer,
    TrackSerializer,
    job_state,
    track_news,
)
from music.services import cancel_track, request_prompted_track, retry_track, trigger_track
from music.storage import open_audio, signed_url
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict

logger = logging.getLogger(__name__)

POLL_MILLISECONDS = 2000
NEWS_LIMIT = 100


def own_tracks(request: Request) -> TrackQuerySet:
    """The one place that decides which tracks a request may touch: the reader's own; others do not exist."""
    return MusicTrack.objects.for_reader(request.user).select_related("log")


class MusicView(generics.ListAPIView[MusicTrack]):
    """All my music, newest first; POST a prompt for a new piece of its own."""

    def get_serializer_class(self) -> type[TrackSerializer | JobRequestSerializer]:
        return JobRequestSerializer if self.request.method == "POST" else TrackSerializer

    def get_queryset(self) -> TrackQuerySet:
        return own_tracks(self.request).order_by("-created_at")

    @extend_schema(request=JobRequestSerializer, responses={202: JobSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        asked = JobRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)

        def work() -> Answer:
            track = request_prompted_track(owner=request.user, **asked.validated_data)
            location = reverse("api-track-state", args=[track.pk])
            return Answer(status.HTTP_202_ACCEPTED, location, {"jobId": str(track.pk)})

        return answer_once(request, asked.validated_data, work)


class TrackView(generics.RetrieveAPIView[MusicTrack]):
    """One track."""

    serializer_class = TrackSerializer
    lookup_url_kwarg = "track_id"

    def get_queryset(self) -> TrackQuerySet:
        return own_tracks(self.request)


class TrackStateView(APIView):
    """The state of one job in the words of requirement A2."""

    @extend_schema(responses=JobStateSerializer)
    def get(self, request: Request, track_id: uuid.UUID) -> Response:
        track = get_object_or_404(own_tracks(request), pk=track_id)
        return Response(job_state(track, request))


class TrackActionView(APIView):
    """Base of the three things that can be asked of an existing track."""

    def do_once(self, request: Request, track_id: uuid.UUID, action: Callable[[MusicTrack], object]) -> Response:
        """Do it for the reader's track, and answer with the track as it then is: 200 when it has ended, else 202 with
        the address of its state."""
        track = get_object_or_404(own_tracks(request), pk=track_id)

        def work() -> Answer:
            action(track)
            track.refresh_from_db()
            body = dict(TrackSerializer(track, context={"request": request}).data)
            if track.due_at is None:
                return Answer(status.HTTP_200_OK, body=body)
            return Answer(status.HTTP_202_ACCEPTED, reverse("api-track-state", args=[track.pk]), body)

        return answer_once(request, None, work)


class TrackGenerateView(TrackActionView):
    """Have a track made (requirement B6): at once 200 when it is there already, never started twice."""

    @extend_schema(request=None, responses={200: TrackSerializer, 202: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        return self.do_once(request, track_id, trigger_track)


class TrackRetryView(TrackActionView):
    """Ask again for a track that ended in error; 409 in every other state."""

    @extend_schema(request=None, responses={202: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        def retry(track: MusicTrack) -> None:
            if not retry_track(track):
                raise Conflict(_("Only a track that failed or was cancelled can be tried again."))

        return self.do_once(request, track_id, retry)


class TrackCancelView(TrackActionView):
    """Stop waiting for a track; 409 when it has ended."""

    @extend_schema(request=None, responses={200: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        def cancel(track: MusicTrack) -> None:
            if not cancel_track(track):
                raise Conflict(_("This track has already ended."))

        return self.do_once(request, track_id, cancel)


class MusicStatusView(APIView):
    """News of many tracks in one answer: those asked for by `ids`, and every unfinished one.

    Send the ETag back as If-None-Match: 304 means that nothing changed. Order by `version`, never by arrival.
    """

    @extend_schema(
        operation_id="music_news",
        parameters=[OpenApiParameter("ids", OpenApiTypes.STR, description=f"Up to {NEWS_LIMIT} ids, comma-separated")],
        responses={200: NewsSerializer, 304: OpenApiResponse(description="Nothing changed")},
    )
    def get(self, request: Request) -> Response:
        asked = [part for part in request.query_params.get("ids", "").split(",") if part][:NEWS_LIMIT]
        tracks = self._tracks(request, asked)
        known = {str(track.pk) for track in tracks}
        gone = [part for part in asked if part not in known]
        unfinished = [track for track in tracks if track.due_at is not None]
        etag = self._etag(request, tracks, gone)
        if is_known(request.headers.get("If-None-Match", ""), etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        making = making_of(unfinished)
        body = {
            "tracks": [
                track_news(track, badge_html(card, request._request), request)
                for track, card in zip(tracks, cards_for(tracks), strict=True)
            ],
            "gone": gone,
            "active": making.active,
            "making_standalone": any(track.log_id is None for track in unfinished),
            "indicator": making.indicator,
            "next_poll_ms": POLL_MILLISECONDS if unfinished else None,
        }
        return Response(body, headers={"ETag": etag, "Cache-Control": "private, no-cache"})

    def _tracks(self, request: Request, asked: list[str]) -> list[MusicTrack]:
        own = MusicTrack.objects.for_reader(request.user).for_cards()
        tracks = {track.pk: track for track in own.unfinished()}
        missing = {identifier for part in asked if (identifier := _uuid(part))} - tracks.keys()
        if missing:
            tracks |= {track.pk: track for track in own.filter(pk__in=missing)}
        return sorted(tracks.values(), key=lambda track: str(track.pk))

    def _etag(self, request: Request, tracks: list[MusicTrack], gone: list[str]) -> str:
        # The elapsed seconds in a badge are left out: the client counts on by itself while nothing changes.
        seen = [get_language() or "", *[f"{track.pk}:{track.version}" for track in tracks], *gone]
        return f'"{hashlib.sha256("|".join(seen).encode()).hexdigest()[:32]}"'


class AudioRenderer(BaseRenderer):
    """Lets a player's Accept: audio/* through; the view answers with the file itself."""

    media_type = "audio/*"
    format = "audio"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data)


class TrackAudioView(APIView):
    """The audio of a completed track, whole or one range of it; a bucket's signed address where audio lives in one."""

    renderer_classes = [AudioRenderer, JSONRenderer, BrowsableAPIRenderer]

    @extend_schema(
        responses={
            (200, "audio/mpeg"): OpenApiTypes.BINARY,
            (206, "audio/mpeg"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="The audio is in a bucket; the address is signed and short-lived"),
            416: OpenApiResponse(description="The range lies beyond the end"),
        }
    )
    def get(self, request: Request, track_id: uuid.UUID) -> HttpResponseBase:
        track = get_object_or_404(own_tracks(request), pk=track_id, status=TrackStatus.COMPLETED)
        key = str(track.file.name)
        if url := signed_url(key):
            return HttpResponseRedirect(url)
        try:
            file = open_audio(key)
        except FileNotFoundError:
            logger.error("the file of completed track %s is gone", track.pk)
            raise Http404 from None
        response = ranged_response(
            request._request,
            file,
            size=file.size,
            content_type=track.content_type,
            etag=track.file_sha256,
        )
        response["Cache-Control"] = "private, max-age=3600"
        return response


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
