"""Readers, books, journeys and logs for staff: to look at and to delete, not to rewrite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from knox.models import get_token_model

from journeys.models import Book, Journey, Reader, ReadingLog
from journeys.services import delete_journey, delete_reader
from music.models import MusicTrack, SubmissionAttempt


class DeletesWithMusic(admin.ModelAdmin):
    """Deletes through the services, which take the audio along. Tracks and logs cannot be deleted by themselves, but
    they go with what they belong to."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        objects, counts, lacking, protected = super().get_deleted_objects(objs, request)
        for model in (MusicTrack, SubmissionAttempt, ReadingLog):
            lacking.discard(model._meta.verbose_name)
        return objects, counts, lacking, protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Reader)
class ReaderAdmin(DeletesWithMusic, UserAdmin):
    list_display = ["username", "email", "language", "time_zone", "is_staff", "date_joined"]
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Language and time zone"), {"fields": ("language", "time_zone")}))

    def delete_model(self, request: HttpRequest, obj: Reader) -> None:
        delete_reader(obj)


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["title", "authors", "year", "language", "isbn13", "source"]
    list_filter = ["source", "language"]
    search_fields = ["title", "authors", "isbn13"]


class ReadingLogInline(admin.TabularInline):
    """What exists and when; the words are the reader's own and stay out of the overview."""

    model = ReadingLog
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ("label", "logged_on", "page", "percent", "created_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Journey | None = None) -> bool:
        return False


class ReadOnly(admin.ModelAdmin):
    """Journeys and logs are their readers' own, and their states belong together: no field is edited here."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Iterable[str]:  # type: ignore[override]
        return [field.name for field in self.model._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Journey)
class JourneyAdmin(DeletesWithMusic, ReadOnly):
    list_display = ["book", "reader", "status", "started_on", "ended_on", "updated_at"]
    list_filter = ["status", "started_on"]
    search_fields = ["id", "book__title", "reader__username"]
    list_select_related = ["book", "reader"]
    inlines = [ReadingLogInline]

    def delete_model(self, request: HttpRequest, obj: Journey) -> None:
        delete_journey(obj)


@admin.register(ReadingLog)
class ReadingLogAdmin(ReadOnly):
    list_display = ["__str__", "reader", "logged_on", "page", "percent", "track_status"]
    list_filter = ["is_final", "track__status", "logged_on"]
    search_fields = ["id", "journey__book__title", "journey__reader__username"]
    list_select_related = ["journey__book", "journey__reader", "track"]

    @admin.display(description=_("reader"), ordering="journey__reader")
    def reader(self, log: ReadingLog) -> str:
        return str(log.journey.reader)

    @admin.display(description=_("music"), ordering="track__status")
    def track_status(self, log: ReadingLog) -> str:
        return log.track.get_status_display()

    def has_delete_permission(self, request: HttpRequest, obj: ReadingLog | None = None) -> bool:
        return False


# A token is shown once, to its reader, and made nowhere else.
admin.site.unregister(get_token_model())
