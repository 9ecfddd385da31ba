"""What a downloaded file says of itself: title, album, number, artist, cover."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from music import heavy
from music.brief import MusicBrief
from music.id3 import Tags, write_tags
from music.models import MusicTrack
from music.names import genre_text
from music.providers.base import Audio

logger = logging.getLogger(__name__)

MP3_TYPE = "audio/mpeg"
PAINTER = "music.studio.showing.cover.cover_png"
"""Loaded with the first piece: web processes have this module too, and never paint."""


def tagged(track: MusicTrack, audio: Audio) -> Audio:
    """The audio with its tags, in its owner's language; as it is where it is no MP3.

    The same track and audio give the same bytes. A piece that cannot be tagged is worth more than none: it stays as it
    came, and the log says why.
    """
    if audio.content_type != MP3_TYPE:
        return audio
    try:
        with translation.override(getattr(track.owner, "language", settings.LANGUAGE_CODE)):
            artist = _("Reading Journey")
            tags = Tags(
                title=track.title,
                album=track.album or artist,
                artist=artist,
                album_artist=artist,
                number=track.number or 0,
                genre=genre_text(track.genre),
                cover=_cover(track),
            )
        return replace(audio, data=write_tags(audio.data, tags))
    except Exception:  # whatever is wrong with a picture or a word
        logger.exception("track %s is stored without tags", track.pk)
        return audio


def _cover(track: MusicTrack) -> bytes:
    paint = import_string(PAINTER)
    with heavy.turn:
        painted: bytes = paint(MusicBrief.from_json({**track.brief, "why": ()}))
    return painted
