"""kill -9 of a worker in the middle of a track: the track completes after the restart, exactly once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil

from tests.process.product import Product, running_product, wait_until
from tests.process.reader import HttpReader, events, rows


def kill_whole(product: Product, name: str) -> None:
    """kill -9 of a program with its pool, as when the machine's memory runs out."""
    top = psutil.Process(product.pids[name])
    for process in [*top.children(recursive=True), top]:
        os.kill(process.pid, signal.SIGKILL)


def test_a_track_survives_its_worker_and_is_made_exactly_once(tmp_path: Path) -> None:
    with running_product(tmp_path, MUSIC_LEASE_SECONDS=3, MUSIC_SWEEP_SECONDS=0.5) as product:
        alice = HttpReader(product.url)
        _, track = alice.start_journey()
        wait_until(lambda: alice.track(track)["stage"] == "waiting", every=0.01, what="the composing to begin")
        kill_whole(product, "studio")
        assert alice.track(track)["status"] == "generating"

        done = alice.wait_for(track)

        assert rows(product.data_dir, "SELECT rescues, fencing_token FROM music_musictrack") == [(1, 2)]
        assert events(product.data_dir, track).count("completed") == 1
        files = [path for path in (product.data_dir / "media").rglob("*") if path.is_file()]
        assert sorted(path.suffix for path in files) == [".mid", ".mp3"]
        audio = alice.api.get(done["file_url"], timeout=10)
        assert audio.content == next(path for path in files if path.suffix == ".mp3").read_bytes()


def test_the_whole_product_killed_in_the_middle_goes_on_when_it_is_started_again(tmp_path: Path) -> None:
    with running_product(tmp_path, MUSIC_LEASE_SECONDS=3, MUSIC_SWEEP_SECONDS=0.5) as product:
        alice = HttpReader(product.url)
        tracks = [alice.start_journey(title)[1] for title in ("봄봄", "동백꽃", "소나기")]
        wait_until(lambda: alice.track(tracks[0])["status"] == "generating", every=0.01, what="the first to be taken")
        os.kill(product.process.pid, signal.SIGKILL)
        product.process.wait()
        wait_until(lambda: not product.living(), what="everything to be gone with it")

    with running_product(tmp_path, MUSIC_LEASE_SECONDS=3, MUSIC_SWEEP_SECONDS=0.5) as product:
        alice.url = product.url
        for track in tracks:
            alice.wait_for(track)
            assert events(product.data_dir, track).count("completed") == 1
