"""The providers' gates: how each stands, and shutting, opening and emptying them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import date
from django.template.response import TemplateResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from music.admin.readonly import MachineAdmin, account_text
from music.gatekeeping import STUDIO
from music.models import MusicTrack, ProviderGate
from music.models.states import MESSAGE_LIMIT
from music.providers import UnknownProvider, get_provider
from music.queueing import places
from music.services import pause_provider, resume_provider, switch_waiting


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=MESSAGE_LIMIT - 200,  # the name of who gave it is kept with it
        help_text=gettext_lazy("For your colleagues; readers are only told that the service is resting."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


@admin.register(ProviderGate)
class ProviderGateAdmin(MachineAdmin):
    """How each provider's gate stands. Balance and limit are as its account page last said."""

    list_display = ["provider", "state", "paused_at", "inside", "waiting", "strikes", "account", "account_error"]
    actions = ["pause_selected", "resume_selected", "give_waiting_to_the_studio"]
    fieldsets = [
        (None, {"fields": ["provider", "state", "paused_at", "probe_at", "probes", "alerted_code"]}),
        (gettext_lazy("Queue"), {"fields": ["inside", "waiting", "limit", "not_before", "strikes", "turn"]}),
        (gettext_lazy("Account"), {"fields": ["account", "account_seen_at", "account_asked_at", "account_error"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderGate]:
        gates: QuerySet[ProviderGate] = super().get_queryset(request)
        return gates.annotate(clock=Now())

    @admin.display(description=gettext_lazy("state"))
    def state(self, gate: ProviderGate) -> str:
        if gate.is_paused:
            why = f" ({gate.pause_detail})" if gate.pause_detail else ""
            return _("paused: %(why)s") % {"why": f"{gate.get_pause_code_display()}{why}"}
        if gate.not_before and gate.not_before > gate.clock:  # type: ignore[attr-defined]  # annotated above
            return _("stands back until %(time)s") % {"time": date(localtime(gate.not_before), "H:i:s")}
        return _("open for new pieces")

    @admin.display(description=gettext_lazy("in flight / limit"))
    def inside(self, gate: ProviderGate) -> str:
        try:
            limit = places(get_provider(gate.provider), gate)
        except UnknownProvider:
            return _("not set up any more")
        count = MusicTrack.objects.at_provider(gate.provider).count()
        return f"{count} / {limit if limit is not None else '∞'}"

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, gate: ProviderGate) -> int:
        return MusicTrack.objects.waiting().filter(provider=gate.provider).count()

    @admin.display(description=gettext_lazy("account"))
    def account(self, gate: ProviderGate) -> str:
        return account_text(gate.balance_cents, gate.spending_cents, gate.account_seen_at)

    @admin.action(description=gettext_lazy("Pause (asks for the reason)"), permissions=["change"])
    def pause_selected(self, request: HttpRequest, queryset: QuerySet[ProviderGate]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask(
                request,
                queryset,
                action="pause_selected",
                title=_("Pause providers"),
                told=_("Nothing new is asked of them until staff resume; what is under way goes on."),
                form=form,
            )
        for gate in queryset:
            if pause_provider(gate.provider, detail=form.cleaned_data["reason"], by=request.user.get_username()):
                self.log_change(request, gate, "paused")
                self.message_user(request, _("%(provider)s is paused.") % {"provider": gate.provider})
            else:
                said = _("%(provider)s was paused by staff already.") % {"provider": gate.provider}
                self.message_user(request, said, messages.WARNING)
        return None

    @admin.action(description=gettext_lazy("Resume"), permissions=["change"])
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[ProviderGate]) -> None:
        for gate in queryset:
            if resume_provider(gate.provider, by=request.user.get_username()):
                self.log_change(request, gate, "resumed")
                self.message_user(request, _("%(provider)s is open again.") % {"provider": gate.provider})
            else:
                said = _("%(provider)s was open already.") % {"provider": gate.provider}
                self.message_user(request, said, messages.WARNING)

    @admin.action(description=gettext_lazy("Give everything that waits to the studio"), permissions=["change"])
    def give_waiting_to_the_studio(self, request: HttpRequest, queryset: QuerySet[ProviderGate]) -> HttpResponse | None:
        sources = queryset.exclude(pk=STUDIO)
        if "confirmed" not in request.POST:
            return self._ask(
                request,
                queryset,
                action="give_waiting_to_the_studio",
                title=_("Give everything that waits to the studio"),
                told=_(
                    "The studio makes these pieces itself, at no cost. What has been ordered already stays where it is."
                    " It cannot be taken back."
                ),
            )
        for gate in sources:
            moved = switch_waiting(gate.provider, STUDIO, by=request.user.get_username())
            self.log_change(request, gate, f"{moved} waiting tracks given to {STUDIO}")
            told = ngettext(
                "%(count)d track of %(provider)s is the studio's now.",
                "%(count)d tracks of %(provider)s are the studio's now.",
                moved,
            )
            self.message_user(request, told % {"count": moved, "provider": gate.provider})
        return None

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[ProviderGate], *, action: str, **context: Any
    ) -> TemplateResponse:
        """The page between choosing an action and doing it."""
        return TemplateResponse(
            request,
            "admin/music/providergate/confirm.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "action": action,
                "checkbox": ACTION_CHECKBOX_NAME,
                "gates": [(gate, self.waiting(gate)) for gate in queryset],
                **context,
            },
        )
