"""The yardstick of `bench.sweep`: a Celery task that has its worker for itself until the piece is there."""

from __future__ import annotations

import time
import uuid

import django
from celery import Celery

django.setup()

from music.brief import MusicBrief  # noqa: E402
from music.models import MusicTrack, TrackStatus  # noqa: E402
from music.models.row import FINISHED  # noqa: E402
from music.providers.base import TaskState  # noqa: E402
from music.providers.mureka import MurekaProvider  # noqa: E402
from music.storage import store_audio  # noqa: E402

QUEUE = "blocking"
POLL_SECONDS = 3.0

app = Celery("bench-blocking")
app.conf.update(task_default_queue=QUEUE, task_ignore_result=True, worker_prefetch_multiplier=1)
provider = MurekaProvider()


@app.task(name="bench.make_music")  # type: ignore[untyped-decorator]
def make_music(track_id: str) -> None:
    """Order, ask every three seconds until it is there, fetch, store."""
    track = MusicTrack.objects.get(pk=uuid.UUID(track_id))
    task_id = provider.submit(MusicBrief.from_json(track.brief)).task_id
    while (report := provider.poll(task_id)).state == TaskState.RUNNING:
        time.sleep(POLL_SECONDS)
    stored = store_audio(track.pk, provider.fetch(report.result_url))
    MusicTrack.objects.filter(pk=track.pk).update(**FINISHED, status=TrackStatus.COMPLETED, file=stored.key)
