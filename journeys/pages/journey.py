"""A journey with its logs and their music."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from journeys.access import own_journey
from journeys.forms.logs import FinishForm, LogForm
from journeys.forms.progress import ProgressForm
from journeys.forms.sound import SoundForm
from journeys.models import Journey, JourneyStatus, ReadingLog
from journeys.publication import told_of_a_log
from journeys.record.logs import log_page
from journeys.record.progress import latest_positions
from journeys.record.shelf import reading_text, readings_of, stars_text
from journeys.record.timeline import timeline_of
from journeys.services import (
    NotEnded,
    NotReading,
    NotWanted,
    add_log,
    can_be_resumed,
    choose_sound,
    delete_journey,
    finish_journey,
    rate_journey,
    read_again,
    read_words_ahead,
    resume_journey,
    start_wanted,
    stop_journey,
)
from music.models import MusicTrack
from music.presentation import TrackCard, cards_for
from readingjourney.buttons import button
from readingjourney.forms import new_request_key, redirect_once, see_other


@dataclass(frozen=True, slots=True)
class LogLine:
    """One log on the journey's page."""

    log: ReadingLog
    card: TrackCard | None


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
        asked: Mapping[str, Any] = request.GET if status == 200 else {}
        asked_for = _version(asked.get("log"))
        page = log_page(journey, before=_version(asked.get("before")), log=asked_for)
        tracks = list(MusicTrack.objects.filter(log__in=page.logs).for_cards())
        cards = {track.log_id: card for track, card in zip(tracks, cards_for(tracks), strict=True)}
        # A log that comes too late keeps its form, so that its words are not lost.
        can_write = journey.status == JourneyStatus.READING or form.is_bound
        context = {
            "journey": journey,
            "entries": [LogLine(log, cards.get(log.pk)) for log in page.logs],
            "log_page": page,
            "asked_for": asked_for,
            "timeline": timeline_of(journey) if page.is_newest else None,
            "position": latest_positions([journey]).get(journey.pk),
            "reading_text": reading_text(readings_of([journey])[journey.pk]),
            "rating_text": stars_text(journey.rating) if journey.rating else "",
            "progress_form": ProgressForm(auto_id="progress_%s"),
            "form": form,
            "sound_form": sound_form,
            "sound_text": sound_form.text,
            "can_write": can_write,
            "told_of_others": told_of_a_log(journey) if can_write else "",
            "can_resume": can_be_resumed(journey),
            "request_key": new_request_key(),
        }
        return render(request, "journeys/journey.html", context, status=status)


def _version(text: str | None) -> int | None:
    """A log's version out of an address; None for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


class FinishPage(LoginRequiredMixin, View):
    """The last words of a journey, and its stars."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        if journey.status != JourneyStatus.READING:
            messages.error(request, str(NotReading(journey.status)))
            return redirect(journey)
        return self._render(request, journey, FinishForm(journey))

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = FinishForm(journey, request.POST)
        if not form.is_valid():
            return self._render(request, journey, form, status=422)
        read_words_ahead(journey.book, quote=form.entry.quote, memo=form.entry.memo)

        def work() -> str:
            finish_journey(journey, form.entry)
            rate_journey(journey, form.chosen_rating)
            return journey.get_absolute_url()

        try:
            return redirect_once(request, work, done=_("You finished the book. The music of vFinal is being made."))
        except NotReading as error:
            form.add_error(None, str(error))
            return self._render(request, journey, form, status=422)

    def _render(self, request: HttpRequest, journey: Journey, form: FinishForm, status: int = 200) -> HttpResponse:
        context = {
            "journey": journey,
            "form": form,
            "told_of_others": told_of_a_log(journey),
            "request_key": new_request_key(),
        }
        return render(request, "journeys/finish.html", context, status=status)


@button
def start(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """Begin to read a wanted book."""
    journey = own_journey(request.user, journey_id)
    read_words_ahead(journey.book)

    def work() -> str:
        start_wanted(journey)
        return journey.get_absolute_url()

    try:
        return redirect_once(request, work, done=_("Your reading journey has begun! The music of v0 is being made."))
    except NotWanted as error:
        messages.error(request, str(error))
        return see_other(journey.get_absolute_url())


@button
def again(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """Another journey through the same book."""
    journey = own_journey(request.user, journey_id)
    read_words_ahead(journey.book)

    def work() -> str:
        return read_again(journey).get_absolute_url()

    try:
        return redirect_once(request, work, done=_("Your reading journey has begun! The music of v0 is being made."))
    except NotEnded as error:
        messages.error(request, str(error))
        return see_other(journey.get_absolute_url())


@button
def stop(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    journey = own_journey(request.user, journey_id)
    try:
        stop_journey(journey)
    except NotReading as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("You put the book down. You can read on whenever you like."))
    return see_other(journey.get_absolute_url())


@button
def resume(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    journey = own_journey(request.user, journey_id)
    if resume_journey(journey):
        messages.success(request, _("The journey goes on."))
    elif journey.status != JourneyStatus.READING:
        messages.error(request, _("Only a stopped journey can be resumed."))
    return see_other(journey.get_absolute_url())


@button
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


class DeleteJourneyPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        return render(request, "journeys/delete_journey.html", {"journey": own_journey(request.user, journey_id)})

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        delete_journey(own_journey(request.user, journey_id))
        messages.success(request, _("The journey was deleted."))
        return see_other(reverse("home"))
