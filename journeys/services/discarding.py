"""Pieces of music that go with what they belong to."""

from __future__ import annotations

from music.models import TrackQuerySet
from music.services import discard_tracks

DISCARDED_AT_ONCE = 500


def discard(tracks: TrackQuerySet) -> None:
    """Discard any number of pieces. A few hundred at a time: a database takes only so many values in one statement.

    All are held first, in the order of their ids, as polls do with theirs: else the two would wait for each other.
    """
    doomed = list(tracks.only("pk", "owner", "replaces").select_for_update(of=("self",)).order_by("pk"))
    for start in range(0, len(doomed), DISCARDED_AT_ONCE):
        discard_tracks(doomed[start : start + DISCARDED_AT_ONCE])
