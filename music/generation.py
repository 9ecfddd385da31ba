"""The life of a track, done: claim → submit → wait (poll) → fetch → store → complete or fail, in that order.

Nothing here sleeps on a provider, holds a transaction across a call, or decides by looking: every step asks the row
(`music.models`) and goes on only when its conditional UPDATE won. A step that lost stops; somebody else has the track.
"""

from __future__ import annotations

import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import Error as DbError
from django.db import connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from music.brief import InvalidBrief, MusicBrief
from music.cancellation import Cancellation
from music.lease import LeaseKeeper
from music.llm import Endpoint, rewrite
from music.models import AttemptState, MusicTrack, SubmissionAttempt, TrackStage
from music.providers import UnknownProvider, get_provider
from music.providers.base import (
    Audio,
    MakeProvider,
    NotSubmitted,
    ProviderError,
    SubmissionUnknown,
    TaskProvider,
    TaskState,
)
from music.storage import StorageFailed, StoredFile, remove_files, store_audio
from music.tagging import tagged

logger = logging.getLogger(__name__)

RESCUE_LIMIT = 3  # a track that has cost this many workers is poison
TRY_LIMIT = 4  # free tries of a call that failed in a way that may pass
FORGOTTEN_AFTER = timedelta(seconds=3)  # a pending row that nobody took by then needs a knock
KNOCK_AGAIN_AFTER = timedelta(seconds=15)
SWEEP_BATCH = 200
SWEEP_THREADS = 16
REFETCH_SECONDS = 15.0

_polling = threading.Lock()


def advance(track_id: uuid.UUID) -> None:
    """Claim the track and take it as far as it goes without waiting. Quiet when it is gone, not due, or taken."""
    name = MusicTrack.objects.filter(pk=track_id).values_list("provider", flat=True).first()
    if name is None:
        return
    lease = timedelta(seconds=settings.MUSIC_LEASE_SECONDS)
    try:
        provider = get_provider(name)
    except UnknownProvider:
        track = MusicTrack.claim(track_id, lease=lease, deadline=lease)
        if track:
            track.fail("provider_missing", f"no provider named {name!r} is configured")
        return
    track = MusicTrack.claim(track_id, lease=lease, deadline=timedelta(seconds=provider.deadline_seconds))
    if track is None:
        logger.info("track %s is not due or already taken", track_id)
        return
    try:
        with LeaseKeeper(track, lease):
            _carry_on(track, provider)
    except DbError:
        raise  # the row's state is unknown here: the lease runs out and the next claim looks afresh
    except Exception as error:
        logger.exception("track %s met an error nobody foresaw", track.pk)
        track.fail("internal_error", repr(error))


def sweep() -> list[tuple[uuid.UUID, str]]:
    """Look after everything that is due: poll what waits, and return (id, provider) of what needs a knock.

    Safe in many copies at once: each row is claimed before it is polled, and one knock too many is harmless.
    """
    forgotten = _forgotten()
    # One round of polls in a process at a time: a slow provider must not fill all its threads with rounds of polls.
    if _polling.acquire(blocking=False):
        try:
            _poll_waiting()
        finally:
            _polling.release()
    return forgotten


def _poll_waiting() -> None:
    waiting = list(
        MusicTrack.objects.due()
        .filter(stage__in=[TrackStage.WAITING, TrackStage.FETCHING], lease_until__isnull=True)
        .values_list("pk", flat=True)[:SWEEP_BATCH]
    )
    if waiting:
        with ThreadPoolExecutor(max_workers=min(SWEEP_THREADS, len(waiting))) as pool:
            list(pool.map(_advance_in_thread, waiting))


def _forgotten() -> list[tuple[uuid.UUID, str]]:
    """Pending rows whose knock was lost, and rows whose worker was; marked, so that they are not knocked for at once
    again while a queue is long."""
    rows = list(
        MusicTrack.objects.due()
        .filter(Q(lease_until__isnull=False) | Q(stage=TrackStage.NONE, due_at__lte=Now() - FORGOTTEN_AFTER))
        .filter(Q(knocked_at__isnull=True) | Q(knocked_at__lte=Now() - KNOCK_AGAIN_AFTER))
        .values_list("pk", "provider")[:SWEEP_BATCH]
    )
    if rows:
        MusicTrack.objects.filter(pk__in=[pk for pk, _ in rows]).update(knocked_at=Now())
    return rows


def _advance_in_thread(track_id: uuid.UUID) -> None:
    """One row of a sweep: its failure is its own, and its thread's connection is given back."""
    try:
        advance(track_id)
    except Exception:
        logger.exception("sweeping track %s failed", track_id)
    finally:
        connections.close_all()


def _carry_on(track: MusicTrack, provider: MakeProvider | TaskProvider) -> None:
    """Go on from wherever the claimed track stands. What was ordered comes first: it may have been paid for."""
    late = MusicTrack.objects.filter(pk=track.pk, deadline_at__lte=Now()).exists()
    attempt = SubmissionAttempt.current(track)
    if attempt and attempt.state == AttemptState.OPEN:
        attempt.close(AttemptState.UNKNOWN, error="the worker was lost while ordering")
    if attempt and attempt.state == AttemptState.UNKNOWN:
        track.fail("submission_unknown", "an order may have been placed; its outcome was never learned")
    elif attempt and attempt.state == AttemptState.SUBMITTED and isinstance(provider, TaskProvider):
        _poll(track, provider, attempt.task_id, late=late)
    elif attempt and attempt.state == AttemptState.SUBMITTED:
        track.fail("submission_unknown", "the piece was made and paid for, and the worker that had it was lost")
    elif track.rescues >= RESCUE_LIMIT:
        track.fail("worker_lost", f"{track.rescues} workers were lost while making this track")
    elif late:
        track.fail("timeout", f"not finished {provider.deadline_seconds} s after it was first taken")
    else:
        _begin(track, provider)


def _begin(track: MusicTrack, provider: MakeProvider | TaskProvider) -> None:
    """Ask the provider for the piece: nothing was ordered yet in this ask."""
    try:
        brief = _rewritten(track, MusicBrief.from_json(track.brief))
    except InvalidBrief as error:
        track.fail("internal_error", str(error))
        return
    # Without the reasons: they hold words of the reader's, which are no provider's business.
    brief = replace(brief, why=())
    if isinstance(provider, TaskProvider):
        _submit(track, provider, brief)
    elif provider.charges:
        _make_once(track, provider, brief)
    else:
        _make(track, provider, brief)


def _rewritten(track: MusicTrack, brief: MusicBrief) -> MusicBrief:
    """The brief as the configured language model would have it, kept in the row; without one, the brief as it is.

    This is the only place where music looks at the words of a log.
    """
    if not settings.BRIEF_LLM_BASE_URL or track.brief_writer:
        return brief
    piece = track.replaces or track
    words = [piece.log.memo, piece.log.quote] if piece.log else [piece.title]
    endpoint = Endpoint(
        settings.BRIEF_LLM_BASE_URL,
        settings.BRIEF_LLM_MODEL,
        settings.BRIEF_LLM_API_KEY,
        settings.BRIEF_LLM_SECONDS,
    )
    written = rewrite(brief, words, endpoint)
    if written is brief or not track.rewrite_brief(written, writer=endpoint.model):
        return brief
    return written


# One blocking call


def _make(track: MusicTrack, provider: MakeProvider, brief: MusicBrief) -> None:
    """A call that costs nothing: whatever fails in passing is simply tried again."""
    if not track.enter(TrackStage.WAITING):
        return
    try:
        _store(track, provider.make(brief, cancelled=Cancellation(track)))
    except NotSubmitted as error:
        _refused(track, error)
    except ProviderError as error:
        _try_again_or_fail(track, error)
    except StorageFailed as error:
        _try_again_or_fail(track, ProviderError(str(error), code="storage_failed"))


def _make_once(track: MusicTrack, provider: MakeProvider, brief: MusicBrief) -> None:
    """A call that may cost money: recorded before it is made, and made at most once for each ask."""
    with transaction.atomic():
        attempt = SubmissionAttempt.open(track)
        if attempt is None or not track.enter(TrackStage.WAITING):
            return
    try:
        audio = provider.make(brief, cancelled=Cancellation(track))
    except NotSubmitted as error:
        attempt.close(AttemptState.NOT_SUBMITTED, error=str(error))
        _refused(track, error)
        return
    except Exception as error:  # whatever else went wrong, the order may have been taken
        _outcome_unknown(track, attempt, error)
        return
    attempt.close(AttemptState.SUBMITTED)
    try:
        _store(track, audio)
    except StorageFailed as error:
        track.fail("storage_failed", str(error))


# Submit, then poll


def _submit(track: MusicTrack, provider: TaskProvider, brief: MusicBrief) -> None:
    """Order the piece, at most once for each ask."""
    attempt = SubmissionAttempt.open(track)
    if attempt is None:
        logger.info("track %s is not held any more; nothing was ordered", track.pk)
        return
    try:
        submission = provider.submit(brief)
    except NotSubmitted as error:
        attempt.close(AttemptState.NOT_SUBMITTED, error=str(error))
        _refused(track, error)
    except Exception as error:  # whatever else went wrong, the order may have been taken
        _outcome_unknown(track, attempt, error)
    else:
        with transaction.atomic():
            attempt.close(AttemptState.SUBMITTED, task_id=submission.task_id, trace_id=submission.trace_id)
            track.wait(TrackStage.WAITING, seconds=provider.poll_seconds)


def _outcome_unknown(track: MusicTrack, attempt: SubmissionAttempt, error: Exception) -> None:
    if not isinstance(error, ProviderError):
        logger.exception("ordering track %s met an error nobody foresaw", track.pk)
    trace_id = error.trace_id if isinstance(error, SubmissionUnknown) else ""
    attempt.close(AttemptState.UNKNOWN, trace_id=trace_id, error=str(error) or repr(error))
    track.fail("submission_unknown", str(error) or repr(error))


def _poll(track: MusicTrack, provider: TaskProvider, task_id: str, *, late: bool) -> None:
    """Ask once; then wait on, end, or fetch and store. Past the deadline this was the last time."""
    next_stage, seconds, progress = TrackStage.WAITING, provider.poll_seconds, track.progress
    try:
        report = provider.poll(task_id)
        if report.state == TaskState.FAILED:
            track.fail(report.code or "provider_failed", report.reason)
            return
        if report.state == TaskState.SUCCEEDED:
            if track.enter(TrackStage.FETCHING):
                _store(track, provider.fetch(report.result_url))
            return
        progress = report.progress
        problem = ProviderError(f"not finished {provider.deadline_seconds} s after it was first taken", code="timeout")
    except StorageFailed as error:  # paid for and there to be fetched: only the deadline ends the tries
        problem = ProviderError(str(error), code="storage_failed")
        next_stage, seconds = TrackStage.FETCHING, REFETCH_SECONDS
    except ProviderError as error:
        logger.warning("asking about track %s failed: %s", track.pk, error)
        if error.permanent:
            track.fail(error.code, str(error))
            return
        problem = error
    except DbError:
        raise
    except Exception as error:  # asked for again all the same: what was paid for is not given up over a bug
        logger.exception("asking about track %s met an error nobody foresaw", track.pk)
        problem = ProviderError(repr(error), code="internal_error")
    if late:
        track.fail(problem.code, str(problem))
    else:
        track.wait(next_stage, seconds=seconds, progress=progress)


# The common end


def _store(track: MusicTrack, audio: Audio) -> None:
    """Put the audio away and complete the track. Raises `StorageFailed`, with the track still held."""
    if not track.enter(TrackStage.STORING):
        return
    try:
        stored = store_audio(track.pk, tagged(track, audio))
    except StorageFailed:
        logger.exception("track %s could not be stored", track.pk)
        raise
    completed = track.complete(
        key=stored.key,
        content_type=audio.content_type,
        size=stored.size,
        sha256=stored.sha256,
        seconds=audio.seconds,
        metadata=audio.metadata,
        peaks=audio.peaks,
        midi_key=stored.midi_key,
    )
    if completed:
        old = track.replaced_files
        transaction.on_commit(lambda: remove_files(old), robust=True)
    else:
        _leave_no_orphans(track, stored)


def _leave_no_orphans(track: MusicTrack, stored: StoredFile) -> None:
    """Remove what was stored for nothing.

    A lost lease leaves the files to its successor, who makes the same keys of the same bytes: while the row is there,
    or a piece has taken them over, they stay. A track that was deleted meanwhile has no successor.
    """
    if MusicTrack.objects.filter(pk=track.pk).exists() or MusicTrack.objects.filter(file=stored.key).exists():
        return
    remove_files(key for key in (stored.key, stored.midi_key) if key)


def _refused(track: MusicTrack, error: NotSubmitted) -> None:
    """Nothing was ordered: end when it never can be, else wait without harm and try again later."""
    if error.permanent:
        track.fail(error.code, str(error))
    else:
        track.hold(seconds=error.retry_after or _pause(track), code=error.code)


def _try_again_or_fail(track: MusicTrack, error: ProviderError) -> None:
    """A call that costs nothing failed on the way: try again a few times, else end."""
    if error.permanent or track.holds + 1 >= TRY_LIMIT:
        track.fail(error.code, str(error))
    else:
        track.hold(seconds=_pause(track), code=error.code)


def _pause(track: MusicTrack) -> float:
    """Seconds until the next try: 2, 4, 8 … 256."""
    return float(2 ** min(track.holds + 1, 8))
