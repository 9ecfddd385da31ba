"""What the API's views share: the Idempotency-Key header and the front page of /api."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from readingjourney.idempotency import KEY_LIMIT, Answer, KeyReused, fingerprint, once
from readingjourney.problems import Unprocessable

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Send the same request with the same key again, and it is done once and answered alike.",
)


def answer_once(request: Request, data: Any, work: Callable[[], Answer]) -> Response:
    """Do the request's work once for its Idempotency-Key, and answer. Raises `ValidationError`, `Unprocessable`."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LIMIT:
        raise ValidationError(
            {"Idempotency-Key": _("At most %(limit)d characters.") % {"limit": KEY_LIMIT}}, code="max_length"
        )
    try:
        answer = once(request.user, key, fingerprint("api", request.method, request.path, data), work)
    except KeyReused as error:
        raise Unprocessable(str(error), code="idempotency_key_reused") from error
    headers = {"Location": request.build_absolute_uri(answer.location)} if answer.location else {}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(answer.body, status=answer.status, headers=headers)


class ApiRootView(APIView):
    """The API's front page: where things are."""

    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        names = {
            "journeys": "api-journeys",
            "books": "api-books",
            "search": "api-search",
            "statistics": "api-statistics",
            "music": "api-music",
            "music_status": "api-music-status",
            "token": "api-token",
            "schema": "api-schema",
            "docs": "api-docs",
        }
        return Response({title: reverse(name, request=request) for title, name in names.items()})
