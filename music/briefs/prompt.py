"""Writing a brief in English words, for providers that take only words.

Nothing of a reader's text comes in here: the arguments are moods, genres and names out of our own tables, and every
word written is in `vocabulary()`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from music.brief import KEYS, PROMPT_LIMIT, STYLE_TAGS_LIMIT, Genre, Mode, Mood, Role
from music.briefs.mapping import COMPANIONS, LEADS, SECOND, SOUNDS, is_bright
from music.briefs.request import named_values

_SCENES_WRITTEN = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """A mood in words: as an adjective, as a hint of itself, and how such music is played and made."""

    adjective: str
    hint: str
    dynamics: str
    texture: str


WORDINGS: dict[Mood, Wording] = {
    Mood.JOY: Wording("joyful", "joy", "lively and light", "simple rising lines"),
    Mood.LOVE: Wording("tender", "tenderness", "warm and legato", "close consonant harmony"),
    Mood.WONDER: Wording("full of wonder", "wonder", "soft swelling to loud", "open shimmering arpeggios"),
    Mood.CALM: Wording("calm", "calm", "soft and legato", "sparse with slowly changing harmony"),
    Mood.MELANCHOLY: Wording("wistful", "longing", "soft and free in time", "gently descending lines"),
    Mood.SADNESS: Wording("sorrowful", "sorrow", "very soft and legato", "sparse slowly descending lines"),
    Mood.TENSION: Wording("tense", "unease", "quiet with sudden accents", "dark drones and an insistent ostinato"),
    Mood.ANGER: Wording("fierce and defiant", "defiance", "loud and marcato", "driving rhythm and heavy low chords"),
}

GENRES: dict[Genre, str] = {
    Genre.SOLO_PIANO: "solo piano",
    Genre.CHAMBER: "chamber music",
    Genre.CINEMATIC: "cinematic score",
    Genre.AMBIENT: "ambient",
    Genre.LOFI: "lo-fi",
    Genre.FOLK: "acoustic folk",
    Genre.JAZZ_BALLAD: "jazz ballad",
    Genre.KOREAN: "korean traditional",
}

ROLES: dict[Role, str] = {
    Role.OPENING: "stating one memorable theme",
    Role.ENTRY: "a variation on one theme",
    Role.FINALE: "recalling earlier themes and coming home",
    Role.STANDALONE: "",
}

_TEMPO_WORDS = ((60, "very slow"), (78, "slow"), (98, "moderate"), (120, "lively"), (141, "fast"), (999, "very fast"))
_SCENE_WORDING = "{} atmosphere"
_TAIL = "Instrumental, no vocals"
_WORD = re.compile(r"[a-z#-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is to be said. `scenes` are values of the request table."""

    genre: Genre
    moods: tuple[tuple[Mood, float], ...]
    tempo: int
    key: str
    mode: Mode
    instruments: tuple[str, ...]
    role: Role
    drums: bool = True
    scenes: tuple[str, ...] = ()


def write_prompt(sheet: Sheet) -> str:
    """One line of descriptors, the weightiest first, cut at a comma where they are too many, and what must not be sung.

    Example: "Chamber music, sorrowful with a hint of longing, slow 62 BPM, minor key, cello, harp and oboe, very soft
    and legato, sparse slowly descending lines, a variation on one theme. Instrumental, no vocals."
    """
    first, second = WORDINGS[sheet.moods[0][0]], _second(sheet)
    instruments = sheet.instruments[:1] if sheet.genre == Genre.SOLO_PIANO else sheet.instruments
    parts = [
        GENRES[sheet.genre].capitalize(),
        f"{first.adjective} with a hint of {second.hint}" if second else first.adjective,
        f"{tempo_word(sheet.tempo)} {sheet.tempo} BPM",
        "major key" if is_bright(sheet.mode) else "minor key",
        _listed(instruments),
        *(_SCENE_WORDING.format(scene) if not scene.startswith("for ") else scene for scene in _scenes(sheet)),
        first.dynamics,
        first.texture,
        ROLES[sheet.role],
    ]
    tail = f". {_TAIL}." if sheet.drums else f". {_TAIL}, no drums."
    return _cut([part for part in parts if part], PROMPT_LIMIT - len(tail)) + tail


def write_style_tags(sheet: Sheet) -> str:
    """The same as comma-separated tags."""
    second = _second(sheet)
    parts = [
        GENRES[sheet.genre],
        WORDINGS[sheet.moods[0][0]].adjective,
        second.adjective if second else "",
        tempo_word(sheet.tempo),
        f"{sheet.tempo} bpm",
        f"{sheet.key} {sheet.mode}",
        "instrumental",
        "" if sheet.drums else "no drums",
        *(sheet.instruments[:1] if sheet.genre == Genre.SOLO_PIANO else sheet.instruments),
        *_scenes(sheet),
    ]
    return _cut(list(dict.fromkeys(part for part in parts if part)), STYLE_TAGS_LIMIT)


def tempo_word(tempo: int) -> str:
    return next(word for limit, word in _TEMPO_WORDS if tempo < limit)


@cache
def vocabulary() -> frozenset[str]:
    """Every word, in lower case, that a prompt or a style tag can hold, numbers aside."""
    phrases = [
        *(text for wording in WORDINGS.values() for text in _texts(wording)),
        *GENRES.values(),
        *ROLES.values(),
        *(word for _, word in _TEMPO_WORDS),
        *(name for names in (*LEADS.values(), *COMPANIONS.values()) for name in names),
        *(name for sound in SOUNDS.values() for name in sound.instruments),
        *(value for kind, value in named_values().values() if kind in ("instrument", "scene")),
        *KEYS,
        *Mode,
        _SCENE_WORDING.format(""),
        _TAIL,
        "with a hint of and major minor key bpm no drums",
    ]
    return frozenset(word for phrase in phrases for word in _WORD.findall(phrase.lower()))


def _texts(wording: Wording) -> tuple[str, ...]:
    return (wording.adjective, wording.hint, wording.dynamics, wording.texture)


def _second(sheet: Sheet) -> Wording | None:
    return next((WORDINGS[mood] for mood, weight in sheet.moods[1:2] if weight >= SECOND), None)


def _scenes(sheet: Sheet) -> tuple[str, ...]:
    return sheet.scenes[:_SCENES_WRITTEN]


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _cut(parts: list[str], limit: int) -> str:
    """As many parts, joined by commas, as fit; the first always does."""
    text = parts[0]
    for part in parts[1:]:
        if len(text) + 2 + len(part) > limit:
            break
        text = f"{text}, {part}"
    return text
