"""The track's row is the queue and the only truth; every way it can change is here, and nowhere else.

    – ──request──▶ pending ──claim──▶ generating ──complete──▶ completed
                    ▲   ▲                │ │ ▲
                    │   └──────hold──────┘ │ └─ enter / wait / claim again once the lease is past
                    │                      └──fail / cancel──▶ error
                    └────────────────retry────────────────────┘

Each arrow is one conditional UPDATE whose row count is the answer: False means that somebody else was first, which is
normal. Each writes a `TrackEvent` in the same transaction. Leases and due times use the database's clock. A method that
needs the lease compares the fencing token, so a worker that was thought dead cannot overwrite its successor.

One column drives the sweep: `due_at` is set exactly while a track is unfinished. A leased row is due again when its
lease ends, so "due" alone finds new rows, rows to poll, and rows whose worker died.

A finished piece that is made again gets a second row beside it (`replaces`), which goes the same way; at its end it is
not completed but hands its result to the piece and is gone (`music.models.remake`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from music.brief import MusicBrief
from music.models.attempt import AttemptState
from music.models.event import EventKind
from music.models.remake import give_up, hand_over
from music.models.states import CODE_LIMIT, MESSAGE_LIMIT, TrackStage, TrackStatus

CANCELLED = "cancelled"
"""The error code of a track that its owner or staff stopped: shown as cancelled, not as a failure."""

GIVEN_UP = {CANCELLED, "timeout", "worker_lost", "storage_failed", "internal_error"}
"""Codes of ends that say nothing against the provider's own task: it may have finished meanwhile."""


class TrackQuerySet(models.QuerySet["MusicTrack"]):
    def for_reader(self, reader: Any) -> TrackQuerySet:
        """The tracks this reader may see and hear: their own."""
        return self.filter(owner=reader)

    def unfinished(self) -> TrackQuerySet:
        return self.filter(due_at__isnull=False)

    def due(self) -> TrackQuerySet:
        """Unfinished tracks that need a pair of hands now, the longest waiting first (the sweep's query)."""
        return self.filter(due_at__lte=Now()).order_by("due_at")

    def for_cards(self) -> TrackQuerySet:
        """With what a card needs: log, remake, and the database's time to tell how long a track has been on its way."""
        return self.select_related("log", "remake").annotate(clock=Now())

    def pieces(self) -> TrackQuerySet:
        """Without the remakes: to a reader they are a part of the piece they will replace."""
        return self.filter(replaces__isnull=True)

    def standalone(self) -> TrackQuerySet:
        return self.pieces().filter(log__isnull=True)


class MusicTrack(models.Model):
    """One piece of music, from the request for it to the playable file."""

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
    due_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    knocked_at = models.DateTimeField(null=True, blank=True, help_text=_("Last knock by the sweep"))
    holds = models.PositiveSmallIntegerField(default=0)
    rescues = models.PositiveSmallIntegerField(default=0, help_text=_("Claims after a worker was lost"))

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

    objects = TrackQuerySet.as_manager()

    replaced_files: tuple[str, ...] = ()
    """Keys of the files that nobody needs any more, on a remake that has just taken its piece's place."""

    class Meta:
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
                condition=~Q(status=TrackStatus.GENERATING) | (Q(fencing_token__gt=0) & Q(deadline_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="track_lease_only_while_generating",
                condition=Q(status=TrackStatus.GENERATING) | Q(lease_until__isnull=True),
            ),
            models.CheckConstraint(
                name="track_midi_only_with_file", condition=Q(status=TrackStatus.COMPLETED) | Q(midi="")
            ),
            models.CheckConstraint(
                name="track_remake_stands_apart",
                condition=Q(replaces__isnull=True) | (Q(log__isnull=True) & ~Q(status=TrackStatus.COMPLETED)),
            ),
        ]
        indexes = [
            # "IS NOT NULL" and not a list of statuses: both databases see that `due_at <= …` implies it, even when the
            # value is a bound parameter. It holds unfinished rows only, however many finished ones there are.
            models.Index(fields=["due_at"], name="track_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["owner"], name="track_owner_unfinished", condition=Q(due_at__isnull=False)),
            models.Index(fields=["owner", "-created_at"], name="track_owner_newest"),
            models.Index(fields=["provider", "status", "-finished_at"], name="track_provider_recent"),
        ]

    def __str__(self) -> str:
        return self.title

    # – → pending

    @classmethod
    def request(
        cls,
        *,
        owner: Any,
        brief: MusicBrief,
        title: str,
        provider: str,
        log_id: Any = None,
        **columns: Any,
    ) -> MusicTrack:
        """Insert a pending track, due at once. Belongs in the caller's transaction, beside the log it is made for.

        `columns` are others that the caller sets: album, number, chapter_labels.
        """
        with transaction.atomic():
            track = cls.objects.create(
                owner=owner,
                log_id=log_id,
                title=title[:300],
                brief=brief.to_json(),
                prompt=brief.prompt,
                genre=brief.genre,
                mood=brief.mood,
                tempo=brief.tempo,
                duration=brief.duration,
                provider=provider,
                due_at=Now(),
                **columns,
            )
            track.events.create(kind=EventKind.REQUESTED, status=TrackStatus.PENDING)
            track.refresh_from_db(fields=["due_at"])
        return track

    def request_remake(self, *, brief: MusicBrief, provider: str, **columns: Any) -> MusicTrack | None:
        """Have this finished piece made again by another brief; it stays as it is until the new one is ready.

        `columns` are those that the remake brings along: chosen_mood, chosen_genre, chapter_labels. A remake that
        failed before makes way. None when the piece is not finished, or is being made again already.
        """
        with transaction.atomic():
            piece = MusicTrack.objects.select_for_update().filter(pk=self.pk, status=TrackStatus.COMPLETED).first()
            if piece is None or MusicTrack.objects.unfinished().filter(replaces=piece).exists():
                return None
            give_up(piece)
            remake = MusicTrack.request(
                owner=piece.owner,
                brief=brief,
                title=piece.title,
                provider=provider,
                album=piece.album,
                number=piece.number,
                replaces=piece,
                **columns,
            )
            self._write(MusicTrack.objects.filter(pk=self.pk), EventKind.REMAKE, {}, detail=f"{brief.mood}")
        return remake

    # pending and due, or generating with its lease past → generating

    @classmethod
    def claim(cls, track_id: uuid.UUID, *, lease: timedelta, deadline: timedelta) -> MusicTrack | None:
        """Take the track for `lease`, or return None when it is not due or somebody else has it.

        The fencing token rises, and the returned instance carries it into every later write. Taking a waiting track to
        poll it is nothing that anyone need see: version and timeline stay. A claim of a row whose lease simply ran out
        counts as a rescue: its last worker never came back.
        """
        due = cls.objects.filter(pk=track_id, due_at__lte=Now())
        taken: dict[str, Any] = {
            "fencing_token": F("fencing_token") + 1,
            "lease_until": Now() + lease,
            "due_at": Now() + lease,
        }
        to_poll = Q(stage__in=[TrackStage.WAITING, TrackStage.FETCHING], lease_until__isnull=True)
        lost_worker = Q(status=TrackStatus.GENERATING, lease_until__isnull=False)
        with transaction.atomic():
            if due.filter(to_poll).update(**taken):
                return cls.objects.get(pk=track_id)
            cls._lock_piece_of(track_id)
            won = due.exclude(to_poll).update(
                **taken,
                status=TrackStatus.GENERATING,
                stage=Case(When(status=TrackStatus.PENDING, then=Value(TrackStage.SUBMITTING)), default=F("stage")),
                version=F("version") + 1,
                started_at=Coalesce(F("started_at"), Now()),
                deadline_at=Coalesce(F("deadline_at"), Now() + deadline),
                rescues=F("rescues") + Case(When(lost_worker, then=1), default=0),
            )
            if not won:
                return None
            track = cls.objects.get(pk=track_id)
            track._tell_piece()
            track._record(EventKind.CLAIMED, detail=f"token {track.fencing_token}, rescues {track.rescues}")
        return track

    # What the lease holder may do

    def renew(self, lease: timedelta) -> bool:
        """Keep the lease for longer, if it was not given back meanwhile and the deadline is not past: a call that hangs
        must lose its track in the end. Nobody outside sees a change, so the version stays and no event is written."""
        leased = self._held().filter(lease_until__isnull=False, deadline_at__gt=Now())
        return bool(leased.update(lease_until=Now() + lease, due_at=Now() + lease))

    def hold_fast(self) -> bool:
        """Whether the lease still stands. Inside a transaction the row is locked until it ends: whoever wants to claim
        or cancel the track waits for what is written beside this."""
        leased = self._held().filter(lease_until__gt=Now())
        return bool(leased.update(lease_until=F("lease_until")))

    def is_held(self) -> bool:
        """Whether nobody has taken the track away from its lease holder: cancelled, deleted or claimed it."""
        return self._held().exists()

    def rewrite_brief(self, brief: MusicBrief, *, writer: str) -> bool:
        """Make it another piece before anything is asked of a provider: what a language model made of the words."""
        changes = {
            "brief": brief.to_json(),
            "brief_writer": writer[:100],
            "prompt": brief.prompt,
            "genre": brief.genre,
            "mood": brief.mood,
            "tempo": brief.tempo,
        }
        return self._write(self._held(), EventKind.REWRITTEN, changes, detail=writer)

    def enter(self, stage: TrackStage) -> bool:
        """Go on to the next stage, keeping the lease."""
        return self._write(self._held(), EventKind.ENTERED, {"stage": stage})

    def wait(self, stage: TrackStage, *, seconds: float, progress: float | None = None) -> bool:
        """Give the lease back and be due again in `seconds`, in the given stage: the way of a track that is polled.

        A poll that found nothing new (same stage, same progress) is not a change that anyone need see.
        """
        changes = {"lease_until": None, "due_at": Now() + timedelta(seconds=seconds)}
        if stage == self.stage and progress == self.progress:
            return bool(self._held().update(**changes))
        return self._write(self._held(), EventKind.ENTERED, {**changes, "stage": stage, "progress": progress})

    def hold(self, *, seconds: float, code: str) -> bool:
        """Back to pending, due in `seconds`: only when provably nothing was submitted."""
        changes = {
            "status": TrackStatus.PENDING,
            "stage": TrackStage.NONE,
            "progress": None,
            "lease_until": None,
            "deadline_at": None,
            "due_at": Now() + timedelta(seconds=seconds),
            "holds": F("holds") + 1,
        }
        return self._write(self._held(), EventKind.HELD, changes, code=code, detail=f"for {seconds:.0f} s")

    def complete(
        self,
        *,
        key: str,
        content_type: str,
        size: int,
        sha256: str,
        seconds: float | None,
        metadata: Mapping[str, object] | None = None,
        peaks: Sequence[int] = (),
        midi_key: str = "",
    ) -> bool:
        """generating → completed. The files must already be in the storage under `key` and `midi_key`.

        A remake takes its piece's place instead; what the piece had before is then in `replaced_files`.
        """
        result = {
            "file": key,
            "midi": midi_key,
            "content_type": content_type,
            "file_size": size,
            "file_sha256": sha256,
            "audio_seconds": seconds,
            "audio_metadata": dict(metadata or {}),
            "peaks": list(peaks),
        }
        if self.replaces_id:
            return hand_over(self, self._held(), result)
        return self._write(self._held(), EventKind.COMPLETED, {**_FINISHED, "status": TrackStatus.COMPLETED, **result})

    def fail(self, code: str, message: str = "") -> bool:
        """generating → error, with a code that readers get a text for and a message for staff."""
        return self._write(self._held(), EventKind.FAILED, _ended(code, message), code=code, detail=message)

    # What people may do, whoever holds the lease

    def cancel(self, message: str = "") -> bool:
        """pending or generating → error (cancelled). Whatever is still running is fenced off and dropped."""
        unfinished = MusicTrack.objects.filter(pk=self.pk, due_at__isnull=False)
        return self._write(unfinished, EventKind.CANCELLED, _ended(CANCELLED, message), code=CANCELLED, detail=message)

    def retry(self, *, provider: str) -> bool:
        """error → pending, an explicit human act.

        It is a new ask, which may be ordered anew; but where the last order was taken and only we gave up on it (time
        out, cancelled …), that order is asked for again instead of paid for again. An attempt whose outcome nobody
        learned stays *unknown* for staff.
        """
        failed = MusicTrack.objects.filter(pk=self.pk, status=TrackStatus.ERROR)
        ordered = self.attempts.filter(ask=F("track__ask"), provider=provider, state=AttemptState.SUBMITTED)
        resumes = self.error_code in GIVEN_UP and ordered.exclude(task_id="").exists()
        changes = {
            "status": TrackStatus.PENDING,
            "provider": provider,
            "ask": F("ask") + (0 if resumes else 1),
            "error_code": "",
            "error_message": "",
            "due_at": Now(),
            "deadline_at": None,
            "knocked_at": None,
            "requested_at": Now(),
            "started_at": None,
            "finished_at": None,
            "holds": 0,
            "rescues": 0,
        }
        with transaction.atomic():
            won = self._write(failed, EventKind.RETRIED, changes)
            if won:
                self.attempts.filter(state=AttemptState.OPEN).update(state=AttemptState.UNKNOWN, closed_at=Now())
        return won

    def give_up_remake(self) -> bool:
        """Drop the remake of this piece, unfinished or failed. False when there is none (any more)."""
        with transaction.atomic():
            piece = MusicTrack.objects.select_for_update().filter(pk=self.pk).first()
            if piece is None or not give_up(piece):
                return False
            return self._write(MusicTrack.objects.filter(pk=self.pk), EventKind.DISMISSED, {})

    @property
    def current_remake(self) -> MusicTrack | None:
        """The remake of this piece that is unfinished or has failed, if there is one."""
        return getattr(self, "remake", None)

    @classmethod
    def _lock_piece_of(cls, remake_id: uuid.UUID) -> None:
        """Hold the piece's row before its remake's: whoever needs both takes them in this order."""
        list(cls.objects.select_for_update(of=("self",)).filter(remake=remake_id).values_list("pk"))

    def _tell_piece(self) -> None:
        """A change of a remake is a change of its piece, as readers see it."""
        if self.replaces_id:
            MusicTrack.objects.filter(pk=self.replaces_id).update(version=F("version") + 1)

    def _held(self) -> TrackQuerySet:
        return MusicTrack.objects.filter(pk=self.pk, status=TrackStatus.GENERATING, fencing_token=self.fencing_token)

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


_FINISHED: dict[str, Any] = {
    "stage": TrackStage.NONE,
    "progress": None,
    "lease_until": None,
    "due_at": None,
    "finished_at": Now(),
}


def _ended(code: str, message: str) -> dict[str, Any]:
    return {
        **_FINISHED,
        "status": TrackStatus.ERROR,
        "error_code": code[:CODE_LIMIT],
        "error_message": message[:MESSAGE_LIMIT],
    }
