"""Is the process up, and does what it needs work?

Three words. "ok". "degraded": readers are served and nothing is lost, but somebody should look (docs/operations.md).
"unavailable": not without the database. Only the last answers 503, so that no orchestrator ends a web process for a
trouble that a new one would have too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from music import vitals
from music.storage import free_bytes
from readingjourney.brokerping import broker_answers
from readingjourney.insiders import is_insider

SWEEP_LATE_SECONDS = 30.0
DUE_LATE_SECONDS = 60.0

Finding = tuple[bool, Any]
"""Whether all is well, and the figures behind it."""


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when readers can be served ("ok" or "degraded"), 503 when the database does not answer.

    Everybody gets the words; staff and the monitoring system get the figures, too. No secrets and nothing personal.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        findings = {name: find() for name, find in CHECKS.items()}
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "checks": {"database": "unavailable"}}, status=503)
    words = {"database": "ok"} | {name: "ok" if well else "degraded" for name, (well, _) in findings.items()}
    answer: dict[str, Any] = {"status": "degraded" if "degraded" in words.values() else "ok", "checks": words}
    if is_insider(request):
        answer["details"] = {name: figures for name, (_, figures) in findings.items()}
    return JsonResponse(answer)


def _broker() -> Finding:
    answers = broker_answers(settings.CELERY_BROKER_URL)
    return answers is not False, {True: "answers", False: "does not answer", None: "not asked"}[answers]


def _sweep() -> Finding:
    pulse = vitals.pulses().get(vitals.SWEEP)
    age = None if pulse is None else round(pulse.age, 1)
    return age is not None and age <= SWEEP_LATE_SECONDS, {"age_seconds": age}


def _due() -> Finding:
    late = vitals.oldest_due()
    return late <= DUE_LATE_SECONDS, {"oldest_seconds": round(late, 1)}


def _queue() -> Finding:
    """A long queue is no fault of the machine's: whether it moves, the other checks tell."""
    figures = {
        each.provider: {"tracks": each.tracks, "readers": each.readers, "oldest_seconds": round(each.oldest)}
        for each in vitals.waiting()
    }
    return True, figures


def _gates() -> Finding:
    paused = vitals.paused_gates()
    return not paused, {"paused": paused}


def _orders() -> Finding:
    unknown = vitals.unknown_orders()
    return unknown == 0, {"unknown": unknown}


def _disk() -> Finding:
    free = {name: space // 1_000_000 for name, space in free_bytes().items()}
    return min(free.values()) >= settings.MUSIC_MIN_FREE_MB, {"free_mb": free}


CHECKS: dict[str, Callable[[], Finding]] = {
    "broker": _broker,
    "sweep": _sweep,
    "due": _due,
    "queue": _queue,
    "gates": _gates,
    "orders": _orders,
    "disk": _disk,
}
