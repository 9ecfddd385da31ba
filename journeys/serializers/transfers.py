"""Imports and exports on the wire."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journeys.importing.columns import DATE_ORDERS, FIELDS, RATINGS_OUT_OF
from journeys.importing.reasons import file_reason, left_out_of, remark_texts, row_reason, work_text
from journeys.importing.services import NUMBER_AT_MOST, STATUSES_TO_CHOOSE, counts_of
from journeys.models import Export, ExportState, Import, ImportRow, RowOutcome


class ImportRequestSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=500, allow_empty_file=True)


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import and how far it is; `done` of `total` rows while a worker is at it."""

    text = serializers.SerializerMethodField(help_text="What is being done, in words; empty at rest")
    error_message = serializers.SerializerMethodField(help_text="Why the file was refused; empty where it was not")
    counts = serializers.SerializerMethodField(help_text="Rows by outcome")
    left_out = serializers.SerializerMethodField(help_text="What of the file became no row: how many, by kind")
    columns = serializers.SerializerMethodField(help_text="Of a table that needs a meaning (state mapping)")

    class Meta:
        model = Import
        fields = [
            "id",
            "file_name",
            "format",
            "state",
            "text",
            "done",
            "total",
            "error_code",
            "error_message",
            "counts",
            "left_out",
            "columns",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_text(self, record: Import) -> str:
        return work_text(record)

    def get_error_message(self, record: Import) -> str:
        return file_reason(record.error_code)

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_counts(self, record: Import) -> dict[str, int]:
        return counts_of(record)

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_left_out(self, record: Import) -> dict[str, int]:
        return left_out_of(record)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_columns(self, record: Import) -> list[str]:
        return list(record.mapping.get("sample", {}).get("columns", ()))


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    is_piece = serializers.BooleanField(read_only=True, help_text="A piece of music of no journey, of our own archive")
    reason_text = serializers.SerializerMethodField()
    remarks = serializers.SerializerMethodField(help_text="What of it could not be read, in words")
    candidates = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True)),
        read_only=True,
        help_text="What it may be: the `value` of one of them chooses it",
    )
    journey = serializers.PrimaryKeyRelatedField[Any](read_only=True)

    class Meta:
        model = ImportRow
        fields = [
            "number",
            "is_piece",
            "title",
            "authors",
            "outcome",
            "reason",
            "reason_text",
            "remarks",
            "candidates",
            "choice",
            "journey",
        ]
        read_only_fields = fields

    def get_reason_text(self, row: ImportRow) -> str:
        return row_reason(row.reason)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_remarks(self, row: ImportRow) -> list[str]:
        return remark_texts(row.data.get("remarks", ()))


class ColumnsSerializer(serializers.Serializer[Any]):
    """What the columns of a table mean: field → name of its column; the fields are those of `FIELDS`."""

    meaning = serializers.DictField(
        child=serializers.CharField(max_length=131_072), help_text=f"Any of {', '.join(FIELDS)}"
    )
    dates = serializers.ChoiceField(choices=list(DATE_ORDERS), default=DATE_ORDERS[0])
    out_of = serializers.ChoiceField(choices=list(RATINGS_OUT_OF), default=RATINGS_OUT_OF[0])


class RowChoiceSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=NUMBER_AT_MOST)
    choice = serializers.CharField(max_length=60, help_text="A candidate's value, “new” or “skip”")


class ChoicesSerializer(serializers.Serializer[Any]):
    choices = RowChoiceSerializer(many=True, max_length=1000)  # type: ignore[call-arg]  # of the list


class ConfirmSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        choices=[str(status) for status in STATUSES_TO_CHOOSE],
        required=False,
        help_text="Of books of which the file does not say whether they were read; without it, what was chosen before "
        "in the preview, else finished (calibre: want)",
    )


class RowFilterSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=RowOutcome.choices, required=False)


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An archive of everything; `file_url` once it is ready."""

    file_url = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = ["id", "kind", "state", "done", "total", "size", "error_code", "created_at", "finished_at", "file_url"]
        read_only_fields = fields

    def get_file_url(self, export: Export) -> str:
        return reverse("api-export-file", args=[export.pk]) if export.state == ExportState.READY else ""
