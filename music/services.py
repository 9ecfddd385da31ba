"""What may be asked of music: request, retry, cancel, discard. Journeys, pages, the API and the admin call these."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from music import gatekeeping
from music.announcing import announce_after_commit
from music.brief import Genre, Mood, MusicBrief
from music.briefs import brief_for_prompt, read_ahead, seed_from
from music.briefs.request import parse_request
from music.models import AttemptState, MusicTrack, PauseCode, ProviderGate, SubmissionAttempt, TrackStatus
from music.providers import UnknownProvider, get_provider
from music.storage import remove_files
from music.tasks import knock

logger = logging.getLogger(__name__)


class TooMuchAtOnce(Exception):
    """The reader has asked for more than can be waiting at once; the message says so to them."""


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
        provider=provider_for(owner),
        log_id=log_id,
        album=album[:300],
        number=number,
        chapter_labels=list(chapter_labels),
    )
    _knock_after_commit(track)
    return track


def provider_for(owner: Any) -> str:
    """Who makes the reader's next piece: the configured provider, or, where a reader has had as many paid pieces in the
    last 24 hours as MUSIC_READER_PAID_PER_DAY allows, the studio."""
    name = str(settings.MUSIC_PROVIDER)
    if not settings.MUSIC_READER_PAID_PER_DAY:
        return name
    try:
        charges = get_provider(name).charges
    except UnknownProvider:
        return name
    if not charges:
        return name
    since = Now() - timedelta(hours=24)
    # Orders and what waits to become one, not tracks: a piece made again or retried is paid for again.
    ordered = SubmissionAttempt.objects.filter(track__owner=owner, provider=name, opened_at__gte=since)
    waiting = MusicTrack.objects.waiting().filter(owner=owner, provider=name, turn__gte=0, requested_at__gte=since)
    asked = ordered.exclude(state=AttemptState.NOT_SUBMITTED).count() + waiting.count()
    return gatekeeping.STUDIO if asked >= settings.MUSIC_READER_PAID_PER_DAY else name


def check_room(owner: Any) -> None:
    """Refuse a piece beyond those of a reader's logs while too many of theirs are unfinished. Raises `TooMuchAtOnce`.

    A log's own piece is never refused: what a reader has written is kept, and its music waits its turn.
    """
    unfinished = MusicTrack.objects.for_reader(owner).unfinished().count()
    if unfinished >= settings.MUSIC_READER_LIMIT:
        raise TooMuchAtOnce(
            _("%(count)d of your pieces are still being made. Please ask again when some of them are there.")
            % {"count": unfinished}
        )


def request_prompted_track(*, owner: Any, prompt: str, duration: int | None = None) -> MusicTrack:
    """Ask for a piece of its own, from a reader's free words. Raises `TooMuchAtOnce`."""
    check_room(owner)
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
    finished, or is being made again already. Raises `TooMuchAtOnce`.
    """
    check_room(track.owner)
    remake = track.request_remake(
        brief=brief,
        provider=provider_for(track.owner),
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
    if not track.retry(provider=provider_for(track.owner)):
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


def note_heard(track: MusicTrack) -> bool:
    """Note that its reader has played a finished piece. False when it is not finished."""
    return track.hear() or track.status == TrackStatus.COMPLETED


@transaction.atomic
def discard_tracks(tracks: list[MusicTrack]) -> None:
    """Forget pieces for good, with their remakes: their rows now, their files once that has committed."""
    doomed = MusicTrack.objects.filter(pk__in=[track.pk for track in tracks])
    # Held first: a remake may be taking its piece's place at this moment, and with it the names of the files.
    rows = list(doomed.select_for_update().order_by("pk").values_list("file", "midi"))
    doomed.delete()
    keys = [key for names in rows for key in names if key]
    for track in tracks:
        announce_after_commit(track.owner_id, track.replaces_id or track.pk)
    transaction.on_commit(lambda: remove_files(keys), robust=True)


# What staff may do


def pause_provider(name: str, *, detail: str = "", by: str = "") -> bool:
    """Let nothing new in to the provider until staff open it again. False when staff had shut it already."""
    gate = ProviderGate.of(name)
    was = gate.pause_code
    gate.pause(PauseCode.STAFF, "; ".join(filter(None, [by, detail])))
    logger.warning("the gate of %s was shut by %s", name, by or "staff")
    return was != PauseCode.STAFF


def resume_provider(name: str, *, by: str = "") -> bool:
    """Open the provider's gate, whoever shut it. False when it was open."""
    opened = ProviderGate.of(name).resume()
    if opened:
        logger.warning("the gate of %s was opened by %s", name, by or "staff")
    return opened


def switch_waiting(source: str, target: str, *, by: str = "") -> int:
    """Give everything that waits for one provider to another; how many tracks. What was ordered already stays.

    Raises `UnknownProvider` for a target that is not set up.
    """
    get_provider(target)
    moved = gatekeeping.switch_waiting(source, target, detail=f"by {by or 'staff'}")
    logger.warning("%d tracks were given from %s to %s by %s", moved, source, target, by or "staff")
    return moved


def switch_track(track: MusicTrack, target: str, *, by: str = "") -> bool:
    """Give one waiting track to another provider. False when it does not wait, or waits for that one already."""
    moved = track.switch(provider=target, detail=f"by {by or 'staff'}")
    if moved:
        _knock_after_commit(track)
    return moved


def resolve_adopt(attempt: SubmissionAttempt, task_id: str, *, by: str, note: str = "") -> bool:
    """Staff have found out that the order was taken: this is its id. Its track, if it is still in error over it, is
    asked for again, which costs nothing. False when the outcome is known, or the id belongs to another order."""
    if not task_id.strip() or not attempt.adopt(task_id, by=by, note=note):
        return False
    track = attempt.track
    if track and track.ask == attempt.ask and track.error_code == "submission_unknown":
        retry_track(track)
    return True


def resolve_not_submitted(attempt: SubmissionAttempt, *, by: str, note: str = "") -> bool:
    """Staff have found out that the order was never taken. Its reader may try again; nothing is ordered by this."""
    return attempt.mark_not_submitted(by=by, note=note)


def _knock_after_commit(track: MusicTrack) -> None:
    track_id, provider = track.pk, track.provider
    transaction.on_commit(lambda: knock(track_id, provider), robust=True)
