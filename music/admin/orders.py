"""Orders that may have cost money, and what staff found out about those whose outcome nobody learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from music.admin.readonly import ReadOnlyAdmin, account_text
from music.models import AttemptState, ProviderGate, SubmissionAttempt
from music.models.attempt import TASK_ID_LIMIT
from music.models.states import MESSAGE_LIMIT
from music.services import resolve_adopt, resolve_not_submitted

ALL = "all"


class OutcomeFilter(admin.SimpleListFilter):
    """What became of the order. Those that need a person are shown first, unless something is searched for."""

    title = gettext_lazy("outcome")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self._chosen = self.value() or (ALL if request.GET.get("q") else str(AttemptState.UNKNOWN))
        unknown = SubmissionAttempt.objects.filter(state=AttemptState.UNKNOWN).count()
        return [
            (str(AttemptState.UNKNOWN), _("unknown (%(count)d)") % {"count": unknown}),
            *[(state.value, state.label) for state in AttemptState if state != AttemptState.UNKNOWN],
            (ALL, _("all")),
        ]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": value == self._chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[SubmissionAttempt]) -> QuerySet[SubmissionAttempt]:
        return queryset if self._chosen == ALL else queryset.filter(state=self._chosen)


class FoundForm(forms.Form):
    """Base of the two answers that staff may have found."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=MESSAGE_LIMIT,
        help_text=gettext_lazy("How you know; kept with the order."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    checked = forms.BooleanField(label=gettext_lazy("I have looked it up there."))


class TakenForm(FoundForm):
    prefix = "taken"
    task_id = forms.CharField(
        label=gettext_lazy("The provider's id of it"),
        max_length=TASK_ID_LIMIT,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    field_order = ["task_id", "note", "checked"]


class NeverTakenForm(FoundForm):
    prefix = "never"


@admin.register(SubmissionAttempt)
class SubmissionAttemptAdmin(ReadOnlyAdmin):
    """Orders that may have cost money; those whose outcome nobody learned come first, and can be resolved."""

    list_display = [
        "opened_at",
        "provider",
        "state",
        "trace_id",
        "task_id",
        "track",
        "error",
        "account",
    ]
    list_filter = [OutcomeFilter, "provider", "opened_at"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["task_id", "trace_id", "track_ref", "track__owner__username"]
    search_help_text = gettext_lazy("The provider's task or trace id, the track's id, the reader's name")
    list_select_related = ["track"]
    ordering = ["-opened_at"]
    fieldsets = [
        (None, {"fields": ["provider", "state", "opened_at", "closed_at", "trace_id", "task_id", "error", "account"]}),
        (gettext_lazy("Track"), {"fields": ["track", "track_ref", "seq", "ask", "fencing_token"]}),
        (gettext_lazy("What is known"), {"fields": ["details", "watch_at", "resolved_by", "note"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubmissionAttempt]:
        gate = ProviderGate.objects.filter(pk=OuterRef("provider"))
        attempts: QuerySet[SubmissionAttempt] = super().get_queryset(request)
        return attempts.annotate(
            balance=Subquery(gate.values("balance_cents")),
            spending=Subquery(gate.values("spending_cents")),
            seen_at=Subquery(gate.values("account_seen_at")),
        )

    @admin.display(description=gettext_lazy("account now"))
    def account(self, attempt: Any) -> str:
        return account_text(attempt.balance, attempt.spending, attempt.seen_at)

    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(self.resolve_view)
        return [
            path("<path:object_id>/resolve/", resolve, name="music_submissionattempt_resolve"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        attempt = self.get_object(request, unquote(object_id))
        forms = {}
        if attempt and attempt.state == AttemptState.UNKNOWN and self._may_resolve(request):
            forms = {"taken_form": TakenForm(), "never_form": NeverTakenForm()}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **forms})

    def resolve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What staff have found out, from the order's page; comes up by itself only to show what was wrong with it."""
        attempt = self.get_object(request, unquote(object_id))
        if attempt is None:
            raise Http404
        if not self._may_resolve(request):
            raise PermissionDenied
        taken = TakenForm(request.POST if "taken" in request.POST else None)
        never = NeverTakenForm(request.POST if "never" in request.POST else None)
        by = request.user.get_username()
        if taken.is_valid():
            task_id, note = taken.cleaned_data["task_id"], taken.cleaned_data["note"]
            told = _("Noted: the order was taken. Its piece is fetched by itself, at no further cost.")
            return self._back(request, attempt, resolve_adopt(attempt, task_id, by=by, note=note), told)
        if never.is_valid():
            told = _("Noted: the order was never taken. Its reader may ask for the piece again.")
            won = resolve_not_submitted(attempt, by=by, note=never.cleaned_data["note"])
            return self._back(request, attempt, won, told)
        if request.method != "POST":
            return HttpResponseRedirect(self._page(attempt))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": attempt,
            "title": _("What became of this order"),
            "taken_form": taken,
            "never_form": never,
        }
        return TemplateResponse(request, "admin/music/submissionattempt/resolve.html", context, status=422)

    def _back(self, request: HttpRequest, attempt: SubmissionAttempt, won: bool, told: str) -> HttpResponse:
        if won:
            self.log_change(request, attempt, f"resolved: {attempt.state}")
            self.message_user(request, told)
        else:
            self.message_user(
                request,
                _("Nothing was changed: its outcome is known by now, or that id belongs to another order."),
                messages.ERROR,
            )
        return HttpResponseRedirect(self._page(attempt))

    def _page(self, attempt: SubmissionAttempt) -> str:
        return reverse("admin:music_submissionattempt_change", args=[attempt.pk])

    def _may_resolve(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("music.change_submissionattempt"))
