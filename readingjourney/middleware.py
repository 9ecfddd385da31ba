"""What every request passes: the reader's language and zone, packed pages, HEAD without a body, and the looser style
rule of the developers' pages."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderPreferencesMiddleware:
    """Show a page in the reader's language and time zone; a visitor has the browser's language and the default
    zone. The API speaks UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = settings.READER_TIME_ZONE
        if request.user.is_authenticated:
            zone = request.user.time_zone
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        if request.path.startswith("/api/"):
            zone = "UTC"
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)


class BodilessHeadMiddleware:
    """HEAD is answered as GET would be, without the body: the server drops it anyway, and warns of every one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()  # what it had is still closed with the answer
            elif isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response


class PackedPagesMiddleware(GZipMiddleware):
    """Pages travel packed, for readers on a telephone; nothing else does: audio is read in ranges, answers of the API
    are short. Django adds random bytes, so that lengths tell nothing of what is in them (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class DeveloperPagesMiddleware:
    """The browsable API and the API's documentation carry style attributes; the readers' pages stay without."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") and response.get("Content-Type", "").startswith("text/html"):
            response._csp_update = {"style-src": ["'unsafe-inline'"]}  # type: ignore[attr-defined]  # read by django-csp
        return response
