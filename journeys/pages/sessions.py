"""Where a reader is logged in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.browsers import browser_text
from journeys.services.sessions import end_session, end_sessions, sessions_of
from readingjourney.buttons import button
from readingjourney.forms import see_other


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Every browser in which the reader is logged in, this one first."""
    here = request.session.session_key
    rows = sorted(sessions_of(request.user), key=lambda row: row.session_key != here)
    listed = [(row, browser_text(row.user_agent), row.session_key == here) for row in rows]
    return render(request, "journeys/sessions.html", {"sessions": listed})


@button
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Log the reader out in one other browser."""
    end_session(get_object_or_404(sessions_of(request.user), pk=session_id))
    messages.success(request, _("You are logged out there."))
    return see_other(reverse("sessions"))


@button
def end_others(request: HttpRequest) -> HttpResponse:
    """Log the reader out everywhere but here."""
    end_sessions(request.user, except_for=request.session.session_key)
    messages.success(request, _("You are logged out everywhere but here."))
    return see_other(reverse("sessions"))
