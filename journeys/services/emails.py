"""Another e-mail address: proved by a link that was mailed there, and bound to what it replaces, so that it works once.

Nothing is stored until then. The link carries the address signed, not hidden; logs do not show it
(readingjourney/requestids.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from journeys.models import Reader

SALT = "journeys.email"
LINK_LASTS = timedelta(hours=24)


class LinkDead(Exception):
    """The link was used, has been overtaken by another change, is too old, or was never ours."""


class EmailTaken(Exception):
    """Another account has that address."""


@dataclass(frozen=True, slots=True)
class EmailChange:
    reader: Reader
    email: str


def email_change_token(reader: Reader, email: str) -> str:
    """What the link carries: whose address becomes which, as long as address and password are still these."""
    return signing.dumps({"reader": reader.pk, "email": email, "from": _state(reader)}, salt=SALT)


def read_email_change(token: str) -> EmailChange:
    """What a link asks for. Raises `LinkDead`."""
    return _read(token, lock=False)


@transaction.atomic
def change_email(token: str) -> Reader:
    """Do what a link asks for. Raises `LinkDead` and `EmailTaken`."""
    change = _read(token, lock=True)
    change.reader.email = change.email
    try:
        with transaction.atomic():
            change.reader.save(update_fields=["email"])
    except IntegrityError:
        raise EmailTaken from None
    return change.reader


def _read(token: str, *, lock: bool) -> EmailChange:
    try:
        asked = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        raise LinkDead from None
    readers = Reader.objects.select_for_update() if lock else Reader.objects.all()
    reader = readers.filter(pk=asked["reader"], is_active=True).first()
    if reader is None or not constant_time_compare(_state(reader), asked["from"]):
        raise LinkDead
    return EmailChange(reader, asked["email"])


def _state(reader: Reader) -> str:
    return salted_hmac(SALT, f"{reader.email} {reader.password}", algorithm="sha256").hexdigest()[:32]
