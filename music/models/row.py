"""The track's row: its columns, what the database refuses, and the one way in which all its changes are written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from music.announcing import announce_after_commit
from music.models.event import EventKind, TrackEvent
from music.models.query import TrackQuerySet
from music.models.states import CODE_LIMIT, MESSAGE_LIMIT, TrackStage, TrackStatus

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from music.models.attempt import SubmissionAttempt


class TrackRow(models.Model):
    """The columns of one piece of music, from the request for it to the playable file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tracks", verbose_name=_("reader"))
    log = models.OneToOneField(
        "journeys.ReadingLog",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="track",
        verbose_name=_("reading log"),
    )
    replaces = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="remake",
        verbose_name=_("replaces"),
        help_text=_("The finished piece that this one will take the place of; one at a time"),
    )
    title = models.CharField(
        _("title"), max_length=300, help_text=_("For players and lists; never sent to a provider.")
    )
    album = models.CharField(_("album"), max_length=300, blank=True, default="", help_text=_("For the file's tags"))
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, help_text=_("Its place in the album"))
    chapter_labels = models.JSONField(
        default=list, blank=True, help_text=_("Of a finale: what the pieces that it remembers are called, in order")
    )

    # What was asked for. The whole brief is kept, so that a retry asks for the same piece again.
    brief = models.JSONField()
    brief_writer = models.CharField(
        max_length=100, blank=True, default="", help_text=_("A language model's name; empty: our own reader of moods")
    )
    prompt = models.CharField(_("prompt"), max_length=300)
    genre = models.CharField(_("genre"), max_length=40)
    mood = models.CharField(_("mood"), max_length=20)
    tempo = models.PositiveSmallIntegerField(_("tempo"), help_text=_("Beats a minute"))
    duration = models.PositiveSmallIntegerField(_("duration"), help_text=_("Seconds asked for"))
    provider = models.CharField(_("provider"), max_length=40)
    chosen_mood = models.CharField(
        _("chosen mood"), max_length=20, blank=True, default="", help_text=_("The reader's own correction")
    )
    chosen_genre = models.CharField(
        _("chosen genre"), max_length=40, blank=True, default="", help_text=_("For this piece alone")
    )

    # Where it is.
    status = models.CharField(_("status"), max_length=10, choices=TrackStatus, default=TrackStatus.PENDING)
    stage = models.CharField(_("stage"), max_length=10, choices=TrackStage, default=TrackStage.NONE, blank=True)
    progress = models.FloatField(null=True, blank=True, help_text=_("0 to 1, only where the provider reports it"))
    error_code = models.CharField(_("error code"), max_length=CODE_LIMIT, blank=True, default="")
    error_message = models.CharField(_("error message"), max_length=MESSAGE_LIMIT, blank=True, default="")

    # The machine's own columns.
    version = models.PositiveIntegerField(default=1, help_text=_("Rises with every change"))
    ask = models.PositiveSmallIntegerField(default=1, help_text=_("1, and 1 more for every explicit retry"))
    fencing_token = models.PositiveIntegerField(default=0, help_text=_("Rises with every claim"))
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("Set exactly while it is unfinished"))
    turn = models.BigIntegerField(
        null=True, blank=True, help_text=_("Its turn in the fair queue; set exactly while it is pending")
    )
    deadline_at = models.DateTimeField(null=True, blank=True, help_text=_("Set exactly while it is being made"))
    knocked_at = models.DateTimeField(null=True, blank=True, help_text=_("Last knock by the sweep"))
    holds = models.PositiveSmallIntegerField(default=0)
    rescues = models.PositiveSmallIntegerField(default=0, help_text=_("Claims after a worker was lost"))
    fetches = models.PositiveSmallIntegerField(default=0, help_text=_("Downloads that were no good"))
    arrived_late = models.BooleanField(
        _("arrived late"), default=False, help_text=_("Given up, but the paid piece is there: a retry takes it in")
    )

    # The result.
    file = models.FileField(max_length=200, blank=True, default="")
    content_type = models.CharField(max_length=40, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    audio_seconds = models.FloatField(null=True, blank=True)
    audio_metadata = models.JSONField(default=dict, blank=True)
    peaks = models.JSONField(default=list, blank=True, help_text=_("The waveform's outline, 0 to 100"))
    midi = models.FileField(max_length=200, blank=True, default="")

    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    requested_at = models.DateTimeField(
        _("requested at"), db_default=Now(), editable=False, help_text=_("Of the current ask")
    )
    started_at = models.DateTimeField(
        _("started at"), null=True, blank=True, help_text=_("First claim of the current ask")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    heard_at = models.DateTimeField(
        _("heard at"), null=True, blank=True, help_text=_("First played by its reader, as it is now")
    )

    objects = TrackQuerySet.as_manager()

    replaces_id: uuid.UUID | None
    attempts: RelatedManager[SubmissionAttempt]
    events: RelatedManager[TrackEvent]

    replaced_files: tuple[str, ...] = ()
    """Keys of the files that nobody needs any more, on a remake that has just taken its piece's place."""

    class Meta:
        abstract = True
        verbose_name = _("music track")
        verbose_name_plural = _("music tracks")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="track_status_is_known", condition=Q(status__in=TrackStatus.values)),
            models.CheckConstraint(
                name="track_stage_only_while_generating",
                condition=(Q(status=TrackStatus.GENERATING) & Q(stage__in=[s for s in TrackStage.values if s]))
                | (~Q(status=TrackStatus.GENERATING) & Q(stage=TrackStage.NONE)),
            ),
            models.CheckConstraint(
                name="track_completed_has_file",
                condition=(Q(status=TrackStatus.COMPLETED) & ~Q(file=""))
                | (~Q(status=TrackStatus.COMPLETED) & Q(file="")),
            ),
            models.CheckConstraint(
                name="track_error_has_code",
                condition=(Q(status=TrackStatus.ERROR) & ~Q(error_code=""))
                | (~Q(status=TrackStatus.ERROR) & Q(error_code="")),
            ),
            models.CheckConstraint(
                name="track_due_while_unfinished",
                condition=(
                    Q(status__in=[TrackStatus.PENDING, TrackStatus.GENERATING])
                    & Q(due_at__isnull=False)
                    & Q(finished_at__isnull=True)
                )
                | (
                    Q(status__in=[TrackStatus.COMPLETED, TrackStatus.ERROR])
                    & Q(due_at__isnull=True)
                    & Q(finished_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="track_generating_was_claimed",
                condition=(Q(status=TrackStatus.GENERATING) & Q(fencing_token__gt=0) & Q(deadline_at__isnull=False))
                | (~Q(status=TrackStatus.GENERATING) & Q(deadline_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="track_turn_while_pending",
                condition=(Q(status=TrackStatus.PENDING) & Q(turn__isnull=False))
                | (~Q(status=TrackStatus.PENDING) & Q(turn__isnull=True)),
            ),
            models.CheckConstraint(
                name="track_arrived_late_only_after_error",
                condition=Q(arrived_late=False) | Q(status=TrackStatus.ERROR),
            ),
            models.CheckConstraint(
                name="track_lease_only_while_generating",
                condition=Q(status=TrackStatus.GENERATING) | Q(lease_until__isnull=True),
            ),
            # In any other stage nobody would look at it again.
            models.CheckConstraint(
                name="track_given_back_in_a_stage_to_ask_in",
                condition=~Q(status=TrackStatus.GENERATING)
                | Q(lease_until__isnull=False)
                | Q(stage__in=[TrackStage.WAITING, TrackStage.FETCHING]),
            ),
            models.CheckConstraint(
                name="track_midi_only_with_file", condition=Q(status=TrackStatus.COMPLETED) | Q(midi="")
            ),
            models.CheckConstraint(
                name="track_heard_only_with_file", condition=Q(file_size__isnull=False) | Q(heard_at__isnull=True)
            ),
            models.CheckConstraint(
                name="track_remake_stands_apart",
                condition=Q(replaces__isnull=True) | (Q(log__isnull=True) & ~Q(status=TrackStatus.COMPLETED)),
            ),
        ]
        indexes = [
            # "IS NOT NULL" and not a list of statuses: both databases see that it is implied, even when a query's
            # values are bound parameters. They hold unfinished rows only, however many finished ones there are.
            models.Index(fields=["due_at"], name="track_due", condition=Q(deadline_at__isnull=False)),
            models.Index(fields=["provider", "owner"], name="track_inside", condition=Q(deadline_at__isnull=False)),
            models.Index(
                fields=["provider", "turn", "requested_at"], name="track_queue", condition=Q(turn__isnull=False)
            ),
            models.Index(
                fields=["owner", "provider", "turn"], name="track_owner_queue", condition=Q(turn__isnull=False)
            ),
            # The unique one on the same column is nearly all NULL, and SQLite stops using it once it has counted them.
            models.Index(fields=["replaces"], name="track_remake", condition=Q(replaces__isnull=False)),
            models.Index(fields=["owner"], name="track_owner_unfinished", condition=Q(due_at__isnull=False)),
            models.Index(fields=["owner", "-created_at"], name="track_owner_newest"),
            # Not by status, for the reason above: what has a size is completed.
            models.Index(
                fields=["owner"], name="track_unheard", condition=Q(file_size__isnull=False, heard_at__isnull=True)
            ),
            models.Index(fields=["provider", "status", "-finished_at"], name="track_provider_recent"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    # How every change is written

    @classmethod
    def _lock_piece_of(cls, remake_id: uuid.UUID) -> None:
        """Hold the piece's row before its remake's: whoever needs both takes them in this order."""
        list(cls.objects.select_for_update(of=("self",)).filter(remake=remake_id).values_list("pk"))

    def _tell_piece(self) -> None:
        """A change of a remake is a change of its piece, as readers see it."""
        if self.replaces_id:
            type(self).objects.filter(pk=self.replaces_id).update(version=F("version") + 1)

    def _write(
        self,
        rows: TrackQuerySet,
        kind: EventKind,
        changes: Mapping[str, Any],
        *,
        code: str = "",
        detail: str = "",
    ) -> bool:
        """The one UPDATE of a transition, its event, and this instance brought up to date: all or nothing."""
        with transaction.atomic():
            if self.replaces_id:
                self._lock_piece_of(self.pk)
            if not rows.update(version=F("version") + 1, **changes):
                return False
            self._tell_piece()
            self.refresh_from_db()
            self._record(kind, code=code, detail=detail)
        return True

    def _record(self, kind: EventKind, *, code: str = "", detail: str = "") -> None:
        self.events.create(
            kind=kind,
            status=self.status,
            stage=self.stage,
            code=code[:CODE_LIMIT],
            detail=detail[:MESSAGE_LIMIT],
            version=self.version,
        )
        self._announce()

    def _announce(self) -> None:
        """Have the reader's browsers ask; a remake is a part of its piece to them."""
        announce_after_commit(self.owner_id, self.replaces_id or self.pk)


FINISHED: dict[str, Any] = {
    "stage": TrackStage.NONE,
    "progress": None,
    "lease_until": None,
    "due_at": None,
    "turn": None,
    "deadline_at": None,
    "finished_at": Now(),
}


def ended(code: str, message: str) -> dict[str, Any]:
    """What an error changes in the row."""
    return {
        **FINISHED,
        "status": TrackStatus.ERROR,
        "error_code": code[:CODE_LIMIT],
        "error_message": message[:MESSAGE_LIMIT],
    }
