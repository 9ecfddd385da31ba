"""The book that a request names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from journeys.catalogue import SourceFailed, find_record, source_text
from journeys.models import Book
from journeys.services import add_book, book_from_record, read_words_ahead


class SourceUnavailable(APIException):
    """503: the source of the book gives no answer at the moment."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "source_unavailable"


def chosen_book(request: Request, data: dict[str, Any]) -> Callable[[], Book]:
    """What takes the book up that the valid data of a `BookChoiceSerializer` name.

    The source is asked here and not there: a transaction must not wait for it. Raises `ValidationError` or
    `SourceUnavailable`.
    """
    if not data.get("source_id"):
        return partial(
            add_book,
            reader=request.user,
            title=data["book_title"],
            authors=data["book_authors"],
            isbn13=data["isbn"],
            pages=data["pages"],
        )
    source = data.get("source", "")
    try:
        record = find_record(source, data["source_id"], reader=request.user)
    except SourceFailed as error:
        name = source_text(source)
        raise SourceUnavailable(_("%(source)s does not answer at the moment.") % {"source": name}) from error
    if record is None:
        raise ValidationError({"source_id": _("No such book at this source.")}, code="does_not_exist")
    read_words_ahead(record)
    return partial(book_from_record, record)
