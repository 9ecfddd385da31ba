"""What may be asked of music: request, retry, cancel, discard. Journeys, pages, the API and the admin call these."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction

from music.brief import MusicBrief
from music.briefs import brief_for_prompt, seed_from
from music.models import MusicTrack, TrackStatus
from music.storage import remove_audio
from music.tasks import knock

logger = logging.getLogger(__name__)


def request_track(*, owner: Any, brief: MusicBrief, title: str, log_id: uuid.UUID | None = None) -> MusicTrack:
    """Ask for a piece of music: a pending row in the caller's transaction, and a knock once that has committed."""
    track = MusicTrack.request(owner=owner, brief=brief, title=title, provider=settings.MUSIC_PROVIDER, log_id=log_id)
    _knock_after_commit(track)
    return track


def request_prompted_track(*, owner: Any, prompt: str, duration: int | None = None) -> MusicTrack:
    """Ask for a piece of its own, from a reader's free words."""
    seed = seed_from(str(uuid.uuid4()))
    brief = brief_for_prompt(prompt, seed=seed, duration=duration or settings.MUSIC_DURATION_SECONDS)
    return request_track(owner=owner, brief=brief, title=prompt)


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


def discard_tracks(tracks: list[MusicTrack]) -> None:
    """Forget pieces for good: their rows now, their files once that has committed."""
    keys = [track.file.name for track in tracks if track.file.name]
    MusicTrack.objects.filter(pk__in=[track.pk for track in tracks]).delete()
    transaction.on_commit(lambda: _remove_files(keys), robust=True)


def _remove_files(keys: list[str]) -> None:
    for key in keys:
        try:
            remove_audio(key)
        except Exception:  # each storage backend raises errors of its own kind; a file left over harms nobody
            logger.exception("could not remove %s", key)


def _knock_after_commit(track: MusicTrack) -> None:
    track_id, provider = track.pk, track.provider
    transaction.on_commit(lambda: knock(track_id, provider), robust=True)
