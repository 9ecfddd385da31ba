"""The web process's part: where browsers find the live streams, and who is let in.

A page knows one address of our own, which answers with a redirect to the live process and a ticket for it. So a browser
that reconnects is asked for its session each time, and the live process needs no database to know whom it serves.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from readingjourney.live.tickets import issue_ticket

STREAM_PATH = "/live/stream"


def stream_address(request: HttpRequest) -> str:
    """Where the live process is reached from the page's own host; empty where it is not.

    By its port only over plain http: the embedded product has no certificate, and a page that came over https may not
    connect to what has none.
    """
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    if settings.LIVE_PORT and not request.is_secure():
        host, _port = split_domain_port(request.get_host())
        return f"http://{host}:{settings.LIVE_PORT}{STREAM_PATH}"
    return ""


@never_cache
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """A redirect into the live process. 401 for strangers, and 204 where there are no streams: either way a browser's
    EventSource gives up for good."""
    address = stream_address(request)
    if not address:
        return HttpResponse(status=204)
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    ticket = urlencode({"ticket": issue_ticket(request.user.pk)})
    # Not HttpResponseRedirect: method and address are to stay, and no page is to remember where it led.
    return HttpResponse(status=307, headers={"Location": f"{address}?{ticket}", "Referrer-Policy": "no-referrer"})


def live_address(request: HttpRequest) -> dict[str, str]:
    """Template context: `live_url`, where this page's reader finds the streams; empty where there are none."""
    return {"live_url": reverse("live-events") if stream_address(request) else ""}


class LivePolicyMiddleware:
    """Lets pages connect to the live process where it is not at their own address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            address = urlsplit(stream_address(request))
            if address.netloc:
                update = dict(getattr(response, "_csp_update", None) or {})
                update["connect-src"] = [SELF, f"{address.scheme}://{address.netloc}"]
                response._csp_update = update  # type: ignore[attr-defined]  # read by django-csp
        return response
