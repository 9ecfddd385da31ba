"""Where a reader is logged in, and ending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from journeys.models import Reader, ReaderSession

SEEN_EVERY = timedelta(minutes=10)
"""How exactly `ReaderSession.seen_at` is kept."""


def record_session(reader: Reader, session_key: str, user_agent: str) -> None:
    """Note that the reader was here in this session just now."""
    limit = ReaderSession._meta.get_field("user_agent").max_length
    if ReaderSession.objects.filter(session_key=session_key, reader=reader).update(seen_at=Now()):
        return
    try:
        ReaderSession.objects.get_or_create(
            session_key=session_key, defaults={"reader": reader, "user_agent": user_agent[:limit]}
        )
    except IntegrityError:  # the account was deleted in another window at this moment
        return


def sessions_of(reader: Any) -> QuerySet[ReaderSession]:
    """The reader's sessions that are still open, the one seen last first."""
    alive = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=Now())
    return ReaderSession.objects.filter(Exists(alive), reader=reader)


def end_session(session: ReaderSession) -> None:
    """Log the reader out there."""
    Session.objects.filter(pk=session.session_key).delete()
    session.delete()


def end_sessions(reader: Any, *, except_for: str | None = None) -> None:
    """Log the reader out everywhere, or everywhere but in the session with this key."""
    recorded = ReaderSession.objects.filter(reader_id=reader.pk).exclude(session_key=except_for or "")
    Session.objects.filter(pk__in=recorded.values("session_key")).delete()
    recorded.delete()
    # A session does not say whose it is, and one that began before they were recorded (or whose record went with its
    # reader) has no row: those few are looked into.
    store = SessionStore()
    kept = ReaderSession.objects.filter(session_key=OuterRef("session_key"))
    unrecorded = Session.objects.filter(~Exists(kept)).exclude(pk=except_for or "")
    rows = unrecorded.values_list("pk", "session_data").iterator(chunk_size=500)
    theirs = [key for key, data in rows if store.decode(data).get(SESSION_KEY) == str(reader.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def records_without_session() -> QuerySet[ReaderSession]:
    """What is left of sessions that have ended."""
    return ReaderSession.objects.filter(~Exists(Session.objects.filter(pk=OuterRef("session_key"))))
