"""A track as a reader sees it: the one picture that a page and the poll's answer both draw."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models.functions import Now
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from music.brief import Genre, Mood
from music.expectations import late_after, typical_seconds
from music.models import CANCELLED, MusicTrack, TrackStage, TrackStatus
from music.reasons import reason_for

REASONS_SHOWN = 3

TypicalRange = Callable[[str], tuple[int, int] | None]

WIRE_STATES = {
    TrackStatus.PENDING: "pending",
    TrackStatus.GENERATING: "processing",
    TrackStatus.COMPLETED: "done",
    TrackStatus.ERROR: "error",
}
"""The status in the words of the job API (requirement A2)."""


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
    mood_text: str
    genre_text: str
    why: list[str]

    @property
    def is_active(self) -> bool:
        return self.status in (TrackStatus.PENDING, TrackStatus.GENERATING)

    @property
    def can_retry(self) -> bool:
        return self.status == TrackStatus.ERROR


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
    elapsed = _elapsed(track) if active else 0
    span = ranges(track.provider) if active else None
    return TrackCard(
        id=track.pk,
        version=track.version,
        status=track.status,
        stage=track.stage,
        title=track.title,
        page_url=page_url(track),
        audio_url=reverse("api-track-audio", args=[track.pk]) if track.status == TrackStatus.COMPLETED else "",
        badge_text=badge_text(track),
        stage_text=stage_text(track),
        elapsed=elapsed,
        typical_text=_("usually %(low)d–%(high)d s") % {"low": span[0], "high": span[1]} if span else "",
        late_after=late_after(span),
        is_late=active and elapsed >= late_after(span),
        progress=track.progress,
        reason=reason_for(track.error_code),
        is_cancelled=track.error_code == CANCELLED,
        mood_text=mood_text(track.mood),
        genre_text=genre_text(track.genre),
        why=_why(track),
    )


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


def mood_text(mood: str) -> str:
    """A mood's name for readers; a word that is no mood stays as it is."""
    names: dict[str, str] = {
        Mood.JOY: pgettext("mood", "joy"),
        Mood.LOVE: pgettext("mood", "love"),
        Mood.WONDER: pgettext("mood", "wonder"),
        Mood.CALM: pgettext("mood", "calm"),
        Mood.MELANCHOLY: pgettext("mood", "melancholy"),
        Mood.SADNESS: pgettext("mood", "sadness"),
        Mood.TENSION: pgettext("mood", "tension"),
        Mood.ANGER: pgettext("mood", "anger"),
    }
    return names.get(mood, mood)


def genre_text(genre: str) -> str:
    """A genre's name for readers."""
    names: dict[str, str] = {
        Genre.SOLO_PIANO: _("solo piano"),
        Genre.CHAMBER: _("chamber music"),
        Genre.CINEMATIC: _("cinematic"),
        Genre.AMBIENT: _("ambient"),
        Genre.LOFI: _("lo-fi"),
        Genre.FOLK: _("folk"),
        Genre.JAZZ_BALLAD: _("jazz ballad"),
        Genre.KOREAN: _("Korean traditional"),
    }
    return names.get(genre, genre)


def _why(track: MusicTrack) -> list[str]:
    """What weighed most for this sound, by where it came from, in the reader's own words."""
    sources = {
        "tag": _("your feeling"),
        "memo": _("your memo"),
        "quote": _("the quote"),
        "book": _("the book"),
        "prompt": _("your words"),
    }
    reasons = sorted(track.brief.get("why", ()), key=lambda reason: -reason["weight"])[:REASONS_SHOWN]
    if any(reason["source"] == "guess" for reason in reasons):
        return [_("a guess: the words name no feeling")]
    by_source: dict[str, list[str]] = {}
    for reason in reasons:
        if reason["source"] in sources:
            by_source.setdefault(reason["source"], []).append(mood_text(reason["detail"]))
    return [f"{sources[source]}: {', '.join(words)}" for source, words in by_source.items()]


def _elapsed(track: MusicTrack) -> int:
    """Whole seconds since the current ask, by the database's clock where the query brought it along."""
    now: datetime = getattr(track, "clock", None) or MusicTrack.objects.values_list(Now(), flat=True).get(pk=track.pk)
    return max(0, int((now - track.requested_at).total_seconds()))
