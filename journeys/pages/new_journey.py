"""A new journey: search for a book and choose it, or type one in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from journeys.catalogue import SEARCH_LIMIT, SourceFailed, find_record, query_hint, search_everywhere, source_text
from journeys.catalogue.isbn import looks_like_isbn
from journeys.forms.books import BookForm
from journeys.forms.sound import SoundForm
from journeys.models import Book
from journeys.record.readings import journeys_with
from journeys.services import (
    Sound,
    add_book,
    book_from_record,
    read_words_ahead,
    start_journey,
    want_book,
)
from readingjourney.forms import new_request_key, redirect_once


class NewJourneyPage(LoginRequiredMixin, View):
    """Search for a book and choose it, to be read now or one day, or type one in.

    What is here is shown at once; the sources elsewhere are asked by the same address with `further`, which a browser
    with JavaScript fetches by itself for that part of the page, and one without finds as a link.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "")
        typed = {"isbn" if looks_like_isbn(query) else "title": query}
        return self._render(request, BookForm(initial=typed), SoundForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        sound_form = SoundForm(request.POST)
        take_up: Callable[[], Book]
        if "manual" in request.POST:
            form = BookForm(request.POST)
            if not form.is_valid():
                return self._render(request, form, sound_form, status=422)
            data = form.cleaned_data

            def take_up() -> Book:
                return add_book(
                    reader=request.user,
                    title=data["title"],
                    authors=data["authors"],
                    isbn13=data["isbn"],
                    pages=data["pages"],
                )
        else:
            source, source_id = self._chosen(request)
            try:
                record = find_record(source, source_id, reader=request.user)
            except SourceFailed:
                text = _("%(source)s does not answer at the moment. Please try again, or enter the book yourself.")
                messages.error(request, text % {"source": source_text(source)})
                return self._render(request, BookForm(), sound_form, status=422)
            if record is None:
                messages.error(request, _("This book could not be found any more. Please search again."))
                return self._render(request, BookForm(), sound_form, status=422)
            read_words_ahead(record)

            def take_up() -> Book:
                return book_from_record(record)

        def want() -> str:
            return want_book(reader=request.user, book=take_up()).get_absolute_url()

        def start() -> str:
            sound = sound_form.sound if sound_form.is_valid() else Sound()
            return start_journey(reader=request.user, book=take_up(), sound=sound).get_absolute_url()

        if "want" in request.POST:
            return redirect_once(request, want, done=_("The book is on your list of books to read."))
        return redirect_once(request, start, done=_("Your reading journey has begun! The music of v0 is being made."))

    def _chosen(self, request: HttpRequest) -> tuple[str, str]:
        """Source and id of the book: one button for each carries both, in a form that they share."""
        chosen = request.POST.get("record") or request.POST.get("want", "")
        source, _slash, source_id = chosen.partition("/")
        return request.POST.get("source", source), request.POST.get("source_id", source_id)

    def _render(self, request: HttpRequest, form: BookForm, sound_form: SoundForm, status: int = 200) -> HttpResponse:
        query = (request.GET.get("q") or request.POST.get("q", "")).strip()
        seconds = settings.BOOK_SEARCH_SECONDS if "further" in request.GET else 0.0
        found = search_everywhere(query, reader=request.user, seconds=seconds) if query else None
        records = found.records if found else []
        books = list(zip(records, journeys_with(request.user, records), strict=True))
        here = len(found.here) if found else 0
        context = {
            "query": query,
            "hint": query_hint(query),
            "searched": bool(query),
            "found": found,
            "results": found.here if found else [],
            "books_here": books[:here],
            "books_elsewhere": books[here:],
            "limit_reached": found is not None and len(found.here) >= SEARCH_LIMIT,
            "silent": ", ".join(source_text(name) for name in found.silent) if found else "",
            "shows_aladin": found is not None and any("aladin" in record.sources for record in found.records),
            "form": form,
            "sound_form": sound_form,
            "manual_sound_form": SoundForm(sound_form.data or None, auto_id="id_manual_%s"),
            "request_key": new_request_key(),
        }
        return render(request, "journeys/new.html", context, status=status)
