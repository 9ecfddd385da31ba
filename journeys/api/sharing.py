"""A journey's public page over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.access import own_journey
from journeys.models import Journey, Share, Visibility
from journeys.serializers.sharing import ShareRequestSerializer, ShareSerializer
from journeys.services.sharing import Showing, share_journey, unshare_journey


class JourneyShareView(generics.GenericAPIView[Any]):
    """What everybody with the address sees of a journey; 404 while it is private."""

    serializer_class = ShareRequestSerializer

    @extend_schema(responses=ShareSerializer)
    def get(self, request: Request, journey_id: uuid.UUID) -> Response:
        share = Share.objects.filter(journey=own_journey(request.user, journey_id)).first()
        if share is None:
            raise NotFound(_("This journey is private."))
        return self._answer(request, share)

    @extend_schema(request=ShareRequestSerializer, responses={200: ShareSerializer, 201: ShareSerializer})
    def put(self, request: Request, journey_id: uuid.UUID) -> Response:
        """Publish the journey (201), or change what is shown under the address it has (200)."""
        journey = own_journey(request.user, journey_id)
        asked = ShareRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        showing = Showing(**{**data, "visibility": Visibility(data["visibility"])})
        try:
            share, is_new = share_journey(journey, showing)
        except Journey.DoesNotExist:  # deleted a moment ago
            raise Http404 from None
        return self._answer(request, share, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, journey_id: uuid.UUID) -> Response:
        """Make the journey private again; published once more, it has another address."""
        unshare_journey(own_journey(request.user, journey_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, request: Request, share: Share, code: int = status.HTTP_200_OK) -> Response:
        return Response(ShareSerializer(share, context={"request": request}).data, status=code)
