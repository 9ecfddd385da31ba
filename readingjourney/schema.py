"""How the OpenAPI schema describes every operation: as drf-spectacular finds it, plus the one shape of errors."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from readingjourney.problems import CONTENT_TYPE


class ProblemFieldSerializer(serializers.Serializer[Any]):
    attr = serializers.CharField(allow_null=True, help_text="The field, or null for the request as a whole")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="In the language asked for")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error, as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = ProblemFieldSerializer(many=True)  # type: ignore[assignment]  # a field, no attribute


class ProblemAutoSchema(AutoSchema):
    """Every operation may answer with a problem."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction=direction)
        problem = self.resolve_serializer(ProblemSerializer, direction)
        bodies["default"] = {"description": "Problem", "content": {CONTENT_TYPE: {"schema": problem.ref}}}
        return bodies
