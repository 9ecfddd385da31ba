"""Sharing a journey: choose what others see, look at it, publish it; and taking it back."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from journeys.access import own_journey
from journeys.forms.sharing import ShareForm
from journeys.models import Journey, Share
from journeys.pages.pictures import picture_response
from journeys.pages.public import SharedAudioView
from journeys.publication import shown_journey, told_of_logs_to_come
from journeys.services.sharing import Showing, renew_address, share_journey, unshare_journey
from journeys.sharecard import card_png, plan_card
from music.models import MusicTrack
from music.presentation import VERSION_LETTERS, file_title
from readingjourney.buttons import button
from readingjourney.forms import see_other


class SharePage(LoginRequiredMixin, View):
    """What a journey shows, or would show. Choices come in the address, so that nothing is kept of what was only looked
    at; what is then published is what the preview showed."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        share = share_of(journey)
        if "visibility" not in request.GET:
            return self._render(request, journey, share, ShareForm(initial=ShareForm.values_of(Showing.of(share))))
        form = ShareForm(request.GET)
        return self._render(request, journey, share, form, status=200 if form.is_valid() else 422)

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        form = ShareForm(request.POST)
        if not form.is_valid():
            return self._render(request, journey, share_of(journey), form, status=422)
        try:
            _share, is_new = share_journey(journey, form.showing)
        except Journey.DoesNotExist:  # deleted a moment ago, in another window
            raise Http404 from None
        done = _("The journey has a public page now.") if is_new else _("The public page was changed.")
        messages.success(request, done)
        return see_other(reverse("journey-share", args=[journey.pk]))

    def _render(
        self, request: HttpRequest, journey: Journey, share: Share | None, form: ShareForm, status: int = 200
    ) -> HttpResponse:
        showing = form.showing if form.is_bound and form.is_valid() else Showing.of(share)
        sent = ShareForm.sent_for(showing)
        context = {
            "journey": journey,
            "share": share,
            "public_url": public_url(request, share) if share else "",
            "feed_url": request.build_absolute_uri(reverse("public-feed", args=[share.token])) if share else "",
            "form": form,
            "shown": shown_journey(
                journey,
                showing,
                audio_address=lambda track: preview_audio_path(journey, track),
                page=request.GET.get("page", ""),
            ),
            "page_url": reverse("journey-share", args=[journey.pk]),
            "card_url": f"{reverse('journey-share-card', args=[journey.pk])}?{urlencode(sent)}",
            "sent": sent,
            "to_come": told_of_logs_to_come(showing),
            "is_looked_at": (form.is_bound or "page" in request.GET) and not form.errors,
            "is_as_published": share is not None and showing == Showing.of(share),
        }
        return render(request, "journeys/share.html", context, status=status)


class RevokeSharePage(LoginRequiredMixin, View):
    """Taking a public page back, once it was asked whether that is meant."""

    def get(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        if share_of(journey) is None:
            return see_other(reverse("journey-share", args=[journey.pk]))
        return render(request, "journeys/revoke_share.html", {"journey": journey})

    def post(self, request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
        journey = own_journey(request.user, journey_id)
        unshare_journey(journey)
        messages.success(request, _("The journey is private again."))
        return see_other(reverse("journey-share", args=[journey.pk]))


@button
def renew(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """Another address for the same page."""
    journey = own_journey(request.user, journey_id)
    if renew_address(journey):
        messages.success(request, _("The page has a new address; the old one leads nowhere now."))
    return see_other(reverse("journey-share", args=[journey.pk]))


@login_required
def card(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """The share card for its reader, published or not: with the choices in the address, or as it is published."""
    journey = own_journey(request.user, journey_id)
    form = ShareForm(request.GET)
    plan = plan_card(journey, form.showing if form.is_valid() else Showing.of(share_of(journey)))
    response = picture_response(request, plan.tag, "image/png", lambda: card_png(plan))
    if "download" in request.GET:
        name = f"{file_title(journey.book.shown_title)}.png"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    patch_cache_control(response, private=True)
    return response


class PreviewAudioView(SharedAudioView):
    """The music in the preview. Not the address of the reader's own pages: what is played there counts as heard."""

    @extend_schema(exclude=True)
    def get(self, request: Request, journey_id: uuid.UUID, track_id: uuid.UUID) -> HttpResponseBase:
        return self.play(request, own_journey(request.user, journey_id), track_id)


def preview_audio_path(journey: Journey, track: MusicTrack) -> str:
    path = reverse("journey-share-audio", args=[journey.pk, track.pk])
    return f"{path}?v={track.file_sha256[:VERSION_LETTERS]}"


def share_of(journey: Journey) -> Share | None:
    """The journey's public page; None while it is private."""
    return Share.objects.filter(journey_id=journey.pk).first()


def public_url(request: HttpRequest, share: Share) -> str:
    """The whole address of a public page, to be given to others."""
    return request.build_absolute_uri(reverse("public-journey", args=[share.token]))
