"""A reading log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.forms.inputs import DateInput
from journeys.forms.progress import HowFarForm
from journeys.forms.rating import RatingForm
from journeys.models import MEMO_LIMIT, QUOTE_LIMIT, Journey, ReadingLog
from journeys.services import LogEntry
from music.brief import Mood
from music.names import mood_text


class LogForm(HowFarForm):
    """One reading log; at least one thing must be in it."""

    quote = forms.CharField(
        label=gettext_lazy("Quote"), max_length=QUOTE_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    memo = forms.CharField(
        label=gettext_lazy("Memo"), max_length=MEMO_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    emotions = forms.MultipleChoiceField(
        label=gettext_lazy("How it feels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    logged_on = forms.DateField(
        label=gettext_lazy("Date"), required=False, initial=timezone.localdate, widget=DateInput()
    )
    field_order = ["quote", "memo", "emotions", "page", "percent", "logged_on"]
    how_far_may_be_left_out = True

    def __init__(self, *args: Any, may_be_empty: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty
        self.fields["emotions"].choices = [(str(mood), mood_text(mood)) for mood in Mood]  # type: ignore[attr-defined]

    def clean_logged_on(self) -> date | None:
        day: date | None = self.cleaned_data["logged_on"]
        # What was imported so may stay so.
        if day and day > timezone.localdate() and day != self.initial.get("logged_on"):
            raise ValidationError(_("This day has not come yet."), code="max_value")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not self.may_be_empty and self.entry.is_empty:
            raise ValidationError(_("Write at least a quote, a memo, a feeling or how far you are."), code="empty")
        return data

    @property
    def entry(self) -> LogEntry:
        """What was written, once the form is valid."""
        data = self.cleaned_data
        return LogEntry(
            quote=data["quote"],
            memo=data["memo"],
            emotions=tuple(Mood(name) for name in data["emotions"]),
            page=data["page"],
            percent=data["percent"],
            logged_on=data["logged_on"],
        )

    @staticmethod
    def values_of(log: ReadingLog) -> dict[str, Any]:
        """What an existing log fills the form with."""
        return {name: getattr(log, name) for name in ("quote", "memo", "emotions", "page", "percent", "logged_on")}


class FinishForm(RatingForm, LogForm):
    """The last log, which may be empty, and the stars."""

    def __init__(self, journey: Journey, data: Any = None) -> None:
        super().__init__(
            data, initial={"rating": "" if journey.rating is None else str(journey.rating)}, may_be_empty=True
        )
        self.offer_stars(journey.rating)
        self._rated = journey.rating

    @property
    def chosen_rating(self) -> int | None:
        """What was chosen, once the form is valid; as it was, where the page it was sent from did not ask."""
        chosen: int | None = self.cleaned_data["rating"]
        return chosen if "rating" in self.data else self._rated
