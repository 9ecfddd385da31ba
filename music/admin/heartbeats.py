"""Signs of life of what runs in the background, and what it has counted."""

from __future__ import annotations

from django.contrib import admin

from music.admin.readonly import ReadOnlyAdmin
from music.models import Heartbeat


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at", "counts"]
    ordering = ["name"]
