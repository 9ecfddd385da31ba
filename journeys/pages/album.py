"""A journey's album: its part of the page, drawn anew when a piece is ready, and the ZIP."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journeys.access import own_journey
from journeys.pages.downloads import Made, send
from journeys.services.albumzip import AlbumZip
from music.presentation import file_title


@login_required
@never_cache
@require_safe
def album_part(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponse:
    """The album's part of the journey's page alone."""
    return render(request, "journeys/_album.html", {"journey": own_journey(request.user, journey_id)})


@login_required
@never_cache
@require_safe
def download(request: HttpRequest, journey_id: uuid.UUID) -> HttpResponseBase:
    """All of a journey to keep: its music, its logs, its picture, a playlist."""
    journey = own_journey(request.user, journey_id)

    def make() -> Made:
        album = AlbumZip(journey)
        return f"{file_title(album.title)}.zip", album.stream()

    return send(request, make, content_type="application/zip", otherwise=journey.get_absolute_url())
