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

from journeys.models import Book, Journey, Progress, Reader, ReadingLog, Share, Tag
from journeys.services import delete_journey, delete_reader
from journeys.services.books import discard_books
from journeys.services.logins import forget_tries
from journeys.services.sharing import unshare_journey
from music.models import MusicTrack, SubmissionAttempt


class DeletesWithMusic(admin.ModelAdmin):
    """Deletes through the services, which take the audio along. Tracks and logs cannot be deleted by themselves, but
    they go with what they belong to."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        objects, counts, lacking, protected = super().get_deleted_objects(objs, request)
        for model in (MusicTrack, SubmissionAttempt, ReadingLog, Progress, Tag):
            lacking.discard(model._meta.verbose_name)
        return objects, counts, lacking, protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Reader)
class ReaderAdmin(DeletesWithMusic, UserAdmin):
    list_display = ["username", "email", "language", "time_zone", "is_staff", "date_joined"]
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Language and time zone"), {"fields": ("language", "time_zone")}))
    actions = ["let_try_again"]

    @admin.action(description=_("Forget wrong passwords: let them log in again at once"), permissions=["change"])
    def let_try_again(self, request: HttpRequest, queryset: QuerySet[Reader]) -> None:
        forget_tries(queryset.values_list("username", flat=True))
        self.message_user(request, _("They may try again."))

    def delete_model(self, request: HttpRequest, obj: Reader) -> None:
        delete_reader(obj)


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["title", "authors", "year", "language", "isbn13", "source"]
    list_filter = ["source", "language"]
    search_fields = ["title", "authors", "isbn13"]
    exclude = ["cover"]  # drawn by us, and shown on the pages

    def delete_model(self, request: HttpRequest, obj: Book) -> None:
        discard_books(Book.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Book]) -> None:
        discard_books(queryset)


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
    list_display = ["book", "reader", "status", "rating", "started_on", "ended_on", "updated_at"]
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
        return log.track.get_status_display() if hasattr(log, "track") else str(_("none"))

    def has_delete_permission(self, request: HttpRequest, obj: ReadingLog | None = None) -> bool:
        return False


class LookedAtOnly(ReadOnly):
    """What goes only with the journey it belongs to."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Progress)
class ProgressAdmin(LookedAtOnly):
    list_display = ["journey", "reader", "page", "percent", "read_on"]
    list_filter = ["read_on"]
    search_fields = ["journey__id", "journey__book__title", "journey__reader__username"]
    list_select_related = ["journey__book", "journey__reader"]

    @admin.display(description=_("reader"), ordering="journey__reader")
    def reader(self, progress: Progress) -> str:
        return str(progress.journey.reader)


@admin.register(Tag)
class TagAdmin(LookedAtOnly):
    list_display = ["name", "reader"]
    search_fields = ["name", "reader__username"]
    list_select_related = ["reader"]


@admin.register(Share)
class ShareAdmin(ReadOnly):
    """Public pages: staff look at them, and take down what may not stay."""

    list_display = ["journey", "reader", "visibility", "line", "created_at", "updated_at"]
    list_filter = ["visibility", "created_at"]
    search_fields = ["journey__id", "journey__book__title", "journey__reader__username", "line"]
    list_select_related = ["journey__book", "journey__reader"]
    actions = ["revoke"]

    @admin.display(description=_("reader"), ordering="journey__reader")
    def reader(self, share: Share) -> str:
        return str(share.journey.reader)

    @admin.action(description=_("Make private again"), permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        for share in queryset.select_related("journey"):
            unshare_journey(share.journey)

    def delete_model(self, request: HttpRequest, obj: Share) -> None:
        unshare_journey(obj.journey)


# A token is shown once, to its reader, and made nowhere else.
admin.site.unregister(get_token_model())
