"""The timeline of a track."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from music.models.states import MESSAGE_LIMIT, TrackStage, TrackStatus


class EventKind(models.TextChoices):
    REQUESTED = "requested", _("requested")
    CLAIMED = "claimed", _("claimed")
    REWRITTEN = "rewritten", _("brief rewritten")
    ENTERED = "entered", _("entered a stage")
    HELD = "held", _("held")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    RETRIED = "retried", _("retried")
    REMAKE = "remake", _("asked for anew")
    REMADE = "remade", _("replaced by the new one")
    ARRIVED = "arrived", _("arrived late")
    SWITCHED = "switched", _("given to another provider")
    DISMISSED = "dismissed", _("the new one given up")


class TrackEvent(models.Model):
    """One transition of a track, written with it: append-only. Staff read the timeline."""

    track = models.ForeignKey("music.MusicTrack", models.CASCADE, related_name="events")
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=10, choices=EventKind)
    status = models.CharField(max_length=10, choices=TrackStatus)
    stage = models.CharField(max_length=10, choices=TrackStage, default=TrackStage.NONE, blank=True)
    version = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=MESSAGE_LIMIT, blank=True, default="")

    class Meta:
        verbose_name = _("track event")
        verbose_name_plural = _("track events")
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status}{'/' + self.stage if self.stage else ''})"
