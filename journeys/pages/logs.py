"""Correcting and deleting a log, and asking for its music."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from journeys.access import own_log
from journeys.forms.logs import LogForm
from journeys.models import ReadingLog
from journeys.publication import told_of_a_log
from journeys.services import (
    StartCannotBeDeleted,
    ask_for_music,
    delete_log,
    edit_log,
)
from readingjourney.buttons import button
from readingjourney.forms import see_other


class EditLogPage(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        return self._render(request, log, LogForm(initial=LogForm.values_of(log)))

    def post(self, request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
        log = own_log(request.user, journey_id, log_id)
        may_be_empty = log.version == 0 or log.is_final
        form = LogForm(request.POST, initial=LogForm.values_of(log), may_be_empty=may_be_empty)
        if not form.is_valid():
            return self._render(request, log, form, status=422)
        edit_log(log, form.entry)
        messages.success(request, _("Your log was changed. Its music stays as it was."))
        return see_other(log.get_absolute_url())

    def _render(self, request: HttpRequest, log: ReadingLog, form: LogForm, status: int = 200) -> HttpResponse:
        context = {"journey": log.journey, "log": log, "form": form, "told_of_others": told_of_a_log(log.journey)}
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


@button
def music(request: HttpRequest, journey_id: uuid.UUID, log_id: uuid.UUID) -> HttpResponse:
    """Have the piece made of a log that has none: an imported one. Asked for twice, it is made once."""
    log = own_log(request.user, journey_id, log_id)
    ask_for_music(log)
    return see_other(log.get_absolute_url())
