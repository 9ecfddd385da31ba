"""What the lists have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from music.console import dollars


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]  # takes no parameter at run time
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MachineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # takes no parameter at run time
    """Rows that come and go by the machine; who may change them may use the actions."""

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [str(name) for _title, options in self.fieldsets or [] for name in options["fields"]]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        no_buttons = {"show_save": False, "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, {**no_buttons, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(MachineAdmin):
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def account_text(balance_cents: int | None, spending_cents: int | None, seen_at: Any) -> str:
    """What is left and what was spent, and how old that knowledge is; a dash where the account was never read."""
    if seen_at is None:
        return "–"
    return _("%(balance)s left, %(spent)s spent (%(age)s ago)") % {
        "balance": dollars(balance_cents),
        "spent": dollars(spending_cents),
        "age": timesince(seen_at, depth=1),
    }
