"""What goes on a card, decided before anything is painted: the same plan is the same picture, and has the same tag."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from journeys.models import Book, Journey
from journeys.services.sharing import Showing
from journeys.sharecard.lettering import writable
from music.brief import InvalidBrief, Mood, MusicBrief, Role
from music.briefs import Words, brief_for_log
from music.models import MusicTrack, TrackStatus

CARD_VERSION = 1
"""Rises when the same plan is to be painted differently."""


@dataclass(frozen=True, slots=True)
class CardPlan:
    """Everything on a card."""

    title: str
    authors: str
    line: str
    signature: str
    cover: str
    """The storage's key of the book's cover; empty where it has none."""
    cloth: str
    """The last digit of the book's year, by which its cover gets a colour where it has no picture (components.css)."""
    scene: MusicBrief
    """Of the piece whose picture it is: the journey's theme stands in its sky."""

    @property
    def tag(self) -> str:
        """Says whether two cards are the same picture."""
        return hashlib.sha256(f"{CARD_VERSION}:{self!r}".encode()).hexdigest()[:20]


def plan_card(journey: Journey, showing: Showing) -> CardPlan:
    """The card of a journey, in its reader's language: it is one picture, whoever sees it."""
    book, reader = journey.book, journey.reader
    with translation.override(reader.language):
        title, authors, product = book.shown_title, book.shown_authors, _("Reading Journey")
        signature = _("%(name)s’s reading journey") % {"name": reader.get_username()} if showing.shows_name else ""
    return CardPlan(
        title=writable(title),
        authors=writable(authors),
        line=writable(showing.line),
        signature=writable(signature) or product,
        cover=book.cover.name or "",
        cloth=str(book.year or len(title))[-1],
        scene=_scene(journey),
    )


def _scene(journey: Journey) -> MusicBrief:
    """The finale's, else that of the newest piece, finished ones before those still to come. A journey without music
    has the colours of its book."""
    tracks = MusicTrack.objects.filter(log__journey=journey).order_by("-log__version")
    for track in (tracks.filter(status=TrackStatus.COMPLETED).first(), tracks.first()):
        if track:
            try:
                return MusicBrief.from_json({**track.brief, "why": ()})
            except InvalidBrief:  # of an older make; it still plays, and is only not painted
                continue
    return brief_for_log(
        Words(book_moods=_moods(journey.book)),
        role=Role.OPENING,
        seed=journey.theme_seed,
        theme_seed=journey.theme_seed,
    )


def _moods(book: Book) -> tuple[Mood, ...]:
    return tuple(Mood(name) for name in book.moods)
