"""An archive on its way to its reader."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from journeys.models import Export, ExportState
from music.ranges import ranged_response
from music.storage import open_audio, signed_url


def archive_response(request: HttpRequest, export: Export) -> HttpResponseBase:
    """The archive, whole or in ranges, from us or from where it is stored. Raises `Http404` where there is none."""
    if export.state != ExportState.READY or not export.file:
        raise Http404
    day = timezone.localtime(export.finished_at).date() if export.finished_at else timezone.localdate()
    name = f"reading-journey-{day.isoformat()}.zip"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    key = str(export.file.name)
    if url := signed_url(key, disposition=disposition):
        return HttpResponseRedirect(url)
    try:
        file = open_audio(key)
    except FileNotFoundError:
        raise Http404 from None
    response = ranged_response(
        request, file, size=file.size, content_type="application/zip", etag=f"{export.pk}-{export.fencing_token}"
    )
    response["Content-Disposition"] = disposition
    response["Cache-Control"] = "private, no-store"
    return response
