"""A paid provider that answers at once, from memory: what is left of a measurement is the product's own."""

from __future__ import annotations

import uuid

from music.brief import MusicBrief
from music.providers.base import Audio, Submission, TaskReport, TaskState

NAME = "instant"


class InstantVendor:
    """Takes every order and never finishes one."""

    name = NAME
    charges = True
    typical_seconds = (30, 300)
    deadline_seconds = 3600
    concurrency: int | None = 100_000
    poll_seconds = 60.0
    slowest_poll_seconds = 60.0

    def submit(self, brief: MusicBrief) -> Submission:
        return Submission(task_id=uuid.uuid4().hex)

    def poll(self, task_id: str) -> TaskReport:
        return TaskReport(TaskState.RUNNING)

    def fetch(self, result_url: str) -> Audio:
        raise NotImplementedError("nothing is ever finished")
