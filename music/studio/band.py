"""The band: who plays this piece, and what every part-writer has before it."""

from __future__ import annotations

from dataclasses import dataclass

from music.brief import Genre, MusicBrief
from music.studio.chance import stream
from music.studio.form import Form, Phrase
from music.studio.harmony import Chord
from music.studio.instruments import (
    CELLO,
    CHOIR,
    DULCIMER,
    FLUTE,
    HARP,
    INSTRUMENTS,
    JAZZ_GUITAR,
    KOTO,
    NYLON_GUITAR,
    PIANO,
    PIZZICATO,
    SHAKUHACHI,
    SLOW_STRINGS,
    STEEL_GUITAR,
    STRINGS,
    TINE_PIANO,
    VIOLIN,
    WARM_PAD,
    program_named,
)
from music.studio.melody import Ground
from music.studio.palettes import LIGHT, PALETTES, Palette
from music.studio.score import Meter

PADS = frozenset({STRINGS, SLOW_STRINGS, CHOIR, WARM_PAD})
ACCOMPANISTS = frozenset({PIANO, TINE_PIANO, NYLON_GUITAR, STEEL_GUITAR, JAZZ_GUITAR, PIZZICATO, HARP, KOTO})
KOREAN_LEADS = frozenset({SHAKUHACHI, VIOLIN, CELLO, KOTO, DULCIMER, FLUTE})
FIXED_ACCOMPANIMENT = frozenset({Genre.SOLO_PIANO, Genre.LOFI, Genre.JAZZ_BALLAD, Genre.KOREAN})
LIVELY_ENERGY = 0.5
FAST_JANGDAN = 92


@dataclass(frozen=True, slots=True)
class Band:
    """Who plays what in this piece."""

    palette: Palette
    lead: int
    second: int
    counter: int | None
    pad: int | None
    accompaniment: int
    figure: str
    bass_figure: str
    groove: str
    lively: bool


def hire(brief: MusicBrief) -> Band:
    """The genre's palette in the mood's light, with the brief's own wishes where the genre leaves room for them."""
    palette = PALETTES[brief.genre]
    light = LIGHT[brief.mood]
    lively = brief.energy >= LIVELY_ENERGY
    leads = palette.leads[light]
    rng = stream(brief.seed, "band")
    lead, second = leads[0], leads[-1]
    accompaniment, pad = palette.accompaniments[light], palette.pad
    counter = rng.choice(palette.counters) if palette.counters else None
    wishes = [program for name in brief.instruments if (program := program_named(name)) is not None]
    if brief.genre is Genre.SOLO_PIANO:
        wishes = []
    elif brief.genre is Genre.KOREAN:
        wishes = [program for program in wishes if program in KOREAN_LEADS]
    sings = [program for program in wishes if program not in PADS and INSTRUMENTS[program].centre >= 55]
    if sings:
        lead = sings[0]
        second = next((program for program in sings[1:] if program != lead), second)
    pad = next((program for program in wishes if program in PADS), pad) if pad is not None else None
    if brief.genre not in FIXED_ACCOMPANIMENT:
        accompaniment = next((p for p in wishes if p in ACCOMPANISTS and p != lead), accompaniment)
    if counter in (lead, second):
        counter = next((program for program in palette.counters if program not in (lead, second)), None)
    fast = brief.tempo >= FAST_JANGDAN if brief.genre is Genre.KOREAN else lively
    figure, bass_figure, groove = (
        pair[index]
        for pair, index in ((palette.figures[light], lively), (palette.bass_figures, lively), (palette.grooves, fast))
    )
    return Band(palette, lead, second, counter, pad, accompaniment, figure, bass_figure, groove, lively)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every part-writer has before it."""

    brief: MusicBrief
    band: Band
    form: Form
    meter: Meter
    ground: Ground
    tonic: int

    def phrase_at(self, beat: float) -> Phrase:
        bar = beat / self.meter.beats + 1e-6
        return next((p for p in reversed(self.form.phrases) if p.start <= bar), self.form.phrases[0])

    def bass_pitch_class(self, chord: Chord) -> int:
        return (self.tonic + chord.offset(chord.bass)) % 12

    def pitch_classes(self, chord: Chord) -> tuple[int, ...]:
        return tuple((self.tonic + offset) % 12 for offset in chord.offsets())

    def velocity(self, beat: float, accent: float, base: int = 74) -> int:
        intensity = self.phrase_at(beat).intensity
        raw = base + 34 * (accent - 0.6) + 22 * (intensity - 0.6) + 22 * (self.brief.energy - 0.5)
        return min(max(round(raw), 18), 118)

    @property
    def last_bar(self) -> float:
        return float((self.form.bars - 1) * self.meter.beats)

    @property
    def end(self) -> float:
        return float(self.form.bars * self.meter.beats)
