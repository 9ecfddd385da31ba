"""Doing a request once: the same key again gets the first answer again, and nothing is done twice.

The key is an `Idempotency-Key` header (API) or a hidden field (forms). It is remembered in the transaction of the work
itself, so the two exist together or not at all; a second request with the same key waits for the first at the unique
constraint, then finds its answer. A request that fails remembers nothing and may be corrected and sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from readingjourney.models import RememberedAnswer

KEY_LIMIT = 200


class KeyReused(Exception):
    """The same key came with another request; the first one stands."""

    def __str__(self) -> str:
        return _("This Idempotency-Key was already used for a different request.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request led to, as far as it can be given again: an HTTP status, where to look, and a JSON body."""

    status: int
    location: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False


def fingerprint(*parts: object) -> str:
    """A digest of what a request asks for, to tell a repetition from a different request under the same key."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def once(reader: Any, key: str, fingerprint: str, work: Callable[[], Answer]) -> Answer:
    """Do `work` in a transaction, or return what it answered the first time this key came.

    Without a key it is simply done. Raises `KeyReused` when the key belongs to a different request.
    """
    if not key:
        with transaction.atomic():
            return work()
    try:
        with transaction.atomic():
            remembered = RememberedAnswer.objects.create(reader=reader, key=key[:KEY_LIMIT], fingerprint=fingerprint)
            answer = work()
            remembered.status, remembered.location, remembered.body = answer.status, answer.location, answer.body
            remembered.save(update_fields=["status", "location", "body"])
            return answer
    except IntegrityError:
        earlier = RememberedAnswer.objects.filter(reader=reader, key=key[:KEY_LIMIT]).first()
        if earlier is None:  # the integrity error was the work's own
            raise
        if earlier.fingerprint != fingerprint:
            raise KeyReused from None
        return Answer(earlier.status, earlier.location, earlier.body, replayed=True)
