"""What may be asked of music: request, retry, cancel, discard. Journeys, pages, the API and the admin call these."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from music.brief import Genre, Mood, MusicBrief
from music.briefs import brief_for_prompt, read_ahead, seed_from
from music.briefs.request import parse_request
from music.models import MusicTrack, TrackStatus
from music.storage import remove_files
from music.tasks import knock

logger = logging.getLogger(__name__)


def request_track(
    *,
    owner: Any,
    brief: MusicBrief,
    title: str,
    log_id: uuid.UUID | None = None,
    album: str = "",
    number: int | None = None,
    chapter_labels: Sequence[str] = (),
) -> MusicTrack:
    """Ask for a piece of music: a pending row in the caller's transaction, and a knock once that has committed.

    `album` and `number` are the piece's place among others, for the tags of its file; `chapter_labels` what the pieces
    are called that a finale remembers, in the order of its brief's chapters.
    """
    track = MusicTrack.request(
        owner=owner,
        brief=brief,
        title=title,
        provider=settings.MUSIC_PROVIDER,
        log_id=log_id,
        album=album[:300],
        number=number,
        chapter_labels=list(chapter_labels),
    )
    _knock_after_commit(track)
    return track


def request_prompted_track(*, owner: Any, prompt: str, duration: int | None = None) -> MusicTrack:
    """Ask for a piece of its own, from a reader's free words."""
    seed = seed_from(str(uuid.uuid4()))
    brief = brief_for_prompt(prompt, seed=seed, duration=duration or settings.MUSIC_DURATION_SECONDS)
    return request_track(owner=owner, brief=brief, title=prompt)


def read_prompt_ahead(prompt: str) -> None:
    """Read a prompt's mood before the transaction that asks for its piece: it takes tenths of a second."""
    read_ahead(parse_request(prompt).rest)


def remake_track(
    track: MusicTrack,
    *,
    brief: MusicBrief,
    mood: Mood | None = None,
    genre: Genre | None = None,
    chapter_labels: Sequence[str] = (),
) -> bool:
    """Have a finished piece made again by this brief; the old one stays until the new one is ready.

    `mood` and `genre` are what the reader has chosen for the piece, now or before. False when the piece is not
    finished, or is being made again already.
    """
    remake = track.request_remake(
        brief=brief,
        provider=settings.MUSIC_PROVIDER,
        chosen_mood=mood or "",
        chosen_genre=genre or "",
        chapter_labels=list(chapter_labels),
    )
    if remake is None:
        logger.info("track %s cannot be made again now", track.pk)
        return False
    _knock_after_commit(remake)
    return True


def remake_prompted_track(track: MusicTrack, *, mood: Mood | None = None, genre: Genre | None = None) -> bool:
    """Have a piece of its own made again from the same words. False as in `remake_track`."""
    choice = choice_for(track, mood=mood, genre=genre)
    brief = brief_for_prompt(
        track.title, seed=choice.seed, duration=track.duration, genre=choice.genre, mood=choice.mood
    )
    return remake_track(track, brief=brief, mood=choice.mood, genre=choice.genre)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a piece that is made again starts from: the reader's choices, earlier ones included, and a seed."""

    mood: Mood | None
    genre: Genre | None
    seed: int


def choice_for(track: MusicTrack, *, mood: Mood | None = None, genre: Genre | None = None) -> Choice:
    """The reader's choices for a remake of this track.

    A piece whose mood or genre is put right keeps its seed, and with it the little tune that is its own; one that is
    simply wanted anew gets another.
    """
    corrected = (mood is not None and mood != track.mood) or (genre is not None and genre != track.genre)
    return Choice(
        mood=mood or (Mood(track.chosen_mood) if track.chosen_mood else None),
        genre=genre or (Genre(track.chosen_genre) if track.chosen_genre else None),
        seed=int(track.brief["seed"]) if corrected else seed_from("again", str(uuid.uuid4())),
    )


def retry_remake(track: MusicTrack) -> bool:
    """Ask again for the remake of this piece that ended in error. False when there is none (any more)."""
    return retry_track(track.current_remake) if track.current_remake else False


def give_up_remake(track: MusicTrack) -> bool:
    """Keep the piece as it is: stop its remake, or put away one that failed. False when there is none (any more)."""
    return track.give_up_remake()


def trigger_track(track: MusicTrack) -> MusicTrack:
    """Have the track made if it is not: a finished one stays as it is, a failed one is retried, one being made is left
    to its maker, and a pending one is knocked for once more."""
    if track.status == TrackStatus.ERROR:
        retry_track(track)
    elif track.status == TrackStatus.PENDING:
        _knock_after_commit(track)
    return track


def retry_track(track: MusicTrack) -> bool:
    """Ask again for a piece that ended in error. False when it did not (any more)."""
    if not track.retry(provider=settings.MUSIC_PROVIDER):
        logger.info("track %s is not in error, nothing to retry", track.pk)
        return False
    _knock_after_commit(track)
    return True


def cancel_track(track: MusicTrack, *, message: str = "") -> bool:
    """Stop waiting for a piece. False when it had already ended. What a provider is still doing is dropped."""
    won = track.cancel(message)
    if not won:
        logger.info("track %s had already ended, nothing to cancel", track.pk)
    return won


@transaction.atomic
def discard_tracks(tracks: list[MusicTrack]) -> None:
    """Forget pieces for good, with their remakes: their rows now, their files once that has committed."""
    doomed = MusicTrack.objects.filter(pk__in=[track.pk for track in tracks])
    # Held first: a remake may be taking its piece's place at this moment, and with it the names of the files.
    rows = list(doomed.select_for_update().values_list("file", "midi"))
    doomed.delete()
    keys = [key for names in rows for key in names if key]
    transaction.on_commit(lambda: remove_files(keys), robust=True)


def _knock_after_commit(track: MusicTrack) -> None:
    track_id, provider = track.pk, track.provider
    transaction.on_commit(lambda: knock(track_id, provider), robust=True)
