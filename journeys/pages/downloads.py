"""Files that are put together for a reader at the moment they ask: how many are sent at once."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from typing import Any
from wsgiref.util import FileWrapper

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from readingjourney.forms import see_other

DOWNLOADS = 3
"""Files a web process sends at once, each to another reader. Each takes a thread for as long as its reader's line is
slow, and the other threads have the pages to serve."""

_lock = threading.Lock()
_readers: set[Any] = set()

Made = tuple[str, Generator[bytes] | FileWrapper]
"""The file's name, and its bytes, which can be closed."""


class Busy(Exception):
    """Another file is being sent to this reader, or there is no place left."""


def send(request: HttpRequest, make: Callable[[], Made], *, content_type: str, otherwise: str) -> HttpResponseBase:
    """Make the file and send it; with no place for it, say so on the page at `otherwise`."""
    try:
        download = _Download(request.user.pk, make)
    except Busy as error:
        messages.warning(request, str(error))
        return see_other(otherwise)
    return as_download(StreamingHttpResponse(download, content_type=content_type), download.name)


def as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """The answer as a file of this name, which nobody keeps on the way."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


class _Download:
    """The file's bytes; its place is free again when the answer ends, however it ends, and even if it never began."""

    def __init__(self, reader_id: Any, make: Callable[[], Made]) -> None:
        with _lock:
            if reader_id in _readers:
                raise Busy(_("Another download of yours is under way. Please wait until it is done."))
            if len(_readers) >= DOWNLOADS:
                raise Busy(_("Several downloads are under way at this moment. Please try again in a minute."))
            _readers.add(reader_id)
        # For an answer that is dropped before anybody closes it, too.
        self._leave = weakref.finalize(self, _readers.discard, reader_id)
        try:
            self.name, self._bytes = make()
        except BaseException:
            self._leave()
            raise

    def __iter__(self) -> Iterator[bytes]:
        _give_back_connection()
        yield from self._bytes

    def close(self) -> None:
        self._bytes.close()
        self._leave()


def _give_back_connection() -> None:
    """A slow reader must not keep one for as long as they download. Within a transaction, which no request has around
    it, it stays."""
    if not connection.in_atomic_block:
        connection.close()
