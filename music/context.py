"""What every page knows about music in the making: the header indicator is right before any script runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from music.models import MusicTrack, ProviderGate, TrackStatus
from music.presentation import stage_text


@dataclass(frozen=True, slots=True)
class Making:
    """How many pieces are unfinished, and the header's line about them (empty when idle)."""

    active: int = 0
    indicator: str = ""


def making_of(unfinished: Sequence[MusicTrack]) -> Making:
    """Sum up a reader's unfinished tracks: the one that is furthest along speaks for all, and only when none has begun
    does it matter that their provider rests."""
    if not unfinished:
        return Making()
    furthest = max(unfinished, key=_progress)
    state = stage_text(furthest)
    # One whose piece is ordered already does not wait for the gate.
    if furthest.turn is not None and furthest.turn >= 0 and _rests(furthest):
        state = _("the music service is resting")
    if len(unfinished) > 1:
        state = _("%(state)s, %(count)d pieces") % {"state": state, "count": len(unfinished)}
    return Making(len(unfinished), _("🎵 Making music… (%(state)s)") % {"state": state})


def _progress(track: MusicTrack) -> tuple[bool, int, int]:
    return track.status == TrackStatus.GENERATING, track.fencing_token, -(track.turn or 0)


def _rests(track: MusicTrack) -> bool:
    return ProviderGate.objects.filter(pk=track.provider).exclude(pause_code="").exists()


@dataclass(frozen=True, slots=True)
class Unheard:
    """How many finished pieces a reader has not played yet, and the same in words (empty for none)."""

    count: int = 0
    text: str = ""

    def __bool__(self) -> bool:
        return self.count > 0


def unheard_by(reader: Any) -> Unheard:
    """What of a reader's music is still to be heard."""
    count = MusicTrack.objects.for_reader(reader).unheard().count()
    if not count:
        return Unheard()
    return Unheard(
        count, ngettext("%(count)d piece not heard yet", "%(count)d pieces not heard yet", count) % {"count": count}
    )


def music_in_progress(request: HttpRequest) -> dict[str, object]:
    """Template context: `making` and `unheard`, looked up only by a template that asks."""

    def look() -> Making:
        if not request.user.is_authenticated:
            return Making()
        return making_of(list(MusicTrack.objects.for_reader(request.user).unfinished()))

    def count() -> Unheard:
        return unheard_by(request.user) if request.user.is_authenticated else Unheard()

    return {"making": SimpleLazyObject(look), "unheard": SimpleLazyObject(count)}
