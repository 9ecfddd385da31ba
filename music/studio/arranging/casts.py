"""Casts: who plays in each genre and mood. Data.

The order within a mood's row: the two instruments that sing, then those that accompany. What a brief wishes for goes
before these (`band.hire`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from music.brief import Genre, Mood
from music.studio.instruments import (
    ACCORDION,
    ACOUSTIC_BASS,
    BANJO,
    BASSOON,
    BOWED_GLASS,
    CELESTA,
    CELLO,
    CHOIR,
    CLARINET,
    CONTRABASS,
    CRYSTAL,
    DISTORTION_GUITAR,
    DULCIMER,
    ENGLISH_HORN,
    FINGERED_BASS,
    FLUTE,
    FRETLESS_BASS,
    GLOCKENSPIEL,
    HARMONICA,
    HARP,
    HORNS,
    JAZZ_GUITAR,
    KALIMBA,
    KOTO,
    MARIMBA,
    MUSIC_BOX,
    MUTED_TRUMPET,
    NYLON_GUITAR,
    OBOE,
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
    TENOR_SAX,
    TINE_PIANO,
    TREMOLO_STRINGS,
    TROMBONE,
    TRUMPET,
    TUBULAR_BELLS,
    VIBRAPHONE,
    VIOLA,
    VIOLIN,
    WARM_PAD,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """General MIDI programs by task; None is silence."""

    lead: int
    second: int
    """Sings where the theme does not."""
    accompaniment: int
    bass: int
    pad: int | None = None
    counter: int | None = None
    double: int | None = None
    """Joins the lead where the piece is fullest."""
    texture: int | None = None
    """A second accompaniment, from the middle of the piece on."""
    spark: int | None = None
    """Touches the melody's long notes with something bright."""


CASTS: dict[Genre, Mapping[Mood, Cast]] = {
    Genre.SOLO_PIANO: dict.fromkeys(Mood, Cast(PIANO, PIANO, PIANO, PIANO, double=PIANO)),
    Genre.CHAMBER: {
        Mood.JOY: Cast(
            FLUTE, OBOE, PIZZICATO, BASSOON, counter=CLARINET, double=VIOLIN, texture=HARP, spark=GLOCKENSPIEL
        ),
        Mood.LOVE: Cast(VIOLIN, CLARINET, HARP, CELLO, pad=SLOW_STRINGS, counter=VIOLA, double=FLUTE),
        Mood.WONDER: Cast(
            FLUTE, VIOLIN, HARP, CONTRABASS, STRINGS, counter=HORNS, double=OBOE, texture=CELESTA, spark=GLOCKENSPIEL
        ),
        Mood.CALM: Cast(CLARINET, VIOLA, HARP, CELLO, pad=SLOW_STRINGS),
        Mood.MELANCHOLY: Cast(OBOE, CELLO, PIANO, CELLO, pad=SLOW_STRINGS, counter=VIOLA, double=CLARINET),
        Mood.SADNESS: Cast(CELLO, CLARINET, PIANO, CONTRABASS, pad=SLOW_STRINGS, double=VIOLA),
        Mood.TENSION: Cast(VIOLA, CLARINET, PIZZICATO, CONTRABASS, counter=BASSOON, texture=TREMOLO_STRINGS),
        Mood.ANGER: Cast(CELLO, VIOLIN, PIANO, CONTRABASS, counter=BASSOON, double=HORNS, texture=STRINGS),
    },
    Genre.CINEMATIC: {
        Mood.JOY: Cast(
            TRUMPET, FLUTE, PIZZICATO, CONTRABASS, STRINGS, counter=CLARINET, double=FLUTE, texture=PIZZICATO,
            spark=GLOCKENSPIEL,
        ),
        Mood.LOVE: Cast(STRINGS, OBOE, HARP, CONTRABASS, pad=SLOW_STRINGS, counter=HORNS, double=FLUTE),
        Mood.WONDER: Cast(
            FLUTE, HORNS, HARP, CONTRABASS, CHOIR, counter=STRINGS, double=STRINGS, texture=CELESTA,
            spark=TUBULAR_BELLS,
        ),
        Mood.CALM: Cast(CLARINET, HORNS, HARP, CONTRABASS, pad=SLOW_STRINGS, spark=CELESTA),
        Mood.MELANCHOLY: Cast(
            ENGLISH_HORN, HORNS, PIANO, CONTRABASS, pad=SLOW_STRINGS, counter=CELLO, double=STRINGS, texture=HARP
        ),
        Mood.SADNESS: Cast(CELLO, HORNS, PIANO, CONTRABASS, pad=SLOW_STRINGS, double=STRINGS),
        Mood.TENSION: Cast(
            VIOLA, MUTED_TRUMPET, SYNTH_BASS, CONTRABASS, pad=TREMOLO_STRINGS, counter=BASSOON, texture=TREMOLO_STRINGS
        ),
        Mood.ANGER: Cast(
            HORNS, TROMBONE, STRINGS, CONTRABASS, CHOIR, counter=TROMBONE, double=TRUMPET, texture=DISTORTION_GUITAR,
            spark=TUBULAR_BELLS,
        ),
    },
    Genre.AMBIENT: {
        Mood.JOY: Cast(
            VIBRAPHONE, CELESTA, MARIMBA, FRETLESS_BASS, WARM_PAD, texture=CRYSTAL, double=KALIMBA, spark=GLOCKENSPIEL
        ),
        Mood.LOVE: Cast(TINE_PIANO, FLUTE, HARP, FRETLESS_BASS, pad=OOHS, counter=CELLO),
        Mood.WONDER: Cast(
            CELESTA, VIBRAPHONE, HARP, CONTRABASS, CHOIR, texture=CRYSTAL, double=CRYSTAL, spark=MUSIC_BOX
        ),
        Mood.CALM: Cast(VIBRAPHONE, CLARINET, TINE_PIANO, CONTRABASS, pad=WARM_PAD),
        Mood.MELANCHOLY: Cast(PIANO, CLARINET, TINE_PIANO, CONTRABASS, pad=WARM_PAD, counter=OOHS, texture=VIBRAPHONE),
        Mood.SADNESS: Cast(CLARINET, CELLO, PIANO, FRETLESS_BASS, pad=OOHS),
        Mood.TENSION: Cast(
            CLARINET, BOWED_GLASS, SYNTH_BASS, CONTRABASS, pad=BOWED_GLASS, texture=TREMOLO_STRINGS
        ),
        Mood.ANGER: Cast(CELLO, HORNS, SYNTH_BASS, CONTRABASS, pad=CHOIR, texture=DISTORTION_GUITAR, double=TROMBONE),
    },
    Genre.LOFI: {
        Mood.JOY: Cast(
            KALIMBA, VIBRAPHONE, TINE_PIANO, FINGERED_BASS, counter=FLUTE, double=GLOCKENSPIEL, texture=NYLON_GUITAR
        ),
        Mood.LOVE: Cast(JAZZ_GUITAR, VIBRAPHONE, TINE_PIANO, FINGERED_BASS, pad=WARM_PAD, counter=OOHS),
        Mood.WONDER: Cast(
            VIBRAPHONE, MUSIC_BOX, TINE_PIANO, FINGERED_BASS, pad=WARM_PAD, texture=CRYSTAL, double=FLUTE
        ),
        Mood.CALM: Cast(NYLON_GUITAR, VIBRAPHONE, TINE_PIANO, FINGERED_BASS, pad=WARM_PAD),
        Mood.MELANCHOLY: Cast(PIANO, MUTED_TRUMPET, TINE_PIANO, FINGERED_BASS, pad=WARM_PAD, counter=CELLO),
        Mood.SADNESS: Cast(CELLO, PIANO, TINE_PIANO, FRETLESS_BASS, pad=SLOW_STRINGS),
        Mood.TENSION: Cast(MUTED_TRUMPET, MARIMBA, MARIMBA, SYNTH_BASS, pad=BOWED_GLASS, texture=TREMOLO_STRINGS),
        Mood.ANGER: Cast(JAZZ_GUITAR, TROMBONE, PIANO, SYNTH_BASS, texture=DISTORTION_GUITAR, double=TROMBONE),
    },
    Genre.FOLK: {
        Mood.JOY: Cast(
            FLUTE, VIOLIN, STEEL_GUITAR, ACOUSTIC_BASS, counter=ACCORDION, double=VIOLIN, texture=BANJO, spark=DULCIMER
        ),
        Mood.LOVE: Cast(VIOLIN, CLARINET, NYLON_GUITAR, ACOUSTIC_BASS, counter=CLARINET, texture=HARP),
        Mood.WONDER: Cast(
            FLUTE, DULCIMER, NYLON_GUITAR, ACOUSTIC_BASS, pad=OOHS, counter=VIOLA, texture=KALIMBA, spark=GLOCKENSPIEL
        ),
        Mood.CALM: Cast(CLARINET, NYLON_GUITAR, NYLON_GUITAR, ACOUSTIC_BASS, texture=HARP),
        Mood.MELANCHOLY: Cast(HARMONICA, VIOLIN, STEEL_GUITAR, ACOUSTIC_BASS, counter=CELLO, texture=DULCIMER),
        Mood.SADNESS: Cast(CELLO, VIOLIN, NYLON_GUITAR, ACOUSTIC_BASS, pad=SLOW_STRINGS, counter=VIOLA),
        Mood.TENSION: Cast(CLARINET, VIOLA, STEEL_GUITAR, ACOUSTIC_BASS, pad=TREMOLO_STRINGS, texture=BANJO),
        Mood.ANGER: Cast(ACCORDION, VIOLIN, STEEL_GUITAR, ACOUSTIC_BASS, counter=CELLO, double=VIOLIN, texture=BANJO),
    },
    Genre.JAZZ_BALLAD: {
        Mood.JOY: Cast(VIBRAPHONE, TENOR_SAX, PIANO, ACOUSTIC_BASS, counter=CLARINET, double=CLARINET),
        Mood.LOVE: Cast(TENOR_SAX, JAZZ_GUITAR, PIANO, ACOUSTIC_BASS, pad=SLOW_STRINGS, counter=CLARINET),
        Mood.WONDER: Cast(
            FLUTE, VIBRAPHONE, PIANO, ACOUSTIC_BASS, pad=STRINGS, counter=CLARINET, texture=HARP, spark=CELESTA
        ),
        Mood.CALM: Cast(JAZZ_GUITAR, VIBRAPHONE, TINE_PIANO, ACOUSTIC_BASS),
        Mood.MELANCHOLY: Cast(MUTED_TRUMPET, PIANO, PIANO, ACOUSTIC_BASS, counter=TENOR_SAX, pad=SLOW_STRINGS),
        Mood.SADNESS: Cast(TENOR_SAX, PIANO, PIANO, FRETLESS_BASS, pad=SLOW_STRINGS),
        Mood.TENSION: Cast(MUTED_TRUMPET, VIBRAPHONE, PIANO, ACOUSTIC_BASS, counter=BASSOON, texture=MARIMBA),
        Mood.ANGER: Cast(TROMBONE, TRUMPET, PIANO, ACOUSTIC_BASS, counter=TENOR_SAX, double=TRUMPET),
    },
    Genre.KOREAN: {
        Mood.JOY: Cast(SHAKUHACHI, SHENAI, KOTO, CELLO, counter=VIOLIN, double=VIOLIN, spark=DULCIMER),
        Mood.LOVE: Cast(KOTO, SHAKUHACHI, KOTO, CELLO, counter=VIOLIN, spark=DULCIMER),
        Mood.WONDER: Cast(SHAKUHACHI, DULCIMER, KOTO, CELLO, counter=VIOLIN, texture=DULCIMER, double=DULCIMER),
        Mood.CALM: Cast(KOTO, SHAKUHACHI, KOTO, CELLO, counter=SHAKUHACHI),
        Mood.MELANCHOLY: Cast(VIOLIN, SHAKUHACHI, KOTO, CELLO, counter=SHAKUHACHI),
        Mood.SADNESS: Cast(CELLO, VIOLIN, KOTO, CONTRABASS, counter=VIOLIN),
        Mood.TENSION: Cast(SHENAI, VIOLIN, SHAMISEN, CELLO, counter=SHAMISEN, texture=TREMOLO_STRINGS),
        Mood.ANGER: Cast(SHENAI, CELLO, SHAMISEN, CELLO, counter=VIOLIN, double=VIOLIN, spark=DULCIMER),
    },
}  # fmt: skip
