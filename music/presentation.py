"""A track as a reader sees it: the one picture that a page and the poll's answer both draw."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
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
from music.waiting import Wait, span_text, waits_of

VERSION_LETTERS = 12
_NOT_IN_FILES = '<>:"/\\|?*'
_TAKEN_BY_WINDOWS = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10)),
}
# File systems take 255; a Hangul syllable has three. The rest is for a number before it and an extension behind.
_FILE_BYTES = 200

TypicalRange = Callable[[str], tuple[int, int] | None]

WIRE_STATES = {
    TrackStatus.PENDING: "pending",
    TrackStatus.GENERATING: "processing",
    TrackStatus.COMPLETED: "done",
    TrackStatus.ERROR: "error",
}
"""The status in the words of the job API (requirement A2)."""


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What is said of an unfinished piece, its waiting and its making told apart."""

    stage_text: str
    is_waiting: bool
    elapsed: int
    """Seconds: of waiting since it was asked for, then of making since it was taken up."""
    typical_text: str
    wait: Wait | None
    """How it stands in the queue; None when it does not wait for its turn, or stands further back than is shown."""
    late_after: int | None
    """Seconds of `elapsed` after which it takes longer than usual; None where that is not told: its provider rests, or
    nobody can say when its turn comes."""
    progress: float | None

    @property
    def place_text(self) -> str:
        return self.wait.text if self.wait else ""

    @property
    def is_paused(self) -> bool:
        return self.wait is not None and self.wait.is_paused

    @property
    def is_late(self) -> bool:
        return self.late_after is not None and self.elapsed >= self.late_after


@dataclass(frozen=True, slots=True)
class RemakeLine:
    """What a badge says of the piece that is to take the shown one's place."""

    text: str
    reason: str
    arrived_late: bool
    way: OnItsWay | None

    @property
    def is_active(self) -> bool:
        return self.way is not None


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
    cover_url: str
    album: str
    is_of_a_log: bool
    artist: str
    """The authors of the book it belongs to; empty for a piece of its own, or where they are not known."""
    badge_text: str
    reason: str
    is_cancelled: bool
    arrived_late: bool
    is_unheard: bool
    """Finished, and not played by its reader yet."""
    way: OnItsWay | None
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
        return self.way is not None

    @property
    def is_making(self) -> bool:
        """Whether something of it is on its way: the piece itself, or the one to take its place."""
        return self.shown_way is not None

    @property
    def shown_way(self) -> OnItsWay | None:
        """What of it is on its way, if anything is."""
        return self.way or (self.remake.way if self.remake else None)

    @property
    def can_retry(self) -> bool:
        return self.status == TrackStatus.ERROR

    @property
    def moods(self) -> list[tuple[str, str]]:
        """What a reader may say the piece should rather feel like: value and name."""
        return [(str(mood), mood_text(mood)) for mood in Mood]


Waits = Mapping[uuid.UUID, Wait]


def waits_for(pieces: Iterable[MusicTrack]) -> Waits:
    """How those of a reader's pieces stand that wait for their turn, or whose remakes do."""
    pieces = list(pieces)
    shown = [track for piece in pieces for track in (piece, piece.current_remake) if track and track.turn is not None]
    return waits_of(shown, _clock(pieces[0])) if shown else {}


def cards_for(tracks: Iterable[MusicTrack], waits: Waits | None = None) -> list[TrackCard]:
    """Cards of one reader's tracks read with `for_cards`; each provider's typical range is looked up once."""
    tracks = list(tracks)
    if waits is None:
        waits = waits_for(tracks)
    ranges = cache(typical_seconds)
    return [_card(track, ranges, waits) for track in tracks]


def card_for(track: MusicTrack) -> TrackCard:
    return cards_for([track])[0]


def badge_html(card: TrackCard, request: HttpRequest) -> str:
    """The badge as the page draws it."""
    return render_to_string("music/_badge.html", {"card": card}, request=request)


def page_url(track: MusicTrack) -> str:
    """Where a reader finds the track: where its log is, or on the music page, opened where it is."""
    page = track.log.page_url if track.log else f"{reverse('music')}?piece={track.pk}"
    return f"{page}#track-{track.pk}"


def _card(track: MusicTrack, ranges: TypicalRange, waits: Waits) -> TrackCard:
    ready = track.status == TrackStatus.COMPLETED
    remake = track.current_remake
    return TrackCard(
        id=track.pk,
        version=track.version,
        status=track.status,
        stage=track.stage,
        title=track.title,
        page_url=page_url(track),
        audio_url=audio_path(track),
        cover_url=cover_path(track),
        album=track.album,
        is_of_a_log=track.log_id is not None,
        artist=track.log.artist if track.log else "",
        badge_text=badge_text(track),
        reason=error_text(track),
        is_cancelled=track.error_code == CANCELLED,
        arrived_late=track.arrived_late,
        is_unheard=ready and track.heard_at is None,
        way=_way(track, track, ranges, waits),
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
        remake=_remake_line(remake, track, ranges, waits) if remake else None,
    )


def _way(track: MusicTrack, read: MusicTrack, ranges: TypicalRange, waits: Waits) -> OnItsWay | None:
    """How far an unfinished track is; `read` is the row whose query brought the time along."""
    if track.due_at is None:
        return None
    span = ranges(track.provider)
    wait = waits.get(track.pk)
    waiting = track.status == TrackStatus.PENDING
    elapsed = _elapsed(track, _clock(read))
    return OnItsWay(
        stage_text=stage_text(track),
        is_waiting=waiting,
        elapsed=elapsed,
        typical_text="" if waiting or not span else _("usually %(span)s") % {"span": span_text(*span)},
        wait=wait,
        late_after=_late_limit(track, wait, elapsed, span),
        progress=track.progress,
    )


def _late_limit(track: MusicTrack, wait: Wait | None, elapsed: int, span: tuple[int, int] | None) -> int | None:
    """When it takes longer than usual, in seconds of `elapsed`.

    A place promises from now on, so its limit lies as far ahead of `elapsed`. No news come of a queue that stands
    still: there the limit drawn last holds, and is passed when the queue has not moved for so long.
    """
    usual = late_after(span)
    if track.turn is None or track.turn < 0:
        return usual
    if wait is None or wait.is_paused or wait.place.more:
        return None
    return max(usual, elapsed + wait.place.high)


def _remake_line(remake: MusicTrack, track: MusicTrack, ranges: TypicalRange, waits: Waits) -> RemakeLine:
    if remake.arrived_late:
        text = _("The new version has arrived after all")
    elif remake.due_at is None:
        text = _("The new version could not be made; the one you know is still here.")
    elif remake.mood != track.mood:
        text = _("Being made again: %(mood)s") % {"mood": mood_text(remake.mood)}
    else:
        text = _("Being made again")
    return RemakeLine(
        text=text,
        reason=error_text(remake),
        arrived_late=remake.arrived_late,
        way=_way(remake, track, ranges, waits),
    )


def audio_path(track: MusicTrack) -> str:
    """Where the page plays it from: an address that another version of the piece does not have. Empty until ready."""
    if track.status != TrackStatus.COMPLETED:
        return ""
    return f"{reverse('api-track-audio', args=[track.pk])}?v={track.file_sha256[:VERSION_LETTERS]}"


def cover_path(track: MusicTrack) -> str:
    """Where this version's own picture is. Empty until ready."""
    if track.status != TrackStatus.COMPLETED:
        return ""
    return f"{reverse('api-track-cover', args=[track.pk])}?v={track.file_sha256[:VERSION_LETTERS]}"


def file_name(track: MusicTrack, extension: str) -> str:
    """What a download of the piece is called."""
    return f"{file_title(track.title)}.{extension}"


def file_title(title: str) -> str:
    """A title without what file systems do not take."""
    kept = "".join(letter if letter.isprintable() and letter not in _NOT_IN_FILES else " " for letter in title)
    name = " ".join(kept.split()).encode()[:_FILE_BYTES].decode(errors="ignore").strip(" .") or "music"
    return f"{name}_" if name.partition(".")[0].rstrip().upper() in _TAKEN_BY_WINDOWS else name


def _outline(peaks: list[int]) -> str:
    """The upper half of the waveform: from the middle line at the left over all peaks to the middle line at the right,
    in relative steps, which are short. It reaches a little below the middle, so that its mirror image joins on."""
    if not peaks:
        return ""
    heights = [max(1, round(peak / 2)) for peak in peaks]
    steps = [before - after for before, after in pairwise(heights)]
    return f"M0 51V{50 - heights[0]}" + "".join(f"l1 {step}".replace(" -", "-") for step in steps) + "h1V51z"


def badge_text(track: MusicTrack) -> str:
    """How it stands with a piece, in the badge's words (requirement B10)."""
    if track.error_code == CANCELLED:
        return _("Cancelled")
    if track.arrived_late:
        return _("It came late, but it is here")
    return {
        TrackStatus.PENDING: _("Making music"),
        TrackStatus.GENERATING: _("Making music"),
        TrackStatus.COMPLETED: _("Music ready"),
        TrackStatus.ERROR: _("Could not be made"),
    }[TrackStatus(track.status)]


def error_text(track: MusicTrack) -> str:
    """Why it could not be made, for the reader; empty where nothing went wrong."""
    if track.arrived_late:
        return _("We had stopped waiting for it, and then it came. Take it in to hear it; nothing is ordered again.")
    return reason_for(track.error_code)


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


def _clock(track: MusicTrack) -> datetime:
    """The database's time, which the track's query may have brought along."""
    now: datetime = getattr(track, "clock", None) or MusicTrack.objects.values_list(Now(), flat=True).get(pk=track.pk)
    return now


def _elapsed(track: MusicTrack, now: datetime) -> int:
    """Whole seconds since the track was taken up, or, while it waits, since it was asked for."""
    since = track.started_at if track.status == TrackStatus.GENERATING and track.started_at else track.requested_at
    return max(0, int((now - since).total_seconds()))
