"""`manage.py up` keeps its programs running."""

from __future__ import annotations

import contextlib

import psutil
import pytest
import requests

from readingjourney.supervisor import FIRST_RESTART_SECONDS

from .product import PROGRAMS, Product, is_alive, running_product, wait_until


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory):
    with running_product(tmp_path_factory.mktemp("keeps"), from_nothing=True, STUDIO_CONCURRENCY=1) as product:
        yield product


def test_it_announces_the_page_in_both_languages_when_it_answers(product: Product):
    wait_until(lambda: f"ready · 독서 여정이 준비되었습니다 → {product.url}" in product.output, what="the announcement")
    assert requests.get(f"{product.url}/health/live", timeout=5).status_code == 200
    assert sorted(product.pids) == sorted(PROGRAMS)


def test_it_keeps_the_broker_private(product: Product):
    connections = psutil.Process(product.pids["broker"]).net_connections(kind="inet")

    assert connections == []
    assert (product.data_dir / "broker").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_starts_a_killed_program_again_and_says_so(product: Product, name: str):
    pid = product.kill(name)

    product.wait_until_replaced(name, pid)

    said = f"{name} was killed (signal 9); starting it again in {FIRST_RESTART_SECONDS:g} s"
    wait_until(lambda: said in product.output and f"{name} is running again" in product.output, what=said)
    assert str(product.data_dir / "logs" / f"{name}.log") in product.output


def test_it_ends_what_a_killed_worker_leaves_behind(product: Product):
    wait_until(lambda: psutil.Process(product.pids["studio"]).children(), what="the studio's pool")
    pool = psutil.Process(product.pids["studio"]).children()

    pid = product.kill("studio")
    product.wait_until_replaced("studio", pid)

    assert not [each for each in pool if is_alive(each)]


def test_it_lets_readers_wait_while_the_web_process_is_started_again(product: Product):
    pid = product.kill("web")
    wait_until(lambda: not psutil.pid_exists(pid), what="the web process to be gone")

    assert requests.get(f"{product.url}/health/live", timeout=20).status_code == 200


def test_it_waits_longer_after_each_quick_death(product: Product):
    pid = product.wait_until_replaced("beat", product.kill("beat"))
    product.wait_until_replaced("beat", product.kill("beat") or pid)

    delays = [
        float(line.split(" again in ")[1].split(" s")[0])
        for line in product.output.splitlines()
        if line.startswith("beat was killed")
    ]
    assert len(delays) >= 2
    assert delays == [FIRST_RESTART_SECONDS * 2**count for count in range(len(delays))]


def test_it_replaces_a_killed_guardian(product: Product):
    def guardians() -> list[psutil.Process]:
        found = []
        for child in psutil.Process(product.process.pid).children():
            with contextlib.suppress(psutil.Error):  # one that has just died has no command line any more
                if is_alive(child) and "guardian.py" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    (guardian,) = guardians()
    guardian.kill()

    wait_until(lambda: [each for each in guardians() if each.pid != guardian.pid], what="another guardian")
