"""Readers, books, journeys and logs for staff."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from journeys.models import Book, Journey, Reader, ReadingLog


@admin.register(Reader)
class ReaderAdmin(UserAdmin):
    list_display = ["username", "email", "language", "time_zone", "is_staff", "date_joined"]
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Language and time zone"), {"fields": ("language", "time_zone")}))


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


@admin.register(Journey)
class JourneyAdmin(admin.ModelAdmin):
    list_display = ["book", "reader", "status", "started_on", "ended_on", "updated_at"]
    list_filter = ["status", "started_on"]
    search_fields = ["id", "book__title", "reader__username"]
    list_select_related = ["book", "reader"]
    raw_id_fields = ["reader", "book"]
    readonly_fields = ["id", "theme_seed", "created_at", "updated_at"]
    inlines = [ReadingLogInline]


@admin.register(ReadingLog)
class ReadingLogAdmin(admin.ModelAdmin):
    list_display = ["__str__", "reader", "logged_on", "page", "percent", "track_status"]
    list_filter = ["is_final", "track__status", "logged_on"]
    search_fields = ["id", "journey__book__title", "journey__reader__username"]
    list_select_related = ["journey__book", "journey__reader", "track"]
    raw_id_fields = ["journey"]
    readonly_fields = ["id", "version", "is_final", "created_at", "updated_at"]

    @admin.display(description=_("reader"), ordering="journey__reader")
    def reader(self, log: ReadingLog) -> str:
        return str(log.journey.reader)

    @admin.display(description=_("music"), ordering="track__status")
    def track_status(self, log: ReadingLog) -> str:
        return log.track.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
