"""How far a journey is, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.access import own_journey, own_progress
from journeys.models import Journey
from journeys.record.progress import latest_positions
from journeys.serializers.progress import (
    ProgressListSerializer,
    ProgressRequestSerializer,
    ProgressSerializer,
    position_json,
)
from journeys.services import (
    BeyondTheBook,
    HowFar,
    InTheFuture,
    NotReading,
    add_progress,
    delete_progress,
    edit_progress,
)
from readingjourney.api import IDEMPOTENCY_KEY, answer_once
from readingjourney.idempotency import Answer
from readingjourney.problems import Conflict


class ProgressListView(generics.GenericAPIView[Any]):
    """Where a journey is, and the notes that say so beside its logs, in the order of their days; POST the next one."""

    serializer_class = ProgressRequestSerializer

    @extend_schema(operation_id="journeys_progress_list", responses=ProgressListSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        body = {"position": position_json(latest_positions([journey]).get(journey.pk)), "progress": _notes(journey)}
        return Response(ProgressListSerializer(body).data)

    @extend_schema(request=ProgressRequestSerializer, responses={201: ProgressSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, journey_id: uuid.UUID) -> Response:
        journey = own_journey(request.user, journey_id)
        asked = ProgressRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        how_far = HowFar(**asked.validated_data)

        def work() -> Answer:
            try:
                progress = add_progress(journey, how_far)
            except NotReading as error:
                raise Conflict(str(error)) from error
            except (BeyondTheBook, InTheFuture) as error:
                raise _refusal(error) from error
            url = reverse("api-progress", args=[journey.pk, progress.pk])
            return Answer(status.HTTP_201_CREATED, url, dict(ProgressSerializer(progress).data))

        return answer_once(request, asked.validated_data, work)


class ProgressView(generics.GenericAPIView[Any]):
    """One note."""

    serializer_class = ProgressRequestSerializer

    @extend_schema(request=ProgressRequestSerializer, responses=ProgressSerializer)
    def put(self, request: Request, journey_id: uuid.UUID, progress_id: uuid.UUID) -> Response:
        progress = own_progress(request.user, journey_id, progress_id)
        asked = ProgressRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            edit_progress(progress, HowFar(**asked.validated_data))
        except (BeyondTheBook, InTheFuture) as error:
            raise _refusal(error) from error
        return Response(ProgressSerializer(progress).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, journey_id: uuid.UUID, progress_id: uuid.UUID) -> Response:
        delete_progress(own_progress(request.user, journey_id, progress_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refusal(error: Exception) -> ValidationError:
    field = "page" if isinstance(error, BeyondTheBook) else "read_on"
    return ValidationError({field: str(error)}, code="max_value")


def _notes(journey: Journey) -> Any:
    return journey.progress.order_by("read_on", "created_at")
