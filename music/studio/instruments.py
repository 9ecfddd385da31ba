"""The instruments of the shipped font: range, loudness and manner, and what people call them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    name: str
    low: int
    high: int
    trim: float
    """Decibels that bring it to the loudness of the others (K-weighted, six notes at velocity 80)."""
    centre: int
    """Where it sings."""
    sustained: bool = False
    """Blown, bowed or sung: it can swell, and a held note stays."""


PIANO, TINE_PIANO, CELESTA, GLOCKENSPIEL, MUSIC_BOX, VIBRAPHONE = 0, 4, 8, 9, 10, 11
TUBULAR_BELLS, DULCIMER, ACCORDION, NYLON_GUITAR, STEEL_GUITAR, JAZZ_GUITAR = 14, 15, 21, 24, 25, 26
ACOUSTIC_BASS, FINGERED_BASS, VIOLIN, CELLO, CONTRABASS, PIZZICATO = 32, 33, 40, 42, 43, 45
HARP, TIMPANI, STRINGS, SLOW_STRINGS, CHOIR, HORNS = 46, 47, 48, 49, 52, 60
TENOR_SAX, OBOE, CLARINET, FLUTE, SHAKUHACHI, WARM_PAD, KOTO = 66, 68, 71, 73, 77, 89, 107
STANDARD_KIT, BRUSH_KIT, ORCHESTRA_KIT = 0, 40, 48

INSTRUMENTS: dict[int, Instrument] = {
    PIANO: Instrument("piano", 28, 98, 2.7, 74),
    TINE_PIANO: Instrument("electric piano", 36, 90, -3.1, 71),
    CELESTA: Instrument("celesta", 60, 100, 1.1, 80),
    GLOCKENSPIEL: Instrument("glockenspiel", 67, 103, 0.6, 84),
    MUSIC_BOX: Instrument("music box", 62, 98, -0.6, 82),
    VIBRAPHONE: Instrument("vibraphone", 53, 89, -1.3, 72),
    TUBULAR_BELLS: Instrument("tubular bells", 60, 79, -1.6, 69),
    DULCIMER: Instrument("hammered dulcimer", 55, 96, 5.2, 74),
    ACCORDION: Instrument("accordion", 53, 88, 0.8, 71, sustained=True),
    NYLON_GUITAR: Instrument("nylon guitar", 40, 83, 0.7, 65),
    STEEL_GUITAR: Instrument("steel guitar", 40, 83, 3.7, 65),
    JAZZ_GUITAR: Instrument("jazz guitar", 40, 83, -0.6, 66),
    ACOUSTIC_BASS: Instrument("double bass", 28, 55, -5.6, 38),
    FINGERED_BASS: Instrument("electric bass", 28, 55, -5.8, 38),
    VIOLIN: Instrument("violin", 55, 96, -2.2, 75, sustained=True),
    CELLO: Instrument("cello", 36, 74, -2.2, 57, sustained=True),
    CONTRABASS: Instrument("contrabass", 28, 55, 0.2, 38, sustained=True),
    PIZZICATO: Instrument("pizzicato strings", 36, 91, 3.6, 67),
    HARP: Instrument("harp", 35, 96, -0.5, 69),
    TIMPANI: Instrument("timpani", 38, 57, 2.3, 45),
    STRINGS: Instrument("strings", 36, 91, -0.1, 71, sustained=True),
    SLOW_STRINGS: Instrument("slow strings", 36, 91, 2.2, 69, sustained=True),
    CHOIR: Instrument("choir", 43, 79, 0.5, 65, sustained=True),
    HORNS: Instrument("french horns", 41, 77, -4.5, 60, sustained=True),
    TENOR_SAX: Instrument("tenor saxophone", 44, 75, -4.4, 60, sustained=True),
    OBOE: Instrument("oboe", 58, 88, -3.7, 73, sustained=True),
    CLARINET: Instrument("clarinet", 50, 86, -3.3, 69, sustained=True),
    FLUTE: Instrument("flute", 60, 94, -3.8, 77, sustained=True),
    SHAKUHACHI: Instrument("bamboo flute", 57, 86, -6.1, 72, sustained=True),
    WARM_PAD: Instrument("warm pad", 36, 91, 6.4, 64, sustained=True),
    KOTO: Instrument("zither", 43, 86, -0.4, 66),
}
KIT_TRIM = {STANDARD_KIT: 3.8, BRUSH_KIT: 3.8, ORCHESTRA_KIT: 1.9}
KIT_NAMES = {STANDARD_KIT: "drum kit", BRUSH_KIT: "brushes", ORCHESTRA_KIT: "orchestral percussion"}

# What a brief may call them; the first name found in the brief's words wins, so longer names come first.
_NAMES: tuple[tuple[str, int], ...] = (
    ("electric piano", TINE_PIANO),
    ("rhodes", TINE_PIANO),
    ("music box", MUSIC_BOX),
    ("felt piano", PIANO),
    ("piano", PIANO),
    ("celesta", CELESTA),
    ("glockenspiel", GLOCKENSPIEL),
    ("vibraphone", VIBRAPHONE),
    ("vibes", VIBRAPHONE),
    ("bells", TUBULAR_BELLS),
    ("yanggeum", DULCIMER),
    ("dulcimer", DULCIMER),
    ("accordion", ACCORDION),
    ("nylon", NYLON_GUITAR),
    ("classical guitar", NYLON_GUITAR),
    ("ukulele", NYLON_GUITAR),
    ("jazz guitar", JAZZ_GUITAR),
    ("electric guitar", JAZZ_GUITAR),
    ("guitar", STEEL_GUITAR),
    ("electric bass", FINGERED_BASS),
    ("contrabass", CONTRABASS),
    ("double bass", ACOUSTIC_BASS),
    ("upright bass", ACOUSTIC_BASS),
    ("haegeum", VIOLIN),
    ("violin", VIOLIN),
    ("fiddle", VIOLIN),
    ("ajaeng", CELLO),
    ("cello", CELLO),
    ("pizzicato", PIZZICATO),
    ("harp", HARP),
    ("string", SLOW_STRINGS),
    ("choir", CHOIR),
    ("voice", CHOIR),
    ("horn", HORNS),
    ("brass", HORNS),
    ("sax", TENOR_SAX),
    ("oboe", OBOE),
    ("clarinet", CLARINET),
    ("daegeum", SHAKUHACHI),
    ("danso", SHAKUHACHI),
    ("bamboo flute", SHAKUHACHI),
    ("flute", FLUTE),
    ("pad", WARM_PAD),
    ("synth", WARM_PAD),
    ("gayageum", KOTO),
    ("geomungo", KOTO),
    ("zither", KOTO),
)


def program_named(words: str) -> int | None:
    """The program that plain English words mean, or None if the font has nothing like it."""
    lowered = words.lower()
    return next((program for name, program in _NAMES if name in lowered), None)
