"""A number for every request: in the log, in the answer, and with the work that it sets off."""

from __future__ import annotations

import logging
import re
import time
import uuid

from django.http import HttpRequest, HttpResponse

from music.logcontext import request_in_logs
from readingjourney.middleware import GetResponse

HEADER = "X-Request-ID"
FITTING = re.compile(r"[A-Za-z0-9._-]{1,64}")

access = logging.getLogger("readingjourney.access")


class RequestIdMiddleware:
    """Takes the id that a proxy gave the request, if it fits, or a new one, and writes a line for the access log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if FITTING.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with request_in_logs(request_id):
            response = self.get_response(request)
            response[HEADER] = request_id
            if access.isEnabledFor(logging.INFO):
                _write_line(request, response, round((time.perf_counter() - started) * 1000))
        return response


def _write_line(request: HttpRequest, response: HttpResponse, milliseconds: int) -> None:
    path = shown_path(request)
    if path.startswith(("/health/", "/metrics")) and response.status_code < 400:
        return  # asked every few seconds by machines
    fields = {"method": request.method, "path": path, "status": response.status_code, "ms": milliseconds}
    access.info("%s %s %d, %d ms", *fields.values(), extra={"fields": fields})


def shown_path(request: HttpRequest) -> str:
    """The request's address as it may stand in a log: its pattern, with nothing filled in but the ids of things.

    A whole path can hold the token of a password's reset, a reader's number, or whatever somebody typed.
    """
    match = request.resolver_match
    if match is None:
        return "(nothing there)"
    path = "/" + match.route
    for name, value in match.kwargs.items():
        if isinstance(value, uuid.UUID):
            path = path.replace(f"<uuid:{name}>", str(value))
    return path
