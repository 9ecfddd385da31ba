"""Logs over HTTP. Wire names are the requirements' own (B4)."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.access import own_journey, own_log
from journeys.models import ReadingLog
from journeys.serializers.logs import (
    LogCreatedSerializer,
    LogListSerializer,
    LogRequestSerializer,
    LogSerializer,
    entry_of,
)
from journeys.services import (
    NotReading,
    StartCannotBeDeleted,
    add_log,
    ask_for_music,
    delete_log,
    edit_log,
    finish_journey,
    read_words_ahead,
)
from music.serializers import TrackSerializer
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict


class WriteLogView(generics.GenericAPIView[Any]):
    """Base of the two ways to write a log."""

    serializer_class = LogRequestSerializer

    def write(self, request: Request, journey_id: uuid.UUID, *, final: bool) -> Response:
        journey = own_journey(request.user, journey_id)
        asked = LogRequestSerializer(data=request.data, context={"may_be_empty": final})
        asked.is_valid(raise_exception=True)

        entry = entry_of(asked.validated_data)
        read_words_ahead(journey.book, quote=entry.quote, memo=entry.memo)

        def work() -> Answer:
            try:
                log = (finish_journey if final else add_log)(journey, entry)
            except NotReading as error:
                raise Conflict(str(error)) from error
            context = {"request": request}
            body = {
                "log": LogSerializer(log, context=context).data,
                "musicTrack": TrackSerializer(log.track, context=context).data,
            }
            return Answer(status.HTTP_201_CREATED, reverse("api-log", args=[journey.pk, log.pk]), body)

        return answer_once(request, asked.validated_data, work)


class LogsView(WriteLogView):
    """The logs of a journey in order, each with its track; POST the next one."""

    @extend_schema(operation_id="journeys_logs_list", responses=LogListSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        logs = own_journey(request.user, journey_id).logs.select_related("track__remake").order_by("version")
        return Response(LogListSerializer({"logs": logs}, context={"request": request}).data)

    @extend_schema(request=LogRequestSerializer, responses={201: LogCreatedSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        return self.write(request, journey_id, final=False)


class JourneyFinishView(WriteLogView):
    """Finish the journey with its last words; they may be empty."""

    @extend_schema(request=LogRequestSerializer, responses={201: LogCreatedSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        return self.write(request, journey_id, final=True)


class LogView(generics.GenericAPIView[Any]):
    """One log."""

    serializer_class = LogRequestSerializer

    @extend_schema(responses=LogSerializer)
    def get(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        return self._answer(request, own_log(request.user, journey_id, log_id))

    @extend_schema(request=LogRequestSerializer, responses=LogSerializer)
    def put(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        log = own_log(request.user, journey_id, log_id)
        context = {"may_be_empty": log.version == 0 or log.is_final, "logged_on": log.logged_on}
        asked = LogRequestSerializer(data=request.data, context=context)
        asked.is_valid(raise_exception=True)
        edit_log(log, entry_of(asked.validated_data))
        return self._answer(request, log)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        try:
            delete_log(own_log(request.user, journey_id, log_id))
        except StartCannotBeDeleted as error:
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, request: Request, log: ReadingLog) -> Response:
        return Response(LogSerializer(log, context={"request": request}).data)


class LogMusicView(APIView):
    """Ask for the piece of a log that has none: an imported one. A log that has its piece keeps it."""

    @extend_schema(request=None, responses={202: TrackSerializer})
    def post(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        track = ask_for_music(own_log(request.user, journey_id, log_id))
        body = TrackSerializer(track, context={"request": request}).data
        return Response(
            body, status=status.HTTP_202_ACCEPTED, headers={"Location": reverse("api-track", args=[track.pk])}
        )
