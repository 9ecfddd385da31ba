"""A journey's record over HTTP: rating, review, tags, days, pages."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.access import own_journey
from journeys.serializers.record import RecordSerializer, record_json
from journeys.services import DatesDoNotFit, edit_record, record_of


class RecordView(generics.GenericAPIView[Any]):
    """What a reader keeps of a journey beside its logs."""

    serializer_class = RecordSerializer

    @extend_schema(responses=RecordSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        return Response(RecordSerializer(record_json(record_of(own_journey(request.user, journey_id)))).data)

    @extend_schema(request=RecordSerializer, responses=RecordSerializer)
    def patch(self, request: Request, journey_id: uuid.UUID) -> Response:
        """Change what is sent; the rest stays."""
        journey = own_journey(request.user, journey_id)
        asked = RecordSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        changes = dict(asked.validated_data)
        if changes.get("rating") is not None:
            changes["rating"] = int(changes["rating"] * 4)
        if "tags" in changes:
            changes["tags"] = tuple(changes["tags"])
        try:
            edit_record(journey, changes)
        except DatesDoNotFit as error:
            raise ValidationError({error.field: str(error)}, code="does_not_fit") from error
        return Response(RecordSerializer(record_json(record_of(journey))).data)
