"""Asking after what waits at its provider, in batches."""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError

from music.alerts import alert
from music.dispatching import fetching, settle_and_go_on, task_provider
from music.generation import asked_in_vain, fail_late, settle, tell
from music.models import Heartbeat, MusicTrack, TrackStage, Waiting
from music.providers import UnknownProvider, get_provider
from music.providers.base import ProviderBusy, ProviderError, ProviderHalted, TaskProvider, TaskReport, TaskState
from music.tally import count

logger = logging.getLogger(__name__)

POLL_BATCH = 200
POLL_THREADS = 32
POLLING_SECONDS = 8.0  # of one sweep; the next one goes on
SILENT_POLLS = 12  # so many failures in a row, and the rest of the batch is left for later
GONE_AFTER_SECONDS = 60.0  # a task that is not known so soon may not be known yet

_polling = threading.Lock()
_poll_pool: ThreadPoolExecutor | None = None


def poll_in_turn() -> None:
    # One round of polls in a process at a time: a slow provider must not fill all its threads with rounds of polls.
    if _polling.acquire(blocking=False):
        try:
            poll_due()
        finally:
            _polling.release()


def poll_due() -> None:
    until = time.monotonic() + POLLING_SECONDS
    while time.monotonic() < until:
        batch = MusicTrack.claim_waiting(POLL_BATCH, lease=poll_lease())
        if batch:
            _poll_batch(batch)
        if len(batch) < POLL_BATCH:
            return


def poll_lease() -> timedelta:
    """How long a batch is claimed for: afterwards the tracks of a worker that was killed in it are taken over.

    Long enough for those that nobody answers; should all answer as slowly as they may, some are asked after twice."""
    slow = 2 * settings.MUREKA_POLL_TIMEOUT_SECONDS + POLLING_SECONDS
    return timedelta(seconds=max(settings.MUSIC_LEASE_SECONDS, slow))


def _poll_batch(batch: list[Waiting]) -> None:
    """Ask after each track of the batch. What is still running is given back in one statement; what has ended goes to
    the hands that fetch, or waits for them."""
    pauses: dict[Waiting, float] = {}
    finished: list[Waiting] = []
    asked = errors = 0
    crowd = _crowd()
    try:
        for waiting, answer in _answers(batch):
            asked += answer is not None
            errors += isinstance(answer, ProviderError)
            try:
                if isinstance(answer, TaskReport) and answer.state == TaskState.SUCCEEDED and not fetching.free:
                    finished.append(waiting)
                elif _is_nothing_new(waiting, answer):
                    said = answer.retry_after if isinstance(answer, ProviderBusy) else None
                    pauses[waiting] = max(_pause(waiting, crowd), said or 0.0)
                else:
                    _take_answer(waiting, answer, crowd)
            except DatabaseError:
                raise
            except Exception:  # one row's trouble is its own: its lease runs out, and it is asked after again
                logger.exception("polling track %s failed", waiting.pk)
    finally:
        MusicTrack.wait_on(pauses)
        MusicTrack.leave_to_fetch(finished)
    count(polls=asked, poll_errors=errors, polls_late_seconds=sum(each.lateness for each in batch))


def _answers(batch: list[Waiting]) -> Iterator[tuple[Waiting, TaskReport | ProviderError | None]]:
    """The provider's answer to each question, as they come; None for those that were not asked any more because so many
    before them were not answered."""
    global _poll_pool
    if _poll_pool is None:
        # A thread that computes gives way after 1 ms instead of 5: every answer has to wait for its turn.
        sys.setswitchinterval(0.001)
        _poll_pool = ThreadPoolExecutor(POLL_THREADS, thread_name_prefix="poll")
    silence = Silence()
    futures = {_poll_pool.submit(_ask, each, silence): each for each in batch}
    for future in as_completed(futures):
        yield futures[future], future.result()


class Silence:
    """How many questions of a batch were not answered, one after the other; its threads share it without a lock, and
    may be wrong by a few."""

    def __init__(self) -> None:
        self._length = 0

    @property
    def is_long(self) -> bool:
        return self._length >= SILENT_POLLS

    def hear(self, answer: TaskReport | ProviderError) -> None:
        self._length = 0 if isinstance(answer, TaskReport) else self._length + 1


def _ask(waiting: Waiting, silence: Silence) -> TaskReport | ProviderError | None:
    """One question, unless nobody seems to be there. No database here: these are many threads, and each would keep a
    connection."""
    if silence.is_long:
        return None
    answer = _answer(waiting)
    silence.hear(answer)
    return answer


def _answer(waiting: Waiting) -> TaskReport | ProviderError:
    try:
        provider = get_provider(waiting.provider)
        if not isinstance(provider, TaskProvider) or not waiting.task_id:
            return ProviderError("there is no order to ask after", code="internal_error", permanent=True)
        return provider.poll(waiting.task_id)
    except UnknownProvider:
        return ProviderError(f"no provider named {waiting.provider!r} is configured", code="provider_missing")
    except ProviderError as error:
        return error
    except Exception as error:
        logger.exception("asking about track %s met an error nobody foresaw", waiting.pk)
        return ProviderError(repr(error), code="internal_error")


def _is_nothing_new(waiting: Waiting, answer: TaskReport | ProviderError | None) -> bool:
    if answer is None:
        return True
    if waiting.is_past_deadline:
        return False
    if isinstance(answer, ProviderError):
        too_soon = answer.code == "result_gone" and waiting.age < GONE_AFTER_SECONDS
        return (not answer.permanent or too_soon) and not isinstance(answer, ProviderHalted)
    return answer.state == TaskState.RUNNING and answer.progress == waiting.progress and not answer.unknown_status


def _take_answer(waiting: Waiting, answer: TaskReport | ProviderError | None, crowd: float) -> None:
    """The track's own business: it has ended, or its deadline is past, or there is something to write down."""
    track = MusicTrack.objects.filter(pk=waiting.pk, fencing_token=waiting.fencing_token).first()
    provider = task_provider(waiting.provider)
    if track is None:
        return
    if provider is None:
        track.fail("provider_missing", str(answer))
        return
    if isinstance(answer, TaskReport) and answer.unknown_status:
        _tell_of_word(waiting.provider, answer.unknown_status)
    if isinstance(answer, TaskReport) and answer.state == TaskState.SUCCEEDED:
        if not fetching.give(settle_and_go_on, track, provider, answer):
            track.wait(TrackStage.FETCHING, seconds=0)
    elif isinstance(answer, TaskReport) and answer.state == TaskState.FAILED:
        settle(track, provider, answer)
    elif isinstance(answer, ProviderError):
        asked_in_vain(track, provider, answer)
        tell(track)
    elif waiting.is_past_deadline:
        fail_late(track, provider)
        tell(track)
    else:
        progress = answer.progress if answer else track.progress
        track.wait(TrackStage.WAITING, seconds=_pause(waiting, crowd), progress=progress)


def _tell_of_word(provider: str, word: str) -> None:
    """A state nobody knows is taken for running; staff are told of each such word once."""
    if Heartbeat.objects.get_or_create(pk=f"word:{provider}:{word}"[:40])[1]:
        alert(f"{provider}: a state nobody knows", f"A task is in the state {word[:80]!r}; it is taken for running.")


def _crowd() -> float:
    """The shortest pause between two polls of a track at which this process keeps up with all that wait."""
    return MusicTrack.objects.under_way().filter(stage=TrackStage.WAITING).count() / settings.MUSIC_POLLS_PER_SECOND


def _pause(waiting: Waiting, crowd: float) -> float:
    """Seconds until the next poll: a sixth of a track's age, within the provider's range, never more than this process
    can do, and a little apart from each other."""
    provider = task_provider(waiting.provider)
    if provider is None:
        return 60.0
    pause = min(max(provider.poll_seconds, waiting.age / 6), provider.slowest_poll_seconds)
    return max(pause, crowd) * random.uniform(0.85, 1.15)
