"""Imports and exports over HTTP: a request starts the work and answers 202; its resource tells how far it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journeys.access import own_export, own_import
from journeys.exporting.sending import archive_response
from journeys.exporting.services import delete_export, request_everything
from journeys.importing.reasons import Refused
from journeys.importing.services import (
    NotNow,
    TooManyImports,
    ask_for_its_music,
    begin_import,
    choose,
    confirm,
    delete_import,
    map_columns,
    reopen,
    undo,
)
from journeys.models import Export, Import, ImportRow, RowOutcome
from journeys.serializers.transfers import (
    ChoicesSerializer,
    ColumnsSerializer,
    ConfirmSerializer,
    ExportSerializer,
    ImportRequestSerializer,
    ImportRowSerializer,
    ImportSerializer,
    RowFilterSerializer,
)
from readingjourney.problems import Conflict, Unprocessable

RETRY_SECONDS = "2"


class ImportsView(generics.ListAPIView[Import]):
    """What I have brought along, the newest first; POST a file to bring more."""

    serializer_class = ImportSerializer
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> QuerySet[Import]:
        if getattr(self, "swagger_fake_view", False):
            return Import.objects.none()
        return Import.objects.filter(reader=self.request.user.pk)

    @extend_schema(request={"multipart/form-data": ImportRequestSerializer}, responses={202: ImportSerializer})
    def post(self, request: Request) -> Response:
        asked = ImportRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        try:
            record = begin_import(reader=request.user, file=file, name=str(file.name))
        except Refused as error:
            raise Unprocessable(str(error), code=error.code) from error
        except TooManyImports as error:
            raise Conflict(str(error), code="too_many_imports") from error
        return accepted(record)


class ImportView(APIView):
    """One import: how far it is, and what came of its rows."""

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        return Response(ImportSerializer(own_import(request.user, import_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, import_id: uuid.UUID) -> Response:
        """Forget the file and its rows; journeys made of it stay. 409 while it is being taken in."""
        record = own_import(request.user, import_id)
        _do(lambda: delete_import(record))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportRowsView(generics.ListAPIView[ImportRow]):
    """The rows of an import, in the order of the file."""

    serializer_class = ImportRowSerializer

    def get_queryset(self) -> QuerySet[ImportRow]:
        if getattr(self, "swagger_fake_view", False):
            return ImportRow.objects.none()
        rows = own_import(self.request.user, self.kwargs["import_id"]).rows.all()
        asked = RowFilterSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        outcome = asked.validated_data.get("outcome")
        return rows.filter(outcome=outcome) if outcome else rows

    @extend_schema(parameters=[OpenApiParameter("outcome", OpenApiTypes.STR, enum=RowOutcome.values)])
    def get(self, request: Request, *arguments: Any, **named: Any) -> Response:
        return super().get(request, *arguments, **named)


class ImportActionView(generics.GenericAPIView[Any]):
    """Base of what can be done with an import: 409 where its state does not allow it."""

    def act(
        self, request: Request, import_id: uuid.UUID, action: Callable[[Import, dict[str, Any]], object]
    ) -> Response:
        record = own_import(request.user, import_id)
        data: dict[str, Any] = {}
        if self.serializer_class is not None:
            asked = self.get_serializer(data=request.data)
            asked.is_valid(raise_exception=True)
            data = asked.validated_data
        _do(lambda: action(record, data))
        record.refresh_from_db()
        return accepted(record)


class ImportColumnsView(ImportActionView):
    """Say what the columns of a table mean, and have it read (state mapping). Said again (state ready, while nothing is
    taken in), its rows are read anew."""

    serializer_class = ColumnsSerializer

    @extend_schema(request=ColumnsSerializer, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        def action(record: Import, data: dict[str, Any]) -> None:
            map_columns(record, fields=data["meaning"], dates=data["dates"], out_of=data["out_of"])

        return self.act(request, import_id, action)


class ImportChoicesView(ImportActionView):
    """Say what rows in question are (state ready)."""

    serializer_class = ChoicesSerializer

    @extend_schema(request=ChoicesSerializer, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        def action(record: Import, data: dict[str, Any]) -> None:
            choose(record, {each["number"]: each["choice"] for each in data["choices"]})

        return self.act(request, import_id, action)


class ImportConfirmView(ImportActionView):
    """Have the new rows taken in (state ready); what is in question is left out until it is reopened. Twice does it
    once."""

    serializer_class = ConfirmSerializer

    @extend_schema(request=ConfirmSerializer, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        return self.act(request, import_id, lambda record, data: confirm(record, status=data.get("status", "")))


class ImportReopenView(ImportActionView):
    """Have the rows that nobody has answered before the others were taken in asked again (state done → ready)."""

    serializer_class = None

    @extend_schema(request=None, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        return self.act(request, import_id, lambda record, _data: reopen(record))


class ImportMusicView(ImportActionView):
    """Have pieces made for the imported logs with words (state done)."""

    serializer_class = None

    @extend_schema(request=None, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        return self.act(request, import_id, lambda record, _data: ask_for_its_music(record))


class ImportUndoView(ImportActionView):
    """Take the import back, as far as nobody has worked on it since (state done)."""

    serializer_class = None

    @extend_schema(request=None, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        return self.act(request, import_id, lambda record, _data: undo(record))


class ExportsView(generics.ListAPIView[Export]):
    """My archives, the newest first; POST has a new one put together."""

    serializer_class = ExportSerializer

    def get_queryset(self) -> QuerySet[Export]:
        if getattr(self, "swagger_fake_view", False):
            return Export.objects.none()
        return Export.objects.filter(reader=self.request.user.pk)

    @extend_schema(request=None, responses={202: ExportSerializer})
    def post(self, request: Request) -> Response:
        export = request_everything(request.user)
        headers = {"Location": reverse("api-export", args=[export.pk]), "Retry-After": RETRY_SECONDS}
        return Response(ExportSerializer(export).data, status=status.HTTP_202_ACCEPTED, headers=headers)


class ExportView(APIView):
    """One archive: how far it is."""

    @extend_schema(responses=ExportSerializer)
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        return Response(ExportSerializer(own_export(request.user, export_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, export_id: uuid.UUID) -> Response:
        delete_export(own_export(request.user, export_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportFileView(APIView):
    """The archive itself; takes ranges."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: uuid.UUID) -> HttpResponseBase:
        return archive_response(request._request, own_export(request.user, export_id))


def accepted(record: Import) -> Response:
    """202: the work is begun, and here is where to look."""
    headers = {"Location": reverse("api-import", args=[record.pk]), "Retry-After": RETRY_SECONDS}
    return Response(ImportSerializer(record).data, status=status.HTTP_202_ACCEPTED, headers=headers)


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except NotNow as error:
        raise Conflict(str(error)) from error
