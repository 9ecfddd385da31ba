"""Views behind a button of a page: they take a post from a reader, and show nothing themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from readingjourney.forms import see_other

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]


def button(view: View[Arguments]) -> View[Arguments]:
    """Let readers alone press it. A visitor logs in and comes back to the page that had the button, for its own address
    has nothing to show; whoever goes there all the same is shown the first page."""

    @wraps(view)
    def pressed(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(_page_with_the_button(request))
        if request.method != "POST":
            return see_other(reverse("home"))
        return view(request, *args, **kwargs)

    return pressed


def _page_with_the_button(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return urlsplit(page)._replace(scheme="", netloc="").geturl()
    return reverse("home")
