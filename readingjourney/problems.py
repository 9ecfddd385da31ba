"""Errors as problem+json (RFC 9457), in one shape everywhere below /api.

{"type": "about:blank", "title": "…", "status": 422, "detail": "…", "instance": "/api/…",
 "errors": [{"attr": "book_title", "code": "required", "detail": "…"}]}
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import exception_handler as standardized_handler
from drf_standardized_errors.types import ErrorResponse, ExceptionHandlerContext
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings

CONTENT_TYPE = "application/problem+json"


class Conflict(APIException):
    """409: the thing is not in a state in which this can be done."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Unprocessable(APIException):
    """422: understood, but it cannot be done as asked."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


def problem(status_code: int, detail: str, instance: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of a problem+json answer."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "detail": detail,
        "instance": instance,
        "errors": errors,
    }


class ProblemFormatter(ExceptionFormatter):
    """Puts what the error library found into the shape above."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        errors = [
            {
                "attr": None if error.attr == api_settings.NON_FIELD_ERRORS_KEY else error.attr,
                "code": error.code,
                "detail": error.detail,
            }
            for error in error_response.errors
        ]
        named = [error for error in errors if error["attr"]]
        detail = _("Some fields need another look.") if named else str(errors[0]["detail"])
        request = self.context["request"]
        return problem(self.exc.status_code, detail, request.path if request else "", errors)


def exception_handler(exc: Exception, context: ExceptionHandlerContext) -> Response | None:
    """DRF's exception handler: problem+json, or its picture in the browsable API."""
    response = standardized_handler(exc, context)
    if response is not None:
        request = context["request"]
        if request is None or getattr(getattr(request, "accepted_renderer", None), "format", "json") != "api":
            response.content_type = CONTENT_TYPE
            if request is not None:  # whatever was asked for (audio, say), a problem is JSON
                request.accepted_renderer, request.accepted_media_type = JSONRenderer(), CONTENT_TYPE
    return response


def problem_response(request: HttpRequest, status_code: int, code: str, detail: str) -> JsonResponse:
    """A problem+json answer outside DRF: for addresses below /api that no view serves."""
    errors = [{"attr": None, "code": code, "detail": detail}]
    return JsonResponse(
        problem(status_code, detail, request.path, errors),
        status=status_code,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
