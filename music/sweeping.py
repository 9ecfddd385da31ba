"""Looking after everything that is due: gates, new orders, polls, downloads, lost workers, late arrivals.

One sweep claims what there are free hands for and hands it over; it waits for polls only, which are bounded. Any number
may run at once, on any number of machines: every row is claimed before it is touched, every gate is held while it lets
somebody in. A sweep that is lost costs the time to the next one.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.db.models.functions import Now

from music import gatekeeping, spool
from music.alerts import alert
from music.generation import carry_on, settle
from music.hands import Hands
from music.models import (
    AttemptState,
    Heartbeat,
    MusicTrack,
    ProviderGate,
    SubmissionAttempt,
    TrackQuerySet,
    TrackStage,
    TrackStatus,
    Waiting,
)
from music.providers import UnknownProvider, get_provider
from music.providers.base import ProviderBusy, ProviderError, ProviderHalted, TaskProvider, TaskReport, TaskState
from music.queueing import lease_for, room_to_work, take
from music.tally import count

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(seconds=3)  # a pending row that nobody took by then needs a knock
KNOCK_AGAIN_AFTER = timedelta(seconds=15)
KNOCKS = 16  # for one provider in one sweep
LOST_BATCH = 100
POLL_BATCH = 200
POLL_THREADS = 32
POLLING_SECONDS = 8.0  # of one sweep; the next one goes on
SILENT_POLLS = 12  # so many failures in a row, and the rest of the batch is left for later
GO_ON_SECONDS = 2.0  # for which one pair of hands takes the next job itself
FETCHED = 50
GONE_AFTER_SECONDS = 60.0  # a task that is not known so soon may not be known yet
WATCHED = 20
WATCH_PAUSE_SECONDS = (60.0, 1800.0)

submitting = Hands("submit", 4)
fetching = Hands("fetch", 4)
minding = Hands("mind", 1)

_polling = threading.Lock()
_poll_pool: ThreadPoolExecutor | None = None


def sweep() -> list[tuple[uuid.UUID, str]]:
    """Look after everything that is due, and return (id, provider) of what needs a knock on a queue.

    Each part stands alone: what goes wrong in one is logged, and the others go on.
    """
    began = time.monotonic()
    Heartbeat.beat("sweep")
    knocks: list[tuple[uuid.UUID, str]] = []
    for part in (_save_spooled, _mind_gates, _begin_orders, _poll_in_turn, _fetch, _ask_after_late):
        try:
            part()
        except Exception:
            logger.exception("a part of the sweep failed: %s", part.__name__)
    for source in (_lost, _forgotten):
        try:
            knocks += source()
        except Exception:
            logger.exception("a part of the sweep failed: %s", source.__name__)
    count(sweeps=1, swept_seconds=time.monotonic() - began)
    return knocks


def attend(track_id: uuid.UUID) -> bool:
    """Have this process's free hands take orders that wait for the track's provider, if it is one that is asked and
    then polled. False: the track needs more than that, see to it yourself."""
    row = MusicTrack.objects.filter(pk=track_id, status=TrackStatus.PENDING).values_list("provider").first()
    provider = _task_provider(row[0]) if row else None
    if provider is None:
        return False
    _order(provider)
    return True


def _save_spooled() -> None:
    if saved := spool.replay():
        logger.warning("%d ids of paid orders were saved from the spool", saved)


# Gates and new orders


def _mind_gates() -> None:
    for gate in gatekeeping.gates_to_mind():
        if minding.free:
            minding.give(gatekeeping.mind, gate)


def _begin_orders() -> None:
    for name in ProviderGate.objects.values_list("pk", flat=True):
        if provider := _task_provider(name):
            _order(provider)


def _order(provider: TaskProvider) -> None:
    """Set free hands to ordering what waits, each for one that is due."""
    waiting = MusicTrack.objects.waiting().filter(provider=provider.name, due_at__lte=Now()).order_by()
    for _hand in range(waiting.values("pk")[: submitting.free].count() if submitting.free else 0):
        submitting.give(_order_on, provider)


def _order_on(provider: TaskProvider) -> None:
    """Order what waits, in turn, for as long as the gate lets somebody in; the next sweep goes on."""
    until = time.monotonic() + GO_ON_SECONDS
    while True:
        if not room_to_work():
            logger.error("the disk is nearly full; nothing new is ordered")
            return
        tracks = take(provider, 1)
        for track in tracks:
            carry_on(track, provider)
        if not tracks or time.monotonic() >= until:
            return


def _task_provider(name: str) -> TaskProvider | None:
    try:
        provider = get_provider(name)
    except UnknownProvider:
        return None
    return provider if isinstance(provider, TaskProvider) else None


# Polls


def _poll_in_turn() -> None:
    # One round of polls in a process at a time: a slow provider must not fill all its threads with rounds of polls.
    if _polling.acquire(blocking=False):
        try:
            _poll_due()
        finally:
            _polling.release()


def _poll_due() -> None:
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
    errors = 0
    crowd = _crowd()
    try:
        for waiting, answer in _answers(batch):
            errors += isinstance(answer, ProviderError)
            try:
                if _is_nothing_new(waiting, answer):
                    said = answer.retry_after if isinstance(answer, ProviderBusy) else None
                    pauses[waiting] = max(_pause(waiting, crowd), said or 0.0)
                else:
                    _take_answer(waiting, answer)
            except DatabaseError:
                raise
            except Exception:  # one row's trouble is its own: its lease runs out, and it is asked after again
                logger.exception("polling track %s failed", waiting.pk)
    finally:
        MusicTrack.wait_on(pauses)
    count(polls=len(batch), poll_errors=errors, polls_late_seconds=sum(each.lateness for each in batch))


def _answers(batch: list[Waiting]) -> Iterator[tuple[Waiting, TaskReport | ProviderError | None]]:
    """The provider's answer to each question, as they come; None for those that were not asked any more because so many
    before them were not answered."""
    global _poll_pool
    if _poll_pool is None:
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
    if waiting.is_past_deadline:
        return False
    if answer is None:
        return True
    if isinstance(answer, ProviderError):
        too_soon = answer.code == "result_gone" and waiting.age < GONE_AFTER_SECONDS
        return (not answer.permanent or too_soon) and not isinstance(answer, ProviderHalted)
    return answer.state == TaskState.RUNNING and answer.progress == waiting.progress and not answer.unknown_status


def _take_answer(waiting: Waiting, answer: TaskReport | ProviderError | None) -> None:
    """The track's own business: it has ended, or its deadline is past, or there is something to write down."""
    track = MusicTrack.objects.filter(pk=waiting.pk, fencing_token=waiting.fencing_token).first()
    provider = _task_provider(waiting.provider)
    if track is None:
        return
    if provider is None:
        track.fail("provider_missing", str(answer))
        return
    if isinstance(answer, TaskReport) and answer.unknown_status:
        _tell_of_word(waiting.provider, answer.unknown_status)
    if isinstance(answer, TaskReport) and answer.state == TaskState.SUCCEEDED:
        if fetching.free:
            fetching.give(_settle_and_go_on, track, provider, answer)
        else:
            track.wait(TrackStage.FETCHING, seconds=0)
    elif isinstance(answer, TaskReport) and answer.state == TaskState.FAILED:
        settle(track, provider, answer)
    elif waiting.is_past_deadline:
        detail = str(answer) if isinstance(answer, ProviderError) else ""
        told = f"not finished {provider.deadline_seconds} s after it was first taken"
        track.fail("timeout", f"{told}; {detail}" if detail else told)
    elif isinstance(answer, ProviderError):
        logger.warning("asking about track %s failed: %s", track.pk, answer)
        if isinstance(answer, ProviderHalted):
            gatekeeping.refused(waiting.provider, answer)
        if answer.permanent:
            track.fail(answer.code, str(answer))
        else:
            track.wait(TrackStage.WAITING, seconds=provider.slowest_poll_seconds, progress=track.progress)
    else:
        progress = answer.progress if answer else track.progress
        track.wait(TrackStage.WAITING, seconds=_pause(waiting, _crowd()), progress=progress)


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
    provider = _task_provider(waiting.provider)
    if provider is None:
        return 60.0
    pause = min(max(provider.poll_seconds, waiting.age / 6), provider.slowest_poll_seconds)
    return max(pause, crowd) * random.uniform(0.85, 1.15)


# Downloads, lost workers, forgotten rows


def _fetch() -> None:
    """Set free hands to what is ready to be fetched: found so when all hands were busy, or to be tried again."""
    for _hand in range(_ready_to_fetch()[: fetching.free].count() if fetching.free else 0):
        fetching.give(_fetch_on)


def _fetch_on() -> None:
    """Fetch one after the other; the next sweep goes on."""
    until = time.monotonic() + GO_ON_SECONDS
    # Those that somebody else was quicker to take are passed over.
    for pk, name in _ready_to_fetch().values_list("pk", "provider")[:FETCHED]:
        provider = _task_provider(name)
        if provider is None:
            continue
        deadline = timedelta(seconds=provider.deadline_seconds)
        if track := MusicTrack.claim(pk, lease=lease_for(provider), deadline=deadline):
            carry_on(track, provider)
        if time.monotonic() >= until:
            return


def _settle_and_go_on(track: MusicTrack, provider: TaskProvider, report: TaskReport) -> None:
    settle(track, provider, report)
    _fetch_on()


def _ready_to_fetch() -> TrackQuerySet:
    return MusicTrack.objects.due().filter(stage=TrackStage.FETCHING, lease_until__isnull=True)


def _lost() -> list[tuple[uuid.UUID, str]]:
    """Rows whose worker was lost; marked, so that they are not knocked for again at once while a queue is long."""
    rows = list(
        MusicTrack.objects.due()
        .filter(lease_until__isnull=False)
        .filter(Q(knocked_at__isnull=True) | Q(knocked_at__lte=Now() - KNOCK_AGAIN_AFTER))
        .values_list("pk", "provider")[:LOST_BATCH]
    )
    if rows:
        MusicTrack.objects.filter(pk__in=[pk for pk, _ in rows]).update(knocked_at=Now())
    return rows


def _forgotten() -> list[tuple[uuid.UUID, str]]:
    """For each provider of blocking calls whose waiting rows nobody takes: so many knocks, whose knock was lost."""
    knocks: list[tuple[uuid.UUID, str]] = []
    for name in ProviderGate.objects.values_list("pk", flat=True):
        waiting = MusicTrack.objects.waiting().filter(provider=name, due_at__lte=Now() - FORGOTTEN_AFTER)
        if _task_provider(name) or not waiting.exists():
            continue
        unknocked = ProviderGate.objects.filter(pk=name).filter(
            Q(knocked_at__isnull=True) | Q(knocked_at__lte=Now() - FORGOTTEN_AFTER)
        )
        if unknocked.update(knocked_at=Now()):
            knocks += [(pk, name) for pk in waiting.in_order().values_list("pk", flat=True)[:KNOCKS]]
    return knocks


# Late arrivals


def _ask_after_late() -> None:
    """Ask after paid pieces that were given up on. One that has come is noted on its track, for its reader to take."""
    watched = SubmissionAttempt.objects.filter(watch_at__lte=Now()).order_by("watch_at").select_related("track")
    for attempt in watched.annotate(clock=Now())[:WATCHED]:
        age = (attempt.clock - attempt.opened_at).total_seconds()
        low, high = WATCH_PAUSE_SECONDS
        if not attempt.watch_later(seconds=min(max(low, age / 4), high)):
            continue
        provider = _task_provider(attempt.provider)
        track = attempt.track
        if (
            provider is None
            or track is None
            or track.status != TrackStatus.ERROR
            or track.ask != attempt.ask
            or attempt.state != AttemptState.SUBMITTED
            or age > settings.MUSIC_LATE_HOURS * 3600
        ):
            attempt.watch_no_more()
            continue
        try:
            report = provider.poll(attempt.task_id)
        except ProviderError as error:
            logger.info("asking after the late track %s failed: %s", track.pk, error)
            if error.permanent:
                attempt.watch_no_more()
            continue
        if report.state == TaskState.SUCCEEDED:
            attempt.watch_no_more()
            if track.note_arrival():
                logger.warning("track %s has arrived late; its reader may take it", track.pk)
        elif report.state == TaskState.FAILED:
            attempt.watch_no_more()
