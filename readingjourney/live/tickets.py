"""What the web process gives a reader to be let in to the live streams with: signed, and good for a minute."""

from __future__ import annotations

from django.core import signing

GOOD_FOR_SECONDS = 60

_SALT = "readingjourney.live.tickets"


class TicketRefused(Exception):
    """The ticket is none of ours, or too old."""


def issue_ticket(reader_id: object) -> str:
    """A ticket for this reader. It opens a stream of hints and nothing else."""
    return signing.TimestampSigner(salt=_SALT).sign(str(reader_id))


def read_ticket(ticket: str) -> str:
    """The id of the reader it was issued for. Raises `TicketRefused`."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(ticket, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature as error:
        raise TicketRefused(str(error)) from error
