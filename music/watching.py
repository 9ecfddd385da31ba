"""Paid pieces that were given up on, and may still arrive."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db.models.functions import Now

from music.dispatching import task_provider
from music.models import AttemptState, SubmissionAttempt, TrackStatus
from music.providers.base import ProviderError, TaskState

logger = logging.getLogger(__name__)

WATCHED = 20
WATCH_PAUSE_SECONDS = (60.0, 1800.0)


def ask_after_late() -> None:
    """Ask after paid pieces that were given up on. One that has come is noted on its track, for its reader to take."""
    watched = SubmissionAttempt.objects.filter(watch_at__lte=Now()).order_by("watch_at").select_related("track")
    for attempt in watched.annotate(clock=Now())[:WATCHED]:
        age = (attempt.clock - attempt.opened_at).total_seconds()
        low, high = WATCH_PAUSE_SECONDS
        if not attempt.watch_later(seconds=min(max(low, age / 4), high)):
            continue
        provider = task_provider(attempt.provider)
        track = attempt.track
        if (
            provider is None
            or track is None
            or track.status != TrackStatus.ERROR
            or track.ask != attempt.ask
            or attempt.state != AttemptState.SUBMITTED
            or age > settings.MUSIC_LATE_HOURS * 3600
        ):
            attempt.watch_no_more()
            continue
        try:
            report = provider.poll(attempt.task_id)
        except ProviderError as error:
            logger.info("asking after the late track %s failed: %s", track.pk, error)
            if error.permanent:
                attempt.watch_no_more()
            continue
        if report.state == TaskState.SUCCEEDED:
            attempt.watch_no_more()
            if track.note_arrival():
                logger.warning("track %s has arrived late; its reader may take it", track.pk)
        elif report.state == TaskState.FAILED:
            attempt.watch_no_more()
