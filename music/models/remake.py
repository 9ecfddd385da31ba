"""A piece made again: a row beside it while it is being made, whose result then takes the old one's place.

The piece keeps its id, its log and its page; only what it sounds like changes, in one transaction. Until then it stays
finished and playable, whatever becomes of the remake. There is at most one remake of a piece (`replaces` is unique).
What the remake went through, and what it may have cost, goes into the piece's own history, never away with the row.

Whoever needs both rows holds the piece's first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from music.models.attempt import AttemptState
from music.models.event import EventKind

if TYPE_CHECKING:
    from music.models.query import TrackQuerySet
    from music.models.row import TrackRow

_ASKED_FOR = (
    "brief",
    "brief_writer",
    "prompt",
    "genre",
    "mood",
    "tempo",
    "duration",
    "provider",
    "chosen_mood",
    "chosen_genre",
    "chapter_labels",
    "requested_at",
    "started_at",
)


def hand_over(remake: TrackRow, held: TrackQuerySet, result: Mapping[str, Any]) -> bool:
    """Give the result of a finished remake to its piece. False when the remake is not `held` (any more).

    Afterwards the remake's row is gone and `remake.replaced_files` names the files that were the piece's before.
    """
    tracks = type(remake).objects
    with transaction.atomic():
        piece = tracks.select_for_update(of=("self",)).filter(remake=remake.pk).first()
        if piece is None or not held.update(version=F("version") + 1):
            return False
        before = {piece.file.name, piece.midi.name}
        asked = {name: getattr(remake, name) for name in _ASKED_FOR}
        anew = {"finished_at": Now(), "heard_at": None}
        _move_history(remake, piece)
        tracks.filter(pk=remake.pk).delete()
        piece._write(tracks.filter(pk=piece.pk), EventKind.REMADE, {**asked, **result, **anew})
        remake.replaced_files = tuple(key for key in before - {piece.file.name, piece.midi.name} if key)
    return True


def give_up(piece: TrackRow) -> bool:
    """Drop the remake of a piece whose row is held; whoever is still making it is fenced off. False: there is none."""
    remake = type(piece).objects.filter(replaces=piece).first()
    if remake is None:
        return False
    remake.attempts.filter(state=AttemptState.OPEN).update(state=AttemptState.UNKNOWN, closed_at=Now())
    _move_history(remake, piece)
    type(piece).objects.filter(pk=remake.pk).delete()
    return True


def _move_history(remake: TrackRow, piece: TrackRow) -> None:
    """The timeline and the orders of a remake become its piece's."""
    remake.events.update(track=piece)
    newest = piece.attempts.aggregate(newest=Max("seq"))["newest"] or 0
    remake.attempts.update(track=piece, seq=F("seq") + newest, ask=F("ask") + piece.ask)
    type(piece).objects.filter(pk=piece.pk).update(ask=F("ask") + remake.ask)
    piece.ask += remake.ask
