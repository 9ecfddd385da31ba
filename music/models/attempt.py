"""Orders that may cost money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from music.models.states import MESSAGE_LIMIT

if TYPE_CHECKING:
    from music.models.track import MusicTrack


TASK_ID_LIMIT = 255


class AttemptState(models.TextChoices):
    OPEN = "open", _("open")
    NOT_SUBMITTED = "refused", _("not submitted")
    SUBMITTED = "submitted", _("submitted")
    UNKNOWN = "unknown", _("unknown")


class SubmissionAttempt(models.Model):
    """One order that may cost money, committed before the request leaves.

    While it is open nobody knows whether the provider took the order. A track that is claimed again and finds it open
    never orders again: the attempt becomes *unknown* and waits for a person.

    It outlives its track: what was paid for stays in the books when a reader deletes a log.
    """

    track = models.ForeignKey("music.MusicTrack", models.SET_NULL, null=True, related_name="attempts")
    track_ref = models.UUIDField(help_text=_("The track's id, also after it is gone"))
    seq = models.PositiveSmallIntegerField()
    ask = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=40)
    fencing_token = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    task_id = models.CharField(max_length=TASK_ID_LIMIT, blank=True, default="")
    trace_id = models.CharField(max_length=100, blank=True, default="")
    error = models.CharField(max_length=MESSAGE_LIMIT, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    resolved_by = models.CharField(_("resolved by"), max_length=150, blank=True, default="")
    note = models.CharField(_("note"), max_length=MESSAGE_LIMIT, blank=True, default="")
    watch_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When to ask again after a paid piece that we had given up on")
    )
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("submission attempt")
        verbose_name_plural = _("submission attempts")
        ordering = ["track", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["track", "seq"], name="attempt_seq_once"),
            models.UniqueConstraint(fields=["track"], name="attempt_one_open", condition=Q(state=AttemptState.OPEN)),
            models.UniqueConstraint(fields=["provider", "task_id"], name="attempt_task_once", condition=~Q(task_id="")),
        ]
        indexes = [
            models.Index(fields=["watch_at"], name="attempt_watch", condition=Q(watch_at__isnull=False)),
            models.Index(fields=["state", "closed_at"], name="attempt_state_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} #{self.seq}: {self.state}"

    @classmethod
    def open(cls, track: MusicTrack, *, needs: float = 0.0) -> SubmissionAttempt | None:
        """Record that an order is about to leave, which may take `needs` seconds; commit before it does.

        None when the track is not held any more, or not for that long (somebody else has it, it was cancelled, this
        process was asleep): order nothing then.
        """
        with transaction.atomic():
            if not track.hold_fast(needs):
                return None
            last = track.attempts.order_by("-seq").first()
            return cls.objects.create(
                track=track,
                track_ref=track.pk,
                seq=last.seq + 1 if last else 1,
                ask=track.ask,
                provider=track.provider,
                fencing_token=track.fencing_token,
            )

    @classmethod
    def current(cls, track: MusicTrack) -> SubmissionAttempt | None:
        """The latest attempt of the track's current ask."""
        return cls.objects.filter(track=track, ask=track.ask).order_by("-seq").first()

    def close(
        self,
        state: AttemptState,
        *,
        task_id: str = "",
        trace_id: str = "",
        error: str = "",
        details: Mapping[str, object] | None = None,
    ) -> bool:
        """Write down what became of the order. False when that is known already.

        An id that was paid for is written whoever holds the track's lease, also over an outcome nobody knew; nothing
        ever replaces an id. One that another order has already is no id of ours: the outcome stays unknown.
        """
        rows = SubmissionAttempt.objects.filter(pk=self.pk)
        if state == AttemptState.SUBMITTED:
            rows = rows.filter(state__in=[AttemptState.OPEN, AttemptState.UNKNOWN], task_id="")
        else:
            rows = rows.filter(state=AttemptState.OPEN)
        changes = {
            "trace_id": trace_id[:100],
            "error": error[:MESSAGE_LIMIT],
            "details": dict(details or {}),
            "closed_at": Now(),
        }
        try:
            with transaction.atomic():
                won = rows.update(state=state, task_id=task_id, **changes)
        except IntegrityError:
            changes["error"] = f"the provider gave an id that another order has: {task_id[:80]}"
            won = rows.update(state=AttemptState.UNKNOWN, **changes)
        self.refresh_from_db()
        return bool(won)

    # What staff may say of an order whose outcome nobody learned

    def adopt(self, task_id: str, *, by: str, note: str = "") -> bool:
        """The order was taken, and this is its id. False when the outcome is known, or the id is another order's."""
        rows = SubmissionAttempt.objects.filter(pk=self.pk, state=AttemptState.UNKNOWN)
        try:
            with transaction.atomic():
                won = rows.update(
                    state=AttemptState.SUBMITTED,
                    task_id=task_id.strip()[:TASK_ID_LIMIT],
                    resolved_by=by[:150],
                    note=note[:MESSAGE_LIMIT],
                    watch_at=Now(),
                )
        except IntegrityError:
            return False
        self.refresh_from_db()
        return bool(won)

    def mark_not_submitted(self, *, by: str, note: str = "") -> bool:
        """The order was never taken. False when the outcome is known."""
        rows = SubmissionAttempt.objects.filter(pk=self.pk, state=AttemptState.UNKNOWN)
        won = rows.update(state=AttemptState.NOT_SUBMITTED, resolved_by=by[:150], note=note[:MESSAGE_LIMIT])
        self.refresh_from_db()
        return bool(won)

    # Pieces that were given up on and may still arrive

    def watch_later(self, *, seconds: float) -> bool:
        """Ask after it again in `seconds`. False when nobody is to ask any more, or another sweep has just done so."""
        rows = SubmissionAttempt.objects.filter(pk=self.pk, watch_at__lte=Now())
        return bool(rows.update(watch_at=Now() + timedelta(seconds=seconds)))

    def watch_soon(self) -> None:
        """Its id has come to light after its track had ended: ask whether the piece has arrived."""
        SubmissionAttempt.objects.filter(pk=self.pk).update(watch_at=Now())

    def watch_no_more(self) -> None:
        SubmissionAttempt.objects.filter(pk=self.pk).update(watch_at=None)
