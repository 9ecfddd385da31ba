"""Forms of imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.importing.columns import DATE_ORDERS, FIELDS, RATINGS_OUT_OF
from journeys.importing.services import STATUSES_TO_CHOOSE
from journeys.models import JourneyStatus


class UploadForm(forms.Form):
    """The file that a reader brings along; what it is, we find out."""

    file = forms.FileField(label=_("Your file"), max_length=500, allow_empty_file=True)


class ColumnsForm(forms.Form):
    """What the columns of a table mean: a choice for everything that a column can mean, made as far as names tell."""

    dates = forms.ChoiceField(
        label=_("How dates are written"),
        choices=list(
            zip(DATE_ORDERS, (_("year, month, day"), _("month, day, year"), _("day, month, year")), strict=True)
        ),
        help_text=_("Where the year comes last."),
    )
    out_of = forms.TypedChoiceField(
        label=_("The best rating is"), coerce=int, choices=[(number, str(number)) for number in RATINGS_OUT_OF]
    )

    def __init__(self, *arguments: Any, sample: Mapping[str, Any], **named: Any) -> None:
        super().__init__(*arguments, **named)
        columns = [("", "–"), *((name, name) for name in sample.get("columns", ()) if name)]
        guess = sample.get("guess", {})
        for name, label in FIELDS.items():
            self.fields[f"field_{name}"] = forms.ChoiceField(
                label=label, choices=columns, required=False, initial=guess.get(name, "")
            )
        self.fields["dates"].initial = sample.get("dates")
        self.fields["out_of"].initial = sample.get("out_of")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("field_title") or data.get("field_isbn")):
            raise forms.ValidationError(_("Say which column has the titles, or the ISBNs."), code="required")
        return data

    @property
    def meaning(self) -> dict[str, str]:
        """Field → column."""
        return {name: column for name in FIELDS if (column := self.cleaned_data.get(f"field_{name}"))}

    @property
    def field_boxes(self) -> list[forms.BoundField]:
        return [self[f"field_{name}"] for name in FIELDS]


class ConfirmForm(forms.Form):
    """What the books are of which the file does not say whether they were read."""

    status = forms.ChoiceField(
        label=_("Books of which the file does not say whether you have read them are"),
        choices=[(str(status), JourneyStatus(status).label) for status in STATUSES_TO_CHOOSE],
        required=False,
        widget=forms.RadioSelect,
    )
