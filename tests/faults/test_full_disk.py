"""No room, and a storage that takes nothing (cases 15 and 16): nothing is ordered that could not be kept."""

from __future__ import annotations

import shutil

from music.models import AttemptState, TrackStatus
from tests.faults.harness import Faults
from tests.process.product import wait_until


def test_with_too_little_room_nothing_is_ordered_and_later_everything_is(faults: Faults) -> None:
    track = faults.ask()
    full = faults.worker(MUSIC_MIN_FREE_MB=10**9)
    wait_until(lambda: "disk is nearly full" in full.log, what="it to notice")
    track.refresh_from_db()
    assert (track.status, faults.mureka.stats()["submits"]) == (TrackStatus.PENDING, 0)
    full.kill()
    faults.worker()
    faults.settle()
    track.refresh_from_db()
    assert (track.status, faults.charges(track)) == (TrackStatus.COMPLETED, 1)
    faults.check()


def test_a_download_that_finds_no_room_is_fetched_again_and_not_ordered_again(faults: Faults) -> None:
    """The file comes to be larger than what may be written, as on a full disk; the database still has room."""
    faults.mureka.settings(default_duration=300)  # 4.8 MB
    track = faults.ask()
    full = faults.worker(machine={"largest_file": 3_500_000})
    wait_until(lambda: faults.mureka.stats()["downloads"] >= 2, what="two downloads")
    full.kill()
    track.refresh_from_db()
    assert track.status == TrackStatus.GENERATING
    faults.worker()
    faults.settle()
    track.refresh_from_db()
    assert (track.status, faults.charges(track)) == (TrackStatus.COMPLETED, 1)
    assert not list((faults.home / "media").rglob(".incoming-*"))
    faults.check()


def test_a_storage_that_takes_nothing_is_waited_for_with_the_paid_piece_in_mind(faults: Faults) -> None:
    media = faults.home / "media"
    shutil.rmtree(media, ignore_errors=True)
    media.write_text("not a directory")
    track = faults.ask()
    faults.worker()
    wait_until(lambda: faults.mureka.stats()["downloads"] >= 3, what="several tries")
    assert faults.attempts(track) == [AttemptState.SUBMITTED]
    media.unlink()
    faults.settle()
    track.refresh_from_db()
    assert (track.status, faults.charges(track)) == (TrackStatus.COMPLETED, 1)
    assert faults.mureka.stats()["submits"] == 1
    faults.check()
