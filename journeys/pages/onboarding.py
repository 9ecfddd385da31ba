"""The first minutes: a book to try it with, and how it all works."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import Journey
from journeys.onboarding import TRY_IT_SECONDS, classic
from journeys.services import Sound, book_from_record, read_words_ahead, start_journey
from readingjourney.buttons import button
from readingjourney.forms import redirect_once, see_other


@button
def try_it(request: HttpRequest) -> HttpResponse:
    """Start a journey with the classic, or go to the one that was started."""
    record = classic()
    if record is None:
        return see_other(reverse("home"))
    own = Journey.objects.for_reader(request.user)
    if earlier := own.filter(book__source=record.source, book__source_id=record.source_id).first():
        return see_other(earlier.get_absolute_url())
    read_words_ahead(record)

    def work() -> str:
        book = book_from_record(record)
        sound = Sound(duration=TRY_IT_SECONDS)
        return start_journey(reader=request.user, book=book, sound=sound).get_absolute_url()

    return redirect_once(request, work, done=_("Your reading journey has begun! The music of v0 is being made."))


def help_page(request: HttpRequest) -> HttpResponse:
    """How it works, for everybody."""
    context = {
        "words_leave": bool(settings.BRIEF_LLM_BASE_URL),
        "music_elsewhere": settings.MUSIC_PROVIDER != "studio",
    }
    return render(request, "help.html", context)
