"""What everybody with the address sees of a shared journey: the page, its music, its pictures."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from journeys.access import shared_journey
from journeys.models import Journey, Share, Visibility
from journeys.pages.pictures import picture_response
from journeys.publication import public_path, published_journey, shared_tracks
from journeys.services.sharing import Showing
from journeys.sharecard import album_jpeg, card_png, plan_card
from music.api import FileView
from music.presentation import VERSION_LETTERS

Answer = TypeVar("Answer", bound=HttpResponseBase)

LOCALES = {"ko": "ko_KR", "en": "en_US"}
"""As Open Graph writes them."""

ROBOTS = """User-agent: *
Allow: /$
Allow: /j/
Allow: /static/
Disallow: /
"""
"""Unlisted pages are not shut out here: a robot that may not look does not see that it must not list them either."""


@never_cache
@require_safe
def public_journey(request: HttpRequest, token: str) -> HttpResponse:
    """A shared journey, in the visitor's language."""
    share = shared_journey(token)
    shown = published_journey(share, request.GET.get("page", ""))
    page_url = public_path(token, shown.page.number if shown.page else 1)
    card_tag = plan_card(share.journey, Showing.of(share)).tag
    context = {
        "share": share,
        "shown": shown,
        "page_url": page_url,
        "artwork_url": reverse("public-album-picture", args=[token]),
        "canonical_url": request.build_absolute_uri(page_url),
        "card_url": request.build_absolute_uri(f"{reverse('public-card', args=[token])}?v={card_tag}"),
        "audio": [(request.build_absolute_uri(piece.audio_url), piece.content_type) for piece in shown.pieces[:1]],
        "feed_url": request.build_absolute_uri(reverse("public-feed", args=[token])) if is_public(share) else "",
        "is_public": is_public(share),
        "is_own": share.journey.reader == request.user,
        "og_locale": LOCALES[get_language() or "ko"],
    }
    return as_shared(render(request, "public/journey.html", context), share)


@require_safe
def card(request: HttpRequest, token: str) -> HttpResponse:
    """The share card."""
    share = shared_journey(token)
    plan = plan_card(share.journey, Showing.of(share))
    return as_shared(picture_response(request, plan.tag, "image/png", lambda: card_png(plan)), share)


@require_safe
def album_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The landscape of the journey's music, square, for its feed."""
    share = shared_journey(token)
    plan = plan_card(share.journey, Showing.of(share))
    return as_shared(
        picture_response(request, f"{plan.tag}-album", "image/jpeg", lambda: album_jpeg(plan.scene)), share
    )


class SharedAudioView(FileView):
    """Base of what plays a piece outside its reader's own pages."""

    def play(self, request: Request, journey: Journey, track_id: uuid.UUID) -> HttpResponseBase:
        """A finished piece of the journey, whole or one range of it; a bucket's signed address where audio lives in
        one, which outlives a page that is taken back by up to an hour. Raises `Http404`."""
        track = get_object_or_404(shared_tracks(journey), pk=track_id)
        version = request.query_params.get("v", "")
        if version and version != track.file_sha256[:VERSION_LETTERS]:
            raise Http404  # a player must not go on with the bytes of another piece
        response: HttpResponseBase = self.serve(
            request, str(track.file.name), content_type=track.content_type, etag=track.file_sha256
        )
        # Asked about every time: what is heard from a cache cannot be taken back.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class PublicAudioView(SharedAudioView):
    """The music of a shared journey, for everybody who has its address."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request, token: str, track_id: uuid.UUID) -> HttpResponseBase:
        share = shared_journey(token)
        return as_shared(self.play(request, share.journey, track_id), share)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def is_public(share: Share) -> bool:
    """Whether everybody may find the page, and not only who was given its address."""
    return share.visibility == Visibility.PUBLIC


def as_shared(response: Answer, share: Share) -> Answer:
    """The answer with what all public answers say: an unlisted page is not listed, and no other site hears of its
    address from a link that is followed."""
    if not is_public(share):
        response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": the page's own forms are checked by their origin.
    response["Referrer-Policy"] = "same-origin"
    return response
