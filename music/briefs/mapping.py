"""Mood to music: the tables, and what they make of a reading. Directions from research, values our own (mood.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from music.brief import Genre, Mode, Mood
from music.briefs.mood import MoodReading
from music.briefs.seeds import choose, choose_weighted

STRONG, SURE = 0.55, 0.95
"""Weight of a mood, and confidence of its reading, from which it may leave the journey's genre. Words alone are never
read that surely: it takes the reader's own tag, or several texts that agree."""
SECOND = 0.2
"""Weight from which a second mood is heard: one more instrument, a few more words."""
MODE_THRESHOLD = 0.15
TEMPO_LIMITS = (50, 150)


@dataclass(frozen=True, slots=True)
class Sound:
    """What a mood asks of the music. Genres with weights; a genre that is not named does not suit the mood."""

    tempo: tuple[int, int]
    modes: tuple[Mode, ...]
    keys: tuple[str, ...]
    genres: tuple[tuple[Genre, float], ...]
    instruments: tuple[str, ...]


SOUNDS: dict[Mood, Sound] = {
    Mood.JOY: Sound(
        (112, 132),
        (Mode.MAJOR,),
        ("D", "G", "A"),
        ((Genre.FOLK, 3), (Genre.CINEMATIC, 1), (Genre.LOFI, 1), (Genre.CHAMBER, 1), (Genre.KOREAN, 1)),
        (
            "acoustic guitar",
            "ukulele",
            "flute",
            "glockenspiel",
            "french horns",
            "pizzicato strings",
            "daegeum",
            "janggu",
        ),
    ),
    Mood.LOVE: Sound(
        (76, 92),
        (Mode.MAJOR,),
        ("F", "Bb", "Eb"),
        ((Genre.CHAMBER, 2), (Genre.JAZZ_BALLAD, 2), (Genre.SOLO_PIANO, 2), (Genre.FOLK, 1), (Genre.LOFI, 1)),
        ("nylon guitar", "strings", "clarinet", "violin", "warm pad", "vibraphone"),
    ),
    Mood.WONDER: Sound(
        (84, 108),
        (Mode.LYDIAN, Mode.MAJOR),
        ("E", "D", "C"),
        ((Genre.CINEMATIC, 3), (Genre.AMBIENT, 3), (Genre.CHAMBER, 1), (Genre.SOLO_PIANO, 1), (Genre.KOREAN, 1)),
        ("harp", "celesta", "choir", "synth pad", "strings", "flute", "music box", "yanggeum", "daegeum"),
    ),
    Mood.CALM: Sound(
        (56, 68),
        (Mode.MAJOR, Mode.MIXOLYDIAN),
        ("C", "G", "F"),
        (
            (Genre.AMBIENT, 2),
            (Genre.SOLO_PIANO, 2),
            (Genre.LOFI, 2),
            (Genre.FOLK, 1),
            (Genre.CHAMBER, 1),
            (Genre.JAZZ_BALLAD, 1),
            (Genre.KOREAN, 1),
        ),
        ("warm pad", "felt piano", "nylon guitar", "harp", "gayageum", "electric piano", "clarinet"),
    ),
    Mood.MELANCHOLY: Sound(
        (68, 84),
        (Mode.MINOR, Mode.DORIAN),
        ("A", "D", "E"),
        (
            (Genre.LOFI, 2),
            (Genre.CHAMBER, 2),
            (Genre.JAZZ_BALLAD, 2),
            (Genre.SOLO_PIANO, 2),
            (Genre.FOLK, 1),
            (Genre.AMBIENT, 1),
            (Genre.KOREAN, 1),
        ),
        ("cello", "felt piano", "haegeum", "accordion", "jazz guitar", "oboe", "tenor saxophone"),
    ),
    Mood.SADNESS: Sound(
        (48, 60),
        (Mode.MINOR,),
        ("C", "G", "F"),
        (
            (Genre.SOLO_PIANO, 3),
            (Genre.CHAMBER, 3),
            (Genre.JAZZ_BALLAD, 1),
            (Genre.KOREAN, 1),
            (Genre.AMBIENT, 1),
            (Genre.CINEMATIC, 1),
        ),
        ("solo cello", "slow strings", "violin", "haegeum", "oboe", "felt piano"),
    ),
    Mood.TENSION: Sound(
        (98, 120),
        (Mode.MINOR, Mode.PHRYGIAN),
        ("E", "B", "C#"),
        ((Genre.CINEMATIC, 4), (Genre.AMBIENT, 1), (Genre.CHAMBER, 1)),
        ("low strings", "pulsing synth", "contrabass", "timpani", "pizzicato strings", "clarinet"),
    ),
    Mood.ANGER: Sound(
        (130, 150),
        (Mode.MINOR,),
        ("D", "E"),
        ((Genre.CINEMATIC, 4), (Genre.KOREAN, 1), (Genre.CHAMBER, 1)),
        ("french horns", "timpani", "low strings", "electric guitar", "janggu", "contrabass"),
    ),
}

LEADS: dict[Genre, tuple[str, ...]] = {
    Genre.SOLO_PIANO: ("felt piano", "grand piano"),
    Genre.CHAMBER: ("violin", "cello", "clarinet"),
    Genre.CINEMATIC: ("strings", "french horns", "piano"),
    Genre.AMBIENT: ("electric piano", "celesta", "vibraphone"),
    Genre.LOFI: ("electric piano", "jazz guitar", "vibraphone"),
    Genre.FOLK: ("acoustic guitar", "flute", "fiddle"),
    Genre.JAZZ_BALLAD: ("tenor saxophone", "jazz guitar", "piano"),
    Genre.KOREAN: ("gayageum", "haegeum", "daegeum"),
}
"""A journey's voice in each genre: one of these leads all its pieces."""

COMPANIONS: dict[Genre, tuple[str, ...]] = {
    Genre.SOLO_PIANO: ("grand piano", "felt piano"),
    Genre.CHAMBER: (
        "slow strings",
        "oboe",
        "harp",
        "flute",
        "felt piano",
        "pizzicato strings",
        "solo cello",
        "contrabass",
    ),
    Genre.CINEMATIC: (
        "low strings",
        "choir",
        "harp",
        "timpani",
        "contrabass",
        "pizzicato strings",
        "solo cello",
        "electric guitar",
        "pulsing synth",
        "flute",
        "janggu",
        "celesta",
        "slow strings",
        "french horns",
        "glockenspiel",
    ),
    Genre.AMBIENT: (
        "warm pad",
        "synth pad",
        "harp",
        "choir",
        "music box",
        "clarinet",
        "pulsing synth",
        "felt piano",
        "slow strings",
        "celesta",
        "contrabass",
        "cello",
    ),
    Genre.LOFI: (
        "warm pad",
        "electric bass",
        "felt piano",
        "flute",
        "nylon guitar",
        "jazz guitar",
        "glockenspiel",
        "ukulele",
    ),
    Genre.FOLK: (
        "nylon guitar",
        "accordion",
        "clarinet",
        "ukulele",
        "double bass",
        "glockenspiel",
        "violin",
        "cello",
        "harp",
    ),
    Genre.JAZZ_BALLAD: (
        "double bass",
        "vibraphone",
        "clarinet",
        "nylon guitar",
        "jazz guitar",
        "tenor saxophone",
        "felt piano",
    ),
    Genre.KOREAN: ("daegeum", "haegeum", "gayageum", "ajaeng", "janggu", "yanggeum"),
}


HOMES: dict[str, tuple[Genre, ...]] = {
    "organ": (Genre.CHAMBER, Genre.CINEMATIC),
    "choir": (Genre.CINEMATIC, Genre.AMBIENT),
    "harpsichord": (Genre.CHAMBER,),
    "viola": (Genre.CHAMBER,),
    "bassoon": (Genre.CHAMBER,),
    "oboe": (Genre.CHAMBER,),
    "harp": (Genre.CHAMBER, Genre.AMBIENT),
    "lute": (Genre.CHAMBER, Genre.FOLK),
    "recorder": (Genre.FOLK, Genre.CHAMBER),
    "pan flute": (Genre.FOLK, Genre.AMBIENT),
    "bamboo flute": (Genre.AMBIENT, Genre.FOLK),
    "harmonica": (Genre.FOLK,),
    "accordion": (Genre.FOLK,),
    "concertina": (Genre.FOLK,),
    "bagpipes": (Genre.FOLK,),
    "banjo": (Genre.FOLK,),
    "mandolin": (Genre.FOLK,),
    "ukulele": (Genre.FOLK,),
    "nylon guitar": (Genre.FOLK, Genre.LOFI),
    "hammered dulcimer": (Genre.FOLK,),
    "sitar": (Genre.AMBIENT, Genre.FOLK),
    "koto": (Genre.AMBIENT, Genre.FOLK),
    "erhu": (Genre.CHAMBER, Genre.AMBIENT),
    "kalimba": (Genre.LOFI, Genre.AMBIENT),
    "marimba": (Genre.LOFI, Genre.AMBIENT),
    "xylophone": (Genre.FOLK, Genre.CINEMATIC),
    "music box": (Genre.AMBIENT,),
    "glockenspiel": (Genre.AMBIENT, Genre.FOLK),
    "tubular bells": (Genre.CINEMATIC, Genre.AMBIENT),
    "synth pad": (Genre.AMBIENT,),
    "warm pad": (Genre.AMBIENT,),
    "trumpet": (Genre.JAZZ_BALLAD, Genre.CINEMATIC),
    "trombone": (Genre.JAZZ_BALLAD, Genre.CINEMATIC),
    "tuba": (Genre.CINEMATIC,),
    "brass": (Genre.CINEMATIC,),
    "timpani": (Genre.CINEMATIC,),
    "electric guitar": (Genre.CINEMATIC,),
    "electric bass": (Genre.LOFI,),
    "double bass": (Genre.JAZZ_BALLAD,),
    "pizzicato strings": (Genre.CHAMBER, Genre.CINEMATIC),
}
"""Where an instrument that leads no genre belongs when a prompt asks for it."""


def is_at_home(name: str, genre: Genre) -> bool:
    """Whether an instrument that was asked for belongs in a genre."""
    return genre in HOMES[name] if name in HOMES else doubles(name, LEADS[genre])


def journey_genre(theme_seed: int, book: MoodReading) -> Genre:
    """The genre that an album has in common: drawn by the theme's seed from the genres that suit the book's mood."""
    odds: defaultdict[Genre, float] = defaultdict(float)
    for mood, weight in book.weights:
        for genre, liking in SOUNDS[mood].genres:
            odds[genre] += weight * liking
    return choose_weighted([(genre, odds[genre]) for genre in Genre], theme_seed, "genre")


def entry_genre(home: Genre, reading: MoodReading, theme_seed: int) -> Genre:
    """The genre of one piece: the journey's own, unless a strong mood cannot be played in it.

    Where it goes instead is drawn by the theme's seed, so that all such departures of an album go to one place.
    """
    mood, weight = reading.weights[0]
    suited = SOUNDS[mood].genres
    if weight < STRONG or reading.confidence < SURE or any(genre == home for genre, _ in suited):
        return home
    return choose_weighted(suited, theme_seed, f"genre of {mood}")


def tempo_of(reading: MoodReading) -> int:
    """Beats a minute, even: the moods' own middle, pulled by the arousal."""
    middle = sum(weight * sum(SOUNDS[mood].tempo) / 2 for mood, weight in reading.weights)
    tempo = 0.7 * middle + 0.3 * (92 + 44 * reading.arousal)
    return max(TEMPO_LIMITS[0], min(TEMPO_LIMITS[1], round(tempo / 2) * 2))


def mode_of(reading: MoodReading, seed: int) -> Mode:
    """Major above the threshold of valence, minor below, between them a mode that is neither."""
    if abs(reading.valence) <= MODE_THRESHOLD:
        return Mode.MIXOLYDIAN if reading.valence > 0 else Mode.DORIAN
    bright = reading.valence > 0
    suited = [mode for mode in SOUNDS[reading.weights[0][0]].modes if is_bright(mode) == bright]
    return choose(suited, seed, "mode") if suited else (Mode.MAJOR if bright else Mode.MINOR)


def is_bright(mode: Mode) -> bool:
    return mode in (Mode.MAJOR, Mode.LYDIAN, Mode.MIXOLYDIAN)


def key_of(reading: MoodReading, seed: int) -> str:
    return choose(SOUNDS[reading.weights[0][0]].keys, seed, "key")


def instruments_of(reading: MoodReading, genre: Genre, *, seed: int, voice_seed: int) -> tuple[str, ...]:
    """Two to four: the journey's voice, one or two of the mood's, one of a second mood that is strong enough.

    Solo piano is two names for the one instrument: a second would contradict the genre.
    """
    lead = choose(LEADS[genre], voice_seed, f"voice of {genre}")
    chosen = [lead]
    if genre == Genre.SOLO_PIANO:
        return (lead, next(name for name in COMPANIONS[genre] if name != lead))
    able = (*COMPANIONS[genre], *LEADS[genre])
    wanted = [(reading.weights[0][0], 2), *((mood, 1) for mood, weight in reading.weights[1:2] if weight >= SECOND)]
    for mood, count in wanted:
        suited = [name for name in SOUNDS[mood].instruments if name in able]
        for turn in range(count):
            fresh = [name for name in suited if not doubles(name, chosen)]
            if fresh:
                chosen.append(choose(fresh, seed, f"{mood} {turn}"))
    for name in able:
        if len(chosen) >= 2:
            break
        if not doubles(name, chosen):
            chosen.append(name)
    return tuple(chosen)


def doubles(name: str, chosen: Sequence[str]) -> bool:
    """Whether it is one of the chosen under another name: a felt piano beside a grand piano."""
    return any(_kin(name) == _kin(other) for other in chosen)


def _kin(name: str) -> str:
    last = name.split()[-1]
    return {"fiddle": "violin", "contrabass": "bass", "horns": "brass", "saxophone": "sax", "synth": "pad"}.get(
        last, last
    )
