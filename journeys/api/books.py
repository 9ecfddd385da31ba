"""Searching for books over HTTP."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.catalogue import query_hint, search_everywhere
from journeys.serializers.books import BookSearchSerializer


class BooksView(APIView):
    """Search for a book by title, author or ISBN, here and at the sources elsewhere, for a few seconds at most."""

    @extend_schema(parameters=[OpenApiParameter("q", OpenApiTypes.STR, required=True)], responses=BookSearchSerializer)
    def get(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        if not query:
            raise ValidationError({"q": _("Say what to search for.")}, code="required")
        found = search_everywhere(query, reader=request.user)
        told = {"query": query, "hint": query_hint(query), "results": found.records, "sources": found.answers}
        return Response(BookSearchSerializer(told).data)
