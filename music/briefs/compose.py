"""The briefs themselves: a mood read from words, turned into music by the tables, and the parts put together."""

from __future__ import annotations

from dataclasses import replace

from music.brief import DURATION_RANGE, Chapter, Genre, Mode, Mood, MusicBrief, Reason, Role
from music.briefs.language import language_of, normalise
from music.briefs.mapping import (
    LEADS,
    SOUNDS,
    doubles,
    entry_genre,
    instruments_of,
    is_at_home,
    is_bright,
    journey_genre,
    key_of,
    mode_of,
    tempo_of,
)
from music.briefs.mood import MoodReading, read_mood, reading_from
from music.briefs.prompt import Sheet, write_prompt, write_style_tags
from music.briefs.request import Request, parse_request
from music.briefs.seeds import choose, choose_weighted
from music.briefs.words import Words, read_book, read_choice, read_words

PACES: dict[str, tuple[int, int]] = {
    "very slow": (44, 56),
    "slow": (54, 68),
    "moderate": (84, 104),
    "lively": (106, 120),
    "fast": (122, 146),
    "very fast": (146, 172),
}
FAST = 108
"""Beats a minute from which a piece is no longer slow or moderate."""
MOST_INSTRUMENTS = 4
MOST_REASONS = 10

_KOREAN_INSTRUMENTS = frozenset(
    ("gayageum", "geomungo", "haegeum", "daegeum", "danso", "piri", "ajaeng", "janggu", "yanggeum")
)


def brief_for_log(
    words: Words,
    *,
    role: Role,
    seed: int,
    theme_seed: int,
    chapters: tuple[Chapter, ...] = (),
    duration: int = 120,
    genre: Genre | None = None,
    mood: Mood | None = None,
) -> MusicBrief:
    """The brief of one log of a journey.

    An album has a family resemblance. Its genre is drawn by `theme_seed` from those that suit the book's mood, so all
    of a journey's pieces share it; a log leaves it only when one mood is strong in it and beyond doubt (weight at
    least 0.55, confidence 0.95, as a tag makes it) and that mood cannot be played in the genre, and all such
    departures of one mood go to the same place. The leading instrument of a genre is drawn by `theme_seed` as well.
    Key, mode and the other instruments vary with `seed`.

    What the reader chose is obeyed: `genre` is the journey's own and no mood leaves it; `mood` takes the place of what
    the words would be read as.

    OPENING knows only the book; FINALE blends the chapters' moods with the last words and keeps the journey's genre.
    `duration` is in seconds and brought into the contract's range. Never raises for any text.
    """
    book = read_book(words)
    reading = read_words(words, role=role, chapters=chapters, book=book)
    if mood:
        reading = read_choice(mood, role=role, chapters=chapters, language=reading.language)
    home = genre or journey_genre(theme_seed, book)
    stays = genre is not None or role in (Role.OPENING, Role.FINALE)
    played = home if stays else entry_genre(home, reading, theme_seed)
    return _brief(
        reading,
        Sheet(
            genre=played,
            moods=reading.weights,
            tempo=tempo_of(reading),
            key=key_of(reading, seed),
            mode=mode_of(reading, seed),
            instruments=instruments_of(reading, played, seed=seed, voice_seed=theme_seed),
            role=role,
        ),
        seed=seed,
        theme_seed=theme_seed,
        duration=duration,
        chapters=chapters if role == Role.FINALE else (),
    )


def brief_for_prompt(
    prompt: str, *, seed: int, duration: int = 120, genre: Genre | None = None, mood: Mood | None = None
) -> MusicBrief:
    """The brief of a standalone piece, from a reader's free words in Korean or English.

    What the words name is obeyed: genre, instruments, beats a minute or a pace, key and mode, no drums, a length
    (before `duration`, in seconds). The rest is read for its mood. Names are passed on as our own table has them and
    nothing else of the prompt is, so words we do not know change nothing. `genre` and `mood` are choices made apart
    from the prompt, as for a log, and stand above it. Never raises for any text.
    """
    request = parse_request(prompt)
    if mood:
        reading = read_choice(mood, role=Role.STANDALONE, language=language_of(normalise(prompt)))
    else:
        reading = _fitting(read_mood(request.rest), request)
    genre = genre or _genre(request, reading, seed)
    tempo = _tempo(request, reading)
    mode = request.mode or mode_of(reading, seed)
    reading = _with_request(reading, request, tempo, mode)
    return _brief(
        reading,
        Sheet(
            genre=genre,
            moods=reading.weights,
            tempo=tempo,
            key=request.key or key_of(reading, seed),
            mode=mode,
            instruments=_instruments(request, reading, genre, seed),
            role=Role.STANDALONE,
            drums=request.drums,
            scenes=tuple(request.scenes),
        ),
        seed=seed,
        theme_seed=seed,
        duration=request.duration or duration,
    )


def _brief(
    reading: MoodReading,
    sheet: Sheet,
    *,
    seed: int,
    theme_seed: int,
    duration: int,
    chapters: tuple[Chapter, ...] = (),
) -> MusicBrief:
    return MusicBrief(
        moods=reading.weights,
        valence=reading.valence,
        energy=round((reading.arousal + 1) / 2, 3),
        genre=sheet.genre,
        tempo=sheet.tempo,
        key=sheet.key,
        mode=sheet.mode,
        instruments=sheet.instruments,
        duration=max(DURATION_RANGE[0], min(DURATION_RANGE[1], duration)),
        seed=seed,
        theme_seed=theme_seed,
        role=sheet.role,
        prompt=write_prompt(sheet),
        style_tags=write_style_tags(sheet),
        confidence=reading.confidence,
        why=reading.reasons[:MOST_REASONS],
        chapters=chapters,
        drums=sheet.drums,
    )


def _genre(request: Request, reading: MoodReading, seed: int) -> Genre:
    """The genre named, or the one the named instruments belong to, or one of the mood's."""
    if request.genre and request.genre not in request.genres_refused:
        return request.genre
    named = request.instruments
    if any(name in _KOREAN_INSTRUMENTS for name in named):
        return Genre.KOREAN
    pianos = [name for name in named if name in ("piano", "felt piano", "grand piano")]
    if pianos and len(pianos) == len(named):
        return Genre.SOLO_PIANO
    refused = set(request.genres_refused)
    refused |= {genre for genre, leads in LEADS.items() if all(_is_refused(name, request) for name in leads)}
    suited = [pair for pair in SOUNDS[reading.weights[0][0]].genres if pair[0] not in refused]
    rest = [(genre, 1.0) for genre in Genre if genre not in refused]
    at_home = [pair for pair in rest if any(is_at_home(name, pair[0]) for name in named[:1])]
    both = [pair for pair in suited if pair[0] in dict(at_home)]
    # A piano that is asked to be with others cannot be alone.
    options = [pair for pair in both or at_home or suited or rest if not named or pair[0] != Genre.SOLO_PIANO]
    return choose_weighted(options or [(Genre.CHAMBER, 1.0)], seed, "genre")


def _fitting(reading: MoodReading, request: Request) -> MoodReading:
    """A guess that fits what was named: nobody who asks for something fast and no more means calm."""
    pace = request.tempo or sum(PACES[request.pace]) // 2 if request.tempo or request.pace else 0
    dark = request.mode is not None and not is_bright(request.mode)
    if not reading.is_guess or (pace < FAST and not dark):
        return reading
    if pace >= FAST:
        mood, second = (Mood.TENSION, Mood.ANGER) if dark else (Mood.JOY, Mood.WONDER)
    else:
        mood, second = Mood.MELANCHOLY, Mood.CALM
    reasons = (Reason("guess", str(mood), 1.0),)
    return reading_from(((mood, 0.7), (second, 0.3)), reading.confidence, reasons, reading.language)


def _tempo(request: Request, reading: MoodReading) -> int:
    if request.tempo:
        return request.tempo
    tempo = tempo_of(reading)
    if request.pace:
        slowest, fastest = PACES[request.pace]
        tempo = max(slowest, min(fastest, tempo))
    return tempo


def _with_request(reading: MoodReading, request: Request, tempo: int, mode: Mode) -> MoodReading:
    """The reading with what was named: tempo moves arousal, mode moves valence; named things are no guess."""
    valence, arousal = reading.valence, reading.arousal
    if request.tempo or request.pace:
        by_tempo = max(-1.0, min(1.0, (tempo - 92) / 44))
        arousal = by_tempo if reading.is_guess else (arousal + by_tempo) / 2
    if request.mode and is_bright(mode) != (valence > 0):
        valence = (0.3 if is_bright(mode) else -0.3) if reading.is_guess else valence / 2
    named = {reason.detail for reason in request.reasons}
    reasons = (*request.reasons, *(reason for reason in reading.reasons if reason.detail not in named))
    return replace(reading, valence=round(valence, 3), arousal=round(arousal, 3), reasons=reasons)


def _instruments(request: Request, reading: MoodReading, genre: Genre, seed: int) -> tuple[str, ...]:
    """Those named come first, or alone if they were asked to be; the mood's fill up to three."""
    named = [name for name in request.instruments if not _is_refused(name, request)][:MOST_INSTRUMENTS]
    if named and request.alone:
        return tuple(named)
    if request.alone and genre != Genre.SOLO_PIANO:
        free = [name for name in LEADS[genre] if not _is_refused(name, request)]
        return (choose(free or LEADS[genre], seed, "alone"),)
    chosen = list(named)
    for name in instruments_of(reading, genre, seed=seed, voice_seed=seed):
        enough = len(chosen) >= max(2, min(3, len(named) + 1)) if named else len(chosen) >= MOST_INSTRUMENTS
        if not enough and not _is_refused(name, request) and (genre == Genre.SOLO_PIANO or not doubles(name, chosen)):
            chosen.append(name)
    return tuple(dict.fromkeys(chosen)) or ("warm pad",)


def _is_refused(name: str, request: Request) -> bool:
    return bool(request.instruments_refused) and (
        name in request.instruments_refused or doubles(name, sorted(request.instruments_refused))
    )
