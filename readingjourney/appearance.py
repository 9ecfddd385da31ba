"""Light or dark pages: what a reader's account says, what a visitor chose in this browser, or what the device has."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from readingjourney.forms import next_page, see_other

COOKIE = "theme"
COLOUR_SCHEMES = {"system": "light dark", "light": "only light", "dark": "only dark"}
"""What `<meta name="color-scheme">` says for each theme; the colours in tokens.css follow it."""

LIGHT_PAPER, DARK_PAPER = "#f8f4ec", "#1b1916"
"""The page's ground (tokens.css), for what no style sheet reaches: the browser's own bars, an app's first moment."""


def theme_of(request: HttpRequest) -> str:
    """Return "system", "light" or "dark"."""
    user = getattr(request, "user", None)  # an error page may come before anybody is known
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(COOKIE, "")
    return chosen if chosen in COLOUR_SCHEMES else "system"


def appearance(request: HttpRequest) -> dict[str, object]:
    """Template context: the `theme`, the `color_scheme` that tells the browser, and `theme_colours` with the medium
    that each is for."""
    theme = theme_of(request)
    colours = {
        "system": [
            (LIGHT_PAPER, "(prefers-color-scheme: light)"),
            (DARK_PAPER, "(prefers-color-scheme: dark)"),
        ],
        "light": [(LIGHT_PAPER, "all")],
        "dark": [(DARK_PAPER, "all")],
    }
    return {"theme": theme, "color_scheme": COLOUR_SCHEMES[theme], "theme_colours": colours[theme]}


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """A visitor's choice, kept in a cookie. (A reader's is a setting of the account.)"""
    theme = request.POST.get("theme", "")
    if theme not in COLOUR_SCHEMES:
        raise BadRequest("no such theme")
    response = see_other(next_page(request, reverse("home")))
    remember_theme(response, theme)
    return response


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Keep a theme in this browser, for the pages without a reader."""
    response.set_cookie(COOKIE, theme, max_age=settings.SESSION_COOKIE_AGE, samesite="Lax", httponly=True)
