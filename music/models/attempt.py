"""Orders that may cost money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction
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
    """

    track = models.ForeignKey("music.MusicTrack", models.CASCADE, related_name="attempts")
    seq = models.PositiveSmallIntegerField()
    ask = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=40)
    fencing_token = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    task_id = models.CharField(max_length=TASK_ID_LIMIT, blank=True, default="")
    trace_id = models.CharField(max_length=100, blank=True, default="")
    error = models.CharField(max_length=MESSAGE_LIMIT, blank=True, default="")
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

    def __str__(self) -> str:
        return f"{self.provider} #{self.seq}: {self.state}"

    @classmethod
    def open(cls, track: MusicTrack) -> SubmissionAttempt | None:
        """Record that an order is about to leave; commit before it does.

        None when the track is not held any more (somebody else has it, or it was cancelled): order nothing then.
        """
        with transaction.atomic():
            if not track.hold_fast():
                return None
            last = track.attempts.order_by("-seq").first()
            return cls.objects.create(
                track=track,
                seq=last.seq + 1 if last else 1,
                ask=track.ask,
                provider=track.provider,
                fencing_token=track.fencing_token,
            )

    @classmethod
    def current(cls, track: MusicTrack) -> SubmissionAttempt | None:
        """The latest attempt of the track's current ask."""
        return cls.objects.filter(track=track, ask=track.ask).order_by("-seq").first()

    def close(self, state: AttemptState, *, task_id: str = "", trace_id: str = "", error: str = "") -> bool:
        """Write down what became of the order. False when that is known already.

        An id that was paid for is written whoever holds the track's lease, and nothing ever replaces it.
        """
        rows = SubmissionAttempt.objects.filter(pk=self.pk)
        if state != AttemptState.SUBMITTED:
            rows = rows.filter(state=AttemptState.OPEN)
        won = rows.update(
            state=state, task_id=task_id, trace_id=trace_id[:100], error=error[:MESSAGE_LIMIT], closed_at=Now()
        )
        self.refresh_from_db()
        return bool(won)
