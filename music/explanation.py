"""What there is to say about a finished piece: what it is, where it came from, and where its tunes are heard.

Data in the reader's language, for the page and the API alike. Only what its maker told of it is said; of a piece from
somebody who tells nothing there is no explanation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from music.models import MusicTrack, TrackStatus
from music.names import (
    genre_text,
    instrument_text,
    joined,
    key_text,
    mode_colour,
    mood_image,
    mood_text,
    variation_text,
)

REASONS_SHOWN = 3
IN_HEADLINE = 2
"""Instruments that the headline names; the details have them all."""

_PARTS = ("melody", "counter", "accompaniment", "pad", "bass", "spark")
"""A score's parts, those a listener hears first first."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a piece: the second it begins at, the same for reading, and what is there."""

    at: float
    clock: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finished piece in words."""

    headline: str
    """All that matters in one line: “비 오는 마음 — 가단조, ♩=62, 첼로와 피아노; 당신의 ‘그리움’에서”."""
    key: str
    """With what it sounds like, where it is neither major nor minor."""
    tempo: str
    instruments: str
    genre: str
    mood: str
    why: list[str]
    """What weighed most, by where it came from."""
    theme: list[Place]
    """Where the journey's theme is heard; the text says how it is varied, and is empty where it is not."""
    own: list[Place]
    """Where the piece's own little tune is first heard."""
    chapters: list[Place]
    """In a finale, where each earlier piece comes back: the text is its label."""


def explain(track: MusicTrack) -> Explanation | None:
    """The explanation of a finished piece, or None where its maker told nothing of it."""
    told = track.audio_metadata
    if track.status != TrackStatus.COMPLETED or not isinstance(told.get("key"), str):
        return None
    key, tempo = key_and_tempo(told)
    names = _instruments(told)
    facts = [key, tempo, joined(names[:IN_HEADLINE])]
    line = {"image": mood_image(track.mood), "facts": ", ".join(fact for fact in facts if fact)}
    origin = _origin(track)
    if origin:
        headline = _("%(image)s — %(facts)s; %(origin)s") % {**line, "origin": origin}
    else:
        headline = _("%(image)s — %(facts)s") % line
    motifs = [motif for motif in told.get("motifs", ()) if isinstance(motif, Mapping)]
    return Explanation(
        headline=headline,
        key=" — ".join(words for words in (key, mode_colour(str(told.get("mode", "")))) if words),
        tempo=tempo,
        instruments=joined(names),
        genre=genre_text(track.genre),
        mood=mood_text(track.mood),
        why=reasons_of(track),
        theme=_places(motifs, "theme"),
        own=_places(motifs, "own")[:1],
        chapters=_chapters(motifs, track.chapter_labels),
    )


def reasons_of(track: MusicTrack) -> list[str]:
    """What weighed most for this sound, by where it came from, in the reader's own words."""
    sources = {
        "choice": _("your choice"),
        "tag": _("your feeling"),
        "memo": _("your memo"),
        "quote": _("the quote"),
        "book": _("the book"),
        "prompt": _("your words"),
    }
    reasons = _weightiest(track)[:REASONS_SHOWN]
    if any(reason["source"] == "guess" for reason in reasons):
        return [_("a guess: the words name no feeling")]
    by_source: dict[str, list[str]] = {}
    for reason in reasons:
        if reason["source"] in sources:
            by_source.setdefault(reason["source"], []).append(mood_text(reason["detail"]))
    return [f"{sources[source]}: {', '.join(words)}" for source, words in by_source.items()]


def key_and_tempo(told: Mapping[str, Any]) -> tuple[str, str]:
    """Of a finished piece, for reading; empty what its maker did not tell."""
    key = told.get("key")
    return (key_text(key, str(told.get("mode") or "")) if isinstance(key, str) else ""), _tempo(told)


def whole_seconds(seconds: float) -> int:
    """The nearest whole second, a half rounded up: how lengths and moments are told everywhere, in scripts too."""
    return math.floor(seconds + 0.5)


def clock_text(seconds: float) -> str:
    """A moment in a piece, as players show it: 1:05."""
    minutes, rest = divmod(whole_seconds(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _weightiest(track: MusicTrack) -> list[dict[str, Any]]:
    """Of reasons that weigh the same, such as two feelings the reader chose, what the piece has become comes first."""
    return sorted(track.brief.get("why", ()), key=lambda reason: (-reason["weight"], reason["detail"] != track.mood))


def _origin(track: MusicTrack) -> str:
    """The one reason that weighed most, as the end of a sentence; empty where there is none."""
    phrases = {
        "choice": _("from the “%(word)s” you chose"),
        "tag": _("from your “%(word)s”"),
        "memo": _("from your “%(word)s”"),
        "prompt": _("from your “%(word)s”"),
        "quote": _("from the quote’s “%(word)s”"),
        "book": _("from the book’s “%(word)s”"),
        "guess": _("by guess"),
    }
    for reason in _weightiest(track):
        if phrase := phrases.get(reason["source"]):
            return phrase % {"word": mood_text(reason["detail"])}
    return ""


def _tempo(told: Mapping[str, Any]) -> str:
    tempo = told.get("tempo")
    if not isinstance(tempo, int | float):
        return ""
    beat = "♩." if str(told.get("meter", "")).endswith("/8") else "♩"
    return f"{beat}={round(tempo)}"


def _instruments(told: Mapping[str, Any]) -> list[str]:
    """Names of the instruments that play, each once, the leading one first."""
    playing, ensemble = told.get("instruments"), told.get("ensemble")
    if isinstance(ensemble, list):
        names = ensemble
    elif isinstance(playing, Mapping):
        in_order = sorted(playing, key=lambda part: _PARTS.index(part) if part in _PARTS else len(_PARTS))
        names = [playing[part] for part in in_order]
    else:
        names = []
    return list(dict.fromkeys(instrument_text(str(name)) for name in names))


def _places(motifs: list[Mapping[str, Any]], of: str) -> list[Place]:
    return [
        Place(at=_at(motif), clock=clock_text(_at(motif)), text=variation_text(str(motif.get("form", ""))))
        for motif in motifs
        if motif.get("of") == of
    ]


def _chapters(motifs: list[Mapping[str, Any]], labels: list[str]) -> list[Place]:
    """The first return of each earlier piece, where it is known which one it is."""
    first: dict[int, float] = {}
    for motif in motifs:
        if motif.get("of") == "chapter":
            first.setdefault(int(motif.get("number", 0)), _at(motif))
    return [
        Place(at=at, clock=clock_text(at), text=labels[number]) for number, at in first.items() if number < len(labels)
    ]


def _at(motif: Mapping[str, Any]) -> float:
    return round(float(motif.get("at", 0.0)), 2)
