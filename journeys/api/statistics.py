"""A reader's record in numbers, over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.record.statistics import FIRST_YEAR, LAST_YEAR, statistics_of
from journeys.serializers.statistics import StatisticsSerializer, statistics_json
from journeys.services import today_of


class StatisticsView(APIView):
    """All years."""

    @extend_schema(operation_id="statistics", responses=StatisticsSerializer)
    def get(self, request: Request) -> Response:
        return _answer(request.user)


class YearStatisticsView(APIView):
    """The months of a year."""

    @extend_schema(operation_id="statistics_of_year", responses=StatisticsSerializer)
    def get(self, request: Request, year: int) -> Response:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        return _answer(request.user, year)


def _answer(reader: Any, year: int | None = None) -> Response:
    told = statistics_of(reader, today=today_of(reader), year=year)
    return Response(StatisticsSerializer(statistics_json(told)).data)
