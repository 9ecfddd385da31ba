"""Who may look behind the counter: staff, and the monitoring system with its token."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def is_insider(request: HttpRequest) -> bool:
    """Whether the request comes with `Authorization: Bearer METRICS_TOKEN` or from a member of the staff."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer" and constant_time_compare(token, settings.METRICS_TOKEN):
        return True
    try:
        return request.user.is_active and request.user.is_staff
    except DatabaseError:
        return False
