"""Telling staff that something needs a person."""

from __future__ import annotations

import logging

from django.core.mail import mail_admins

logger = logging.getLogger(__name__)


def alert(subject: str, text: str) -> None:
    """Log it as an error and mail it to ALERT_EMAILS. Call it once per cause; never with a reader's words in it."""
    logger.error("ALERT %s: %s", subject, text)
    try:
        mail_admins(subject, text)
    except Exception:  # a mail server that is away must not become the trouble itself
        logger.exception("the alert could not be mailed")
