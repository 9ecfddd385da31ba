"""Finished pieces that come back from a reader's own export: they are not made, only examined, stored and entered."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from music.brief import InvalidBrief, MusicBrief
from music.examination import NotAudio, examine
from music.models import MusicTrack
from music.providers.base import Audio
from music.storage import remove_files, store_audio

logger = logging.getLogger(__name__)

MIDI_MAGIC = b"MThd"
_PIECES = uuid.UUID("6f0a6f0e-6d2c-4a53-9c0e-2d2b8a0b7c41")
"""A name space of our own, and nothing else; never changed, since ids of adopted pieces are made of it."""


class NotAdopted(Exception):
    """What the file has is no piece that could be played, or its brief is none."""


def id_for_log(log_id: uuid.UUID) -> uuid.UUID:
    """The id that a log's adopted piece has."""
    return uuid.uuid5(log_id, "adopted")


def id_for_reader(owner: Any, origin: str) -> uuid.UUID:
    """The id that a piece of no log has once this reader has adopted it; `origin` is what it was elsewhere."""
    return uuid.uuid5(_PIECES, f"{owner.pk}:{origin}")


def adopt_track(
    *,
    track_id: uuid.UUID,
    owner: Any,
    brief: Mapping[str, Any],
    audio: bytes,
    midi: bytes = b"",
    log_id: uuid.UUID | None = None,
    requested_at: datetime | None = None,
    finished_at: datetime | None = None,
    **columns: Any,
) -> MusicTrack | None:
    """Give a reader, or one of their logs, a finished piece as another server or an earlier account made it; it counts
    as heard.

    `track_id` is one of the two above: done again after a crash, it finds its row, or its files where they are.
    `columns`: title, album, number, provider, brief_writer, chosen_mood, chosen_genre, chapter_labels. None where the
    piece is there already, the log has another one, or either owner is gone. Stores files, so that no transaction
    should be open. Raises `NotAdopted`, and `StorageFailed`.
    """
    if (MusicTrack.objects.filter(log=log_id) if log_id else MusicTrack.objects.filter(pk=track_id)).exists():
        return None
    try:
        wanted = MusicBrief.from_json(brief)
        found = examine(audio)
    except (InvalidBrief, NotAudio) as error:
        raise NotAdopted(str(error)) from error
    stored = store_audio(
        track_id,
        Audio(
            data=audio,
            content_type=found.content_type,
            extension=found.extension,
            midi=midi if midi.startswith(MIDI_MAGIC) else b"",
        ),
    )
    now = timezone.now()
    finished = min(finished_at or now, now)
    requested = min(requested_at or finished, finished)
    try:
        with transaction.atomic():
            return MusicTrack.adopt(
                pk=track_id,
                owner=owner,
                log_id=log_id,
                brief=wanted,
                file=stored.key,
                midi=stored.midi_key,
                content_type=found.content_type,
                file_size=stored.size,
                file_sha256=stored.sha256,
                audio_seconds=found.seconds,
                peaks=list(found.peaks),
                created_at=requested,
                requested_at=requested,
                finished_at=finished,
                **columns,
            )
    except IntegrityError:  # the log has got a piece meanwhile, or whoever was to have it was deleted
        logger.info("the piece %s is not taken any more", track_id)
        if not MusicTrack.objects.filter(pk=track_id).exists():
            remove_files([key for key in (stored.key, stored.midi_key) if key])
        return None
