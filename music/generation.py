"""The life of one track, done: claim → submit → wait (poll) → fetch → store → complete or fail, in that order.

Nothing here sleeps on a provider, holds a transaction across a call, or decides by looking: every step asks the row
(`music.models`) and goes on only when its conditional UPDATE won. A step that lost stops; somebody else has the track.
Who is looked after when is decided in `music.sweeping`.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import Error as DbError
from django.db import connections, transaction
from django.db.models.functions import Now

from music import chaos, gatekeeping, spool
from music.brief import InvalidBrief, MusicBrief
from music.cancellation import Cancellation
from music.lease import LeaseKeeper
from music.llm import Endpoint, rewrite
from music.logcontext import track_in_logs
from music.models import AttemptState, MusicTrack, PauseCode, ProviderGate, SubmissionAttempt, TrackStage, TrackStatus
from music.providers import UnknownProvider, get_provider
from music.providers.base import (
    Audio,
    MakeProvider,
    NotSubmitted,
    ProviderError,
    ProviderHalted,
    ResultGone,
    ResultInvalid,
    Submission,
    TaskProvider,
    TaskReport,
    TaskState,
)
from music.queueing import lease_for, order_seconds, take
from music.storage import StorageFailed, StoredFile, has_room, remove_files, store_audio
from music.tagging import tagged
from music.tally import count

logger = logging.getLogger(__name__)

RESCUE_LIMIT = 3  # a track that has cost this many workers is poison
TRY_LIMIT = 4  # free tries of a call that failed in a way that may pass
FETCH_LIMIT = 3  # downloads that were no good
REFETCH_SECONDS = 15.0
SAVING_PAUSES = (0.1, 0.3, 1.0, 2.0)  # between the tries to save the id of an order


def advance(track_id: uuid.UUID) -> None:
    """Take the track as far as it goes without waiting. Quiet when it is gone, not due, or taken.

    While it is pending this is a knock at its provider's gate: whoever's turn it is goes in, which may be another.
    """
    row = MusicTrack.objects.filter(pk=track_id).values_list("provider", "status").first()
    if row is None:
        return
    name, status = row
    try:
        provider = get_provider(name)
    except UnknownProvider:
        lease = timedelta(seconds=settings.MUSIC_LEASE_SECONDS)
        lost = MusicTrack.claim(track_id, lease=lease, deadline=lease)
        if lost:
            lost.fail("provider_missing", f"no provider named {name!r} is configured")
        return
    if status == TrackStatus.PENDING:
        begin_next(provider)
        return
    track = MusicTrack.claim(track_id, lease=lease_for(provider), deadline=timedelta(seconds=provider.deadline_seconds))
    if track is None:
        logger.info("track %s is not due or already taken", track_id)
        return
    carry_on(track, provider)


def begin_next(provider: MakeProvider | TaskProvider) -> None:
    """Let the next waiting track of the provider in, if there is one and its gate is open, and make it."""
    if not has_room():
        logger.error("the disk is nearly full; nothing new is begun")
        return
    for track in take(provider):
        carry_on(track, provider)


def carry_on(track: MusicTrack, provider: MakeProvider | TaskProvider) -> None:
    """Go on with a claimed track from wherever it stands, keeping its lease."""
    with track_in_logs(track.pk):
        chaos.point("claimed")
        try:
            with LeaseKeeper(track, lease_for(provider)):
                _carry_on(track, provider)
        except DbError:
            raise  # the row's state is unknown here: the lease runs out and the next claim looks afresh
        except Exception as error:
            logger.exception("track %s met an error nobody foresaw", track.pk)
            if isinstance(provider, TaskProvider) and _is_paid(track):
                asked_in_vain(track, provider, ProviderError(repr(error), code="internal_error"))
            else:
                track.fail("internal_error", repr(error))
        tell(track)


def settle(track: MusicTrack, provider: TaskProvider, report: TaskReport) -> None:
    """Go on with a claimed track of which a poll has just said that it ended: fetch and store it, or fail."""
    with track_in_logs(track.pk):
        try:
            with LeaseKeeper(track, lease_for(provider)):
                track.renew(lease_for(provider))  # that of the poll is shorter, and part of it is gone
                _settle(track, provider, report)
        except DbError:
            raise
        except Exception as error:
            logger.exception("track %s met an error nobody foresaw", track.pk)
            asked_in_vain(track, provider, ProviderError(repr(error), code="internal_error"))
        tell(track)


def _is_paid(track: MusicTrack) -> bool:
    """Whether the track's piece is ordered: then it is asked for again, and not given up over a bug of ours."""
    attempt = SubmissionAttempt.current(track)
    return attempt is not None and attempt.state == AttemptState.SUBMITTED and bool(attempt.task_id)


def tell(track: MusicTrack) -> None:
    """Whether it ended in error, for the log and the counters."""
    if track.status == TrackStatus.ERROR:
        logger.info("track %s ended in error: %s", track.pk, track.error_code)
        count(failed=1)


def _carry_on(track: MusicTrack, provider: MakeProvider | TaskProvider) -> None:
    """Go on from wherever the claimed track stands. What was ordered comes first: it may have been paid for."""
    late = _is_late(track)
    attempt = SubmissionAttempt.current(track)
    if attempt and attempt.state == AttemptState.OPEN:
        attempt.close(AttemptState.UNKNOWN, error="the worker was lost while ordering")
    if attempt and attempt.state == AttemptState.UNKNOWN:
        track.fail("submission_unknown", "an order may have been placed; its outcome was never learned")
    elif attempt and attempt.state == AttemptState.SUBMITTED and isinstance(provider, TaskProvider):
        _poll(track, provider, attempt.task_id)
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
        if error.halted:  # no other piece would find room either: what waits is not made for nothing
            gatekeeping.pause(ProviderGate.of(track.provider), PauseCode.STORAGE, str(error))
            track.hold(seconds=0, code="storage_failed", counts=False)
            return
        _try_again_or_fail(track, ProviderError(str(error), code="storage_failed", permanent=error.permanent))


def _make_once(track: MusicTrack, provider: MakeProvider, brief: MusicBrief) -> None:
    """A call that may cost money: recorded before it is made, and made at most once for each ask."""
    with transaction.atomic():
        attempt = SubmissionAttempt.open(track)
        if attempt is None or not track.enter(TrackStage.WAITING):
            return
    chaos.point("recorded")
    try:
        audio = provider.make(brief, cancelled=Cancellation(track))
    except NotSubmitted as error:
        attempt.close(AttemptState.NOT_SUBMITTED, error=str(error))
        _refused(track, error)
        return
    except Exception as error:  # whatever else went wrong, the order may have been taken
        _outcome_unknown(track, attempt, error)
        return
    chaos.point("ordered")
    attempt.close(AttemptState.SUBMITTED)
    ProviderGate.of(provider.name).worked()
    try:
        _store(track, audio)
    except StorageFailed as error:
        if error.halted:
            gatekeeping.pause(ProviderGate.of(track.provider), PauseCode.STORAGE, str(error))
        track.fail("storage_failed", str(error))


# Submit, then poll


def _submit(track: MusicTrack, provider: TaskProvider, brief: MusicBrief) -> None:
    """Order the piece, at most once for each ask."""
    attempt = SubmissionAttempt.open(track, needs=order_seconds(provider))
    if attempt is None:
        logger.info("track %s is not held any more; nothing was ordered", track.pk)
        return
    chaos.point("recorded")
    try:
        submission = provider.submit(brief)
    except NotSubmitted as error:
        attempt.close(AttemptState.NOT_SUBMITTED, trace_id=error.trace_id, error=str(error))
        logger.info("track %s was not ordered: %s", track.pk, error)
        count(not_submitted=1)
        _refused(track, error)
    except Exception as error:  # whatever else went wrong, the order may have been taken
        _outcome_unknown(track, attempt, error)
    else:
        chaos.point("ordered")
        _save_order(track, provider, attempt, submission)


def _save_order(track: MusicTrack, provider: TaskProvider, attempt: SubmissionAttempt, submission: Submission) -> None:
    """Write the paid order's id down, whatever it takes: several tries, and at last a file for a later sweep."""
    for pause in (*SAVING_PAUSES, None):
        try:
            with transaction.atomic():
                attempt.close(
                    AttemptState.SUBMITTED,
                    task_id=submission.task_id,
                    trace_id=submission.trace_id,
                    details=submission.details,
                )
                if attempt.state != AttemptState.SUBMITTED:
                    track.fail("submission_unknown", attempt.error)
                elif not track.wait(TrackStage.WAITING, seconds=provider.poll_seconds):
                    attempt.watch_soon()  # somebody has given the track up meanwhile; the piece may arrive all the same
            break
        except DbError:
            logger.warning("the order of track %s could not be saved yet", track.pk, exc_info=True)
            if pause is None:
                # First the log: should the disk refuse the spool too, this line is all there is of what was paid.
                logger.error("the paid task %s of track %s goes to the spool", submission.task_id, track.pk)
                spool.keep(attempt.pk, submission)
                raise
            if not connections["default"].in_atomic_block:
                connections["default"].close()  # it may be a dead one, and every try would meet it again
            time.sleep(pause)
    chaos.point("id_saved")
    # A second ledger: after a restore from a backup this line is what is left of the order.
    logger.info("track %s is ordered: task %s, trace %s", track.pk, submission.task_id, submission.trace_id or "–")
    count(submitted=1)
    ProviderGate.of(provider.name).worked()


def _outcome_unknown(track: MusicTrack, attempt: SubmissionAttempt, error: Exception) -> None:
    if not isinstance(error, ProviderError):
        logger.exception("ordering track %s met an error nobody foresaw", track.pk)
    trace_id = error.trace_id if isinstance(error, ProviderError) else ""
    attempt.close(AttemptState.UNKNOWN, trace_id=trace_id, error=str(error) or repr(error))
    count(unknown=1)
    logger.error("nobody knows whether the order of track %s was taken (trace %s)", track.pk, trace_id or "–")
    track.fail("submission_unknown", str(error) or repr(error))


def _poll(track: MusicTrack, provider: TaskProvider, task_id: str) -> None:
    """Ask once, and take the answer."""
    try:
        report = provider.poll(task_id)
    except ProviderError as error:
        asked_in_vain(track, provider, error)
        return
    except DbError:
        raise
    except Exception as error:  # asked for again all the same: what was paid for is not given up over a bug
        logger.exception("asking about track %s met an error nobody foresaw", track.pk)
        asked_in_vain(track, provider, ProviderError(repr(error), code="internal_error"))
        return
    if report.state != TaskState.RUNNING:
        _settle(track, provider, report)
    elif _is_late(track):
        fail_late(track, provider)
    else:
        track.wait(TrackStage.WAITING, seconds=provider.poll_seconds, progress=report.progress)


def _settle(track: MusicTrack, provider: TaskProvider, report: TaskReport) -> None:
    """The task has ended."""
    if report.state == TaskState.FAILED:
        track.fail(report.code or "provider_failed", report.reason)
        return
    chaos.point("succeeded")
    if not track.enter(TrackStage.FETCHING):
        return
    try:
        audio = provider.fetch(report.result_url)
        chaos.point("fetched")
        _store(track, audio)
    except (ResultInvalid, ResultGone) as error:
        # Another download may help, from a fresh address: the next claim asks the task for one.
        if error.permanent or track.fetches + 1 >= FETCH_LIMIT:
            track.fail(error.code, str(error))
        else:
            track.try_another_fetch(seconds=REFETCH_SECONDS if track.fetches else 1.0)
    except StorageFailed as error:
        _storage_failed(track, error)
    except ProviderError as error:
        asked_in_vain(track, provider, error, stage=TrackStage.FETCHING)


def asked_in_vain(
    track: MusicTrack, provider: TaskProvider, error: ProviderError, *, stage: TrackStage = TrackStage.WAITING
) -> None:
    """A question or a download failed in a way that may pass: only the deadline ends the tries."""
    logger.warning("asking about track %s failed: %s", track.pk, error)
    if isinstance(error, ProviderHalted):
        gatekeeping.refused(track.provider, error)
    if error.permanent:
        track.fail(error.code, str(error))
    elif _is_late(track):
        fail_late(track, provider, str(error))
    else:
        seconds = REFETCH_SECONDS if stage == TrackStage.FETCHING else provider.slowest_poll_seconds
        track.wait(stage, seconds=seconds, progress=track.progress)


def _storage_failed(track: MusicTrack, error: StorageFailed) -> None:
    """Paid for and there to be fetched again; no new piece is ordered while none could be put away."""
    if error.halted:
        gatekeeping.pause(ProviderGate.of(track.provider), PauseCode.STORAGE, str(error))
    if error.permanent or _is_late(track):
        track.fail("storage_failed", str(error))
    else:
        track.wait(TrackStage.FETCHING, seconds=REFETCH_SECONDS, progress=track.progress)


def _is_late(track: MusicTrack) -> bool:
    """Whether the deadline is past, by the database's clock."""
    return MusicTrack.objects.filter(pk=track.pk, deadline_at__lte=Now()).exists()


def fail_late(track: MusicTrack, provider: TaskProvider, detail: str = "") -> None:
    told = f"not finished {provider.deadline_seconds} s after it was first taken"
    track.fail("timeout", f"{told}; {detail}" if detail else told)


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
    chaos.point("stored")
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
        logger.info("track %s is completed", track.pk)
        count(completed=1)
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
    """Nothing was ordered: end when it never can be, else wait without harm and try again later. What is the matter
    with the provider as a whole shuts its gate, and is not held against the track."""
    if error.permanent:
        track.fail(error.code, str(error))
    elif gatekeeping.refused(track.provider, error):
        track.hold(seconds=0, code=error.code, counts=False)
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
