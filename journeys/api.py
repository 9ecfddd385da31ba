"""Journeys over HTTP. Wire names are the requirements' own (B3, B4)."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from knox.auth import TokenAuthentication
from knox.models import get_token_model
from rest_framework import generics, serializers, status
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from journeys.access import own_journey, own_log
from journeys.catalogue import find_record, search_books
from journeys.models import Book, Journey, ReadingLog
from journeys.serializers import (
    BookSearchSerializer,
    JourneyCreatedSerializer,
    JourneyRequestSerializer,
    JourneySerializer,
    LogCreatedSerializer,
    LogListSerializer,
    LogRequestSerializer,
    LogSerializer,
    SoundSerializer,
    entry_of,
    sound_of,
)
from journeys.services import (
    NotReading,
    StartCannotBeDeleted,
    add_book,
    add_log,
    book_from_record,
    choose_sound,
    delete_journey,
    delete_log,
    edit_log,
    finish_journey,
    read_words_ahead,
    remake_piece,
    resume_journey,
    start_journey,
    stop_journey,
)
from music.api import TrackActionView, too_much_is_429
from music.brief import Genre, Mood
from music.models import MusicTrack
from music.serializers import RemakeRequestSerializer, TrackSerializer
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict

TOKENS_KEPT = 20


class TokenRequestSerializer(serializers.Serializer[object]):
    username = serializers.CharField(help_text="Name or e-mail address")
    password = serializers.CharField(trim_whitespace=False)


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.CharField(help_text="Send as “Authorization: Token …”; it is shown only now")
    expiry = serializers.DateTimeField()


class TokenView(generics.GenericAPIView[Any]):
    """A new token for scripts, against name and password; beyond twenty the oldest is given up."""

    serializer_class = TokenRequestSerializer
    permission_classes = [AllowAny]
    authentication_classes = [TokenAuthentication]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "login"

    @extend_schema(request=TokenRequestSerializer, responses={201: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reader = authenticate(request._request, **asked.validated_data)
        if reader is None:
            raise AuthenticationFailed(_("Name and password do not match."))
        tokens = get_token_model().objects
        newest = tokens.filter(user=reader).order_by("-created").values_list("pk", flat=True)
        tokens.filter(user=reader).exclude(pk__in=list(newest[: TOKENS_KEPT - 1])).delete()
        instance, token = tokens.create(reader)
        return Response({"token": token, "expiry": instance.expiry}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Give up the token that this request came with."""
        if request.auth is None:
            raise NotAuthenticated
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class BooksView(APIView):
    """Search for a book by title, author or ISBN."""

    @extend_schema(parameters=[OpenApiParameter("q", OpenApiTypes.STR, required=True)], responses=BookSearchSerializer)
    def get(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        if not query:
            raise ValidationError({"q": _("Say what to search for.")}, code="required")
        results = [asdict(record) for record in search_books(query)]
        return Response(BookSearchSerializer({"query": query, "results": results}).data)


class JourneysView(generics.ListAPIView[Journey]):
    """My journeys, the most recently touched first."""

    serializer_class = JourneySerializer

    def get_queryset(self) -> QuerySet[Journey]:
        return Journey.objects.for_reader(self.request.user).select_related("book").order_by("-updated_at")


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

        def work() -> Answer:
            journey = start_journey(
                reader=request.user,
                book=self._book(request, data),
                started_on=data["started_on"],
                sound=sound_of(data),
            )
            body = {
                "success": True,
                "journey": JourneySerializer(journey).data,
                "musicTrack": TrackSerializer(journey.logs.get().track, context={"request": request}).data,
            }
            return Answer(status.HTTP_201_CREATED, reverse("api-journey", args=[journey.pk]), body)

        return answer_once(request, data, work)

    def _book(self, request: Request, data: dict[str, Any]) -> Book:
        if not data.get("source_id"):
            return add_book(
                reader=request.user,
                title=data["book_title"],
                authors=data["book_authors"],
                isbn13=data["isbn"],
                pages=data["pages"],
            )
        record = find_record(data.get("source", ""), data["source_id"])
        if record is None:
            raise ValidationError({"source_id": _("No such book at this source.")}, code="does_not_exist")
        return book_from_record(record)


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
    """Take a stopped book up again; 409 unless it was stopped."""

    @extend_schema(request=None, responses=JourneySerializer)
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        if not resume_journey(journey):
            raise Conflict(_("Only a stopped journey can be resumed."))
        journey.refresh_from_db()
        return Response(JourneySerializer(journey).data)


class LogView(generics.GenericAPIView[Any]):
    """One log."""

    serializer_class = LogRequestSerializer

    @extend_schema(responses=LogSerializer)
    def get(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        return self._answer(request, own_log(request.user, journey_id, log_id))

    @extend_schema(request=LogRequestSerializer, responses=LogSerializer)
    def put(self, request: Request, journey_id: uuid.UUID, log_id: uuid.UUID) -> Response:
        log = own_log(request.user, journey_id, log_id)
        asked = LogRequestSerializer(data=request.data, context={"may_be_empty": log.version == 0 or log.is_final})
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
