"""A book that no source has."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.catalogue.isbn import normalise_isbn
from journeys.models import MOST_PAGES


class BookForm(forms.Form):
    """A book typed in by hand."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    authors = forms.CharField(label=gettext_lazy("Authors"), max_length=300, required=False)
    isbn = forms.CharField(label="ISBN", max_length=20, required=False)
    pages = forms.IntegerField(label=gettext_lazy("Pages"), min_value=1, max_value=MOST_PAGES, required=False)

    def clean_isbn(self) -> str:
        text: str = self.cleaned_data["isbn"].strip()
        if not text:
            return ""
        isbn13 = normalise_isbn(text)
        if not isbn13:
            raise ValidationError(_("This is not a valid ISBN."), code="invalid")
        return isbn13
