"""Journeys over HTTP. Wire names are the requirements' own (B3)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.access import own_journey
from journeys.api.choosing import chosen_book
from journeys.models import Journey, JourneyStatus, ReadingLog
from journeys.record.shelf import SORTS, journeys_of
from journeys.serializers.books import BookChoiceSerializer
from journeys.serializers.journeys import (
    JourneyCreatedSerializer,
    JourneyRequestSerializer,
    JourneySerializer,
    JourneyStartSerializer,
    SoundSerializer,
    sound_of,
)
from journeys.services import (
    NotEnded,
    NotReading,
    NotWanted,
    choose_sound,
    delete_journey,
    read_again,
    read_words_ahead,
    resume_journey,
    start_journey,
    start_wanted,
    stop_journey,
    want_book,
)
from music.serializers import TrackSerializer
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict


class JourneysView(generics.ListAPIView[Journey]):
    """My journeys, the most recently touched first unless asked for otherwise."""

    serializer_class = JourneySerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("status", OpenApiTypes.STR, enum=JourneyStatus.values),
            OpenApiParameter("tag", OpenApiTypes.STR),
            OpenApiParameter("sort", OpenApiTypes.STR, enum=list(SORTS)),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Journey]:
        asked = {name: self.request.GET.get(name, "") for name in ("status", "tag", "sort")}
        return journeys_of(self.request.user, **asked).prefetch_related("tags")


class JourneyCreateView(generics.GenericAPIView[Any]):
    """Start a journey: its v0 is asked for in the same step."""

    serializer_class = JourneyRequestSerializer

    @extend_schema(
        request=JourneyRequestSerializer, responses={201: JourneyCreatedSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        asked = JourneyRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        take_up = chosen_book(request, data)

        def work() -> Answer:
            journey = start_journey(
                reader=request.user,
                book=take_up(),
                started_on=data["started_on"],
                sound=sound_of(data),
            )
            return _begun(request, journey, journey.logs.get())

        return answer_once(request, data, work)


class JourneyWantView(generics.GenericAPIView[Any]):
    """Put a book on the list of those to read: a journey without logs and music. One wanted already stays as it is."""

    serializer_class = BookChoiceSerializer

    @extend_schema(request=BookChoiceSerializer, responses={201: JourneySerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        asked = BookChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        take_up = chosen_book(request, asked.validated_data)

        def work() -> Answer:
            journey = want_book(reader=request.user, book=take_up())
            url = reverse("api-journey", args=[journey.pk])
            return Answer(status.HTTP_201_CREATED, url, dict(JourneySerializer(journey).data))

        return answer_once(request, asked.validated_data, work)


class JourneyStartView(generics.GenericAPIView[Any]):
    """Begin to read a wanted book: its v0 is asked for in the same step. 409 when it has begun already."""

    serializer_class = JourneyStartSerializer

    @extend_schema(
        request=JourneyStartSerializer, responses={201: JourneyCreatedSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        asked = JourneyStartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        read_words_ahead(journey.book)

        def work() -> Answer:
            try:
                log = start_wanted(journey, started_on=data["started_on"], sound=sound_of(data))
            except NotWanted as error:
                raise Conflict(str(error)) from error
            return _begun(request, journey, log)

        return answer_once(request, data, work)


class JourneyAgainView(generics.GenericAPIView[Any]):
    """Read a finished or stopped book again: another journey, with its v0. 409 while it is being read."""

    serializer_class = JourneyCreatedSerializer

    @extend_schema(request=None, responses={201: JourneyCreatedSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        read_words_ahead(journey.book)

        def work() -> Answer:
            try:
                again = read_again(journey)
            except NotEnded as error:
                raise Conflict(str(error)) from error
            return _begun(request, again, again.logs.get())

        return answer_once(request, {}, work)


def _begun(request: Request, journey: Journey, log: ReadingLog) -> Answer:
    body = {
        "success": True,
        "journey": JourneySerializer(journey).data,
        "musicTrack": TrackSerializer(log.track, context={"request": request}).data,
    }
    return Answer(status.HTTP_201_CREATED, reverse("api-journey", args=[journey.pk]), body)


class JourneyView(APIView):
    """One journey."""

    @extend_schema(responses=JourneySerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        return Response(JourneySerializer(own_journey(request.user, journey_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, journey_id: uuid.UUID) -> Response:
        delete_journey(own_journey(request.user, journey_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class JourneySoundView(generics.GenericAPIView[Any]):
    """What the pieces still to come are to sound like."""

    serializer_class = SoundSerializer

    @extend_schema(request=SoundSerializer, responses=JourneySerializer)
    def put(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        asked = SoundSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        choose_sound(journey, sound_of(asked.validated_data))
        return Response(JourneySerializer(journey).data)


class JourneyStopView(APIView):
    """Put the book down unfinished; 409 unless it is being read."""

    @extend_schema(request=None, responses=JourneySerializer)
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        try:
            stop_journey(journey)
        except NotReading as error:
            raise Conflict(str(error)) from error
        return Response(JourneySerializer(journey).data)


class JourneyResumeView(APIView):
    """Take a book up again that was stopped, or was imported as finished without a last log; else 409."""

    @extend_schema(request=None, responses=JourneySerializer)
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        if not resume_journey(journey):
            raise Conflict(_("Only a stopped journey can be resumed."))
        journey.refresh_from_db()
        return Response(JourneySerializer(journey).data)
