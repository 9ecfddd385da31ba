"""What music's own words are called in the reader's language: moods, genres, keys, instruments, variations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from music.brief import Genre, Mode, Mood

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = "가", "힣", 28

# Translated when they are asked for: these are tables of words still to be said.
_MOODS: dict[str, Any] = {
    Mood.JOY: pgettext_lazy("mood", "joy"),
    Mood.LOVE: pgettext_lazy("mood", "love"),
    Mood.WONDER: pgettext_lazy("mood", "wonder"),
    Mood.CALM: pgettext_lazy("mood", "calm"),
    Mood.MELANCHOLY: pgettext_lazy("mood", "melancholy"),
    Mood.SADNESS: pgettext_lazy("mood", "sadness"),
    Mood.TENSION: pgettext_lazy("mood", "tension"),
    Mood.ANGER: pgettext_lazy("mood", "anger"),
}

_IMAGES: dict[str, Any] = {
    Mood.JOY: _("A bright morning"),
    Mood.LOVE: _("A warm hand"),
    Mood.WONDER: _("A sky full of stars"),
    Mood.CALM: _("Still water"),
    Mood.MELANCHOLY: _("A rainy heart"),
    Mood.SADNESS: _("The light goes down"),
    Mood.TENSION: _("A held breath"),
    Mood.ANGER: _("A burning heart"),
}

_GENRES: dict[str, Any] = {
    Genre.SOLO_PIANO: _("solo piano"),
    Genre.CHAMBER: _("chamber music"),
    Genre.CINEMATIC: _("cinematic"),
    Genre.AMBIENT: _("ambient"),
    Genre.LOFI: _("lo-fi"),
    Genre.FOLK: _("folk"),
    Genre.JAZZ_BALLAD: _("jazz ballad"),
    Genre.KOREAN: _("Korean traditional"),
}

_INSTRUMENTS: dict[str, Any] = {
    "piano": _("piano"),
    "electric piano": _("electric piano"),
    "celesta": _("celesta"),
    "glockenspiel": _("glockenspiel"),
    "music box": _("music box"),
    "vibraphone": _("vibraphone"),
    "marimba": _("marimba"),
    "kalimba": _("kalimba"),
    "tubular bells": _("tubular bells"),
    "crystal bells": _("crystal bells"),
    "bowed glass": _("bowed glass"),
    "hammered dulcimer": _("hammered dulcimer"),
    "accordion": _("accordion"),
    "harmonica": _("harmonica"),
    "nylon guitar": _("nylon guitar"),
    "steel guitar": _("acoustic guitar"),
    "jazz guitar": _("jazz guitar"),
    "distorted guitar": _("distorted guitar"),
    "banjo": _("banjo"),
    "double bass": _("double bass"),
    "contrabass": _("double bass"),
    "electric bass": _("electric bass"),
    "fretless bass": _("fretless bass"),
    "synth bass": _("synth bass"),
    "violin": _("violin"),
    "viola": _("viola"),
    "cello": _("cello"),
    "pizzicato strings": _("plucked strings"),
    "tremolo strings": _("trembling strings"),
    "plucked silk strings": _("plucked silk strings"),
    "harp": _("harp"),
    "timpani": _("timpani"),
    "strings": _("strings"),
    "slow strings": _("strings"),
    "choir": _("choir"),
    "humming choir": _("humming choir"),
    "trumpet": _("trumpet"),
    "muted trumpet": _("muted trumpet"),
    "trombones": _("trombones"),
    "french horns": _("French horns"),
    "tenor saxophone": _("tenor saxophone"),
    "oboe": _("oboe"),
    "english horn": _("English horn"),
    "bassoon": _("bassoon"),
    "clarinet": _("clarinet"),
    "flute": _("flute"),
    "bamboo flute": _("bamboo flute"),
    "reed pipe": _("reed pipe"),
    "warm pad": _("warm synthesiser"),
    "zither": _("zither"),
    "drum kit": _("drums"),
    "brushes": _("brushes"),
    "orchestral percussion": _("orchestral percussion"),
    "janggu": _("janggu"),
}

_VARIATIONS: dict[str, Any] = {
    "inversion": _("turned upside down"),
    "augmentation": _("drawn out slowly"),
    "diminution": _("quickened"),
    "fragmentation": _("in fragments"),
    "sequence": _("moved step by step"),
    "ornament": _("ornamented"),
    "head": _("its beginning"),
    "cell": _("a mere hint"),
}

_COLOURS: dict[str, Any] = {
    Mode.DORIAN: _("a minor with some light"),
    Mode.PHRYGIAN: _("a dark minor"),
    Mode.LYDIAN: _("a floating major"),
    Mode.MIXOLYDIAN: _("a folk song’s major"),
    "pyeongjo": _("the clear Korean five tones"),
    "gyemyeonjo": _("the sorrowful Korean tones"),
}

_TONICS: dict[str, Any] = {
    "C": pgettext_lazy("tonic", "C"),
    "C#": pgettext_lazy("tonic", "C♯"),
    "D": pgettext_lazy("tonic", "D"),
    "Eb": pgettext_lazy("tonic", "E♭"),
    "E": pgettext_lazy("tonic", "E"),
    "F": pgettext_lazy("tonic", "F"),
    "F#": pgettext_lazy("tonic", "F♯"),
    "G": pgettext_lazy("tonic", "G"),
    "Ab": pgettext_lazy("tonic", "A♭"),
    "A": pgettext_lazy("tonic", "A"),
    "Bb": pgettext_lazy("tonic", "B♭"),
    "B": pgettext_lazy("tonic", "B"),
}

_KEYS: dict[str, Any] = {
    Mode.MAJOR: _("%(tonic)s major"),
    Mode.MINOR: _("%(tonic)s minor"),
    Mode.DORIAN: _("%(tonic)s Dorian"),
    Mode.PHRYGIAN: _("%(tonic)s Phrygian"),
    Mode.LYDIAN: _("%(tonic)s Lydian"),
    Mode.MIXOLYDIAN: _("%(tonic)s Mixolydian"),
    "pyeongjo": _("%(tonic)s pyeongjo"),
    "gyemyeonjo": _("%(tonic)s gyemyeonjo"),
}


def mood_text(mood: str) -> str:
    """A mood's name for readers; a word that is no mood stays as it is."""
    return str(_MOODS.get(mood, mood))


def mood_image(mood: str) -> str:
    """A picture for a mood, as a piece of it may be called."""
    return str(_IMAGES.get(mood, mood))


def genre_text(genre: str) -> str:
    """A genre's name for readers."""
    return str(_GENRES.get(genre, genre))


def key_text(tonic: str, mode: str) -> str:
    """A key's name for readers, such as “A minor” or “가단조”."""
    return str(_KEYS.get(mode, "%(tonic)s " + mode.replace("%", "%%"))) % {"tonic": _TONICS.get(tonic, tonic)}


def mode_colour(mode: str) -> str:
    """What a less common mode sounds like, in plain words; empty for major, minor and what has no words here."""
    return str(_COLOURS.get(mode, ""))


def instrument_text(name: str) -> str:
    """An instrument's name for readers; one that nobody has translated stays as it is."""
    return str(_INSTRUMENTS.get(name, name))


def variation_text(form: str) -> str:
    """How a tune appears, in plain words; empty where it is simply there."""
    return str(_VARIATIONS.get(form, ""))


def joined(words: Sequence[str]) -> str:
    """The words as a list in running text: “첼로와 피아노”, “cello, harp and flute”."""
    if len(words) < 2:
        return "".join(words)
    first, last = ", ".join(words[:-1]), words[-1]
    if get_language() == "ko":
        return f"{first}{'과' if ends_in_consonant(first) else '와'} {last}"
    return gettext("%(first)s and %(last)s") % {"first": first, "last": last}


def ends_in_consonant(word: str) -> bool:
    """Whether a Korean word has a final consonant, which decides the particle after it."""
    last = word.rstrip()[-1:]
    return _HANGUL_FIRST <= last <= _HANGUL_LAST and (ord(last) - ord(_HANGUL_FIRST)) % _FINALS != 0
