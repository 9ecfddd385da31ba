"""What makes the site an app that can be installed: its manifest, its service worker, the page without a network.

The service worker keeps one page and what that page is drawn with, nothing else: no page of a reader's, no answer of
the API, no audio. So a new version shows at once, and logging out leaves nothing behind in the browser.
"""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from readingjourney.appearance import LIGHT_PAPER

OFFLINE_FILES = (
    *(f"css/{name}.css" for name in ("tokens", "base", "layout", "forms", "components")),
    "icons/favicon.svg",
    "js/offline.js",
)


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C), in `?language=`: a browser asks for it without the cookies that would tell."""
    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        body = {
            "id": reverse("home"),
            "name": _("Reading Journey"),
            "short_name": pgettext("below an app's icon", "Reading Journey"),
            "description": _("Every book you read leaves a melody behind."),
            "lang": translation.get_language(),
            "dir": "ltr",
            "start_url": reverse("home"),
            "scope": reverse("home"),
            "display": "standalone",
            "background_color": LIGHT_PAPER,
            "theme_color": LIGHT_PAPER,
            "categories": ["books", "music", "lifestyle"],
            "icons": [
                _icon("icons/app-192.png", 192),
                _icon("icons/app-512.png", 512),
                _icon("icons/maskable-512.png", 512) | {"purpose": "maskable"},
            ],
            "shortcuts": [
                {"name": _("New journey"), "url": reverse("journey-new")},
                {"name": _("Music"), "url": reverse("music")},
            ],
        }
    return JsonResponse(body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _icon(name: str, pixels: int) -> dict[str, str]:
    return {"src": static(name), "sizes": f"{pixels}x{pixels}", "type": "image/png"}


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root because it may only answer for addresses below its own.

    Browsers take a script that differs in a byte for a new version: the digest changes with the page it keeps and,
    through their hashed names, with the files.
    """
    kept = [reverse("offline"), *(static(name) for name in OFFLINE_FILES)]
    digest = hashlib.sha256("\n".join([render_to_string("offline.html"), *kept]).encode()).hexdigest()[:16]
    values = {"cache": f"offline-{digest}", "kept": kept, "untouched": [reverse("api-root"), reverse("admin:index")]}
    script = render_to_string("service_worker.js", {name: json.dumps(value) for name, value in values.items()})
    return HttpResponse(script, content_type="text/javascript", headers={"Service-Worker-Allowed": reverse("home")})


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows where no network is. The same for everybody, in both languages."""
    return HttpResponse(render_to_string("offline.html"))
