"""A journey as others see it: exactly what its reader chose to show, for the page, the preview before it is published,
the feed and the card alike.

Only what is copied here can get out. Dates, pages, ratings, reviews, tags and what the words were read as are not.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from journeys.models import Book, Journey, ReadingLog, Share, Visibility
from journeys.services.sharing import Showing
from music.models import MusicTrack, TrackQuerySet, TrackStatus
from music.names import joined, mood_image, mood_text
from music.presentation import VERSION_LETTERS, TrackCard, cards_for

AudioAddress = Callable[[MusicTrack], str]

LOGS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A finished piece, with what its waveform needs."""

    id: str
    """Its own among all pieces on pages: the owner's badges must not take it for theirs."""
    track_id: uuid.UUID
    title: str
    album: str
    audio_url: str
    content_type: str
    file_size: int
    finished_at: datetime | None
    seconds: float
    duration_clock: str
    outline: str
    outline_width: int
    words: str
    """What it sounds like. Why it does is between the reader and their words, and is not told."""


@dataclass(frozen=True, slots=True)
class ShownLog:
    """What is shown of one log."""

    label: str
    is_start: bool
    is_final: bool
    quote: str
    memo: str
    feelings: tuple[str, ...]
    piece: ShownPiece | None


@dataclass(frozen=True, slots=True)
class ShownJourney:
    """What is shown of a journey, or of one page of it; its texts are in the language of the page."""

    book: Book
    line: str
    reader_name: str
    logs: tuple[ShownLog, ...]
    piece_count: int
    """Of the whole journey."""
    page: Page[ReadingLog] | None = None

    @property
    def pieces(self) -> list[ShownPiece]:
        return [log.piece for log in self.logs if log.piece]


def shared_tracks(journey: Journey) -> TrackQuerySet:
    """The finished pieces of a journey: all music that its public page has."""
    return MusicTrack.objects.filter(log__journey=journey, status=TrackStatus.COMPLETED)


def shown_journey(
    journey: Journey, showing: Showing, *, audio_address: AudioAddress, page: str | None = None
) -> ShownJourney:
    """What others see of a journey under these wishes; `audio_address` says where a piece is played from.

    All of it, or the `page` of that number as a visitor has put it: for one that is none, the nearest there is.
    """
    logs = _shown_logs(journey, showing)
    paged = None if page is None else Paginator(logs, LOGS_A_PAGE).get_page(page)
    chosen = list(logs if paged is None else paged)
    tracks = shared_tracks(journey).for_cards()
    if paged is not None:
        tracks = tracks.filter(log__in=chosen)
    cards = zip(tracks, cards_for(tracks), strict=True)
    pieces = {track.log_id: _piece(track, card, showing, audio_address(track)) for track, card in cards}
    return ShownJourney(
        book=journey.book,
        line=showing.line,
        reader_name=journey.reader.get_username() if showing.shows_name else "",
        logs=tuple(_log(log, showing, pieces.get(log.pk)) for log in chosen),
        piece_count=shared_tracks(journey).count(),
        page=paged,
    )


def published_journey(share: Share, page: str | None = None) -> ShownJourney:
    """What others see of a journey at its public address; `page` as above."""
    return shown_journey(
        share.journey, Showing.of(share), audio_address=lambda track: public_audio_path(share.token, track), page=page
    )


def told_of_logs_to_come(showing: Showing) -> str:
    """What a reader is told before publishing: what others will see of the logs still to come, and what not."""
    names = (pgettext("of logs", "quotes"), pgettext("of logs", "feelings"), pgettext("of logs", "memos"))
    shown, hidden = _shown_and_hidden(showing, names)
    if shown:
        told = _("What you write or import from now on appears there too: %(shown)s.") % {"shown": joined(shown)}
    else:
        told = _("Of what you write or import from now on only its music appears there.")
    return f"{told} {_hidden_text(hidden)}".strip()


def told_of_a_log(journey: Journey) -> str:
    """What a reader is told where they write: what of this log others will see. Empty while the journey is private."""
    share = Share.objects.filter(journey_id=journey.pk).first()
    if share is None:
        return ""
    names = (pgettext("of a log", "the quote"), pgettext("of a log", "the feelings"), pgettext("of a log", "the memo"))
    shown, hidden = _shown_and_hidden(Showing.of(share), names)
    parts = {"shown": joined([*shown, pgettext("of a log", "the music")])}
    if share.visibility == Visibility.PUBLIC:
        told = _("This journey is public. Everybody will see of this log: %(shown)s.") % parts
    else:
        told = _("This journey is shared. Whoever has the link will see of this log: %(shown)s.") % parts
    return f"{told} {_hidden_text(hidden)}".strip()


def _shown_and_hidden(showing: Showing, names: tuple[str, str, str]) -> tuple[list[str], list[str]]:
    """Of a log's quote, feelings and memo, named so: those that others see, and those that they do not."""
    seen = (showing.shows_quotes, showing.shows_feelings, showing.shows_memos)
    told = list(zip(names, seen, strict=True))
    return [name for name, is_seen in told if is_seen], [name for name, is_seen in told if not is_seen]


def _hidden_text(hidden: list[str]) -> str:
    return _("Kept private: %(hidden)s.") % {"hidden": joined(hidden)} if hidden else ""


def public_path(token: str, page: int = 1) -> str:
    """The public address of a journey, or of a further page of it."""
    path = reverse("public-journey", args=[token])
    return path if page == 1 else f"{path}?page={page}"


def public_audio_path(token: str, track: MusicTrack) -> str:
    """Where visitors hear a piece: an address that another version of it does not have."""
    path = reverse("public-audio", args=[token, track.pk])
    return f"{path}?v={track.file_sha256[:VERSION_LETTERS]}"


def _shown_logs(journey: Journey, showing: Showing) -> QuerySet[ReadingLog]:
    """The logs of which there is anything to show."""
    there = Q(track__status=TrackStatus.COMPLETED)
    if showing.shows_quotes:
        there |= ~Q(quote="")
    if showing.shows_memos:
        there |= ~Q(memo="")
    if showing.shows_feelings:
        there |= ~Q(emotions=[])
    return journey.logs.filter(there).order_by("version")


def _log(log: ReadingLog, showing: Showing, piece: ShownPiece | None) -> ShownLog:
    return ShownLog(
        label=log.label,
        is_start=log.version == 0,
        is_final=log.is_final,
        quote=log.quote if showing.shows_quotes else "",
        memo=log.memo if showing.shows_memos else "",
        feelings=tuple(mood_text(mood) for mood in log.moods) if showing.shows_feelings else (),
        piece=piece,
    )


def _piece(track: MusicTrack, card: TrackCard, showing: Showing, audio_url: str) -> ShownPiece:
    told = card.explanation
    image = mood_image(track.mood) if showing.shows_feelings else ""
    facts = (image, card.genre_text, told.key, told.tempo, told.instruments) if told else (image, card.genre_text)
    return ShownPiece(
        id=f"shared-{track.pk}",
        track_id=track.pk,
        title=track.title,
        album=track.album,
        audio_url=audio_url,
        content_type=track.content_type,
        file_size=track.file_size or 0,
        finished_at=track.finished_at,
        seconds=card.seconds,
        duration_clock=card.duration_clock,
        outline=card.outline,
        outline_width=card.outline_width,
        words=" · ".join(fact for fact in facts if fact),
    )
