"""Searching one's own logs and journeys over HTTP."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.record.search import PER_PAGE, Needle, search_record
from journeys.serializers.search import SearchSerializer, journey_hit_json, log_hit_json


class SearchView(APIView):
    """Search my quotes and memos, and the titles, authors, reviews and tags of my journeys."""

    @extend_schema(
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True, description="Parts of words; initial consonants"),
            OpenApiParameter("in", OpenApiTypes.STR, enum=["journeys"], description="All journeys, and no logs"),
            OpenApiParameter("page", OpenApiTypes.INT),
        ],
        responses=SearchSerializer,
    )
    def get(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()[:200]
        needle = Needle.of(query)
        if needle is None:
            raise ValidationError({"q": _("Say what to search for.")}, code="required")
        found = search_record(
            request.user,
            needle,
            number=request.query_params.get("page"),
            first_journeys=PER_PAGE,
            only_journeys=request.query_params.get("in") == "journeys",
        )
        body = {
            "query": query,
            "log_count": found.log_count,
            "journey_count": found.journey_count,
            "page": found.page.number,
            "pages": found.page.paginator.num_pages,
            "journeys": [journey_hit_json(hit) for hit in found.journeys],
            "logs": [log_hit_json(hit) for hit in found.logs],
        }
        return Response(SearchSerializer(body).data)
