"""The grid: which pieces are made, with briefs such as the product writes.

Every piece belongs to one of twenty journeys. A journey's book has a mood of its own, which colours the moods of its
logs a little, as in the product; the log's emotion tag says which of the eight moods the piece is meant to have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from music.brief import Chapter, Genre, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log, seed_from
from music.briefs.mapping import SOUNDS, instruments_of
from music.briefs.words import read_words

JOURNEYS = 20
DURATIONS = (30, 60, 120, 180)
MOODS = tuple(Mood)
GENRES = tuple(Genre)
ROUND = len(MOODS) * len(GENRES) * len(DURATIONS)
"""Pieces that hold every mood, genre and duration together exactly once."""
CHAPTERS = (3, 5, 8, 12)
"""How many logs came before a finale, in turn."""


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of the grid."""

    number: int
    journey: int
    mood: Mood
    genre: Genre
    duration: int
    """Seconds asked for."""
    role: Role

    @property
    def name(self) -> str:
        """Fit for a file: number, mood, genre and seconds."""
        return f"{self.number:03}-{self.mood}-{self.genre.replace(' ', '-')}-{self.duration}"


def choose(pieces: int) -> tuple[Case, ...]:
    """The first so many pieces of an endless grid, every eight of which have all moods and genres once.

    A whole `ROUND` has every combination of mood, genre and duration once; the next has them again with other seeds.
    Journeys and roles run across the grid, so that neither stands for a mood, a genre or a duration.
    """
    return tuple(_case(number) for number in range(pieces))


def _case(number: int) -> Case:
    block, column = divmod(number, len(MOODS))
    row, turn = block % len(GENRES), block // len(GENRES)
    place = (column + block) % 8
    return Case(
        number,
        (3 * column + 7 * block) % JOURNEYS,
        MOODS[column],
        GENRES[(column + row) % len(GENRES)],
        DURATIONS[(column + row + turn) % len(DURATIONS)],
        Role.OPENING if place == 0 else Role.FINALE if place == 4 else Role.ENTRY,
    )


def theme_seed(journey: int) -> int:
    return seed_from("music report", "journey", str(journey))


def brief_of(case: Case) -> MusicBrief:
    """The brief of a log with this mood's tag in this journey, moved to the grid's genre and role."""
    return _brief(
        case.journey,
        case.mood,
        case.genre,
        case.duration,
        case.role,
        seed_from("music report", "piece", str(case.number)),
        CHAPTERS[case.number // len(MOODS) % len(CHAPTERS)] if case.role is Role.FINALE else 0,
    )


def opening_of(journey: int, genre: Genre, mood: Mood, attempt: int) -> MusicBrief:
    """A v0 of this journey, a minute long, for hearing its theme as it is first stated."""
    seed = seed_from("music report", "opening", str(attempt))
    return _brief(journey, mood, genre, 60, Role.OPENING, seed, 0)


def _brief(journey: int, mood: Mood, genre: Genre, duration: int, role: Role, seed: int, chapters: int) -> MusicBrief:
    words = Words(emotions=(mood,), book_moods=(_book_mood(journey),))
    slowest, fastest = SOUNDS[mood].tempo
    theme = theme_seed(journey)
    brief = brief_for_log(words, role=Role.ENTRY, seed=seed, theme_seed=theme, duration=duration)
    # An opening's mood is its book's alone and a finale's partly its chapters': the grid wants the mood it asked for.
    # A tag alone always gives its mood's middle tempo and energy; words beside it move both, and so does this.
    return replace(
        brief,
        role=role,
        tempo=slowest + seed_from("tempo", str(seed)) % (fastest - slowest + 1),
        energy=round(min(1.0, max(0.0, brief.energy + (seed_from("energy", str(seed)) % 17 - 8) / 100)), 3),
        genre=genre,
        instruments=instruments_of(read_words(words, role=Role.ENTRY), genre, seed=seed, voice_seed=theme),
        chapters=tuple(
            Chapter(seed_from("music report", "chapter", str(journey), str(number)), MOODS[(journey + 3 * number) % 8])
            for number in range(chapters)
        ),
    )


def _book_mood(journey: int) -> Mood:
    return MOODS[(3 * journey) % len(MOODS)]
