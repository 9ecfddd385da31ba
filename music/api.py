"""Music over HTTP: ask for it, follow it, hear it. Wire names are the requirements' own (A1, A2, B6, B7)."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import APIException
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from music.context import Unheard, making_of, unheard_by
from music.id3 import picture_type
from music.models import MusicTrack, TrackQuerySet, TrackStatus
from music.presentation import VERSION_LETTERS, badge_html, cards_for, file_name, waits_for
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
from music.services import (
    TooMuchAtOnce,
    cancel_track,
    give_up_remake,
    note_heard,
    read_prompt_ahead,
    request_prompted_track,
    retry_remake,
    retry_track,
    trigger_track,
)
from music.storage import MIDI_TYPE, open_audio, signed_url, stored_picture
from music.waiting import Wait
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict

logger = logging.getLogger(__name__)

POLL_MILLISECONDS = 2000
NEWS_LIMIT = 100


class TooManyPieces(APIException):
    """429: the reader has too many pieces in the making for another one."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many_pieces"


@contextmanager
def too_much_is_429() -> Iterator[None]:
    """Around asking for a piece: that the reader has too many in the making raises `TooManyPieces`."""
    try:
        yield
    except TooMuchAtOnce as error:
        raise TooManyPieces(str(error)) from error


def own_tracks(request: Request) -> TrackQuerySet:
    """The one place that decides which tracks a request may touch: the reader's own pieces; others do not exist."""
    return MusicTrack.objects.for_reader(request.user).pieces().select_related("log", "remake")


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
        read_prompt_ahead(asked.validated_data["prompt"])

        def work() -> Answer:
            with too_much_is_429():
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
    """Base of what can be asked of an existing track."""

    def do_once(
        self, request: Request, track_id: uuid.UUID, action: Callable[[MusicTrack], object], data: Any = None
    ) -> Response:
        """Do it for the reader's track, and answer with the track as it then is: 200 when nothing of it is on its way,
        else 202 with the address of its state. `data` is what was asked for, to tell one request from another."""
        track = get_object_or_404(own_tracks(request), pk=track_id)

        def work() -> Answer:
            action(track)
            now = own_tracks(request).get(pk=track_id)
            body = dict(TrackSerializer(now, context={"request": request}).data)
            if now.due_at is None and (now.current_remake is None or now.current_remake.due_at is None):
                return Answer(status.HTTP_200_OK, body=body)
            return Answer(status.HTTP_202_ACCEPTED, reverse("api-track-state", args=[track_id]), body)

        return answer_once(request, data, work)


class TrackHeardView(APIView):
    """Note that a finished track was played: it is not new any more. Asking twice changes nothing; 409 before it is
    finished."""

    @extend_schema(
        request=None,
        responses=TrackSerializer,
        parameters=[
            OpenApiParameter(
                "v", OpenApiTypes.STR, description="Only this version (as in `audio_url`): 404 once replaced"
            )
        ],
    )
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        track = get_object_or_404(own_tracks(request), pk=track_id)
        version = request.query_params.get("v", "")
        if version and version != track.file_sha256[:VERSION_LETTERS]:
            raise Http404  # what was played is not what is there now
        if not note_heard(track):
            raise Conflict(_("This track is not finished yet."))
        now = own_tracks(request).get(pk=track_id)
        return Response(TrackSerializer(now, context={"request": request}).data)


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


class TrackRemakeRetryView(TrackActionView):
    """Ask again for a remake that ended in error; 409 where none did."""

    @extend_schema(request=None, responses={202: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        def retry(track: MusicTrack) -> None:
            if not retry_remake(track):
                raise Conflict(_("There is no failed remake of this piece."))

        return self.do_once(request, track_id, retry)


class TrackRemakeCancelView(TrackActionView):
    """Keep the piece as it is: stop its remake, or put away one that failed; 409 where there is none."""

    @extend_schema(request=None, responses={200: TrackSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, track_id: uuid.UUID) -> Response:
        def give_up(track: MusicTrack) -> None:
            if not give_up_remake(track):
                raise Conflict(_("This piece is not being made again."))

        return self.do_once(request, track_id, give_up)


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
        unfinished = list(MusicTrack.objects.for_reader(request.user).unfinished())
        tracks = self._tracks(request, asked, unfinished)
        known = {str(track.pk) for track in tracks}
        gone = [part for part in asked if part not in known]
        making = making_of(unfinished)
        unheard = unheard_by(request.user)
        waits = waits_for(tracks)
        etag = self._etag(tracks, gone, waits, making.indicator, unheard)
        if is_known(request.headers.get("If-None-Match", ""), etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        body = {
            "tracks": [
                track_news(track, card, badge_html(card, request._request), request)
                for track, card in zip(tracks, cards_for(tracks, waits), strict=True)
            ],
            "gone": gone,
            "active": making.active,
            "making_standalone": any(track.log_id is None and track.replaces_id is None for track in unfinished),
            "indicator": making.indicator,
            "unheard": unheard.count,
            "unheard_text": unheard.text,
            "next_poll_ms": POLL_MILLISECONDS if unfinished else None,
        }
        return Response(body, headers={"ETag": etag, "Cache-Control": "private, no-cache"})

    def _tracks(self, request: Request, asked: list[str], unfinished: list[MusicTrack]) -> list[MusicTrack]:
        """The pieces asked for, and every one of which something is on its way."""
        wanted = {track.replaces_id or track.pk for track in unfinished}
        wanted |= {identifier for part in asked if (identifier := _uuid(part))}
        if not wanted:
            return []
        return list(own_tracks(request).for_cards().filter(pk__in=wanted).order_by("pk"))

    def _etag(
        self,
        tracks: list[MusicTrack],
        gone: list[str],
        waits: Mapping[uuid.UUID, Wait],
        indicator: str,
        unheard: Unheard,
    ) -> str:
        # The elapsed seconds in a badge are left out: the client counts on by itself while nothing changes. Of a place
        # only its words count, which are rounder than its numbers.
        stand = [f"{pk}:{wait.place.ahead}:{wait.is_paused}:{wait.text}" for pk, wait in waits.items()]
        versions = [f"{track.pk}:{track.version}:{track.heard_at is None}" for track in tracks]
        seen = [get_language() or "", *versions, *gone, *stand, indicator, str(unheard.count)]
        return f'"{hashlib.sha256("|".join(seen).encode()).hexdigest()[:32]}"'


class AudioRenderer(BaseRenderer):
    """Lets a player's Accept: audio/* through; the view answers with the file itself."""

    media_type = "audio/*"
    format = "audio"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data)


class PictureRenderer(AudioRenderer):
    media_type = "image/*"
    format = "picture"


class FileView(APIView):
    """Base of what answers with a stored file: the reader's own, whole or one range of it."""

    renderer_classes = [AudioRenderer, JSONRenderer, BrowsableAPIRenderer]

    def serve(self, request: Request, key: str, *, content_type: str, etag: str, download_as: str = "") -> Any:
        """The file under `key`, or a redirect to where it is; to be saved under a name where one is given.

        Raises `Http404` when the file is gone.
        """
        disposition = content_disposition_header(as_attachment=True, filename=download_as) if download_as else ""
        if url := signed_url(key, disposition=disposition or ""):
            # The address is good for an hour only: whoever kept this answer for longer would be sent to nowhere.
            return HttpResponseRedirect(url, headers={"Cache-Control": "no-store"})
        try:
            file = open_audio(key)
        except FileNotFoundError:
            logger.error("the file %s of a completed track is gone", key)
            raise Http404 from None
        response = ranged_response(request._request, file, size=file.size, content_type=content_type, etag=etag)
        if disposition:
            response["Content-Disposition"] = disposition
        return response


class TrackAudioView(FileView):
    """The audio of a completed track, whole or one range of it; a bucket's signed address where audio lives in one."""

    @extend_schema(
        parameters=[
            OpenApiParameter("download", OpenApiTypes.BOOL, description="As a file to keep, with a name of its own"),
            OpenApiParameter(
                "v", OpenApiTypes.STR, description="Only this version (as in `audio_url`): 404 once it was replaced"
            ),
            OpenApiParameter(
                "heard", OpenApiTypes.BOOL, description="It is being played: note that, as `…/heard` does"
            ),
        ],
        responses={
            (200, "audio/mpeg"): OpenApiTypes.BINARY,
            (206, "audio/mpeg"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="The audio is in a bucket; the address is signed and short-lived"),
            416: OpenApiResponse(description="The range lies beyond the end"),
        },
    )
    def get(self, request: Request, track_id: uuid.UUID) -> HttpResponseBase:
        track = get_object_or_404(own_tracks(request), pk=track_id, status=TrackStatus.COMPLETED)
        version = request.query_params.get("v", "")
        if version and version != track.file_sha256[:VERSION_LETTERS]:
            raise Http404  # a player must not go on with the bytes of another piece
        key = str(track.file.name)
        wanted = _asked_for(request, "download")
        if _asked_for(request, "heard"):
            note_heard(track)
        response: HttpResponseBase = self.serve(
            request,
            key,
            content_type=track.content_type,
            etag=track.file_sha256,
            download_as=file_name(track, key.rsplit(".", 1)[-1]) if wanted else "",
        )
        # Without a version the same address may be another piece tomorrow.
        response.headers.setdefault("Cache-Control", "private, max-age=3600" if version else "private, no-cache")
        return response


class TrackCoverView(APIView):
    """The picture of a completed track, as its file's tags have it; 404 where they have none."""

    renderer_classes = [PictureRenderer, JSONRenderer, BrowsableAPIRenderer]

    @extend_schema(
        parameters=[OpenApiParameter("v", OpenApiTypes.STR, description="Only this version: 404 once it was replaced")],
        responses={(200, "image/png"): OpenApiTypes.BINARY, (200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, track_id: uuid.UUID) -> HttpResponseBase:
        track = get_object_or_404(own_tracks(request), pk=track_id, status=TrackStatus.COMPLETED)
        version = request.query_params.get("v", "")
        if version and version != track.file_sha256[:VERSION_LETTERS]:
            raise Http404
        picture = stored_picture(str(track.file.name))
        if not picture:
            raise Http404
        kept = "private, max-age=604800, immutable" if version else "private, no-cache"
        return HttpResponse(picture, content_type=picture_type(picture), headers={"Cache-Control": kept})


class TrackMidiView(FileView):
    """The score of a completed track as a Standard MIDI File, where its maker gave one."""

    @extend_schema(
        responses={
            (200, MIDI_TYPE): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="The file is in a bucket; the address is signed and short-lived"),
        }
    )
    def get(self, request: Request, track_id: uuid.UUID) -> HttpResponseBase:
        track = get_object_or_404(own_tracks(request), pk=track_id, status=TrackStatus.COMPLETED)
        if not track.midi:
            raise Http404
        key = str(track.midi.name)
        response: HttpResponseBase = self.serve(
            request, key, content_type=MIDI_TYPE, etag=key, download_as=file_name(track, "mid")
        )
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _asked_for(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() not in ("", "0", "false")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
