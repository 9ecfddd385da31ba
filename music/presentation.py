"""A track as a reader sees it: the one picture that a page and the poll's answer both draw."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise

from django.db.models.functions import Now
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from music.brief import Mood
from music.expectations import late_after, typical_seconds
from music.explanation import Explanation, clock_text, explain, reasons_of
from music.models import CANCELLED, MusicTrack, TrackStage, TrackStatus
from music.names import genre_text, mood_text
from music.reasons import reason_for

VERSION_LETTERS = 12
_NOT_IN_FILES = '<>:"/\\|?*'

TypicalRange = Callable[[str], tuple[int, int] | None]

WIRE_STATES = {
    TrackStatus.PENDING: "pending",
    TrackStatus.GENERATING: "processing",
    TrackStatus.COMPLETED: "done",
    TrackStatus.ERROR: "error",
}
"""The status in the words of the job API (requirement A2)."""


@dataclass(frozen=True, slots=True)
class RemakeLine:
    """What a badge says of the piece that is to take the shown one's place."""

    is_active: bool
    text: str
    stage_text: str
    elapsed: int
    typical_text: str
    late_after: int
    is_late: bool
    progress: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class TrackCard:
    """Everything a badge shows, in the reader's language."""

    id: uuid.UUID
    version: int
    status: str
    stage: str
    title: str
    page_url: str
    audio_url: str
    badge_text: str
    stage_text: str
    elapsed: int
    typical_text: str
    late_after: int
    is_late: bool
    progress: float | None
    reason: str
    is_cancelled: bool
    mood: str
    mood_text: str
    genre_text: str
    why: list[str]
    seconds: float
    duration_clock: str
    download_url: str
    midi_url: str
    outline: str
    """The upper half of the waveform as an SVG path in a field `outline_width` wide and 100 high; empty without one."""
    outline_width: int
    explanation: Explanation | None
    remake: RemakeLine | None

    @property
    def is_active(self) -> bool:
        return self.status in (TrackStatus.PENDING, TrackStatus.GENERATING)

    @property
    def is_making(self) -> bool:
        """Whether something of it is on its way: the piece itself, or the one to take its place."""
        return self.is_active or (self.remake is not None and self.remake.is_active)

    @property
    def can_retry(self) -> bool:
        return self.status == TrackStatus.ERROR

    @property
    def moods(self) -> list[tuple[str, str]]:
        """What a reader may say the piece should rather feel like: value and name."""
        return [(str(mood), mood_text(mood)) for mood in Mood]


def cards_for(tracks: Iterable[MusicTrack]) -> list[TrackCard]:
    """Cards of tracks read with `for_cards`; each provider's typical range is looked up once."""
    ranges = cache(typical_seconds)
    return [_card(track, ranges) for track in tracks]


def card_for(track: MusicTrack) -> TrackCard:
    return _card(track, typical_seconds)


def badge_html(card: TrackCard, request: HttpRequest) -> str:
    """The badge as the page draws it."""
    return render_to_string("music/_badge.html", {"card": card}, request=request)


def page_url(track: MusicTrack) -> str:
    """Where a reader finds the track: where its log is, or on the music page."""
    return f"{track.log.get_absolute_url() if track.log else reverse('music')}#track-{track.pk}"


def _card(track: MusicTrack, ranges: TypicalRange) -> TrackCard:
    active = track.due_at is not None
    ready = track.status == TrackStatus.COMPLETED
    elapsed = _elapsed(track, track) if active else 0
    span = ranges(track.provider) if active else None
    remake = track.current_remake
    return TrackCard(
        id=track.pk,
        version=track.version,
        status=track.status,
        stage=track.stage,
        title=track.title,
        page_url=page_url(track),
        audio_url=audio_path(track),
        badge_text=badge_text(track),
        stage_text=stage_text(track),
        elapsed=elapsed,
        typical_text=_typical_text(span),
        late_after=late_after(span),
        is_late=active and elapsed >= late_after(span),
        progress=track.progress,
        reason=reason_for(track.error_code),
        is_cancelled=track.error_code == CANCELLED,
        mood=track.mood,
        mood_text=mood_text(track.mood),
        genre_text=genre_text(track.genre),
        why=reasons_of(track),
        seconds=round(track.audio_seconds or 0.0, 2),
        duration_clock=clock_text(track.audio_seconds or 0.0),
        download_url=f"{reverse('api-track-audio', args=[track.pk])}?download=1" if ready else "",
        midi_url=reverse("api-track-midi", args=[track.pk]) if track.midi else "",
        outline=_outline(track.peaks) if ready else "",
        outline_width=len(track.peaks),
        explanation=explain(track),
        remake=_remake_line(remake, track, ranges) if remake else None,
    )


def _remake_line(remake: MusicTrack, track: MusicTrack, ranges: TypicalRange) -> RemakeLine:
    active = remake.due_at is not None
    elapsed = _elapsed(remake, track) if active else 0
    span = ranges(remake.provider) if active else None
    if not active:
        text = _("The new version could not be made; the one you know is still here.")
    elif remake.mood != track.mood:
        text = _("Being made again: %(mood)s") % {"mood": mood_text(remake.mood)}
    else:
        text = _("Being made again")
    return RemakeLine(
        is_active=active,
        text=text,
        stage_text=stage_text(remake),
        elapsed=elapsed,
        typical_text=_typical_text(span),
        late_after=late_after(span),
        is_late=active and elapsed >= late_after(span),
        progress=remake.progress,
        reason=reason_for(remake.error_code),
    )


def audio_path(track: MusicTrack) -> str:
    """Where the page plays it from: an address that another version of the piece does not have. Empty until ready."""
    if track.status != TrackStatus.COMPLETED:
        return ""
    return f"{reverse('api-track-audio', args=[track.pk])}?v={track.file_sha256[:VERSION_LETTERS]}"


def file_name(track: MusicTrack, extension: str) -> str:
    """What a download is called: the title, without what file systems do not take."""
    title = "".join(letter if letter.isprintable() and letter not in _NOT_IN_FILES else " " for letter in track.title)
    return f"{' '.join(title.split())[:120].strip(' .') or 'music'}.{extension}"


def _outline(peaks: list[int]) -> str:
    """The upper half of the waveform: from the middle line at the left over all peaks to the middle line at the right,
    in relative steps, which are short. It reaches a little below the middle, so that its mirror image joins on."""
    if not peaks:
        return ""
    heights = [max(1, round(peak / 2)) for peak in peaks]
    steps = [before - after for before, after in pairwise(heights)]
    return f"M0 51V{50 - heights[0]}" + "".join(f"l1 {step}".replace(" -", "-") for step in steps) + "h1V51z"


def _typical_text(span: tuple[int, int] | None) -> str:
    return _("usually %(low)d–%(high)d s") % {"low": span[0], "high": span[1]} if span else ""


def badge_text(track: MusicTrack) -> str:
    """The badge's words (requirement B10)."""
    if track.error_code == CANCELLED:
        return _("Cancelled")
    return {
        TrackStatus.PENDING: _("Making music"),
        TrackStatus.GENERATING: _("Making music"),
        TrackStatus.COMPLETED: _("Music ready"),
        TrackStatus.ERROR: _("Could not be made"),
    }[TrackStatus(track.status)]


def stage_text(track: MusicTrack) -> str:
    """What is going on, in a word or two; empty when nothing is."""
    if track.status == TrackStatus.PENDING:
        return _("waiting to start")
    return {
        TrackStage.NONE: "",
        TrackStage.SUBMITTING: _("getting ready"),
        TrackStage.WAITING: _("composing"),
        TrackStage.FETCHING: _("fetching"),
        TrackStage.STORING: _("saving"),
    }[TrackStage(track.stage)]


def _elapsed(track: MusicTrack, read: MusicTrack) -> int:
    """Whole seconds since the track was asked for, by the database's clock, which the query may have brought along."""
    now: datetime = getattr(read, "clock", None) or MusicTrack.objects.values_list(Now(), flat=True).get(pk=read.pk)
    return max(0, int((now - track.requested_at).total_seconds()))
