"""How a journey felt and sounded, log by log: a picture with a dot for each, which leads to it, and a list to hear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from journeys.models import Journey, ReadingLog
from journeys.record.charts import HEIGHT, MARGIN, WIDTH, smooth_path
from journeys.record.statistics import MOODS
from music.brief import Mood
from music.briefs.mood import FEELING
from music.explanation import clock_text, key_and_tempo
from music.models import MusicTrack, TrackStatus
from music.names import joined, mood_text
from music.presentation import audio_path, badge_text, cover_path, page_url

MOST_POINTS = 60
"""Dots of a timeline that can still be told apart; in a longer journey each stands for several logs."""

_OF_A_TRACK = ("log", "title", "album", "mood", "status", "error_code", "arrived_late", "audio_seconds", "file_sha256")
_TOLD = ("key", "mode", "tempo", "meter")


@dataclass(frozen=True, slots=True)
class Piece:
    """The music of a log, as far as there is any."""

    track: MusicTrack
    facts: str
    """Key, tempo and length of a finished piece, as far as its maker told them; how it stands with any other."""
    artist: str

    @property
    def is_ready(self) -> bool:
        return self.track.status == TrackStatus.COMPLETED

    @property
    def audio_url(self) -> str:
        return audio_path(self.track)

    @property
    def cover_url(self) -> str:
        return cover_path(self.track)

    @property
    def page_url(self) -> str:
        return page_url(self.track)

    @property
    def text(self) -> str:
        return f"{self.track.title} — {self.facts}"


@dataclass(frozen=True, slots=True)
class Dot:
    """A log, or some that follow one another, in a journey's picture."""

    x: float
    y: float
    mood: Mood
    text: str
    url: str
    labels: str
    on: date
    piece: Piece | None
    """Of several logs the first that can be heard; None where none of them has music."""
    more: int
    """How many others of them can be heard."""

    @property
    def title(self) -> str:
        """All of it, for the picture."""
        return f"{self.text}. {self.piece.text}" if self.piece else self.text

    @property
    def height_percent(self) -> float:
        """`y` as a part of the picture's height, from the top."""
        return round(100 * self.y / HEIGHT, 1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """How a journey felt from its first log to its last: pleasant is up."""

    dots: list[Dot]
    path: str
    middle: float = HEIGHT / 2
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Felt:
    log: ReadingLog
    moods: list[Mood]
    valence: float
    piece: Piece | None


def timeline_of(journey: Journey) -> Timeline | None:
    """What each log's music was made to feel like, or, of a log without music, the reader's own emotions.

    One query. None with fewer than two logs to show.
    """
    felt = _felt(journey)
    if len(felt) < 2:
        return None
    size = -(-len(felt) // MOST_POINTS)
    groups = [felt[start : start + size] for start in range(0, len(felt), size)]
    step = WIDTH / len(groups)
    dots = [_dot(group, (number + 0.5) * step) for number, group in enumerate(groups)]
    return Timeline(dots, smooth_path([(dot.x, dot.y) for dot in dots]))


def _felt(journey: Journey) -> list[_Felt]:
    logs = ReadingLog.objects.filter(journey=journey).order_by("version").select_related("track")
    # Not the whole brief, and not all that the maker told: a long journey has hundreds.
    logs = logs.only(
        *("journey", "version", "is_final", "logged_on", "emotions"),
        *(f"track__{column}" for column in _OF_A_TRACK),
    )
    told = {f"told_{name}": F(f"track__audio_metadata__{name}") for name in _TOLD}
    found = []
    for log in logs.annotate(valence=F("track__brief__valence"), **told):
        track = getattr(log, "track", None)
        moods = [MOODS[name] for name in ([track.mood] if track else log.emotions) if name in MOODS]
        if not moods:
            continue
        valence = log.valence
        if not isinstance(valence, (int, float)):
            valence = sum(FEELING[mood][0] for mood in moods) / len(moods)
        found.append(_Felt(log, moods, valence, _piece(journey, log, track) if track else None))
    return found


def _piece(journey: Journey, log: ReadingLog, track: MusicTrack) -> Piece:
    if track.status == TrackStatus.COMPLETED:
        sound = key_and_tempo({name: getattr(log, f"told_{name}") for name in _TOLD})
        facts = ", ".join(fact for fact in (*sound, clock_text(track.audio_seconds or 0.0)) if fact)
    else:
        facts = badge_text(track)
    return Piece(track, facts, artist=journey.book.shown_authors)


def _dot(group: Sequence[_Felt], x: float) -> Dot:
    first, last = group[0].log, group[-1].log
    moods = Counter(mood for felt in group for mood in felt.moods)
    valence = max(-1.0, min(1.0, sum(felt.valence for felt in group) / len(group)))
    labels = first.label if first is last else f"{first.label}–{last.label}"
    names = joined([mood_text(mood) for mood, _count in moods.most_common(2)])
    pieces = [felt.piece for felt in group if felt.piece]
    ready = [piece for piece in pieces if piece.is_ready]
    return Dot(
        x=round(x, 1),
        y=round(MARGIN + (1 - valence) / 2 * (HEIGHT - 2 * MARGIN), 1),
        mood=moods.most_common(1)[0][0],
        text=_("%(label)s, %(date)s: %(moods)s")
        % {"label": labels, "date": date_format(first.logged_on, "DATE_FORMAT"), "moods": names},
        url=first.get_absolute_url(),
        labels=labels,
        on=first.logged_on,
        piece=next(iter([*ready, *pieces]), None),
        more=max(0, len(ready) - 1),
    )
