"""A journey's album in a template, wherever the journey is shown."""

from __future__ import annotations

from django import template

from journeys.models import Journey
from journeys.services.album import Album, album_of

register = template.Library()


@register.simple_tag
def journey_album(journey: Journey) -> Album:
    """`{% journey_album journey as album %}`."""
    return album_of(journey)
