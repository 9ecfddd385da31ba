"""The band: who plays this piece, and what every part-writer has before it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from music.brief import Genre, MusicBrief
from music.studio.arranging.casts import Cast
from music.studio.arranging.character import CHARACTERS, Character
from music.studio.arranging.jangdan import choose_jangdan
from music.studio.arranging.palettes import PALETTES, Manner, Palette
from music.studio.composing.form import Form, Phrase
from music.studio.composing.harmony import Chord
from music.studio.composing.melody import Ground
from music.studio.instruments import (
    ACCORDION,
    ACOUSTIC_BASS,
    BANJO,
    BOWED_GLASS,
    CELESTA,
    CELLO,
    CHOIR,
    CONTRABASS,
    CRYSTAL,
    DULCIMER,
    FINGERED_BASS,
    FLUTE,
    FRETLESS_BASS,
    GLOCKENSPIEL,
    HARP,
    INSTRUMENTS,
    JAZZ_GUITAR,
    KALIMBA,
    KOTO,
    MARIMBA,
    MUSIC_BOX,
    NYLON_GUITAR,
    OOHS,
    PIANO,
    PIZZICATO,
    SHAKUHACHI,
    SHAMISEN,
    SHENAI,
    SLOW_STRINGS,
    STEEL_GUITAR,
    STRINGS,
    SYNTH_BASS,
    TIMPANI,
    TINE_PIANO,
    TREMOLO_STRINGS,
    TUBULAR_BELLS,
    VIBRAPHONE,
    VIOLIN,
    WARM_PAD,
    program_named,
)
from music.studio.score import Meter

PADS = frozenset({STRINGS, SLOW_STRINGS, TREMOLO_STRINGS, CHOIR, OOHS, WARM_PAD, BOWED_GLASS})
ACCOMPANISTS = frozenset({
    PIANO, TINE_PIANO, NYLON_GUITAR, STEEL_GUITAR, JAZZ_GUITAR, PIZZICATO, HARP, KOTO, SHAMISEN, MARIMBA, ACCORDION,
    BANJO, SYNTH_BASS,
})  # fmt: skip
BASSES = frozenset({ACOUSTIC_BASS, FINGERED_BASS, FRETLESS_BASS, CONTRABASS, SYNTH_BASS})
SPARKS = frozenset({CELESTA, GLOCKENSPIEL, MUSIC_BOX, TUBULAR_BELLS, DULCIMER, CRYSTAL, KALIMBA, VIBRAPHONE})
KOREAN = frozenset({SHAKUHACHI, VIOLIN, CELLO, KOTO, DULCIMER, FLUTE, SHAMISEN, SHENAI})
# What leads may be a section of strings or a choir; as a wish beside others these are a background.
LEADING_FORM = {SLOW_STRINGS: STRINGS, TREMOLO_STRINGS: STRINGS, WARM_PAD: None, BOWED_GLASS: BOWED_GLASS}
FIXED_ACCOMPANIMENT = frozenset({Genre.SOLO_PIANO, Genre.LOFI, Genre.JAZZ_BALLAD, Genre.KOREAN})
LIVELY_MOTION = 0.5
MOST_ROOM = 0.5


@dataclass(frozen=True, slots=True)
class Band:
    """Who plays what in this piece. The palette is the genre's with the mood's own room and meters."""

    palette: Palette
    cast: Cast
    manner: Manner
    groove: str
    lively: bool
    timpani: bool

    @property
    def lead(self) -> int:
        return self.cast.lead


def hire(brief: MusicBrief) -> Band:
    """The genre's cast for the mood, with the brief's own wishes where the genre leaves room for them."""
    palette = PALETTES[brief.genre]
    character = CHARACTERS[brief.mood]
    cast = palette.casts[brief.mood]
    wishes = [program for name in brief.instruments if (program := program_named(name)) is not None]
    if brief.genre is Genre.SOLO_PIANO:
        wishes = []
    elif brief.genre is Genre.KOREAN:
        wishes = [program for program in wishes if program in KOREAN]
    groove = palette.grooves.get(brief.mood, "")
    meters = palette.meters
    if brief.genre is Genre.KOREAN:
        groove, meter = choose_jangdan(brief.mood, brief.tempo)
        meters = (meter,)
    palette = replace(
        palette,
        meters=meters,
        room=round(palette.room * character.room, 2),
        wet=round(min(palette.wet * character.room, MOST_ROOM), 3),
    )
    lively = (character.motion + brief.energy) / 2 >= LIVELY_MOTION
    # Kettledrums belong to the orchestra's loud moods, and wherever they are asked for.
    timpani = TIMPANI in wishes or (brief.genre is Genre.CINEMATIC and character.percussion > 0.5)
    return Band(
        palette,
        _seated(cast, wishes, brief.genre),
        palette.manners[brief.mood],
        groove if brief.drums else "",
        lively,
        timpani and brief.drums and brief.genre is not Genre.SOLO_PIANO,
    )


def _seated(cast: Cast, wishes: Sequence[int], genre: Genre) -> Cast:
    """The cast with each wish in the first chair that suits it; the first wish leads if it can sing."""
    left = [program for program in dict.fromkeys(wishes) if program != TIMPANI]
    if left:
        lead = LEADING_FORM.get(left[0], left[0])
        if lead is not None and lead not in BASSES:
            cast = replace(cast, lead=lead)
            left = left[1:]
            if cast.second == lead:
                cast = replace(cast, second=_another(cast.counter, cast.double, lead) or cast.lead)
    taken: set[str] = set()

    def seat(task: str, program: int) -> bool:
        nonlocal cast
        if task in taken:
            return False
        taken.add(task)
        cast = replace(cast, **{task: program})
        return True

    for program in left:
        chairs: list[str] = []
        if program in PADS:
            chairs = ["pad"]
        elif program in BASSES and genre is not Genre.KOREAN:
            chairs = ["bass"]
        elif program in ACCOMPANISTS and genre not in FIXED_ACCOMPANIMENT:
            chairs = ["accompaniment", "texture"]
        elif program in SPARKS:
            chairs = ["second", "spark"]
        else:
            chairs = ["second", "counter"]
        for chair in chairs:
            if seat(chair, program):
                break
    if cast.counter == cast.lead:
        cast = replace(cast, counter=None)
    if cast.double == cast.lead and genre is not Genre.SOLO_PIANO:
        cast = replace(cast, double=None)
    return cast


def _another(*candidates: int | None) -> int | None:
    lead = candidates[-1]
    return next((program for program in candidates[:-1] if program not in (None, lead)), None)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every part-writer has before it."""

    brief: MusicBrief
    band: Band
    form: Form
    meter: Meter
    ground: Ground
    tonic: int

    @property
    def character(self) -> Character:
        return CHARACTERS[self.brief.mood]

    def phrase_at(self, beat: float) -> Phrase:
        bar = beat / self.meter.beats + 1e-6
        return self.form.phrases[max(0, bisect_right(self.form.phrases, bar, key=lambda phrase: phrase.start) - 1)]

    def bass_pitch_class(self, chord: Chord) -> int:
        return (self.tonic + chord.offset(chord.bass)) % 12

    def pitch_classes(self, chord: Chord) -> tuple[int, ...]:
        return tuple((self.tonic + offset) % 12 for offset in chord.offsets())

    def ladder(self, beat: float) -> frozenset[int]:
        """Pitch classes of the scale that holds at `beat`."""
        offsets = self.ground.pentatonic or self.ground.chord(beat).scale
        return frozenset((self.tonic + offset) % 12 for offset in offsets)

    def swung(self, beat: float) -> float:
        """Where a beat is played: its second half falls where the palette's swing puts it."""
        whole, part = divmod(beat, 1)
        if self.meter.division != 2 or abs(part - 0.5) > 0.05:
            return beat
        return whole + self.band.palette.swing + (part - 0.5)

    def centre_of(self, program: int) -> float:
        """Where this instrument sings in this mood. One that is low already is not sent lower by as much, nor a high
        one higher."""
        centre, shift = INSTRUMENTS[program].centre, self.character.register
        if shift < 0 and centre < 62:
            return centre + 0.4 * shift
        return centre + (0.6 * shift if shift > 0 and centre > 72 else shift)

    @property
    def last_bar(self) -> float:
        return float((self.form.bars - 1) * self.meter.beats)

    @property
    def end(self) -> float:
        return float(self.form.bars * self.meter.beats)


def tidy(beats: float) -> float:
    """Rounded, so that a score is the same on every machine."""
    return round(beats, 4)


def near(pitch_class: int, previous: int, low: int, high: int) -> int:
    """The pitch of this class between `low` and `high` (at least an octave) nearest to `previous`."""
    options = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class]
    return min(options, key=lambda pitch: (abs(pitch - previous) + 0.25 * abs(pitch - low - 7), pitch))
