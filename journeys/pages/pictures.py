"""Answering with a picture that is painted when somebody wants it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from music.ranges import is_known


def picture_response(request: HttpRequest, tag: str, content_type: str, paint: Callable[[], bytes]) -> HttpResponse:
    """The picture with this tag, painted only for who does not have it (304). It may be kept, but not shown without
    asking again: what is no longer public must not be shown from a cache."""
    etag = f'"{tag}"'
    if is_known(request.headers.get("If-None-Match", ""), etag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(paint(), content_type=content_type)
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return response
