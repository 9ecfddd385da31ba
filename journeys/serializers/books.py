"""Books on the wire: those of journeys, what a search found, and choosing one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.remote import SOURCE_STATES
from journeys.models import MOST_PAGES, Book


class BookSerializer(serializers.ModelSerializer[Book]):
    cover = serializers.CharField(source="picture", read_only=True, help_text="Address of its picture here, or empty")

    class Meta:
        model = Book
        fields = [
            "id",
            "title",
            "title_en",
            "authors",
            "authors_en",
            "publisher",
            "year",
            "language",
            "isbn13",
            "pages",
            "cover",
            "source",
            "source_id",
            "source_url",
        ]
        read_only_fields = fields


class BookRecordSerializer(serializers.Serializer[Any]):
    """A search result; `source` and `source_id` choose it for a journey."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field, no attribute
    source_id = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    original_title = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField())
    authors_en = serializers.ListField(child=serializers.CharField())
    publisher = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    isbn13 = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    description_ko = serializers.CharField()
    description_en = serializers.CharField()
    edition_year = serializers.IntegerField(allow_null=True, help_text="Of the edition; `year` is the work's first")
    cover = serializers.CharField(source="picture", help_text="Address of its picture here, or empty")
    source_url = serializers.CharField(help_text="The book's page at its source, or empty")
    sources = serializers.ListField(child=serializers.CharField(), help_text="All sources that know it")


class BookSourceStateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(
        choices=SOURCE_STATES, help_text="skipped: it failed a moment ago and was not asked"
    )


class BookSearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    hint = serializers.CharField(help_text="What is wrong with the query, as an ISBN's check digit may be; or empty")
    results = BookRecordSerializer(many=True)
    sources = BookSourceStateSerializer(
        many=True, help_text="The sources elsewhere; with one that is not ok the results are only a part"
    )


class BookChoiceSerializer(serializers.Serializer[Any]):
    """A book by its source's id, or typed in by its title."""

    book_title = serializers.CharField(max_length=300, required=False, help_text="Needed unless source_id is given")
    book_authors = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    isbn = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    pages = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, required=False, allow_null=True, default=None)
    source = serializers.CharField(  # type: ignore[assignment]  # a field, no attribute
        max_length=40, required=False, help_text="As in a search result"
    )
    source_id = serializers.CharField(max_length=120, required=False, help_text="As in a search result")

    def validate_isbn(self, text: str) -> str:
        if not text.strip():
            return ""
        isbn13 = normalise_isbn(text)
        if isbn13 is None:
            raise ValidationError(_("This is not a valid ISBN."), code="invalid")
        return isbn13

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data.get("book_title") and not (data.get("source") and data.get("source_id")):
            raise ValidationError({"book_title": _("Give the book's title, or its source and source_id.")}, "required")
        return data
