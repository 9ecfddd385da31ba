"""One HTTP range of a file (RFC 9110, section 14): what players need to seek, and Django does not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 64 * 1024
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


class RangeNotSatisfiable(Exception):
    """The range lies wholly outside the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte asked for, or None when the whole file is the right answer.

    A header that is no single byte range is ignored, as the standard allows (many ranges at once included). Raises
    `RangeNotSatisfiable` when it is one, but beyond the end.
    """
    match = _RANGE.match(header.strip())
    if not match or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":  # the last so many bytes
        length = int(last)
        if length == 0 or size == 0:
            raise RangeNotSatisfiable
        return max(0, size - length), size - 1
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeNotSatisfiable
    return start, min(int(last), size - 1) if last else size - 1


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether the client says that it has this version; a proxy that compresses makes a tag weak (`W/`)."""
    return etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def ranged_response(
    request: HttpRequest, file: File[Any], *, size: int, content_type: str, etag: str
) -> HttpResponseBase:
    """Answer with the file or the range asked for: 200, 206, 304 or 416; to HEAD without the bytes. The file is closed
    when the answer ends."""
    quoted = f'"{etag}"'
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", quoted) != quoted:
        header = ""
    if is_known(request.headers.get("If-None-Match", ""), quoted):
        file.close()
        response: HttpResponseBase = HttpResponse(status=304)
        response["ETag"] = quoted
        return response
    try:
        span = parse_range(header, size)
    except RangeNotSatisfiable:
        file.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    start, end = span or (0, size - 1)
    if request.method == "HEAD":
        file.close()
        body: Iterator[bytes] = iter(())
    else:
        body = _chunks(file, start, end - start + 1)
    response = StreamingHttpResponse(body, status=206 if span else 200, content_type=content_type)
    if span:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    return response


def _chunks(file: File[Any], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
