"""The last resort for an order's id that could not be saved: a file on this machine, replayed by its sweeps.

An id is paid for. When the database is away at the moment of saving it, the id waits here until it is back.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from pathlib import Path

from django.conf import settings

from music.models import AttemptState, SubmissionAttempt
from music.providers.base import Submission

logger = logging.getLogger(__name__)


def directory() -> Path:
    """Where the ids wait."""
    return Path(settings.DATA_DIR) / "spool"


def keep(attempt_id: int, submission: Submission) -> None:
    """Write the id down, whole or not at all, and onto the disk. Raises `OSError`."""
    directory().mkdir(parents=True, exist_ok=True)
    path = directory() / f"{attempt_id}-{uuid.uuid4().hex}.json"
    draft = path.with_suffix(".draft")
    with draft.open("w") as file:
        json.dump(
            {
                "attempt": attempt_id,
                "task_id": submission.task_id,
                "trace_id": submission.trace_id,
                "details": submission.details,
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def replay() -> int:
    """Save the ids that wait here to their attempts; how many. Raises the database's errors, and keeps the rest then.

    Safe in several sweeps at once: saving an id twice changes nothing.
    """
    saved = 0
    for path in sorted(directory().glob("*.json")) if directory().exists() else []:
        try:
            kept = json.loads(path.read_text())
            attempt_id, task_id = int(kept["attempt"]), str(kept["task_id"])
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            logger.exception("%s cannot be read; look at it by hand", path)
            path.replace(path.with_suffix(".unreadable"))
            continue
        attempt = SubmissionAttempt.objects.filter(pk=attempt_id).first()
        if attempt is None:
            logger.error("the paid task %s belongs to attempt %s, which is gone", task_id, attempt_id)
        else:
            won = attempt.close(
                AttemptState.SUBMITTED, task_id=task_id, trace_id=kept["trace_id"], details=kept["details"]
            )
            if won and attempt.task_id:
                attempt.watch_soon()  # should its track have ended meanwhile, the piece may arrive all the same
            saved += 1
        path.unlink(missing_ok=True)
    return saved
