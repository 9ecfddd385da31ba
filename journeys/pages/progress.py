"""How far a journey is: its notes of progress, one by one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from journeys.access import own_journey, own_progress
from journeys.forms.progress import ProgressForm
from journeys.models import Journey, Progress
from journeys.record.charts import progress_line
from journeys.record.progress import entries_of
from journeys.services import (
    BeyondTheBook,
    InTheFuture,
    NotReading,
    add_progress,
    delete_progress,
    edit_progress,
)
from readingjourney.buttons import button
from readingjourney.forms import new_request_key, redirect_once, see_other

SHOWN = 100


class ProgressPage(LoginRequiredMixin, View):
    """All that was noted, and a form for the next."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        return self._render(request, own_journey(request.user, journey_id), ProgressForm())

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = ProgressForm(request.POST)
        if not form.is_valid():
            return self._render(request, journey, form, status=422)

        def work() -> str:
            add_progress(journey, form.how_far)
            return journey.get_absolute_url()

        try:
            return redirect_once(request, work, done=_("Noted how far you are."))
        except (BeyondTheBook, InTheFuture, NotReading) as error:
            refuse(form, error)
            return self._render(request, journey, form, status=422)

    def _render(self, request: HttpRequest, journey: Journey, form: ProgressForm, status: int = 200) -> HttpResponse:
        entries = entries_of(journey, SHOWN)
        context = {
            "journey": journey,
            "form": form,
            "entries": entries,
            "line": progress_line(entries),
            "request_key": new_request_key(),
        }
        return render(request, "journeys/progress.html", context, status=status)


class EditProgressPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID, progress_id: uuid.UUID) -> HttpResponse:
        progress = own_progress(request.user, journey_id, progress_id)
        return self._render(request, progress, ProgressForm(initial=ProgressForm.values_of(progress)))

    def post(self, request: HttpRequest, journey_id: uuid.UUID, progress_id: uuid.UUID) -> HttpResponse:
        progress = own_progress(request.user, journey_id, progress_id)
        form = ProgressForm(request.POST)
        if not form.is_valid():
            return self._render(request, progress, form, status=422)
        try:
            edit_progress(progress, form.how_far)
        except (BeyondTheBook, InTheFuture) as error:
            refuse(form, error)
            return self._render(request, progress, form, status=422)
        messages.success(request, _("The note was changed."))
        return see_other(reverse("journey-progress", args=[journey_id]))

    def _render(self, request: HttpRequest, progress: Progress, form: ProgressForm, status: int = 200) -> HttpResponse:
        context = {"journey": progress.journey, "progress": progress, "form": form}
        return render(request, "journeys/edit_progress.html", context, status=status)


@button
def delete(request: HttpRequest, journey_id: uuid.UUID, progress_id: uuid.UUID) -> HttpResponse:
    delete_progress(own_progress(request.user, journey_id, progress_id))
    messages.success(request, _("The note was deleted."))
    return see_other(reverse("journey-progress", args=[journey_id]))


def refuse(form: ProgressForm, error: Exception) -> None:
    """Say what is wrong at the field that it is about."""
    form.add_error({BeyondTheBook: "page", InTheFuture: "read_on"}.get(type(error)), str(error))
