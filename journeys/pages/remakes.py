"""Making a piece again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from journeys.services import (
    read_words_ahead,
    remake_piece,
)
from music.brief import Mood
from music.models import MusicTrack
from music.presentation import page_url
from music.services import TooMuchAtOnce
from readingjourney.buttons import button
from readingjourney.forms import next_page, redirect_once, see_other


class NotFinished(Exception):
    """The piece cannot be made again now: it is on its way, or a new one is."""


@button
def remake(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    """Make a piece again, in the mood of the button that was pressed or simply anew."""
    track = get_object_or_404(MusicTrack.objects.for_reader(request.user).pieces().for_cards(), pk=track_id)
    mood = request.POST.get("mood", "")
    chosen = Mood(mood) if mood in list(Mood) else None
    target = next_page(request, page_url(track))
    if track.log:
        read_words_ahead(track.log.journey.book, quote=track.log.quote, memo=track.log.memo)

    def work() -> str:
        if not remake_piece(track, mood=chosen):
            raise NotFinished
        return target

    try:
        return redirect_once(
            request, work, done=_("The piece is being made again. The old one stays until it is ready.")
        )
    except NotFinished:
        messages.error(request, _("Only a finished piece that is not being made again already can be made again."))
        return see_other(target)
    except TooMuchAtOnce as error:
        messages.error(request, str(error))
        return see_other(target)
