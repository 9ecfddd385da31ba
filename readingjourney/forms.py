"""What the pages' forms share: sending one twice does its work once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from readingjourney.idempotency import Answer, fingerprint, once
from readingjourney.models import LOCATION_LIMIT

REQUEST_KEY = "request_key"


def new_request_key() -> str:
    """A fresh key for the hidden field of a form that makes something."""
    return str(uuid.uuid4())


def redirect_once(request: HttpRequest, work: Callable[[], str], *, done: str) -> HttpResponse:
    """Do what a posted form asks once for its key and content, say so, and go (303) to the address `work` returned.

    A second post of the same form goes to the same place without doing or saying anything again. One that was changed
    before it was sent again (Back, then another text) is another wish, and is done.
    """
    content = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    digest = fingerprint(request.path, content)
    key = f"form:{digest}" if REQUEST_KEY in content else ""
    answer = once(request.user, key, digest, lambda: Answer(303, work()))
    if not answer.replayed:
        messages.success(request, done)
    return see_other(answer.location)


class RefusesWith422:
    """For Django's own form views: a refused form answers 422, so that Turbo shows it like every other form here."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # the view beside this mixin
        response.status_code = 422
        return response


def see_other(location: str) -> HttpResponse:
    """303: the answer to a form that did its work."""
    response = HttpResponseRedirect(location)
    response.status_code = 303
    return response


def next_page(request: HttpRequest, default: str) -> str:
    """Where a small action's form wants to go back to, if that is one of our own pages."""
    target = request.POST.get("next", "")
    if len(target) > LOCATION_LIMIT:  # a remembered answer has no room for more
        return default
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return default
