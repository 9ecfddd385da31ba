"""What must be true after every case, whatever was done to the product."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import soundfile
from django.core.files.storage import default_storage
from django.db.models import DateTimeField
from django.db.models.functions import Now

from music.models import AttemptState, MusicTrack, ProviderGate, SubmissionAttempt, TrackEvent, TrackStatus
from tests.fake_mureka import Charge

ENDS = {"completed", "failed", "cancelled"}
AFTER_AN_END = {"retried", "remake", "remade", "arrived", "dismissed"}
QUERY = re.compile(r"https?://\S+\?\S*(signature|expires|token|credential|q-sign)", re.IGNORECASE)


def broken(
    charges: Iterable[Charge],
    *,
    lease: float,
    logs: Iterable[Path] = (),
    secrets: Iterable[str] = (),
    ended: bool = True,
    alerts: bool = True,
) -> list[str]:
    """The invariants that do not hold, in words; none is what one wants.

    `charges` is the fake vendor's ledger, `lease` the longest lease in seconds. `ended`: every track is to have come to
    its end, else it must at least be due soon.
    """
    found = [*_money(list(charges)), *_states(lease, ended), *_files(), *_timelines()]
    return found + _secrets(logs, [secret for secret in secrets if secret]) + (_alerts(logs) if alerts else [])


def _money(charges: list[Charge]) -> list[str]:
    """I1: an attempt costs one charge at most, a track one for each ask; every charge belongs to a recorded attempt."""
    found = []
    by_prompt = Counter(charge.prompt for charge in charges)
    tracks = {track.prompt: track for track in MusicTrack.objects.all()}
    attempts: dict[str, list[SubmissionAttempt]] = {}
    for attempt in SubmissionAttempt.objects.select_related("track"):
        if attempt.track:
            attempts.setdefault(attempt.track.prompt, []).append(attempt)
    for prompt, count in by_prompt.items():
        track = tracks.get(prompt)
        if track is None:
            continue  # its reader has deleted it; test_odd_lives looks at the attempts themselves
        if count > track.ask:
            found.append(f"I1: {count} charges for {track.ask} asks of {track.pk}")
        payable = [each for each in attempts.get(prompt, []) if each.state != AttemptState.NOT_SUBMITTED]
        if count > len(payable):
            found.append(f"I1: {count} charges for {len(payable)} attempts of {track.pk} that may have cost something")
        for ask, orders in Counter(each.ask for each in payable).items():
            if orders > 1:
                found.append(f"I1: {orders} orders in ask {ask} of {track.pk}")
    paid = {charge.task_id for charge in charges}
    for attempt in SubmissionAttempt.objects.filter(state=AttemptState.SUBMITTED, provider="mureka"):
        if attempt.task_id not in paid:
            found.append(f"I1: {attempt.task_id} of attempt {attempt.pk} is in no ledger")
    return found


def _states(lease: float, ended: bool) -> list[str]:
    """I2: every row has ended, or is due soon; nothing stays claimed."""
    found = []
    for track in MusicTrack.objects.unfinished().annotate(clock=Now(output_field=DateTimeField())):
        if ended:
            found.append(f"I2: {track.pk} has not ended: {track.status}/{track.stage}")
        elif track.due_at is None or track.due_at > track.clock + timedelta(seconds=2 * lease):
            found.append(f"I2: {track.pk} is due at {track.due_at}, and now it is {track.clock}")
    for track in MusicTrack.objects.filter(lease_until__lte=Now() - timedelta(seconds=lease)):
        found.append(f"I2: the lease of {track.pk} ended at {track.lease_until}, and nobody looked")
    if ended:
        still = SubmissionAttempt.objects.filter(state=AttemptState.OPEN).count()
        found += [f"I2: {still} attempts are open"] if still else []
    return found


def _files() -> list[str]:
    """I3: completed means that the file is there, is the right one, and can be played."""
    found = []
    for track in MusicTrack.objects.filter(status=TrackStatus.COMPLETED):
        try:
            with default_storage.open(track.file.name) as file:
                data = file.read()
        except OSError as error:
            found.append(f"I3: the file of {track.pk} cannot be read: {error!r}")
            continue
        if len(data) != track.file_size or hashlib.sha256(data).hexdigest() != track.file_sha256:
            found.append(f"I3: the file of {track.pk} is another one")
            continue
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            frames = len(sound.read())
            if frames < sound.samplerate:
                found.append(f"I3: the file of {track.pk} has {frames} frames")
    return found


def _timelines() -> list[str]:
    """I4: an end is left by an explicit act only. I5: the version rises with every event."""
    found = []
    last: dict[object, TrackEvent] = {}
    for event in TrackEvent.objects.order_by("id"):
        before = last.get(event.track_id)
        last[event.track_id] = event
        if before is None:
            continue
        if before.kind in ENDS and event.kind not in AFTER_AN_END:
            found.append(f"I4: {event.track_id} went from {before.kind} to {event.kind}")
        if event.version <= before.version:
            found.append(f"I5: {event.track_id} had version {before.version} and then {event.version}")
    newest = dict(MusicTrack.objects.values_list("pk", "version"))
    for track_id, event in last.items():
        if event.version > newest.get(track_id, event.version):
            found.append(f"I5: {track_id} has version {newest[track_id]} after {event.version}")
    return found


def _secrets(logs: Iterable[Path], secrets: list[str]) -> list[str]:
    """I7: no key, no token and no signed address in a log or in what is stored for staff."""
    texts = {str(path): path.read_text(errors="replace") for path in logs if path.exists()}
    texts["events"] = "\n".join(TrackEvent.objects.values_list("detail", flat=True))
    texts["tracks"] = "\n".join(MusicTrack.objects.values_list("error_message", flat=True))
    texts["attempts"] = "\n".join(SubmissionAttempt.objects.values_list("error", flat=True))
    texts["gates"] = "\n".join(ProviderGate.objects.values_list("pause_detail", flat=True))
    found = []
    for place, text in texts.items():
        if any(secret in text for secret in secrets) or re.search(r"Bearer [\w-]{8,}", text):
            found.append(f"I7: a key in {place}")
        if match := QUERY.search(text):
            found.append(f"I7: a signed address in {place}: {match[0][:40]}")
    return found


def _alerts(logs: Iterable[Path]) -> list[str]:
    """I8: staff are told once of each cause."""
    told = Counter(
        match[1]
        for path in logs
        if path.exists()
        for match in re.finditer(r"ALERT ([^:]+: [^:]+):", path.read_text(errors="replace"))
    )
    return [f"I8: {count} alerts: {cause}" for cause, count in told.items() if count > 1]


def sqlite_integrity(path: Path) -> str:
    """ "ok", or what SQLite finds wrong with the file."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
