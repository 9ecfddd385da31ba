"""What a reader is told of a piece that waits: its place in the queue, when it should come, and why nothing moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _

from music.models import MusicTrack
from music.queueing import Place, places_of

WORTH_SAYING_AFTER = 5
"""Seconds before "next in turn" is said: a piece of the studio's usually begins sooner."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How one waiting piece stands."""

    place: Place
    text: str
    """In the reader's language; empty while there is nothing worth saying."""

    @property
    def is_paused(self) -> bool:
        return bool(self.place.pause_code)


def waits_of(tracks: Iterable[MusicTrack], now: datetime) -> dict[uuid.UUID, Wait]:
    """How a reader's waiting pieces stand, the foremost ones; bounded work however many there are. `now` is the
    database's time."""
    tracks = list(tracks)
    places = places_of(tracks)
    return {track.pk: Wait(place, _text(track, place, now)) for track in tracks if (place := places.get(track.pk))}


def resting_text() -> str:
    """What a reader is told while a provider's gate is shut: the reason is no business of theirs."""
    return _("The music service is resting for a while. Your piece is safe and waits.")


def _text(track: MusicTrack, place: Place, now: datetime) -> str:
    if place.pause_code:
        return resting_text()
    if not place.ahead and (now - track.requested_at).total_seconds() < WORTH_SAYING_AFTER:
        return ""
    if place.more:
        told = [_("More than %(count)d pieces come before it") % {"count": place.ahead}]
    elif place.ahead:
        told = [_("Number %(place)d in the queue") % {"place": place.ahead + 1}]
    else:
        told = [_("Next in turn")]
    if place.stands_back:
        told.append(_("the music service is crowded at the moment"))
    elif place.high:
        told.append(_("within about %(span)s") % {"span": span_text(place.low, place.high)})
    return " · ".join(told)


def span_text(low: int, high: int) -> str:
    """A range of seconds as people say it: "20–45 s", "2–6 min", or one number where both ends round to it."""
    if high < 100:
        pair, single, size = _("%(low)d–%(high)d s"), _("%(high)d s"), 1
    elif high <= 120 * 60:
        pair, single, size = _("%(low)d–%(high)d min"), _("%(high)d min"), 60
    else:
        pair, single, size = _("%(low)d–%(high)d h"), _("%(high)d h"), 3600
    first, last = max(1, low // size), ceil(high / size)
    return (pair if first < last else single) % {"low": first, "high": last}
