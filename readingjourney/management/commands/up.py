"""`manage.py up`: the whole product on this machine, from one command, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from environs import Env, EnvError, validate

from music.providers import get_provider
from music.queueing import order_seconds
from readingjourney import broker, preflight
from readingjourney.guardian import Guardian
from readingjourney.health_probe import HealthProbe, page_address
from readingjourney.preparation import collect_static_if_changed, migrate_if_needed
from readingjourney.runlock import AlreadyRunning, RunLock
from readingjourney.supervisor import Program, Supervisor


class Command(BaseCommand):
    """Prepares the data directory, then supervises web, workers, beat and the embedded broker."""

    help = "Run Reading Journey: web, workers, scheduler and an embedded broker, until Ctrl-C."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (default: HOST, %(default)s)")
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="port, 0 for any free one (default: PORT, %(default)s)"
        )

    def handle(self, *_args: Any, host: str, port: int, **_options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without Hangul is no reason to fail
        os.umask(0o077)  # diaries, sessions and reset links: what is kept is its owner's alone
        data_dir: Path = settings.DATA_DIR
        if problem := preflight.data_dir_problem(str(data_dir)):
            raise CommandError(problem)
        lock = RunLock(data_dir)
        try:
            lock.acquire()
        except AlreadyRunning as error:
            raise CommandError(str(error)) from error
        try:
            self._run(lock, host, port)
        except KeyboardInterrupt:
            announce("Stopped before it was ready")
        finally:
            lock.release()

    def _run(self, lock: RunLock, host: str, port: int) -> None:
        data_dir: Path = settings.DATA_DIR
        try:
            listener = preflight.open_listener(host, port)
        except OSError as error:
            raise CommandError(preflight.listener_problem(error, host, port)) from error
        with listener, contextlib.ExitStack() as stack:
            address = page_address(listener)
            lock.write_holder(address)
            live_listener = stack.enter_context(open_live_listener(host)) if settings.LIVE_STREAMS else None
            try:
                programs = programs_to_run(data_dir, listener, live_listener)
                if migrate_if_needed():
                    announce("The database is ready")
                if collect_static_if_changed():
                    announce("The static files are collected")
            except (broker.BrokerUnavailable, EnvError) as error:
                raise CommandError(str(error)) from error
            except OperationalError as error:
                raise CommandError(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from error
            supervisor = Supervisor(
                programs,
                directory=data_dir,
                environment={
                    **os.environ,
                    "HOST": host,
                    "PORT": str(listener.getsockname()[1]),
                    "LIVE_PORT": str(live_listener.getsockname()[1] if live_listener else 0),
                    "DATA_DIR": str(data_dir),
                    "OMP_NUM_THREADS": "1",  # the studio's processes share the cores among themselves already
                    "PYTHONUNBUFFERED": "1",
                },
                announce=announce,
                stop_grace=order_seconds(get_provider(settings.MUSIC_PROVIDER)) + 5,  # an order is seen to its end
            )
            probe = HealthProbe(listener, _host_header())
            guardian = Guardian(lock.handover_descriptor)
            try:
                supervisor.run(guardian, is_ready=probe.answered, on_ready=lambda: announce_ready(address, data_dir))
            finally:
                probe.close()
                guardian.dismiss()
                broker.remove_socket_directory(data_dir)


def open_live_listener(host: str) -> socket.socket:
    """Listen where the live streams are served, on the host of the pages. Raises `CommandError`."""
    try:
        return preflight.open_listener(host, settings.LIVE_PORT)
    except OSError as error:
        raise CommandError(
            f"LIVE_PORT={settings.LIVE_PORT} cannot be listened on ({error.strerror}). Leave it out for any free port,"
            " or do without live streams: LIVE_STREAMS=false"
        ) from error


def programs_to_run(data_dir: Path, pages: socket.socket, streams: socket.socket | None) -> list[Program]:
    """Return the product's programs in the order of their start, with the sockets that pages and live streams are
    served on (None: no streams).

    Raises `BrokerUnavailable`, and `EnvError` when STUDIO_CONCURRENCY is no positive number.
    """
    env = Env()
    studio_processes = env.int("STUDIO_CONCURRENCY", min(os.cpu_count() or 1, 2), validate=validate.Range(min=1))
    celery = [sys.executable, "-m", "celery", "--app", "readingjourney"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", settings.LOG_LEVEL]
    here = f"{os.getpid()}@%h"  # the broker may be shared with another machine's workers, and names must differ
    programs = [
        Program(
            "web",
            [
                *(sys.executable, "-m", "gunicorn", "readingjourney.wsgi:application"),
                # We hold the listening socket: while the web process is started again, readers wait, not refused.
                *("--bind", f"fd://{pages.fileno()}", "--worker-class", "gthread", "--workers", "1", "--threads", "8"),
                *("--graceful-timeout", "8", "--no-control-socket", "--log-level", "warning"),
            ],
            inherited=(pages.fileno(),),
        ),
        Program(
            "worker",
            [*celery, "worker", "-n", f"worker-{here}", "-Q", "waiting", "-P", "threads", "-c", "8", *quiet],
        ),
        Program(
            "studio",
            [
                *(*celery, "worker", "-n", f"studio-{here}", "-Q", "making", "-P", "prefork"),
                *("-c", str(studio_processes), "--include", "music.preload", *quiet),
            ],
        ),
        Program("beat", [*celery, "beat", "--loglevel", settings.LOG_LEVEL]),
    ]
    if streams is not None:
        live = [sys.executable, "-m", "readingjourney.live", "--fd", str(streams.fileno())]
        programs.append(Program("live", live, inherited=(streams.fileno(),)))
    if not env.str("BROKER_URL", ""):
        broker.prepare_directories(data_dir)
        programs.insert(0, Program("broker", broker.server_command(data_dir), others_need_it=True))
    return programs


def announce(line: str) -> None:
    """Print one line at once. A terminal that has gone away must not take the product with it."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def announce_ready(address: str, data_dir: Path) -> None:
    announce(f"Reading Journey is ready · 독서 여정이 준비되었습니다 → {address}  (Ctrl-C to stop)")
    announce(f"Logs, and the mail it would have sent (web.log), are in {data_dir / 'logs'}")


def _host_header() -> str:
    """A name the product answers to, whatever ALLOWED_HOSTS says."""
    for name in settings.ALLOWED_HOSTS:
        if name != "*":
            return str(name).removeprefix(".")
    return "localhost"
