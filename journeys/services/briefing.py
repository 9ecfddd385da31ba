"""From a log to the brief of its piece."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from journeys.models import Journey, ReadingLog, log_label
from journeys.services.texts import description_of
from music.brief import DURATION_RANGE, Chapter, Genre, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log
from music.models import MusicTrack
from music.services import choice_for, remake_prompted_track, remake_track

SECONDS_PER_CHAPTER = 1.5
"""A finale grows with the pieces that it remembers, so that there is room to quote them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a reader wants a journey to sound like: a genre, and seconds for each piece. None leaves it to us."""

    genre: Genre | None = None
    duration: int | None = None
    """One of `DURATIONS`."""


def remake_piece(track: MusicTrack, *, mood: Mood | None = None, genre: Genre | None = None) -> bool:
    """Have a finished piece made again, of a log or from a prompt; the old one stays until the new one is ready.

    It starts from the log and the journey's wishes as they are now. What the reader chose for the piece, now or before,
    stands above them. False when the piece is not finished, or is being made again already.
    """
    if track.log is None:
        return remake_prompted_track(track, mood=mood, genre=genre)
    choice = choice_for(track, mood=mood, genre=genre)
    brief, labels = brief_of(track.log, seed=choice.seed, mood=choice.mood, genre=choice.genre)
    return remake_track(track, brief=brief, mood=choice.mood, genre=choice.genre, chapter_labels=labels)


def brief_of(
    log: ReadingLog, *, seed: int, mood: Mood | None = None, genre: Genre | None = None
) -> tuple[MusicBrief, list[str]]:
    """The brief of a log's piece as log and journey stand now, and the labels of the pieces that a finale remembers."""
    journey, book = log.journey, log.journey.book
    role = Role.OPENING if log.version == 0 else Role.FINALE if log.is_final else Role.ENTRY
    duration = journey.duration or settings.MUSIC_DURATION_SECONDS
    remembered = _chapters(journey) if role == Role.FINALE else []
    if role == Role.FINALE:
        duration = min(DURATION_RANGE[1], round(duration + SECONDS_PER_CHAPTER * len(remembered)))
    brief = brief_for_log(
        Words(
            quote=log.quote,
            memo=log.memo,
            emotions=log.moods,
            book_moods=tuple(Mood(name) for name in book.moods),
            book_description=description_of(book),
        ),
        role=role,
        seed=seed,
        theme_seed=journey.theme_seed,
        chapters=tuple(chapter for _label, chapter in remembered),
        duration=duration,
        genre=genre or (Genre(journey.genre) if journey.genre else None),
        mood=mood,
    )
    return brief, [label for label, _chapter in remembered]


def _chapters(journey: Journey) -> list[tuple[str, Chapter]]:
    """The journey's pieces so far, as its finale remembers them, each with its log's label."""
    tracks = MusicTrack.objects.filter(log__journey=journey, log__is_final=False).order_by("log__version")
    return [
        (log_label(version, is_final=False), Chapter(seed=brief["seed"], mood=Mood(mood)))
        for version, brief, mood in tracks.values_list("log__version", "brief", "mood")
    ]
