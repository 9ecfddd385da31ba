"""What a journey's public page shows, on the wire."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from journeys.models import LINE_LIMIT, Share, Visibility


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
