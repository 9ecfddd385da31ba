"""The reader's pages: home, a new journey, a journey with its logs, settings."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST

from journeys.access import own_journey, own_log
from journeys.catalogue import SEARCH_LIMIT, find_record, search_books
from journeys.forms import BookForm, DeleteAccountForm, LogForm, SettingsForm, SignUpForm, SoundForm
from journeys.models import Journey, JourneyStatus, Reader, ReadingLog
from journeys.services import (
    NotReading,
    Sound,
    StartCannotBeDeleted,
    add_book,
    add_log,
    book_from_record,
    choose_sound,
    delete_journey,
    delete_log,
    delete_reader,
    edit_log,
    finish_journey,
    read_words_ahead,
    remake_piece,
    resume_journey,
    start_journey,
    stop_journey,
)
from music.brief import Mood
from music.models import MusicTrack
from music.presentation import TrackCard, cards_for, page_url
from music.services import TooMuchAtOnce
from readingjourney.forms import new_request_key, next_page, redirect_once, see_other


class NotFinished(Exception):
    """The piece cannot be made again now: it is on its way, or a new one is."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One log on the journey's page."""

    log: ReadingLog
    card: TrackCard | None


@dataclass(frozen=True, slots=True)
class ShelfBook:
    """One journey on the shelf."""

    journey: Journey
    log_count: int
    card: TrackCard | None


def home(request: HttpRequest) -> HttpResponse:
    """The reader's shelf; a visitor sees what this is."""
    if not request.user.is_authenticated:
        return render(request, "landing.html")
    journeys = Journey.objects.for_reader(request.user).select_related("book").annotate(log_count=Count("logs"))
    tracks = MusicTrack.objects.for_reader(request.user).filter(log__isnull=False).for_cards()
    newest = {track.log.journey_id: track for track in tracks.order_by("log__version") if track.log}
    cards = dict(zip(newest, cards_for(newest.values()), strict=True))
    shelf = [
        ShelfBook(journey, journey.log_count, cards.get(journey.pk))  # type: ignore[attr-defined]  # annotated above
        for journey in journeys
    ]
    return render(request, "journeys/home.html", {"shelf": shelf})


def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account, logged in at once."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reader = form.save()
        login(request, reader, backend="journeys.accounts.NameOrEmailBackend")
        return see_other(reverse("home"))
    return render(request, "registration/signup.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """Language and time zone."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        reader = form.save()
        with translation.override(reader.language):
            messages.success(request, _("Your settings were saved."))
        response = see_other(reverse("settings"))
        response.set_cookie(  # so that the pages after logging out keep the language
            django_settings.LANGUAGE_COOKIE_NAME,
            reader.language,
            max_age=django_settings.SESSION_COOKIE_AGE,
            samesite="Lax",
        )
        return response
    if form.errors and isinstance(request.user, Reader):
        request.user.refresh_from_db()  # the form has put the refused values on it; the page shows the true ones
    return render(request, "journeys/settings.html", {"form": form}, status=422 if form.errors else 200)


class DeleteAccountPage(LoginRequiredMixin, View):
    """The end of an account, confirmed by its password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, DeleteAccountForm(request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DeleteAccountForm(request.user, request.POST)
        if not form.is_valid():
            return self._render(request, form, status=422)
        delete_reader(form.reader)
        logout(request)
        messages.success(request, _("Your account was deleted, with everything in it."))
        return see_other(reverse("home"))

    def _render(self, request: HttpRequest, form: DeleteAccountForm, status: int = 200) -> HttpResponse:
        reader = request.user
        context = {
            "form": form,
            "journey_count": Journey.objects.for_reader(reader).count(),
            "piece_count": MusicTrack.objects.for_reader(reader).pieces().count(),
        }
        return render(request, "journeys/delete_account.html", context, status=status)


class NewJourneyPage(LoginRequiredMixin, View):
    """Search for a book and choose it, or type one in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, BookForm(initial={"title": request.GET.get("q", "")}), SoundForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        sound_form = SoundForm(request.POST)
        sound = sound_form.sound if sound_form.is_valid() else Sound()
        if "manual" in request.POST:
            form = BookForm(request.POST)
            if not form.is_valid():
                return self._render(request, form, sound_form, status=422)
            data = form.cleaned_data

            def work() -> str:
                book = add_book(
                    reader=request.user,
                    title=data["title"],
                    authors=data["authors"],
                    isbn13=data["isbn"],
                    pages=data["pages"],
                )
                return start_journey(reader=request.user, book=book, sound=sound).get_absolute_url()
        else:
            record = find_record(*self._chosen(request))
            if record is None:
                messages.error(request, _("This book could not be found any more. Please search again."))
                return self._render(request, BookForm(), sound_form, status=422)
            read_words_ahead(record)

            def work() -> str:
                book = book_from_record(record)
                return start_journey(reader=request.user, book=book, sound=sound).get_absolute_url()

        return redirect_once(request, work, done=_("Your reading journey has begun! The music of v0 is being made."))

    def _chosen(self, request: HttpRequest) -> tuple[str, str]:
        """Source and id of the book: one button for each carries both, in a form that they share."""
        source, _slash, source_id = request.POST.get("record", "").partition("/")
        return request.POST.get("source", source), request.POST.get("source_id", source_id)

    def _render(self, request: HttpRequest, form: BookForm, sound_form: SoundForm, status: int = 200) -> HttpResponse:
        query = request.GET.get("q", "").strip()
        results = search_books(query) if query else []
        context = {
            "query": query,
            "searched": bool(query),
            "results": results,
            "limit_reached": len(results) >= SEARCH_LIMIT,
            "form": form,
            "sound_form": sound_form,
            "manual_sound_form": SoundForm(sound_form.data or None, auto_id="id_manual_%s"),
            "request_key": new_request_key(),
        }
        return render(request, "journeys/new.html", context, status=status)


class JourneyPage(LoginRequiredMixin, View):
    """A journey with its logs and their music; a log is written here."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        return self._render(request, own_journey(request.user, journey_id), LogForm())

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = LogForm(request.POST)
        if not form.is_valid():
            return self._render(request, journey, form, status=422)
        read_words_ahead(journey.book, quote=form.entry.quote, memo=form.entry.memo)

        def work() -> str:
            add_log(journey, form.entry)
            return journey.get_absolute_url()

        try:
            return redirect_once(request, work, done=_("Your log is saved. Its music is being made."))
        except NotReading as error:
            form.add_error(None, str(error))
            return self._render(request, journey, form, status=422)

    def _render(self, request: HttpRequest, journey: Journey, form: LogForm, status: int = 200) -> HttpResponse:
        sound_form = SoundForm(initial=SoundForm.values_of(journey))
        logs = list(journey.logs.order_by("-version"))
        tracks = list(MusicTrack.objects.filter(log__in=logs).for_cards())
        cards = {track.log_id: card for track, card in zip(tracks, cards_for(tracks), strict=True)}
        context = {
            "journey": journey,
            "entries": [LogLine(log, cards.get(log.pk)) for log in logs],
            "form": form,
            "sound_form": sound_form,
            "sound_text": sound_form.text,
            # A log that comes too late keeps its form, so that its words are not lost.
            "can_write": journey.status == JourneyStatus.READING or form.is_bound,
            "request_key": new_request_key(),
        }
        return render(request, "journeys/journey.html", context, status=status)


class FinishPage(LoginRequiredMixin, View):
    """The last words of a journey."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        if journey.status != JourneyStatus.READING:
            return redirect(journey)
        return self._render(request, journey, LogForm(may_be_empty=True))

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = LogForm(request.POST, may_be_empty=True)
        if not form.is_valid():
            return self._render(request, journey, form, status=422)
        read_words_ahead(journey.book, quote=form.entry.quote, memo=form.entry.memo)

        def work() -> str:
            finish_journey(journey, form.entry)
            return journey.get_absolute_url()

        try:
            return redirect_once(request, work, done=_("You finished the book. The music of vFinal is being made."))
        except NotReading as error:
            form.add_error(None, str(error))
            return self._render(request, journey, form, status=422)

    def _render(self, request: HttpRequest, journey: Journey, form: LogForm, status: int = 200) -> HttpResponse:
        context = {"journey": journey, "form": form, "request_key": new_request_key()}
        return render(request, "journeys/finish.html", context, status=status)


@login_required
@require_POST
def stop(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    journey = own_journey(request.user, journey_id)
    try:
        stop_journey(journey)
    except NotReading as error:
        messages.error(request, str(error))
    return see_other(journey.get_absolute_url())


@login_required
@require_POST
def resume(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    journey = own_journey(request.user, journey_id)
    resume_journey(journey)
    return see_other(journey.get_absolute_url())


@login_required
@require_POST
def sound(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """What the journey's music is to sound like from now on."""
    journey = own_journey(request.user, journey_id)
    form = SoundForm(request.POST)
    if form.is_valid():
        choose_sound(journey, form.sound)
        messages.success(request, _("Saved. It holds for the music still to come; what exists can be made again."))
    else:  # the choices are a list: whatever else was sent came from no page of ours
        messages.error(request, _("That choice is not offered. Please choose again."))
    return see_other(journey.get_absolute_url())


@login_required
@require_POST
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


class DeleteJourneyPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        return render(request, "journeys/delete_journey.html", {"journey": own_journey(request.user, journey_id)})

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        delete_journey(own_journey(request.user, journey_id))
        messages.success(request, _("The journey was deleted."))
        return see_other(reverse("home"))


class EditLogPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        return self._render(request, log, LogForm(initial=LogForm.values_of(log)))

    def post(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        form = LogForm(request.POST, may_be_empty=log.version == 0 or log.is_final)
        if not form.is_valid():
            return self._render(request, log, form, status=422)
        edit_log(log, form.entry)
        messages.success(request, _("Your log was changed. Its music stays as it was."))
        return see_other(log.get_absolute_url())

    def _render(self, request: HttpRequest, log: ReadingLog, form: LogForm, status: int = 200) -> HttpResponse:
        context = {"journey": log.journey, "log": log, "form": form}
        return render(request, "journeys/edit_log.html", context, status=status)


class DeleteLogPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        return render(request, "journeys/delete_log.html", {"journey": log.journey, "log": log})

    def post(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        try:
            delete_log(log)
        except StartCannotBeDeleted as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The log was deleted."))
        return see_other(log.journey.get_absolute_url())
