"""Accounts: sign up, settings, the end."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

from journeys.forms.account import DeleteAccountForm, SettingsForm, SignUpForm
from journeys.models import Journey, Reader, Share
from journeys.services import delete_reader
from music.models import MusicTrack
from readingjourney.appearance import remember_theme
from readingjourney.forms import see_other


def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account, logged in at once."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                reader = form.save()
        except IntegrityError:  # somebody took the name or the address between the look and the leap
            form = SignUpForm(request.POST)
            form.add_error(None, _("Somebody has just taken this name or e-mail address."))
        else:
            login(request, reader, backend="journeys.accounts.NameOrEmailBackend")
            return see_other(reverse("home"))
    return render(request, "registration/signup.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """Language, time zone and appearance; and the way to everything else about the account."""
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
        remember_theme(response, reader.theme)
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
            "share_count": Share.objects.filter(journey__in=Journey.objects.for_reader(reader)).count(),
        }
        return render(request, "journeys/delete_account.html", context, status=status)
