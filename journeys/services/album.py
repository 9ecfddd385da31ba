"""A journey as an album: its finished pieces in the order of its logs, and what is not there (yet)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import Journey, ReadingLog
from music.explanation import clock_text
from music.models import MusicTrack, TrackStatus
from music.names import mood_text
from music.presentation import audio_path, cover_path, page_url

_NOT_NEEDED = ("brief", "prompt", "audio_metadata", "peaks", "error_message", "log__quote", "log__memo")

LISTED = 100


@dataclass(frozen=True, slots=True)
class AlbumPiece:
    """One finished piece of an album."""

    track: MusicTrack
    log: ReadingLog
    book_picture: str
    """Where the book's cover is; empty without one."""

    @property
    def label(self) -> str:
        return self.log.label

    @property
    def seconds(self) -> float:
        return round(self.track.audio_seconds or 0.0, 2)

    @property
    def clock(self) -> str:
        return clock_text(self.seconds)

    @property
    def mood_text(self) -> str:
        return mood_text(self.track.mood)

    @property
    def audio_url(self) -> str:
        return audio_path(self.track)

    @property
    def cover_url(self) -> str:
        """What a player shows with it: the book, or else the piece's own picture."""
        return self.book_picture or cover_path(self.track)

    @property
    def page_url(self) -> str:
        return page_url(self.track)


@dataclass(frozen=True, slots=True)
class Album:
    """What there is to hear of a journey."""

    journey: Journey
    pieces: list[AlbumPiece]
    making: int
    """Pieces on their way."""
    failed: int
    """Pieces that could not be made, or were cancelled."""

    @property
    def title(self) -> str:
        return self.journey.book.shown_title

    @property
    def artist(self) -> str:
        """The book's authors; empty where they are not known."""
        return self.journey.book.shown_authors

    @property
    def seconds(self) -> float:
        return round(sum(piece.seconds for piece in self.pieces), 2)

    @property
    def listed(self) -> list[AlbumPiece]:
        """Those that a page lists: it is to stay light, however long the journey."""
        return self.pieces[:LISTED]

    @property
    def unlisted(self) -> int:
        return len(self.pieces) - len(self.listed)

    @property
    def length_text(self) -> str:
        """How long all of it lasts, for reading: “14 min”, “1 h 5 min”."""
        minutes = max(1, round(self.seconds / 60))
        if minutes < 60:
            return _("%(minutes)s min") % {"minutes": minutes}
        return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}

    @property
    def cover_url(self) -> str:
        """The book's cover, or else the newest piece's picture: an album has the face of where its journey has come.
        Empty without either."""
        return self.journey.book.picture or (self.pieces[-1].cover_url if self.pieces else "")

    @property
    def page_url(self) -> str:
        return reverse("journey", args=[self.journey.pk])


def album_of(journey: Journey) -> Album:
    """The journey's album as it is now; one query, however long the journey."""
    tracks = MusicTrack.objects.filter(log__journey=journey).select_related("log").defer(*_NOT_NEEDED)
    picture = journey.book.picture
    pieces: list[AlbumPiece] = []
    making = failed = 0
    for track in tracks.order_by("log__version"):
        if track.status == TrackStatus.COMPLETED:
            pieces.append(AlbumPiece(track, track.log, picture))
        elif track.status == TrackStatus.ERROR:
            failed += 1
        else:
            making += 1
    return Album(journey=journey, pieces=pieces, making=making, failed=failed)
