"""The bucket is away, or refuses (case 16, and 7 with a bucket): what was paid for is kept in mind until it fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from music.models import AttemptState, MusicTrack, ProviderGate, TrackStatus
from tests.faults.harness import Faults
from tests.process.product import wait_until
from tests.process.s3 import BUCKET, S3Server, running_s3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(server: S3Server, faults: Faults) -> Iterator[S3Server]:
    server.wire.reset()
    use(faults, server)
    yield server
    faults.end_workers()
    server.wire.reset()
    if server.process is None:
        server.start()
    for key in server.stored_keys():
        server.client.delete_object(Bucket=BUCKET, Key=key)


def use(faults: Faults, server: S3Server, **options: Any) -> None:
    backend = {"BACKEND": "music.bucket.SignedBucketStorage", "OPTIONS": {**server.options, **options}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    faults.configure(STORAGES={"default": backend, "staticfiles": static})


def finished_and_paid_once(faults: Faults, track: MusicTrack) -> None:
    faults.settle(60)
    track.refresh_from_db()
    assert (track.status, faults.charges(track)) == (TrackStatus.COMPLETED, 1)
    assert faults.mureka.stats()["submits"] == 1
    faults.check()


def test_killed_after_the_upload_the_file_is_found_there_and_not_sent_again(faults: Faults, bucket: S3Server) -> None:
    track = faults.ask()
    faults.crash("stored:kill")
    sent = bucket.wire.asked("PUT")
    faults.worker()
    finished_and_paid_once(faults, track)
    assert bucket.wire.asked("PUT") == sent
    assert len(bucket.stored_keys()) == 1


def test_a_bucket_that_is_away_is_waited_for(faults: Faults, bucket: S3Server) -> None:
    bucket.kill()
    track = faults.ask()
    faults.worker()
    wait_until(lambda: faults.mureka.stats()["downloads"] >= 2, seconds=60, what="a second try")
    assert faults.attempts(track) == [AttemptState.SUBMITTED]
    bucket.start()
    finished_and_paid_once(faults, track)


def test_an_upload_that_is_cut_off_is_sent_again(faults: Faults, bucket: S3Server) -> None:
    bucket.wire.cut_after = 50_000
    track = faults.ask()
    faults.worker()
    wait_until(lambda: bucket.wire.asked("PUT"), what="the upload")
    bucket.wire.cut_after = None
    finished_and_paid_once(faults, track)


def test_a_bucket_that_refuses_shuts_the_gate_tells_staff_once_and_loses_nothing(
    faults: Faults, bucket: S3Server
) -> None:
    use(faults, bucket, access_key="nobodys")
    track = faults.ask()
    worker = faults.worker()
    wait_until(lambda: ProviderGate.of("mureka").is_paused, seconds=40, what="the gate to be shut")
    assert ProviderGate.of("mureka").pause_code == "storage"
    waiting = faults.ask()
    wait_until(lambda: faults.mureka.stats()["downloads"] >= 2, seconds=40, what="another try")
    assert worker.log.count("ALERT ") == 1
    assert faults.mureka.stats()["submits"] == 1
    worker.kill()

    use(faults, bucket)
    faults.worker()
    faults.settle(60)
    for each in (track, waiting):
        each.refresh_from_db()
        assert (each.status, faults.charges(each)) == (TrackStatus.COMPLETED, 1)
    faults.check()
