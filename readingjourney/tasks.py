"""Housekeeping of the whole."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from knox.models import get_token_model

from journeys.exporting.services import tidy_exports
from journeys.importing.services import tidy_imports
from journeys.models import LoginTries
from journeys.services.logins import ANYWHERE_WINDOW
from journeys.services.sessions import records_without_session
from music.housekeeping import check_files, delete_in_batches, prune
from music.storage import StorageFailed
from readingjourney.models import RememberedAnswer

logger = logging.getLogger(__name__)

ANSWERS_KEPT = timedelta(hours=24)


@shared_task(name="readingjourney.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Forget answers that nobody will ask for again (they may hold a reader's words), sessions and tokens that have
    ended, tries to log in, imports and exports that have grown old, and old timelines and orders."""
    delete_in_batches(RememberedAnswer.objects.filter(created_at__lt=Now() - ANSWERS_KEPT).order_by("created_at"))
    delete_in_batches(Session.objects.filter(expire_date__lt=Now()).order_by("expire_date"))
    delete_in_batches(records_without_session().order_by("pk"))
    delete_in_batches(LoginTries.objects.filter(since__lt=Now() - ANYWHERE_WINDOW).order_by("since"))
    delete_in_batches(get_token_model().objects.filter(expiry__lt=Now()).order_by("pk"))
    tidy_imports()
    tidy_exports()
    forgotten = prune()
    if any(forgotten.values()):
        logger.info("forgotten: %s", forgotten)


@shared_task(name="readingjourney.check_files")  # type: ignore[untyped-decorator]
def check_stored_files() -> None:
    """Hold the stored files against the finished pieces, once a day."""
    try:
        report = check_files()
    except StorageFailed as error:
        logger.error("the stored files could not be checked: %s", error)
    else:
        logger.info("checked the stored files: %s", report)
