"""The brief: what a piece of music should be, said once and understood by every provider.

The lowest module of `music/`: `briefs/` writes a brief from words, `studio/` and `providers/` read it. It is plain
data, validated on creation, and travels as JSON in the track's row, so that a retry asks for the same piece again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

PROMPT_LIMIT = 300
STYLE_TAGS_LIMIT = 200
TEMPO_RANGE = (40, 180)
DURATION_RANGE = (10, 300)


class Mood(StrEnum):
    """The eight moods a text can have (reference: GEMS and the circumplex, docs/decisions/0004)."""

    JOY = "joy"
    LOVE = "love"
    WONDER = "wonder"
    CALM = "calm"
    MELANCHOLY = "melancholy"
    SADNESS = "sadness"
    TENSION = "tension"
    ANGER = "anger"


class Genre(StrEnum):
    """The genres the studio can play; a paid provider reads the same word in the prompt."""

    SOLO_PIANO = "solo piano"
    CHAMBER = "chamber"
    CINEMATIC = "cinematic"
    AMBIENT = "ambient"
    LOFI = "lo-fi"
    FOLK = "folk"
    JAZZ_BALLAD = "jazz ballad"
    KOREAN = "korean"


class Role(StrEnum):
    """The place of a piece in its album."""

    OPENING = "opening"  # v0, states the theme
    ENTRY = "entry"  # vN, varies it
    FINALE = "finale"  # vFinal, looks back on the whole journey
    STANDALONE = "standalone"  # made from a free prompt, belongs to no journey


class Mode(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    DORIAN = "dorian"
    PHRYGIAN = "phrygian"
    LYDIAN = "lydian"
    MIXOLYDIAN = "mixolydian"


class InvalidBrief(ValueError):
    """A brief that no provider could play; the message names the field."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One earlier piece of the journey, as the finale remembers it: the seed of its motif and its mood."""

    seed: int
    mood: Mood


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the brief sounds as it does, for the reader's eyes: where it came from, what weighed, and how much.

    `source` is one of "choice", "tag", "memo", "quote", "book", "prompt", "guess"; `detail` a word or phrase of the
    reader's own (shown to the owner only, never sent to a provider); `weight` is positive, relative within one brief.
    """

    source: str
    detail: str
    weight: float


@dataclass(frozen=True, slots=True)
class MusicBrief:
    """Everything a provider needs to make one piece, and nothing that identifies the reader or the book.

    Raises `InvalidBrief` when a field is outside its range.
    """

    moods: tuple[tuple[Mood, float], ...]
    """Moods with weights that sum to 1, the strongest first; at least one."""
    valence: float
    """Unpleasant -1 … +1 pleasant."""
    energy: float
    """Calm 0 … 1 aroused."""
    genre: Genre
    tempo: int
    """Beats a minute."""
    key: str
    """Tonic: C, C#, D, Eb, E, F, F#, G, Ab, A, Bb or B."""
    mode: Mode
    instruments: tuple[str, ...]
    """Plain English names, the leading one first; a provider takes what it can."""
    duration: int
    """Seconds asked for; what comes back is the provider's choice within its means."""
    seed: int
    """This piece's own seed: same brief, same piece."""
    theme_seed: int
    """The journey's seed: all pieces of one journey share a theme. Equals `seed` for a standalone piece."""
    role: Role
    prompt: str
    """English words for providers that take only words; never the reader's own, a title or a name."""
    style_tags: str
    confidence: float
    """0 … 1: how sure the reading of the words is; low is shown to the reader as a guess."""
    why: tuple[Reason, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    """For the finale: the journey's earlier pieces in order."""
    drums: bool = True
    """False forbids percussion ("no drums"); True leaves it to the genre."""

    def __post_init__(self) -> None:
        def demand(condition: bool, message: str) -> None:
            if not condition:
                raise InvalidBrief(message)

        demand(bool(self.moods), "moods: at least one")
        demand(abs(sum(weight for _, weight in self.moods) - 1.0) < 0.01, "moods: weights must sum to 1")
        demand(-1.0 <= self.valence <= 1.0, "valence: -1 to 1")
        demand(0.0 <= self.energy <= 1.0, "energy: 0 to 1")
        demand(0.0 <= self.confidence <= 1.0, "confidence: 0 to 1")
        demand(TEMPO_RANGE[0] <= self.tempo <= TEMPO_RANGE[1], f"tempo: {TEMPO_RANGE[0]} to {TEMPO_RANGE[1]} bpm")
        demand(
            DURATION_RANGE[0] <= self.duration <= DURATION_RANGE[1],
            f"duration: {DURATION_RANGE[0]} to {DURATION_RANGE[1]} s",
        )
        demand(self.key in KEYS, "key: unknown tonic")
        demand(0 < len(self.prompt) <= PROMPT_LIMIT, f"prompt: 1 to {PROMPT_LIMIT} characters")
        demand(len(self.style_tags) <= STYLE_TAGS_LIMIT, f"style_tags: up to {STYLE_TAGS_LIMIT} characters")

    @property
    def mood(self) -> Mood:
        """The strongest mood."""
        return self.moods[0][0]

    def to_json(self) -> dict[str, Any]:
        """The brief as JSON-ready data; `from_json` reads it back."""
        data: dict[str, Any] = asdict(self)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a brief written by `to_json`. Raises `InvalidBrief` when the data is not one."""
        try:
            return cls(
                moods=tuple((Mood(mood), float(weight)) for mood, weight in data["moods"]),
                valence=float(data["valence"]),
                energy=float(data["energy"]),
                genre=Genre(data["genre"]),
                tempo=int(data["tempo"]),
                key=str(data["key"]),
                mode=Mode(data["mode"]),
                instruments=tuple(str(name) for name in data["instruments"]),
                duration=int(data["duration"]),
                seed=int(data["seed"]),
                theme_seed=int(data["theme_seed"]),
                role=Role(data["role"]),
                prompt=str(data["prompt"]),
                style_tags=str(data["style_tags"]),
                confidence=float(data["confidence"]),
                why=tuple(Reason(str(r["source"]), str(r["detail"]), float(r["weight"])) for r in data.get("why", ())),
                chapters=tuple(Chapter(int(c["seed"]), Mood(c["mood"])) for c in data.get("chapters", ())),
                drums=bool(data.get("drums", True)),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, InvalidBrief):
                raise
            raise InvalidBrief(f"not a brief: {error!r}") from error


KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
