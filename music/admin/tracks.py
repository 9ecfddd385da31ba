"""Tracks: the machine's columns to read, the timeline, and what may be done through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from music.admin.readonly import MachineAdmin, ReadOnlyInline
from music.gatekeeping import STUDIO
from music.models import MusicTrack, SubmissionAttempt, TrackEvent
from music.services import cancel_track, retry_track, switch_track


class TrackEventInline(ReadOnlyInline):
    model = TrackEvent
    fields = ["at", "kind", "status", "stage", "version", "code", "detail"]


class SubmissionAttemptInline(ReadOnlyInline):
    model = SubmissionAttempt
    fields = [
        *("seq", "ask", "provider", "state", "task_id", "trace_id", "error", "opened_at", "closed_at", "watch_at"),
        *("resolved_by", "note"),
    ]
    show_change_link = True


class AgeFilter(admin.SimpleListFilter):
    """How long ago the current ask was made."""

    title = _("age")
    parameter_name = "age"
    AGES = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1), "1d": timedelta(days=1)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("5m", _("over 5 minutes")), ("1h", _("over an hour")), ("1d", _("over a day"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> QuerySet[MusicTrack]:
        age = self.AGES.get(self.value() or "")
        return queryset.filter(requested_at__lt=Now() - age) if age else queryset


class UnfinishedFilter(admin.SimpleListFilter):
    title = _("unfinished")
    parameter_name = "unfinished"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("only unfinished"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> QuerySet[MusicTrack]:
        return queryset.filter(due_at__isnull=False) if self.value() else queryset


class RemakeFilter(admin.SimpleListFilter):
    """Pieces, or what is to take the place of one."""

    title = _("made again")
    parameter_name = "remake"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("only remakes")), ("no", _("without remakes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> QuerySet[MusicTrack]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(replaces__isnull=self.value() == "no")


@admin.register(MusicTrack)
class MusicTrackAdmin(MachineAdmin):
    """Nothing here is edited by hand: rows change through the machine's transitions only."""

    list_display = [
        *("title", "owner", "status", "stage", "provider", "turn", "error_code", "arrived_late"),
        *("requested_at", "finished_at"),
    ]
    list_filter = [
        "status",
        "stage",
        UnfinishedFilter,
        RemakeFilter,
        AgeFilter,
        "provider",
        "error_code",
        "arrived_late",
        "mood",
        "genre",
    ]
    search_fields = ["id", "owner__username", "error_message", "attempts__task_id", "attempts__trace_id"]
    search_help_text = _("Id, reader's name, error message, the provider's task or trace id")
    list_select_related = ["owner"]
    date_hierarchy = "created_at"
    inlines = [TrackEventInline, SubmissionAttemptInline]
    actions = ["retry_selected", "cancel_selected", "give_to_the_studio"]
    fieldsets = [
        (
            None,
            {"fields": ["id", "title", "owner", "log", "album", "number", "replaces", "status", "stage", "progress"]},
        ),
        (_("Error"), {"fields": ["error_code", "error_message", "arrived_late"]}),
        (
            _("Asked for"),
            {
                "fields": [
                    "provider",
                    "prompt",
                    "genre",
                    "mood",
                    "tempo",
                    "duration",
                    "chosen_mood",
                    "chosen_genre",
                    "chapter_labels",
                ]
            },
        ),
        (
            _("Machine"),
            {
                "fields": [
                    "version",
                    "ask",
                    "fencing_token",
                    "lease_until",
                    "turn",
                    "due_at",
                    "deadline_at",
                    "knocked_at",
                    "holds",
                    "rescues",
                    "fetches",
                ]
            },
        ),
        (
            _("Result"),
            {
                "fields": [
                    "file",
                    "content_type",
                    "file_size",
                    "file_sha256",
                    "audio_seconds",
                    "audio_metadata",
                    "peaks",
                    "midi",
                ]
            },
        ),
        (_("Times"), {"fields": ["created_at", "requested_at", "started_at", "finished_at"]}),
    ]

    @admin.action(description=_("Retry (only tracks that ended in error)"), permissions=["change"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> None:
        self._act(request, queryset, retry_track)

    @admin.action(description=_("Cancel (only unfinished tracks)"), permissions=["change"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> None:
        self._act(request, queryset, lambda track: cancel_track(track, message=f"by staff: {request.user}"))

    @admin.action(description=_("Give to the studio (only tracks that wait)"), permissions=["change"])
    def give_to_the_studio(self, request: HttpRequest, queryset: QuerySet[MusicTrack]) -> None:
        self._act(request, queryset, lambda track: switch_track(track, STUDIO, by=str(request.user)))

    def _act(self, request: HttpRequest, queryset: QuerySet[MusicTrack], act: Callable[[MusicTrack], bool]) -> None:
        """Act on each track by itself: one that is in another state by now is counted and left alone."""
        outcomes = [act(track) for track in queryset]
        done, left = outcomes.count(True), outcomes.count(False)
        if done:
            self.message_user(
                request, ngettext("%(count)d track changed.", "%(count)d tracks changed.", done) % {"count": done}
            )
        if left:
            self.message_user(
                request,
                ngettext("%(count)d track was in another state.", "%(count)d tracks were in another state.", left)
                % {"count": left},
                messages.WARNING,
            )
