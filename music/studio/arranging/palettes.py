"""Palettes: which instruments a genre has for each mood, how they move, how the room sounds. Data; others use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from music.brief import Genre, Mood
from music.studio.arranging.casts import CASTS, Cast
from music.studio.instruments import BRUSH_KIT, ORCHESTRA_KIT, STANDARD_KIT
from music.studio.score import Meter

QUADRUPLE, TRIPLE = Meter(4, 2), Meter(3, 2)
COMPOUND, COMPOUND_TRIPLE = Meter(4, 3), Meter(3, 3)


@dataclass(frozen=True, slots=True)
class Manner:
    """What accompaniment and bass do in a mood: figures for theme, contrast, development and return."""

    figures: tuple[str, str, str, str]
    bass: tuple[str, str]
    """While the piece is thin, and when it is full."""
    texture: str = ""
    """Figure of the second accompaniment, where the cast has one."""


Manners = Mapping[Mood, Manner]

_CLASSICAL: Manners = {
    Mood.JOY: Manner(("bounce", "alberti", "gallop", "bounce"), ("two", "bounce"), "offbeats"),
    Mood.LOVE: Manner(("broken", "sweep", "flowing", "broken"), ("two", "two"), "broken"),
    Mood.WONDER: Manner(("shimmer", "sweep", "shimmer", "shimmer"), ("hold", "octaves"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "alberti", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("sighs", "held", "sighs", "held"), ("hold", "hold"), "held"),
    Mood.TENSION: Manner(("ostinato", "throb", "stabs", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("hammer", "stabs", "gallop", "hammer"), ("drive", "drive"), "power"),
}
_CINEMATIC: Manners = {
    Mood.JOY: Manner(("bounce", "ostinato", "gallop", "bounce"), ("two", "bounce"), "offbeats"),
    Mood.LOVE: Manner(("flowing", "broken", "flowing", "sweep"), ("hold", "two"), "broken"),
    Mood.WONDER: Manner(("shimmer", "sweep", "shimmer", "shimmer"), ("hold", "octaves"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "alberti", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("held", "sighs", "held", "sighs"), ("hold", "hold"), "held"),
    Mood.TENSION: Manner(("throb", "ostinato", "stabs", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("hammer", "ostinato", "gallop", "hammer"), ("drive", "drive"), "power"),
}
_PIANO: Manners = {
    **_CLASSICAL,
    Mood.LOVE: Manner(("flowing", "rocking", "broken", "sweep"), ("hold", "octaves")),
    Mood.MELANCHOLY: Manner(("broken", "falling", "broken", "flowing"), ("lean", "lean")),
    Mood.TENSION: Manner(("ostinato", "throb", "stabs", "ostinato"), ("throb", "octaves")),
    Mood.ANGER: Manner(("hammer", "gallop", "stabs", "hammer"), ("octaves", "octaves")),
}
_AMBIENT: Manners = {
    Mood.JOY: Manner(("bounce", "alberti", "bounce", "bounce"), ("two", "bounce"), "offbeats"),
    Mood.LOVE: Manner(("broken", "sweep", "flowing", "broken"), ("hold", "two"), "drops"),
    Mood.WONDER: Manner(("shimmer", "sweep", "shimmer", "shimmer"), ("hold", "hold"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "rocking", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("held", "sighs", "held", "sighs"), ("hold", "hold"), "held"),
    Mood.TENSION: Manner(("throb", "ostinato", "throb", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("hammer", "throb", "hammer", "hammer"), ("throb", "drive"), "power"),
}
_LOFI: Manners = {
    Mood.JOY: Manner(("skank", "offbeat", "skank", "skank"), ("bounce", "bounce"), "offbeats"),
    Mood.LOVE: Manner(("flowing", "offbeat", "flowing", "flowing"), ("lofi", "lofi"), "drops"),
    Mood.WONDER: Manner(("shimmer", "ripple", "shimmer", "shimmer"), ("hold", "hold"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "offbeat", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("sighs", "held", "sighs", "sighs"), ("hold", "hold"), "drops"),
    Mood.TENSION: Manner(("ostinato", "stabs", "ostinato", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("stabs", "hammer", "stabs", "hammer"), ("drive", "drive"), "power"),
}
_FOLK: Manners = {
    Mood.JOY: Manner(("strum", "picking", "strum", "strum"), ("two", "bounce"), "banjo_roll"),
    Mood.LOVE: Manner(("picking", "rocking", "picking", "picking"), ("hold", "two"), "drops"),
    Mood.WONDER: Manner(("shimmer", "ripple", "shimmer", "shimmer"), ("hold", "hold"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "alberti", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("sighs", "held", "sighs", "held"), ("hold", "hold"), "drops"),
    Mood.TENSION: Manner(("ostinato", "stabs", "chop", "ostinato"), ("throb", "throb"), "banjo_roll"),
    Mood.ANGER: Manner(("chop", "hammer", "chop", "chop"), ("drive", "drive"), "power"),
}
_JAZZ: Manners = {
    Mood.JOY: Manner(("charleston", "comp", "charleston", "charleston"), ("walk", "walk"), "offbeats"),
    Mood.LOVE: Manner(("flowing", "comp", "flowing", "broken"), ("two", "two"), "drops"),
    Mood.WONDER: Manner(("shimmer", "ripple", "shimmer", "shimmer"), ("hold", "hold"), "glitter"),
    Mood.CALM: Manner(("still", "roll", "still", "still"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "comp", "falling", "falling"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("held", "sighs", "held", "sighs"), ("hold", "hold"), "drops"),
    Mood.TENSION: Manner(("stabs", "ostinato", "throb", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("stabs", "hammer", "hammer", "stabs"), ("walk", "drive"), "power"),
}
_KOREAN: Manners = {
    Mood.JOY: Manner(("zither_run", "bounce", "zither_run", "bounce"), ("two", "bounce"), "offbeats"),
    Mood.LOVE: Manner(("rocking", "flowing", "rocking", "flowing"), ("drone", "drone"), "drops"),
    Mood.WONDER: Manner(("shimmer", "sweep", "shimmer", "shimmer"), ("hold", "hold"), "glitter"),
    Mood.CALM: Manner(("zither_bare", "still", "zither_bare", "zither_bare"), ("hold", "hold"), "drops"),
    Mood.MELANCHOLY: Manner(("falling", "zither", "falling", "zither"), ("lean", "lean"), "drops"),
    Mood.SADNESS: Manner(("zither_bare", "held", "zither_bare", "held"), ("drone", "drone"), "drops"),
    Mood.TENSION: Manner(("ostinato", "stabs", "stabs", "ostinato"), ("throb", "throb"), "trembling"),
    Mood.ANGER: Manner(("hammer", "ostinato", "hammer", "hammer"), ("throb", "drive"), "power"),
}


def _everywhere(name: str) -> Mapping[Mood, str]:
    return MappingProxyType(dict.fromkeys(Mood, name))


@dataclass(frozen=True, slots=True)
class Palette:
    """A genre's sound and movement."""

    casts: Mapping[Mood, Cast]
    manners: Manners
    kit: int | None = None
    grooves: Mapping[Mood, str] = field(default_factory=dict)
    """The drummer's pattern by mood; a mood without one has none."""
    fill: str = ""
    """What the drummer plays at the end of a phrase."""
    grounded: bool = False
    """The bass is there from the first bar: the accompaniment leaves holes that only it fills."""
    atmospheric: bool = False
    """The pad never leaves."""
    meters: tuple[Meter, ...] = (QUADRUPLE,)
    swing: float = 0.5
    sevenths: bool = False
    slow_harmony: bool = False
    """Each chord lasts two bars where the phrase has room."""
    shortest: float = 0.0
    """Melody notes shorter than this many beats are left out."""
    room: float = 2.0
    wet: float = 0.22
    contrast: float = 1.0
    """Share of the mood's range of loudness that is used: what decays quickly has peaks enough of its own."""
    width: float = 1.0
    """How far apart the parts sit."""
    levels: Mapping[str, float] = field(default_factory=dict)
    """Decibels by part, added to the ordinary balance."""


PALETTES: dict[Genre, Palette] = {
    Genre.SOLO_PIANO: Palette(
        casts=CASTS[Genre.SOLO_PIANO],
        manners=_PIANO,
        meters=(QUADRUPLE, QUADRUPLE, TRIPLE),
        room=1.9,
        wet=0.23,
        contrast=0.5,
        width=0.35,
        levels={"melody": -1.0, "second": -1.0, "double": -1.5, "accompaniment": 1.5, "bass": 0.0},
    ),
    Genre.CHAMBER: Palette(
        casts=CASTS[Genre.CHAMBER],
        manners=_CLASSICAL,
        meters=(QUADRUPLE, TRIPLE),
        room=2.2,
        wet=0.24,
        levels={"pad": -1.5, "melody": 1.5, "second": 1.5},
    ),
    Genre.CINEMATIC: Palette(
        casts=CASTS[Genre.CINEMATIC],
        manners=_CINEMATIC,
        kit=ORCHESTRA_KIT,
        grooves={
            Mood.JOY: "march",
            Mood.LOVE: "cymbals",
            Mood.WONDER: "cymbals",
            Mood.CALM: "cymbals",
            Mood.MELANCHOLY: "cymbals",
            Mood.SADNESS: "cymbals",
            Mood.TENSION: "heartbeat",
            Mood.ANGER: "war",
        },
        fill="drum_roll",
        atmospheric=True,
        room=3.2,
        wet=0.3,
        levels={"pad": -1.5, "accompaniment": -0.5, "texture": -1.0, "drums": -1.0, "melody": 2.0, "second": 2.0},
    ),
    Genre.AMBIENT: Palette(
        casts=CASTS[Genre.AMBIENT],
        manners=_AMBIENT,
        kit=ORCHESTRA_KIT,
        grooves={Mood.TENSION: "heartbeat", Mood.ANGER: "war"},
        grounded=True,
        atmospheric=True,
        slow_harmony=True,
        shortest=1.0,
        room=4.2,
        wet=0.42,
        levels={"pad": -2.5, "counter": -1.0, "bass": -2.0, "drums": -2.0, "melody": 1.5, "second": 1.0},
    ),
    Genre.LOFI: Palette(
        casts=CASTS[Genre.LOFI],
        manners=_LOFI,
        kit=STANDARD_KIT,
        grooves={
            **dict.fromkeys(Mood, "lofi"),
            Mood.WONDER: "lofi_bare",
            Mood.CALM: "lofi_bare",
            Mood.SADNESS: "lofi_bare",
            Mood.ANGER: "rock",
        },
        fill="snare_fill",
        grounded=True,
        swing=0.6,
        sevenths=True,
        room=1.4,
        wet=0.17,
        contrast=0.65,
        levels={"pad": -2.0, "melody": 3.5, "second": 3.0, "accompaniment": -1.5, "bass": -1.5},
    ),
    Genre.FOLK: Palette(
        casts=CASTS[Genre.FOLK],
        manners=_FOLK,
        kit=STANDARD_KIT,
        grooves={
            Mood.JOY: "folk",
            Mood.LOVE: "shaker",
            Mood.MELANCHOLY: "shaker",
            Mood.TENSION: "bodhran",
            Mood.ANGER: "stomp",
        },
        fill="hand_fill",
        meters=(QUADRUPLE, TRIPLE, COMPOUND),
        room=1.5,
        wet=0.17,
        levels={"bass": 1.0, "melody": 1.5, "second": 1.0},
    ),
    Genre.JAZZ_BALLAD: Palette(
        casts=CASTS[Genre.JAZZ_BALLAD],
        manners=_JAZZ,
        kit=BRUSH_KIT,
        grooves={
            Mood.JOY: "swing",
            Mood.LOVE: "brushes",
            Mood.MELANCHOLY: "brushes",
            Mood.SADNESS: "brushes",
            Mood.TENSION: "prowl",
            Mood.ANGER: "swing",
        },
        fill="brush_fill",
        grounded=True,
        swing=0.64,
        sevenths=True,
        room=1.6,
        wet=0.18,
        levels={"bass": 0.5, "melody": 3.0, "second": 2.5, "drums": -1.5},
    ),
    Genre.KOREAN: Palette(
        casts=CASTS[Genre.KOREAN],
        manners=_KOREAN,
        kit=STANDARD_KIT,
        grooves=_everywhere("gutgeori"),
        fill="janggu_fill",
        grounded=True,
        meters=(COMPOUND,),
        room=2.0,
        wet=0.22,
        contrast=0.55,
        levels={"bass": -4.0, "counter": 1.0, "drums": -3.5, "melody": 2.5, "second": 2.5},
    ),
}
