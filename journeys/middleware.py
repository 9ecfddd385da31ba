"""What every request of a reader passes: what it sends has an end, where they are logged in is noted, and guessing has
an end, too."""

from __future__ import annotations

import logging
from math import ceil

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from journeys.models import Reader
from journeys.services.sessions import SEEN_EVERY, record_session
from readingjourney.middleware import GetResponse
from readingjourney.problems import problem_response

logger = logging.getLogger(__name__)


class BodyLimitMiddleware:
    """Answers 413 to a body that is larger than anything its address takes, before any of it is read.

    Files are sent to the imports alone. A parser of JSON reads whatever comes into memory, and Django writes the files
    of any form to a disk before it is asked who sends them. A body without a length is none to Django.
    """

    FILES_AT = ("/imports", "/api/imports")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        room: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if request.path_info in self.FILES_AT:
            room += max(settings.IMPORT_MAX_ARCHIVE_MB, settings.IMPORT_MAX_MB) * 1_000_000
        if _length(request) <= room:
            return self.get_response(request)
        said = _("This is more than can be sent at once: at most %(size)s.") % {"size": filesizeformat(room)}
        if request.path.startswith("/api/"):
            return problem_response(request, 413, "too_large", said)
        return render(request, "too_large.html", {"said": said}, status=413)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # as Django takes it


class ReaderSessionMiddleware:
    """Notes that a reader was here, at most every ten minutes for each session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key  # after the view: logging in has given the session its key only now
        # Each process remembers for itself, without asking anybody: it may forget, and note a session once more.
        if isinstance(request.user, Reader) and key and caches["process"].add(key, True, SEEN_EVERY.total_seconds()):
            try:
                record_session(request.user, key, request.headers.get("User-Agent", ""))
            except DatabaseError:  # the answer is there: it is not to be lost for a note beside it
                logger.exception("a session could not be noted")
                caches["process"].delete(key)
        return response


class TooManyTriesMiddleware:
    """Answers 429 wherever a password was not even looked at (journeys/accounts.py): our page, the admin's, DRF's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wait = getattr(request, "login_wait", 0)
        if not wait or response.status_code == 429:  # the API has said so in its own way
            return response
        page = render(request, "registration/too_many_tries.html", {"minutes": ceil(wait / 60)}, status=429)
        page["Retry-After"] = str(wait)
        return page
