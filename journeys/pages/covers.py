"""A book's cover, as our own picture."""

from __future__ import annotations

import uuid

from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from journeys.covers import CONTENT_TYPE, FOLDER
from journeys.models import Book
from music.storage import open_audio


@require_safe
def cover(_request: HttpRequest, book_id: uuid.UUID, version: str) -> HttpResponse:
    """The picture. Anybody may see it who knows the address: covers are on public pages too, and say nothing of who
    reads the book. It never changes: another picture has another address."""
    key = f"{FOLDER}/{book_id}.{version}.webp"
    books = Book.objects.filter(pk=book_id, cover=key)
    if not books.exists():
        raise Http404
    try:
        with open_audio(key) as file:
            response = HttpResponse(file.read(), content_type=CONTENT_TYPE)
    except FileNotFoundError:
        # Lost with a disk, or never in the backup: it can be fetched again.
        books.update(cover="", complete_at=Now())
        raise Http404 from None
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
