"""The music page (requirement A6): a prompt box and all of a reader's pieces; and the small actions on a track."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views import View

from music.models import MusicTrack, TrackQuerySet
from music.presentation import cards_for
from music.serializers import PROMPT_INPUT_LIMIT
from music.services import (
    TooMuchAtOnce,
    cancel_track,
    discard_tracks,
    give_up_remake,
    read_prompt_ahead,
    request_prompted_track,
    retry_remake,
    retry_track,
)
from readingjourney.buttons import button
from readingjourney.forms import new_request_key, next_page, redirect_once, see_other

PER_PAGE = 20


class PromptForm(forms.Form):
    prompt = forms.CharField(
        label=gettext_lazy("What should it sound like?"),
        max_length=PROMPT_INPUT_LIMIT,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": gettext_lazy("calm piano for reading on a rainy night")}
        ),
    )


class MusicPage(LoginRequiredMixin, View):
    """A prompt box, and the library of all the reader's pieces, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, PromptForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PromptForm(request.POST)
        if not form.is_valid():
            return self._render(request, form, status=422)
        read_prompt_ahead(form.cleaned_data["prompt"])

        def work() -> str:
            request_prompted_track(owner=request.user, prompt=form.cleaned_data["prompt"])
            return reverse("music")

        try:
            return redirect_once(request, work, done=_("Your piece is being made in the background."))
        except TooMuchAtOnce as error:
            form.add_error(None, str(error))
            return self._render(request, form, status=429)

    def _render(self, request: HttpRequest, form: PromptForm, status: int = 200) -> HttpResponse:
        own = MusicTrack.objects.for_reader(request.user)
        which = request.GET.get("which", "")
        pieces = _chosen(own, which)
        pages = Paginator(pieces.for_cards().order_by("-created_at", "-pk"), PER_PAGE)
        page = pages.get_page(request.GET.get("page") or _page_of(pieces, request.GET.get("piece", "")))
        context = {
            "form": form,
            "tabs": [
                ("", pgettext("pieces", "All")),
                ("unheard", _("Not heard yet")),
                ("prompt", pgettext("pieces", "From a prompt")),
            ],
            "which": which,
            "page": page,
            # Whoever turns the pages looks for a piece, and not for a new one.
            "is_form_open": form.is_bound or (page.number == 1 and which != "unheard"),
            "cards": cards_for(page),
            "has_pieces": which != "unheard" or bool(page) or own.pieces().exists(),
            "making_standalone": own.unfinished().standalone().exists(),
            "request_key": new_request_key(),
        }
        return render(request, "music/music.html", context, status=status)


def _chosen(own: TrackQuerySet, which: str) -> TrackQuerySet:
    """The reader's pieces of this kind; all of them where it is none."""
    if which == "unheard":
        return own.pieces().unheard()
    return own.standalone() if which == "prompt" else own.pieces()


def _page_of(pieces: TrackQuerySet, piece: str) -> int:
    """The page that a link to a piece opens; the first where it is not among these."""
    try:
        wanted = pieces.filter(pk=uuid.UUID(piece)).first()
    except ValueError:
        wanted = None
    if wanted is None:
        return 1
    newer = Q(created_at__gt=wanted.created_at) | Q(created_at=wanted.created_at, pk__gt=wanted.pk)
    return pieces.filter(newer).count() // PER_PAGE + 1


@button
def retry(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    return _act(request, track_id, retry_track)


@button
def cancel(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    return _act(request, track_id, cancel_track)


@button
def retry_new(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    """Try again to make a piece anew."""
    return _act(request, track_id, retry_remake)


@button
def keep_old(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    """Stop making a piece anew, or put away what became of it."""
    return _act(request, track_id, give_up_remake)


def _act(request: HttpRequest, track_id: uuid.UUID, action: Callable[[MusicTrack], object]) -> HttpResponse:
    """Do it for the reader's piece, whatever state it is in by now, and go back to show it."""
    action(get_object_or_404(MusicTrack.objects.for_reader(request.user).pieces(), pk=track_id))
    return see_other(next_page(request, reverse("music")))


@button
def delete(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    """Delete a standalone piece; a log's piece goes with its log."""
    track = get_object_or_404(MusicTrack.objects.for_reader(request.user).standalone(), pk=track_id)
    discard_tracks([track])
    messages.success(request, _("The piece was deleted."))
    return see_other(next_page(request, reverse("music")))
