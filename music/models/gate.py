"""The door to one provider: how many may be inside, whether it is open, and whose turn it is.

Two ways of being shut. `not_before`: for a moment, after "too many at once" or an unanswered connection; it opens by
itself. `pause_code`: until somebody does something (a new key, credit, the end of an outage), told to staff once; the
sweep looks now and then whether the reason is gone, except where staff themselves have shut it.

`turn` is the fair queue's clock: the turn of the piece that was let in last. A new piece gets the turn after its
reader's last waiting one, or after the clock, so that one reader's thousand pieces stand between everybody else's, not
before them (start-time fair queueing).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext_lazy as _

from music.models.states import CODE_LIMIT, MESSAGE_LIMIT

FIRST_PROBE = timedelta(seconds=30)
SLOWEST_PROBE_SECONDS = 900
STAND_BACK_SECONDS = 2.0
LONGEST_STAND_BACK_SECONDS = 120.0
OUTAGE_STRIKES = 5
"""So many refusals or silences in a row, with nothing that worked between them, are an outage."""


class PauseCode(models.TextChoices):
    OPEN = "", "–"
    STAFF = "staff", _("by staff")
    KEY_REFUSED = "key_refused", _("the key was refused")
    REGION_REFUSED = "region_refused", _("not served in this region")
    CREDIT_USED_UP = "credit_used_up", _("the credit is used up")
    MISCONFIGURED = "provider_misconfigured", _("does not understand us")
    UNREACHABLE = "unreachable", _("does not answer")
    STORAGE = "storage", _("the storage refuses files")


class ProviderGate(models.Model):
    """One provider's gate."""

    provider = models.CharField(_("provider"), max_length=40, primary_key=True)
    turn = models.BigIntegerField(default=0, help_text=_("Of the piece that was let in last"))
    limit = models.PositiveIntegerField(null=True, blank=True, help_text=_("How many the provider lets run at once"))
    not_before = models.DateTimeField(null=True, blank=True)
    strikes = models.PositiveIntegerField(default=0, help_text=_("Refusals in a row"))
    pause_code = models.CharField(
        _("paused"), max_length=CODE_LIMIT, choices=PauseCode, default=PauseCode.OPEN, blank=True
    )
    pause_detail = models.CharField(_("why"), max_length=MESSAGE_LIMIT, blank=True, default="")
    paused_at = models.DateTimeField(_("since"), null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True, help_text=_("When to look whether the reason is gone"))
    probes = models.PositiveIntegerField(default=0)
    alerted_code = models.CharField(max_length=CODE_LIMIT, blank=True, default="", help_text=_("What staff were told"))
    knocked_at = models.DateTimeField(null=True, blank=True)

    balance_cents = models.BigIntegerField(_("balance"), null=True, blank=True)
    spending_cents = models.BigIntegerField(_("spent"), null=True, blank=True)
    account_seen_at = models.DateTimeField(_("account read at"), null=True, blank=True)
    account_asked_at = models.DateTimeField(null=True, blank=True)
    account_error = models.CharField(max_length=MESSAGE_LIMIT, blank=True, default="")

    class Meta:
        verbose_name = _("provider gate")
        verbose_name_plural = _("provider gates")
        ordering = ["provider"]
        constraints = [
            models.CheckConstraint(
                name="gate_paused_since",
                condition=(Q(pause_code="") & Q(paused_at__isnull=True))
                | (~Q(pause_code="") & Q(paused_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.provider

    @classmethod
    def of(cls, provider: str) -> ProviderGate:
        """The provider's gate, made on first use."""
        return cls.objects.get_or_create(provider=provider)[0]

    @property
    def is_paused(self) -> bool:
        return bool(self.pause_code)

    def pause(self, code: str, detail: str = "") -> bool:
        """Shut the gate until its reason is gone. True for the one who shut it, when this reason is news to staff:
        whoever gets True tells them. Staff may shut a gate that is shut already, and nobody but them opens it then."""
        rows = ProviderGate.objects.filter(pk=self.pk)
        rows = rows.exclude(pause_code=PauseCode.STAFF) if code == PauseCode.STAFF else rows.filter(pause_code="")
        # Each look that found the reason gone and was wrong makes the next one later.
        pause = min(FIRST_PROBE.total_seconds() * 2 ** min(self.probes, 10), SLOWEST_PROBE_SECONDS)
        won = rows.update(
            pause_code=code,
            pause_detail=detail[:MESSAGE_LIMIT],
            paused_at=Coalesce(F("paused_at"), Now()),
            probe_at=None if code == PauseCode.STAFF else Now() + timedelta(seconds=pause),
        )
        self.refresh_from_db()
        return bool(
            won and ProviderGate.objects.filter(pk=self.pk).exclude(alerted_code=code).update(alerted_code=code)
        )

    def resume(self, *, by_staff: bool = True) -> bool:
        """Open the gate. False when it was open, or is shut by staff and somebody else asks."""
        rows = ProviderGate.objects.filter(pk=self.pk).exclude(pause_code="")
        changes: dict[str, Any] = {}
        if by_staff:
            changes = {"probes": 0, "alerted_code": "", "strikes": 0}
        else:
            rows = rows.exclude(pause_code=PauseCode.STAFF)
        won = rows.update(pause_code="", pause_detail="", paused_at=None, probe_at=None, not_before=None, **changes)
        self.refresh_from_db()
        return bool(won)

    def probe_later(self) -> None:
        """The reason is still there: look again later, each time twice as late."""
        pause = min(FIRST_PROBE.total_seconds() * 2 ** min(self.probes + 1, 10), SLOWEST_PROBE_SECONDS)
        ProviderGate.objects.filter(pk=self.pk, probe_at__isnull=False).update(
            probes=F("probes") + 1, probe_at=Now() + timedelta(seconds=pause)
        )

    def stand_back(self, seconds: float | None = None) -> None:
        """Let nobody in for so many seconds, or for a while that doubles with each time in a row."""
        self.refresh_from_db(fields=["strikes"])
        pause = seconds or min(STAND_BACK_SECONDS * 2 ** min(self.strikes, 10), LONGEST_STAND_BACK_SECONDS)
        until = Now() + timedelta(seconds=pause)
        ProviderGate.objects.filter(pk=self.pk).update(
            # One with the database's own notion of the greater: NULL is nobody's maximum.
            not_before=Greatest(Coalesce(F("not_before"), until), until),
            # Several hands that were refused in the same moment are one refusal, not several in a row.
            strikes=F("strikes") + Case(When(not_before__gt=Now(), then=0), default=1),
        )
        self.refresh_from_db()

    def worked(self) -> None:
        """Something went through: whatever was wrong is over, and the next trouble is news again."""
        ProviderGate.objects.filter(pk=self.pk).filter(Q(strikes__gt=0) | Q(probes__gt=0) | ~Q(alerted_code="")).filter(
            pause_code=""
        ).update(strikes=0, probes=0, alerted_code="")
