"""For templates: the first steps, wherever they are shown."""

from __future__ import annotations

from typing import Any

from django import template

from journeys.models import Journey
from journeys.onboarding import classic, needs_a_hint
from readingjourney.forms import new_request_key

register = template.Library()


@register.inclusion_tag("journeys/_try_it.html", takes_context=True)
def try_it(context: template.Context) -> dict[str, Any]:
    """The button that starts a journey with a classic."""
    return {"book": classic(), "request_key": new_request_key(), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("journeys/_first_hint.html")
def first_hint(journey: Journey) -> dict[str, Any]:
    """A line for the very first journey; it vanishes with the first log."""
    return {"wanted": needs_a_hint(journey)}
