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


PIANO, TINE_PIANO, CELESTA, GLOCKENSPIEL, MUSIC_BOX, VIBRAPHONE, MARIMBA = 0, 4, 8, 9, 10, 11, 12
TUBULAR_BELLS, DULCIMER, ACCORDION, HARMONICA = 14, 15, 21, 22
NYLON_GUITAR, STEEL_GUITAR, JAZZ_GUITAR, DISTORTION_GUITAR = 24, 25, 26, 30
ACOUSTIC_BASS, FINGERED_BASS, FRETLESS_BASS, SYNTH_BASS = 32, 33, 35, 38
VIOLIN, VIOLA, CELLO, CONTRABASS, TREMOLO_STRINGS, PIZZICATO = 40, 41, 42, 43, 44, 45
HARP, TIMPANI, STRINGS, SLOW_STRINGS, CHOIR, OOHS = 46, 47, 48, 49, 52, 53
TRUMPET, TROMBONE, MUTED_TRUMPET, HORNS, TENOR_SAX = 56, 57, 59, 60, 66
OBOE, ENGLISH_HORN, BASSOON, CLARINET, FLUTE, SHAKUHACHI = 68, 69, 70, 71, 73, 77
WARM_PAD, BOWED_GLASS, CRYSTAL, BANJO, SHAMISEN, KOTO, KALIMBA, SHENAI = 89, 92, 98, 105, 106, 107, 108, 111
STANDARD_KIT, BRUSH_KIT, ORCHESTRA_KIT = 0, 40, 48

INSTRUMENTS: dict[int, Instrument] = {
    PIANO: Instrument("piano", 28, 98, 2.7, 74),
    TINE_PIANO: Instrument("electric piano", 36, 90, -3.1, 71),
    CELESTA: Instrument("celesta", 60, 100, 1.1, 80),
    GLOCKENSPIEL: Instrument("glockenspiel", 67, 103, 0.6, 84),
    MUSIC_BOX: Instrument("music box", 62, 98, -0.6, 82),
    VIBRAPHONE: Instrument("vibraphone", 53, 89, -1.3, 72),
    MARIMBA: Instrument("marimba", 45, 96, -1.0, 67),
    TUBULAR_BELLS: Instrument("tubular bells", 60, 79, -1.6, 69),
    DULCIMER: Instrument("hammered dulcimer", 55, 96, 5.2, 74),
    ACCORDION: Instrument("accordion", 53, 88, 0.8, 71, sustained=True),
    HARMONICA: Instrument("harmonica", 60, 89, 0.0, 72, sustained=True),
    NYLON_GUITAR: Instrument("nylon guitar", 40, 83, 0.7, 65),
    STEEL_GUITAR: Instrument("steel guitar", 40, 83, 3.7, 65),
    JAZZ_GUITAR: Instrument("jazz guitar", 40, 83, -0.6, 66),
    DISTORTION_GUITAR: Instrument("distorted guitar", 38, 79, -2.0, 52, sustained=True),
    ACOUSTIC_BASS: Instrument("double bass", 28, 55, -5.6, 38),
    FINGERED_BASS: Instrument("electric bass", 28, 55, -5.8, 38),
    FRETLESS_BASS: Instrument("fretless bass", 28, 58, -5.8, 38),
    SYNTH_BASS: Instrument("synth bass", 28, 72, -5.8, 40),
    VIOLIN: Instrument("violin", 55, 96, -2.2, 75, sustained=True),
    VIOLA: Instrument("viola", 48, 84, -1.8, 64, sustained=True),
    CELLO: Instrument("cello", 36, 74, -2.2, 57, sustained=True),
    CONTRABASS: Instrument("contrabass", 28, 55, 0.2, 38, sustained=True),
    TREMOLO_STRINGS: Instrument("tremolo strings", 36, 91, 2.5, 66, sustained=True),
    PIZZICATO: Instrument("pizzicato strings", 36, 91, 3.6, 67),
    HARP: Instrument("harp", 35, 96, -0.5, 69),
    TIMPANI: Instrument("timpani", 38, 57, 2.3, 45),
    STRINGS: Instrument("strings", 36, 91, -0.1, 71, sustained=True),
    SLOW_STRINGS: Instrument("slow strings", 36, 91, 2.2, 69, sustained=True),
    CHOIR: Instrument("choir", 43, 79, 0.5, 65, sustained=True),
    OOHS: Instrument("humming choir", 48, 84, 0.0, 66, sustained=True),
    TRUMPET: Instrument("trumpet", 54, 84, -3.8, 69, sustained=True),
    TROMBONE: Instrument("trombones", 40, 72, -8.0, 55, sustained=True),
    MUTED_TRUMPET: Instrument("muted trumpet", 54, 84, -3.0, 69, sustained=True),
    HORNS: Instrument("french horns", 41, 77, -4.5, 60, sustained=True),
    TENOR_SAX: Instrument("tenor saxophone", 44, 75, -4.4, 60, sustained=True),
    OBOE: Instrument("oboe", 58, 88, -3.7, 73, sustained=True),
    ENGLISH_HORN: Instrument("english horn", 52, 81, 1.5, 66, sustained=True),
    BASSOON: Instrument("bassoon", 34, 72, -3.0, 52, sustained=True),
    CLARINET: Instrument("clarinet", 50, 86, -3.3, 69, sustained=True),
    FLUTE: Instrument("flute", 60, 94, -3.8, 77, sustained=True),
    SHAKUHACHI: Instrument("bamboo flute", 57, 86, -6.1, 72, sustained=True),
    WARM_PAD: Instrument("warm pad", 36, 91, 6.4, 64, sustained=True),
    BOWED_GLASS: Instrument("bowed glass", 48, 96, -3.0, 72, sustained=True),
    CRYSTAL: Instrument("crystal bells", 60, 98, -3.0, 79),
    BANJO: Instrument("banjo", 48, 84, -2.5, 66),
    SHAMISEN: Instrument("plucked silk strings", 43, 84, 5.0, 60),
    KOTO: Instrument("zither", 43, 86, -1.6, 66),
    KALIMBA: Instrument("kalimba", 60, 96, -1.8, 76),
    SHENAI: Instrument("reed pipe", 57, 84, -6.0, 69, sustained=True),
}
KIT_TRIM = {STANDARD_KIT: 3.8, BRUSH_KIT: 3.8, ORCHESTRA_KIT: 1.9}
KIT_NAMES = {STANDARD_KIT: "drum kit", BRUSH_KIT: "brushes", ORCHESTRA_KIT: "orchestral percussion"}

# What a brief may call them; the first name found in the brief's words wins, so longer names come first.
_NAMES: tuple[tuple[str, int], ...] = (
    ("electric piano", TINE_PIANO),
    ("rhodes", TINE_PIANO),
    ("music box", MUSIC_BOX),
    ("piano", PIANO),
    ("keys", PIANO),
    ("celesta", CELESTA),
    ("glockenspiel", GLOCKENSPIEL),
    ("vibraphone", VIBRAPHONE),
    ("vibes", VIBRAPHONE),
    ("marimba", MARIMBA),
    ("xylophone", MARIMBA),
    ("kalimba", KALIMBA),
    ("crystal", CRYSTAL),
    ("bells", TUBULAR_BELLS),
    ("yanggeum", DULCIMER),
    ("dulcimer", DULCIMER),
    ("accordion", ACCORDION),
    ("harmonica", HARMONICA),
    ("banjo", BANJO),
    ("nylon", NYLON_GUITAR),
    ("classical guitar", NYLON_GUITAR),
    ("ukulele", NYLON_GUITAR),
    ("jazz guitar", JAZZ_GUITAR),
    ("distorted guitar", DISTORTION_GUITAR),
    ("distortion", DISTORTION_GUITAR),
    ("electric guitar", JAZZ_GUITAR),
    ("guitar", STEEL_GUITAR),
    ("fretless", FRETLESS_BASS),
    ("synth bass", SYNTH_BASS),
    ("pulsing synth", SYNTH_BASS),
    ("electric bass", FINGERED_BASS),
    ("bass guitar", FINGERED_BASS),
    ("contrabass", CONTRABASS),
    ("double bass", ACOUSTIC_BASS),
    ("upright bass", ACOUSTIC_BASS),
    ("haegeum", VIOLIN),
    ("violin", VIOLIN),
    ("fiddle", VIOLIN),
    ("viola", VIOLA),
    ("ajaeng", CELLO),
    ("cello", CELLO),
    ("pizzicato", PIZZICATO),
    ("tremolo", TREMOLO_STRINGS),
    ("harp", HARP),
    ("timpani", TIMPANI),
    ("string", SLOW_STRINGS),
    ("humming", OOHS),
    ("choir", CHOIR),
    ("voice", CHOIR),
    ("english horn", ENGLISH_HORN),
    ("muted trumpet", MUTED_TRUMPET),
    ("trumpet", TRUMPET),
    ("trombone", TROMBONE),
    ("horn", HORNS),
    ("brass", HORNS),
    ("sax", TENOR_SAX),
    ("bassoon", BASSOON),
    ("oboe", OBOE),
    ("clarinet", CLARINET),
    ("piri", SHENAI),
    ("taepyeongso", SHENAI),
    ("daegeum", SHAKUHACHI),
    ("danso", SHAKUHACHI),
    ("bamboo flute", SHAKUHACHI),
    ("flute", FLUTE),
    ("glass", BOWED_GLASS),
    ("pad", WARM_PAD),
    ("synth", WARM_PAD),
    ("gayageum", KOTO),
    ("geomungo", SHAMISEN),
    ("zither", KOTO),
)


def program_named(words: str) -> int | None:
    """The program that plain English words mean, or None if the font has nothing like it."""
    lowered = words.lower()
    return next((program for name, program in _NAMES if name in lowered), None)
