"""A reader's tokens for scripts. They are knox's: hashed, and shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from knox.models import get_token_model

TOKENS_KEPT = 20


def create_token(reader: Any) -> tuple[str, datetime]:
    """A new token and when it ends; beyond twenty the oldest is given up."""
    tokens = get_token_model().objects
    newest = tokens.filter(user=reader).order_by("-created").values_list("pk", flat=True)
    tokens.filter(user=reader).exclude(pk__in=list(newest[: TOKENS_KEPT - 1])).delete()
    instance, token = tokens.create(reader)
    return token, instance.expiry


def end_tokens(reader: Any) -> None:
    """No script of the reader's gets in any more."""
    get_token_model().objects.filter(user=reader).delete()
