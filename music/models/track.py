"""The track's row is the queue and the only truth; every way it can change is here, and nowhere else.

    – ──request──▶ pending ──claim──▶ generating ──complete──▶ completed
                    ▲   ▲                │ │ ▲
                    │   └──────hold──────┘ │ └─ enter / wait / claim again once the lease is past
                    │                      └──fail / cancel──▶ error
                    └────────────────retry────────────────────┘

Each arrow is one conditional UPDATE whose row count is the answer: False means that somebody else was first, which is
normal. Each writes a `TrackEvent` in the same transaction. Leases and due times use the database's clock. A method that
needs the lease compares the fencing token, so a worker that was thought dead cannot overwrite its successor.

Three columns drive the sweep and have the indexes: `due_at` is set exactly while a track is unfinished, `turn` exactly
while it is pending, `deadline_at` exactly while it is generating. A leased row is due again when its lease ends, so
"due" alone finds rows to poll and rows whose worker died; pending rows are taken in the order of their turns, as their
provider's gate lets them in (`music.models.gate`).

The columns are in `music.models.row`, the worker's side of the machine in `music.models.held`; here is what people do.

A finished piece that is made again gets a second row beside it (`replaces`), which goes the same way; at its end it is
not completed but hands its result to the piece and is gone (`music.models.remake`).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from music.brief import MusicBrief
from music.models.attempt import AttemptState, SubmissionAttempt
from music.models.event import EventKind
from music.models.gate import ProviderGate
from music.models.held import CANCELLED, GIVEN_UP, HeldTrack
from music.models.remake import give_up
from music.models.row import TrackRow, ended
from music.models.states import TrackStatus

ORDERED_ALREADY = -1
"""The turn of a pending track whose piece is ordered and paid for: it needs no place, and waits for no gate."""


class MusicTrack(HeldTrack):
    """One piece of music, from the request for it to the playable file."""

    class Meta(TrackRow.Meta):
        abstract = False

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
                turn=cls._next_turn(owner.pk, provider),
                **columns,
            )
            track.events.create(kind=EventKind.REQUESTED, status=TrackStatus.PENDING)
            track._announce()
            track.refresh_from_db(fields=["due_at"])
        return track

    # – → completed

    @classmethod
    def adopt(
        cls, *, owner: Any, brief: MusicBrief, title: str, provider: str, finished_at: Any = None, **columns: Any
    ) -> MusicTrack:
        """Insert a piece that is finished already, and whose files are in the storage. It counts as heard.

        `columns` are all others that the caller sets, those of the result among them.
        """
        with transaction.atomic():
            track = cls.objects.create(
                owner=owner,
                title=title[:300],
                brief=brief.to_json(),
                prompt=brief.prompt,
                genre=brief.genre,
                mood=brief.mood,
                tempo=brief.tempo,
                duration=brief.duration,
                provider=provider,
                status=TrackStatus.COMPLETED,
                finished_at=finished_at or Now(),
                heard_at=Now(),
                **columns,
            )
            track.refresh_from_db()
            track._record(EventKind.COMPLETED, detail="adopted")
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

    # What people may do, whoever holds the lease

    def cancel(self, message: str = "") -> bool:
        """pending or generating → error (cancelled). Whatever is still running is fenced off and dropped."""
        unfinished = MusicTrack.objects.filter(pk=self.pk, due_at__isnull=False)
        return self._write(unfinished, EventKind.CANCELLED, ended(CANCELLED, message), code=CANCELLED, detail=message)

    def retry(self, *, provider: str) -> bool:
        """error → pending, an explicit human act.

        It is a new ask, which may be ordered anew; but where the last order was taken and only we gave up on it (time
        out, cancelled …), that order is asked for again instead of paid for again. An attempt whose outcome nobody
        learned stays *unknown* for staff.
        """
        failed = MusicTrack.objects.filter(pk=self.pk, status=TrackStatus.ERROR)
        resumed = self._order_given_up()
        changes = {
            "status": TrackStatus.PENDING,
            "provider": resumed.provider if resumed else provider,
            "ask": F("ask") + (0 if resumed else 1),
            "turn": ORDERED_ALREADY if resumed else self._next_turn(self.owner_id, provider),
            "arrived_late": False,
            "fetches": 0,
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
                self.attempts.filter(watch_at__isnull=False).update(watch_at=None)
        return won

    def _order_given_up(self) -> SubmissionAttempt | None:
        """The paid order of this ask that only we gave up on, if there is one."""
        if self.error_code not in GIVEN_UP:
            return None
        ordered = self.attempts.filter(ask=F("track__ask"), state=AttemptState.SUBMITTED).exclude(task_id="")
        return ordered.order_by("-seq").first()

    def switch(self, *, provider: str, detail: str = "") -> bool:
        """pending → pending at another provider, in its reader's turn there. Nothing was ordered yet."""
        waiting = MusicTrack.objects.filter(pk=self.pk, turn__gte=0).exclude(provider=provider)
        changes = {"provider": provider, "turn": self._next_turn(self.owner_id, provider), "due_at": Now()}
        return self._write(waiting, EventKind.SWITCHED, changes, detail=f"from {self.provider}; {detail}")

    def note_arrival(self) -> bool:
        """The piece that was given up on is there after all, and paid for: say so on the row. The track stays ended
        until somebody asks for it again, which then costs nothing."""
        ended = MusicTrack.objects.filter(pk=self.pk, status=TrackStatus.ERROR, arrived_late=False, ask=self.ask)
        return self._write(ended.exclude(error_code=CANCELLED), EventKind.ARRIVED, {"arrived_late": True})

    @classmethod
    def _next_turn(cls, owner_id: Any, provider: str) -> int:
        """The turn after the owner's last waiting piece, or after the one that was let in last.

        Read without a lock: two requests of one reader at once may get the same turn, which is a little unfair to
        nobody but them.
        """
        served = ProviderGate.of(provider).turn
        own = cls.objects.waiting().filter(owner=owner_id, provider=provider).aggregate(last=Max("turn"))["last"] or 0
        return max(served, own) + 1

    def give_up_remake(self) -> bool:
        """Drop the remake of this piece, unfinished or failed. False when there is none (any more)."""
        with transaction.atomic():
            piece = MusicTrack.objects.select_for_update().filter(pk=self.pk).first()
            if piece is None or not give_up(piece):
                return False
            return self._write(MusicTrack.objects.filter(pk=self.pk), EventKind.DISMISSED, {})

    def hear(self) -> bool:
        """Note that the reader has played the finished piece. False when that was known, or it is not finished.

        No change of its state: the version stays, and the timeline, which staff read, does not tell who listens when.
        """
        won = self.heard_at is None and bool(MusicTrack.objects.unheard().filter(pk=self.pk).update(heard_at=Now()))
        if won:
            self._announce()
        return won

    @property
    def current_remake(self) -> MusicTrack | None:
        """The remake of this piece that is unfinished or has failed, if there is one."""
        return getattr(self, "remake", None)
