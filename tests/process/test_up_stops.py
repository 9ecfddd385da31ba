"""`manage.py up` leaves nothing running, however it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
import requests

from readingjourney.supervisor import STOP_GRACE_SECONDS

from .product import PROGRAMS, Product, running_product, wait_until


def wait_until_all_run(product: Product) -> None:
    wait_until(lambda: sorted(product.pids) == sorted(PROGRAMS), what="all the programs")
    # `up`, its guardian, five programs, the web worker, and the studio's pool of one
    wait_until(lambda: len(product.living()) >= 9, what="the processes of the pools")


# SIGTERM twice: to a whole process group it comes once directly and once more through make.
@pytest.mark.parametrize("numbers", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM], [signal.SIGHUP]])
def test_it_stops_everything_when_asked(tmp_path: Path, numbers: list[signal.Signals]):
    with running_product(tmp_path, STUDIO_CONCURRENCY=1) as product:
        wait_until_all_run(product)

        for number in numbers:
            product.process.send_signal(number)

        assert product.process.wait(30) == 0
        assert product.living() == []
        assert product.pids == {}
        assert product.output.rstrip().endswith("Stopped")
        assert "without waiting" not in product.output  # everybody went by themselves
        assert "ready to exit" in product.log("broker")  # and the broker saved first


def test_it_leaves_no_orphan_when_it_is_killed(tmp_path: Path):
    with running_product(tmp_path, STUDIO_CONCURRENCY=1) as product:
        wait_until_all_run(product)

        product.process.kill()
        product.process.wait()

        wait_until(lambda: product.living() == [], seconds=5, what="every process to be gone")


def test_it_starts_again_at_once_after_it_was_killed(tmp_path: Path):
    with running_product(tmp_path, STUDIO_CONCURRENCY=1) as first:
        wait_until_all_run(first)
        first.process.kill()

        with running_product(tmp_path, STUDIO_CONCURRENCY=1) as second:
            assert first.living() == []
            assert requests.get(f"{second.url}/health/live", timeout=5).ok


def test_it_hurries_when_asked_twice(tmp_path: Path):
    with running_product(tmp_path, STUDIO_CONCURRENCY=1) as product:
        wait_until_all_run(product)
        worker = product.pids["worker"]
        subprocess.run(["kill", "-STOP", str(worker)], check=True)  # a worker that never ends its task

        def ask_again() -> bool:
            product.process.send_signal(signal.SIGINT)
            return "without waiting any longer" in product.output

        wait_until(ask_again, seconds=STOP_GRACE_SECONDS / 2, every=0.3, what="the impatient end")

        assert product.process.wait(10) == 0
        assert product.living() == []
