"""Palettes: which instruments a genre has, how they move, how the room sounds. Data; `orchestration` uses it."""

from __future__ import annotations

from dataclasses import dataclass, field

from music.brief import Genre, Mood
from music.studio.instruments import (
    ACCORDION,
    ACOUSTIC_BASS,
    BRUSH_KIT,
    CELESTA,
    CELLO,
    CHOIR,
    CLARINET,
    CONTRABASS,
    DULCIMER,
    FINGERED_BASS,
    FLUTE,
    GLOCKENSPIEL,
    HARP,
    HORNS,
    JAZZ_GUITAR,
    KOTO,
    MUSIC_BOX,
    NYLON_GUITAR,
    OBOE,
    ORCHESTRA_KIT,
    PIANO,
    PIZZICATO,
    SHAKUHACHI,
    SLOW_STRINGS,
    STANDARD_KIT,
    STEEL_GUITAR,
    STRINGS,
    TENOR_SAX,
    TINE_PIANO,
    TUBULAR_BELLS,
    VIBRAPHONE,
    VIOLIN,
    WARM_PAD,
)
from music.studio.score import Meter

QUADRUPLE, TRIPLE, COMPOUND = Meter(4, 2), Meter(3, 2), Meter(4, 3)
BRIGHT, WARM, LOW, DARK = "bright", "warm", "low", "dark"

LIGHT: dict[Mood, str] = {
    Mood.JOY: BRIGHT,
    Mood.WONDER: BRIGHT,
    Mood.LOVE: WARM,
    Mood.CALM: WARM,
    Mood.MELANCHOLY: LOW,
    Mood.SADNESS: LOW,
    Mood.TENSION: DARK,
    Mood.ANGER: DARK,
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Tables by light (bright, warm, low, dark); figures and grooves as (calm, lively)."""

    leads: dict[str, tuple[int, ...]]
    counters: tuple[int, ...]
    pad: int | None
    accompaniments: dict[str, int]
    figures: dict[str, tuple[str, str]]
    bass: int
    bass_figures: tuple[str, str]
    spark: int | None = None
    kit: int | None = None
    grooves: tuple[str, str] = ("", "")
    meters: tuple[Meter, ...] = (QUADRUPLE,)
    swing: float = 0.5
    sevenths: bool = False
    slow_harmony: bool = False
    """Each chord lasts two bars where the phrase has room."""
    shortest: float = 0.0
    """Melody notes shorter than this many beats are left out."""
    room: float = 2.0
    wet: float = 0.22
    levels: dict[str, float] = field(default_factory=dict)
    """Decibels by part, added to the ordinary balance."""


PALETTES: dict[Genre, Palette] = {
    Genre.SOLO_PIANO: Palette(
        leads=dict.fromkeys((BRIGHT, WARM, LOW, DARK), (PIANO,)),
        counters=(),
        pad=None,
        accompaniments=dict.fromkeys((BRIGHT, WARM, LOW, DARK), PIANO),
        figures={
            BRIGHT: ("broken", "alberti"),
            WARM: ("broken", "flowing"),
            LOW: ("broken", "flowing"),
            DARK: ("pulse", "pulse"),
        },
        bass=PIANO,
        bass_figures=("hold", "octaves"),
        meters=(QUADRUPLE, QUADRUPLE, TRIPLE),
        room=1.9,
        wet=0.2,
    ),
    Genre.CHAMBER: Palette(
        leads={BRIGHT: (VIOLIN, FLUTE), WARM: (VIOLIN, CLARINET), LOW: (CELLO, OBOE), DARK: (VIOLIN, CELLO)},
        counters=(CLARINET, CELLO, OBOE),
        pad=SLOW_STRINGS,
        accompaniments={BRIGHT: PIZZICATO, WARM: HARP, LOW: PIANO, DARK: PIZZICATO},
        figures={
            BRIGHT: ("waltz", "alberti"),
            WARM: ("waltz", "alberti"),
            LOW: ("pulse", "broken"),
            DARK: ("pulse", "pulse"),
        },
        bass=CELLO,
        bass_figures=("hold", "two"),
        meters=(QUADRUPLE, TRIPLE),
        room=2.2,
        wet=0.24,
        levels={"pad": -2.0},
    ),
    Genre.CINEMATIC: Palette(
        leads={BRIGHT: (HORNS, STRINGS), WARM: (STRINGS, HORNS), LOW: (CELLO, HORNS), DARK: (HORNS, STRINGS)},
        counters=(STRINGS, HORNS),
        pad=CHOIR,
        accompaniments={BRIGHT: HARP, WARM: HARP, LOW: PIANO, DARK: PIZZICATO},
        figures={
            BRIGHT: ("flowing", "ostinato"),
            WARM: ("flowing", "flowing"),
            LOW: ("broken", "ostinato"),
            DARK: ("ostinato", "ostinato"),
        },
        bass=CONTRABASS,
        bass_figures=("hold", "pulse"),
        spark=TUBULAR_BELLS,
        kit=ORCHESTRA_KIT,
        grooves=("swell", "march"),
        room=3.2,
        wet=0.32,
        levels={"drums": -2.5},
    ),
    Genre.AMBIENT: Palette(
        leads={
            BRIGHT: (CELESTA, VIBRAPHONE),
            WARM: (TINE_PIANO, VIBRAPHONE),
            LOW: (PIANO, CLARINET),
            DARK: (CLARINET, CELLO),
        },
        counters=(CHOIR,),
        pad=WARM_PAD,
        accompaniments={BRIGHT: HARP, WARM: TINE_PIANO, LOW: PIANO, DARK: TINE_PIANO},
        figures=dict.fromkeys((BRIGHT, WARM, LOW, DARK), ("roll", "roll")),
        bass=CONTRABASS,
        bass_figures=("hold", "hold"),
        spark=MUSIC_BOX,
        slow_harmony=True,
        shortest=1.0,
        room=4.2,
        wet=0.42,
        levels={"pad": -2.0, "counter": -3.0, "bass": -2.0},
    ),
    Genre.LOFI: Palette(
        leads={
            BRIGHT: (VIBRAPHONE, JAZZ_GUITAR),
            WARM: (JAZZ_GUITAR, VIBRAPHONE),
            LOW: (JAZZ_GUITAR, PIANO),
            DARK: (PIANO, VIBRAPHONE),
        },
        counters=(FLUTE,),
        pad=WARM_PAD,
        accompaniments=dict.fromkeys((BRIGHT, WARM, LOW, DARK), TINE_PIANO),
        figures=dict.fromkeys((BRIGHT, WARM, LOW, DARK), ("offbeat", "offbeat")),
        bass=FINGERED_BASS,
        bass_figures=("lofi", "lofi"),
        spark=GLOCKENSPIEL,
        kit=STANDARD_KIT,
        grooves=("lofi", "lofi"),
        swing=0.6,
        sevenths=True,
        room=1.4,
        wet=0.16,
        levels={"pad": -4.0, "melody": 1.5, "accompaniment": -1.5},
    ),
    Genre.FOLK: Palette(
        leads={BRIGHT: (FLUTE, VIOLIN), WARM: (CLARINET, FLUTE), LOW: (VIOLIN, ACCORDION), DARK: (VIOLIN, ACCORDION)},
        counters=(ACCORDION, CLARINET),
        pad=None,
        accompaniments={BRIGHT: STEEL_GUITAR, WARM: NYLON_GUITAR, LOW: NYLON_GUITAR, DARK: STEEL_GUITAR},
        figures={
            BRIGHT: ("picking", "strum"),
            WARM: ("picking", "picking"),
            LOW: ("picking", "picking"),
            DARK: ("strum", "strum"),
        },
        bass=ACOUSTIC_BASS,
        bass_figures=("two", "two"),
        spark=DULCIMER,
        kit=STANDARD_KIT,
        grooves=("shaker", "folk"),
        meters=(QUADRUPLE, TRIPLE, COMPOUND),
        room=1.5,
        wet=0.17,
        levels={"bass": 2.5},
    ),
    Genre.JAZZ_BALLAD: Palette(
        leads={
            BRIGHT: (VIBRAPHONE, TENOR_SAX),
            WARM: (TENOR_SAX, JAZZ_GUITAR),
            LOW: (TENOR_SAX, CLARINET),
            DARK: (TENOR_SAX, JAZZ_GUITAR),
        },
        counters=(CLARINET, JAZZ_GUITAR),
        pad=None,
        accompaniments=dict.fromkeys((BRIGHT, WARM, LOW, DARK), PIANO),
        figures=dict.fromkeys((BRIGHT, WARM, LOW, DARK), ("comp", "comp")),
        bass=ACOUSTIC_BASS,
        bass_figures=("two", "walk"),
        kit=BRUSH_KIT,
        grooves=("brushes", "brushes"),
        swing=0.64,
        sevenths=True,
        room=1.6,
        wet=0.18,
        levels={"bass": 1.5, "drums": -1.0},
    ),
    Genre.KOREAN: Palette(
        leads={
            BRIGHT: (SHAKUHACHI, KOTO),
            WARM: (KOTO, SHAKUHACHI),
            LOW: (VIOLIN, SHAKUHACHI),
            DARK: (VIOLIN, SHAKUHACHI),
        },
        counters=(VIOLIN, SHAKUHACHI),
        pad=None,
        accompaniments=dict.fromkeys((BRIGHT, WARM, LOW, DARK), KOTO),
        figures=dict.fromkeys((BRIGHT, WARM, LOW, DARK), ("zither", "zither")),
        bass=CELLO,
        bass_figures=("drone", "drone"),
        spark=DULCIMER,
        kit=STANDARD_KIT,
        grooves=("gutgeori", "jajinmori"),
        meters=(COMPOUND,),
        room=2.0,
        wet=0.22,
        levels={"bass": -3.0},
    ),
}
