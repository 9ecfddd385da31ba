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


class NotAdopted(Exception):
    """What the file has is no piece that could be played, or its brief is none."""


def adopt_track(
    *,
    owner: Any,
    log_id: uuid.UUID,
    brief: Mapping[str, Any],
    audio: bytes,
    midi: bytes = b"",
    finished_at: datetime | None = None,
    **columns: Any,
) -> MusicTrack | None:
    """Give a log its finished piece, as another server or an earlier account made it; it counts as heard.

    `columns`: title, album, number, provider, brief_writer, chosen_mood, chosen_genre, chapter_labels. None where the
    log has a piece already, or is gone. Stores files, so that no transaction should be open. Raises `NotAdopted`, and
    `StorageFailed`.
    """
    if MusicTrack.objects.filter(log=log_id).exists():
        return None
    try:
        wanted = MusicBrief.from_json(brief)
        found = examine(audio)
    except (InvalidBrief, NotAudio) as error:
        raise NotAdopted(str(error)) from error
    # The log's own: done again after a crash, it finds its files where they are.
    track_id = uuid.uuid5(log_id, "adopted")
    stored = store_audio(
        track_id,
        Audio(
            data=audio,
            content_type=found.content_type,
            extension=found.extension,
            midi=midi if midi.startswith(MIDI_MAGIC) else b"",
        ),
    )
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
                finished_at=min(finished_at, timezone.now()) if finished_at else None,
                **columns,
            )
    except IntegrityError:  # it has got a piece meanwhile, or was deleted
        logger.info("log %s takes no piece any more", log_id)
        if not MusicTrack.objects.filter(pk=track_id).exists():
            remove_files([key for key in (stored.key, stored.midi_key) if key])
        return None
