"""Housekeeping of the whole."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.db.models.functions import Now

from readingjourney.models import RememberedAnswer

ANSWERS_KEPT = timedelta(hours=24)


@shared_task(name="readingjourney.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Forget answers that nobody will ask for again (they may hold a reader's words), and sessions that have ended."""
    RememberedAnswer.objects.filter(created_at__lt=Now() - ANSWERS_KEPT).delete()
    SessionStore.clear_expired()
