"""A journey's details: rating, review, tags, days, pages."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from journeys.access import own_journey
from journeys.forms.record import RecordForm
from journeys.models import Journey
from journeys.record.shelf import tag_counts
from journeys.services import DatesDoNotFit, edit_record
from readingjourney.forms import see_other

TAGS_OFFERED = 30


class RecordPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        return self._render(request, journey, RecordForm(journey))

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = RecordForm(journey, request.POST)
        if not form.is_valid():
            return self._render(request, journey, form, status=422)
        try:
            edit_record(journey, form.changes)
        except DatesDoNotFit as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._render(request, journey, form, status=422)
        messages.success(request, _("The details were saved."))
        return see_other(journey.get_absolute_url())

    def _render(self, request: HttpRequest, journey: Journey, form: RecordForm, status: int = 200) -> HttpResponse:
        names = [name for name, _count in tag_counts(request.user, TAGS_OFFERED)]
        context = {"journey": journey, "form": form, "known_tags": names}
        return render(request, "journeys/record.html", context, status=status)
