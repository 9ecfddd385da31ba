"""Another e-mail address: asked for with the password, confirmed by a link that only its owner gets."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from journeys.forms.account import EmailChangeForm
from journeys.models import Reader
from journeys.services.emails import (
    LINK_LASTS,
    EmailTaken,
    LinkDead,
    change_email,
    email_change_token,
    read_email_change,
)
from readingjourney.forms import see_other

logger = logging.getLogger(__name__)


@login_required
def ask_for_change(request: HttpRequest) -> HttpResponse:
    """Take the new address and mail the link there. Nothing changes yet."""
    form = EmailChangeForm(request.user, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email = form.cleaned_data["email"]
            try:
                _send_link(request, form.reader, email)
            except OSError as error:
                logger.error("the link to a new e-mail address could not be mailed: %s", type(error).__name__)
                form.add_error(None, _("Mail cannot be sent at the moment. Please try again later."))
                status = 503
            else:
                _tell_the_old_address(form.reader)
                messages.success(
                    request,
                    _("We have sent a link to %(email)s. Your address changes when you open it.") % {"email": email},
                )
                return see_other(reverse("settings"))
    return render(request, "registration/email_change_form.html", {"form": form}, status=status)


@never_cache
def confirm_change(request: HttpRequest, token: str) -> HttpResponse:
    """What the link leads to. It is the button that changes the address: mail programs look into links by themselves.

    Whoever comes need not be logged in; the link may be opened on another device.
    """
    try:
        if request.method != "POST":
            change = read_email_change(token)
            return render(request, "registration/email_change_confirm.html", {"email": change.email})
        reader = change_email(token)
    except LinkDead:
        return render(request, "registration/email_change_dead.html", status=410)
    except EmailTaken:
        return render(request, "registration/email_change_dead.html", {"taken": True}, status=409)
    messages.success(request, _("Your e-mail address is now %(email)s.") % {"email": reader.email})
    return see_other(reverse("settings" if request.user.is_authenticated else "login"))


def _send_link(request: HttpRequest, reader: Reader, email: str) -> None:
    """Raises `OSError` when no mail can be sent."""
    address = reverse("account-email-confirm", args=[email_change_token(reader, email)])
    context = {
        "reader": reader,
        "link": request.build_absolute_uri(address),
        "hours": round(LINK_LASTS.total_seconds() / 3600),
    }
    body = render_to_string("registration/email_change_mail.txt", context)
    EmailMessage(_("Confirm your e-mail address for Reading Journey"), body, to=[email]).send()


def _tell_the_old_address(reader: Reader) -> None:
    """While it still can do something about it. The new address is not told to whoever reads the old mail."""
    if not reader.email:
        return
    body = render_to_string("registration/email_change_notice.txt", {"reader": reader})
    try:
        EmailMessage(_("Your e-mail address at Reading Journey is to change"), body, to=[reader.email]).send()
    except OSError as error:
        logger.error("the old e-mail address could not be told of a change: %s", type(error).__name__)
