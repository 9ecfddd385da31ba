"""How far a reader is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from journeys.forms.inputs import DateInput
from journeys.models import MOST_PAGES, Progress
from journeys.services import HowFar
from journeys.services.progress import HowFarUnclear, check_how_far


class HowFarForm(forms.Form):
    """A page or a percentage."""

    page = forms.IntegerField(label=gettext_lazy("Page"), min_value=0, max_value=MOST_PAGES, required=False)
    percent = forms.IntegerField(label=gettext_lazy("Percent"), min_value=0, max_value=100, required=False)
    how_far_may_be_left_out = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        needed = not self.how_far_may_be_left_out and not self.errors
        try:
            check_how_far(data.get("page"), data.get("percent"), needed=needed)
        except HowFarUnclear as error:
            self.add_error(error.field, ValidationError(str(error), code=error.code))
        return data


class ProgressForm(HowFarForm):
    """How far on which day."""

    read_on = forms.DateField(
        label=gettext_lazy("Date"), required=False, initial=timezone.localdate, widget=DateInput()
    )

    @property
    def how_far(self) -> HowFar:
        """What was filled in, once the form is valid."""
        return HowFar(**self.cleaned_data)

    @staticmethod
    def values_of(progress: Progress) -> dict[str, Any]:
        return {"page": progress.page, "percent": progress.percent, "read_on": progress.read_on}
