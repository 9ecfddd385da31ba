"""A journey's public page over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.access import own_journey
from journeys.models import LINE_LIMIT, Journey, Share, Visibility
from journeys.services.sharing import Showing, share_journey, unshare_journey


class ShareRequestSerializer(serializers.Serializer[Any]):
    """What others are to see of a journey; what is left out is as it is for a new page."""

    visibility = serializers.ChoiceField(choices=Visibility.values, required=False, default=Visibility.UNLISTED)
    line = serializers.CharField(
        max_length=LINE_LIMIT, required=False, allow_blank=True, default="", help_text="A line of the reader's choosing"
    )
    shows_name = serializers.BooleanField(required=False, default=False)
    shows_quotes = serializers.BooleanField(required=False, default=True)
    shows_memos = serializers.BooleanField(required=False, default=False)
    shows_feelings = serializers.BooleanField(required=False, default=True)


class ShareSerializer(serializers.ModelSerializer[Share]):
    url = serializers.SerializerMethodField(help_text="The public page")
    card_url = serializers.SerializerMethodField(help_text="The share card, a PNG of 1200 × 630")
    feed_url = serializers.SerializerMethodField(help_text="The feed; null unless the page is public")

    class Meta:
        model = Share
        fields = [
            "visibility",
            "line",
            "shows_name",
            "shows_quotes",
            "shows_memos",
            "shows_feelings",
            "url",
            "card_url",
            "feed_url",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_url(self, share: Share) -> str:
        return self._address("public-journey", share)

    def get_card_url(self, share: Share) -> str:
        return self._address("public-card", share)

    def get_feed_url(self, share: Share) -> str | None:
        return self._address("public-feed", share) if share.visibility == Visibility.PUBLIC else None

    def _address(self, name: str, share: Share) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse(name, args=[share.token]))
        return address


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
