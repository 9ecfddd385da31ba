"""The worker's side of the track: claims, and what the holder of a lease may do with the row."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self, cast

from django.db import transaction
from django.db.models import Case, DateTimeField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Now

from music.announcing import announce_after_commit
from music.brief import MusicBrief
from music.models.attempt import AttemptState, SubmissionAttempt
from music.models.event import EventKind, TrackEvent
from music.models.gate import ProviderGate
from music.models.query import TrackQuerySet
from music.models.remake import hand_over
from music.models.row import FINISHED, TrackRow, ended
from music.models.states import TrackStage, TrackStatus

CANCELLED = "cancelled"
"""The error code of a track that its owner or staff stopped: shown as cancelled, not as a failure."""

GIVEN_UP = {CANCELLED, "timeout", "worker_lost", "storage_failed", "internal_error", "submission_unknown"}
"""Codes of ends that say nothing against the provider's own task: it may have finished meanwhile."""

FIRST_WATCH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed track that is to be asked after: what the question needs, and no more."""

    pk: uuid.UUID
    provider: str
    fencing_token: int
    task_id: str
    progress: float | None
    age: float
    """Seconds since it was first taken."""
    lateness: float
    """Seconds since it was due."""
    is_past_deadline: bool

    @classmethod
    def read(
        cls,
        pk: uuid.UUID,
        provider: str,
        token: int,
        task_id: str | None,
        progress: float | None,
        due_at: datetime,
        started_at: datetime,
        deadline_at: datetime,
        clock: datetime,
    ) -> Self:
        """The row as `claim_waiting` selects it, with the token that the claim is about to give it."""
        return cls(
            pk=pk,
            provider=provider,
            fencing_token=token + 1,
            task_id=task_id or "",
            progress=progress,
            age=(clock - started_at).total_seconds(),
            lateness=(clock - due_at).total_seconds(),
            is_past_deadline=deadline_at <= clock,
        )


class HeldTrack(TrackRow):
    """A track as its worker sees it."""

    class Meta(TrackRow.Meta):
        abstract = True

    # pending and due, or generating with its lease past → generating

    @classmethod
    def claim(cls, track_id: uuid.UUID, *, lease: timedelta, deadline: timedelta) -> Self | None:
        """Take the track for `lease`, or return None when it is not due or somebody else has it.

        The fencing token rises, and the returned instance carries it into every later write. Taking a waiting track to
        poll it is nothing that anyone need see: version and timeline stay. A claim of a row whose lease simply ran out
        counts as a rescue: its last worker never came back.

        A pending track is claimed here without asking whose turn it is: the product takes those through `begin`.
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
                return cast("Self", cls.objects.get(pk=track_id))
            cls._lock_piece_of(track_id)
            won = due.exclude(to_poll).update(
                **taken,
                status=TrackStatus.GENERATING,
                stage=Case(When(status=TrackStatus.PENDING, then=Value(TrackStage.SUBMITTING)), default=F("stage")),
                version=F("version") + 1,
                turn=None,
                started_at=Coalesce(F("started_at"), Now()),
                deadline_at=Coalesce(F("deadline_at"), Now() + deadline),
                rescues=F("rescues") + Case(When(lost_worker, then=1), default=0),
            )
            if not won:
                return None
            track = cast("Self", cls.objects.get(pk=track_id))
            track._tell_piece()
            track._record(EventKind.CLAIMED, detail=f"token {track.fencing_token}, rescues {track.rescues}")
        return track

    @classmethod
    def begin(cls, ids: Sequence[uuid.UUID], *, lease: timedelta, deadline: timedelta) -> list[Self]:
        """Take these pending tracks, all whose turn has come; those that are not pending any more are left out.

        Belongs in the transaction that holds the gate: it decided whose turn it is.
        """
        with transaction.atomic():
            list(cls.objects.select_for_update(of=("self",)).filter(remake__in=ids).order_by("pk").values_list("pk"))
            taken = cls.objects.filter(pk__in=ids, turn__isnull=False).select_for_update().order_by("pk")
            won = list(taken.values_list("pk", flat=True))
            cls.objects.filter(pk__in=won).update(
                status=TrackStatus.GENERATING,
                stage=TrackStage.SUBMITTING,
                fencing_token=F("fencing_token") + 1,
                version=F("version") + 1,
                turn=None,
                lease_until=Now() + lease,
                due_at=Now() + lease,
                deadline_at=Now() + deadline,
                started_at=Coalesce(F("started_at"), Now()),
            )
            order = {pk: place for place, pk in enumerate(ids)}
            tracks = sorted(cls.objects.filter(pk__in=won), key=lambda track: order[track.pk])
            for track in tracks:
                track._tell_piece()
                track._announce()
            TrackEvent.objects.bulk_create(
                TrackEvent(
                    track_id=track.pk,
                    kind=EventKind.CLAIMED,
                    status=track.status,
                    stage=track.stage,
                    version=track.version,
                    detail=f"token {track.fencing_token}, rescues {track.rescues}",
                )
                for track in tracks
            )
        return tracks

    @classmethod
    def claim_waiting(cls, limit: int, *, lease: timedelta) -> list[Waiting]:
        """Take up to `limit` tracks that are due to be asked after, the longest due first, in two statements.

        Nobody outside sees a change; versions and timelines stay.
        """
        ordered = SubmissionAttempt.objects.filter(
            track=OuterRef("pk"), ask=OuterRef("ask"), state=AttemptState.SUBMITTED
        ).order_by("-seq")
        with transaction.atomic():
            # Without the lock two sweeps would take the same rows; SQLite has none, and needs none: it began at once.
            rows = (
                cls.objects.due()
                .filter(stage=TrackStage.WAITING, lease_until__isnull=True)
                .select_for_update(skip_locked=True, of=("self",))
                .annotate(task_id=Subquery(ordered.values("task_id")[:1]), clock=Now())
                .values_list(
                    *("pk", "provider", "fencing_token", "task_id", "progress"),
                    *("due_at", "started_at", "deadline_at", "clock"),
                )[:limit]
            )
            waiting = [Waiting.read(*row) for row in rows]
            cls.objects.filter(pk__in=[each.pk for each in waiting]).update(
                fencing_token=F("fencing_token") + 1, lease_until=Now() + lease, due_at=Now() + lease
            )
        return waiting

    @classmethod
    def wait_on(cls, pauses: Mapping[Waiting, float]) -> int:
        """Give back tracks of which a poll had nothing new to say, each due again in so many seconds; how many of them
        were still held."""
        if not pauses:
            return 0
        # Rounded and grouped: hundreds of WHENs of their own would cost more than the polls. The jitter survives it.
        held: dict[int, list[uuid.UUID]] = defaultdict(list)
        due: dict[float, list[uuid.UUID]] = defaultdict(list)
        for each, pause in pauses.items():
            held[each.fencing_token].append(each.pk)
            due[round(pause, 0 if pause >= 5 else 1)].append(each.pk)
        mine = reduce(or_, (Q(fencing_token=token, pk__in=ids) for token, ids in held.items()))
        whens = [When(pk__in=ids, then=Now() + timedelta(seconds=pause)) for pause, ids in due.items()]
        changes = {"lease_until": None, "due_at": Case(*whens, output_field=DateTimeField())}
        with transaction.atomic():
            # Held in the order in which a deletion of many tracks holds them, lest they wait for each other.
            kept = cls.objects.under_way().filter(pk__in=[each.pk for each in pauses])
            list(kept.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
            return cls.objects.under_way().filter(mine).update(**changes)

    @classmethod
    def leave_to_fetch(cls, finished: Sequence[Waiting]) -> None:
        """Note of tracks whose task has succeeded that they are to be fetched, and give them back for that."""
        if not finished:
            return
        held: dict[int, list[uuid.UUID]] = defaultdict(list)
        for each in finished:
            held[each.fencing_token].append(each.pk)
        mine = reduce(or_, (Q(fencing_token=token, pk__in=ids) for token, ids in held.items()))
        remakes = []
        with transaction.atomic():
            rows = cls.objects.under_way().filter(mine).select_for_update(of=("self",)).order_by("pk")
            kept = []
            for pk, version, piece, owner in rows.values_list("pk", "version", "replaces_id", "owner"):
                if piece is None:
                    kept.append((pk, version + 1))
                    announce_after_commit(owner, pk)
                else:
                    remakes.append(pk)
            cls.objects.filter(pk__in=[pk for pk, _version in kept]).update(
                stage=TrackStage.FETCHING, lease_until=None, due_at=Now(), version=F("version") + 1
            )
            TrackEvent.objects.bulk_create(
                TrackEvent(
                    track_id=pk,
                    kind=EventKind.ENTERED,
                    status=TrackStatus.GENERATING,
                    stage=TrackStage.FETCHING,
                    version=version,
                )
                for pk, version in kept
            )
        # A remake's piece changes with it, and its row is to be held first: one by one.
        tokens = {each.pk: each.fencing_token for each in finished}
        for track in cls.objects.filter(pk__in=remakes):
            if track.fencing_token == tokens[track.pk]:
                track.wait(TrackStage.FETCHING, seconds=0)

    # What the lease holder may do

    def renew(self, lease: timedelta) -> bool:
        """Keep the lease for longer, if it was not given back meanwhile and the deadline is not past: a call that hangs
        must lose its track in the end. Nobody outside sees a change, so the version stays and no event is written."""
        leased = self._held().filter(lease_until__isnull=False, deadline_at__gt=Now())
        return bool(leased.update(lease_until=Now() + lease, due_at=Now() + lease))

    def hold_fast(self, seconds: float = 0.0) -> bool:
        """Whether the lease still stands, for so long at least.

        Inside a transaction the row is locked until it ends: whoever wants to claim or cancel the track waits for what
        is written beside this.
        """
        leased = self._held().filter(lease_until__gt=Now() + timedelta(seconds=seconds))
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
        # The row is asked too: what this instance read in a transaction that was then cut off never came to be.
        if stage == self.stage and progress == self.progress and self._held().filter(stage=stage).update(**changes):
            return True
        return self._write(self._held(), EventKind.ENTERED, {**changes, "stage": stage, "progress": progress})

    def hold(self, *, seconds: float, code: str, counts: bool = True) -> bool:
        """Back to pending, at the head of the queue, due in `seconds`: only when provably nothing was submitted.

        `counts` is False where the track is not to blame: its provider is busy, paused or away."""
        changes = {
            "status": TrackStatus.PENDING,
            "stage": TrackStage.NONE,
            "progress": None,
            "lease_until": None,
            "deadline_at": None,
            "turn": Coalesce(Subquery(ProviderGate.objects.filter(pk=self.provider).values("turn")), 0),
            "due_at": Now() + timedelta(seconds=seconds),
            "holds": F("holds") + (1 if counts else 0),
        }
        if not counts:
            changes["started_at"] = None  # nobody was making it while its provider was away
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
        return self._write(self._held(), EventKind.COMPLETED, {**FINISHED, "status": TrackStatus.COMPLETED, **result})

    def fail(self, code: str, message: str = "") -> bool:
        """generating → error, with a code that readers get a text for and a message for staff.

        Where only we gave up on a piece that was ordered, it is asked after for a while yet: it may arrive late.
        """
        with transaction.atomic():
            won = self._write(self._held(), EventKind.FAILED, ended(code, message), code=code, detail=message)
            if won and code in GIVEN_UP:
                paid = self.attempts.filter(ask=self.ask, state=AttemptState.SUBMITTED).exclude(task_id="")
                paid.update(watch_at=Now() + FIRST_WATCH)
        return won

    def try_another_fetch(self, *, seconds: float) -> bool:
        """What was downloaded is no good, or no good yet: fetch it again in `seconds`."""
        changes = {"lease_until": None, "due_at": Now() + timedelta(seconds=seconds), "fetches": F("fetches") + 1}
        return self._write(self._held(), EventKind.ENTERED, {**changes, "stage": TrackStage.FETCHING})

    def _held(self) -> TrackQuerySet:
        return type(self).objects.filter(pk=self.pk, status=TrackStatus.GENERATING, fencing_token=self.fencing_token)
