"""Days on the wire."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

FURTHEST_AHEAD = timedelta(hours=14)
"""Of UTC, that any place on earth is."""


def has_come(day: date | None) -> None:
    """Refuse a day that has come nowhere on earth yet: the API speaks UTC, and its readers may be ahead of it."""
    if day and day > (timezone.now() + FURTHEST_AHEAD).date():
        raise ValidationError(_("This day has not come yet."), code="max_value")
