"""The form of what a journey's public page shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.models import LINE_LIMIT, Visibility
from journeys.services.sharing import Showing


class ShareForm(forms.Form):
    """What others are to see. Sent twice: in the address, to be looked at; then to be published as it was seen."""

    visibility = forms.ChoiceField(label=_("Who may see it"), choices=Visibility.choices, widget=forms.RadioSelect)
    line = forms.CharField(
        label=_("A line of your choosing"),
        max_length=LINE_LIMIT,
        required=False,
        help_text=_("A sentence that says what this book was to you. It heads the page and stands on the card."),
    )
    shows_quotes = forms.BooleanField(label=_("Quotes"), required=False)
    shows_feelings = forms.BooleanField(label=_("Feelings"), required=False)
    shows_memos = forms.BooleanField(label=_("Memos"), required=False)
    shows_name = forms.BooleanField(label=_("My name"), required=False)

    shown_fields = ("shows_quotes", "shows_feelings", "shows_memos", "shows_name")

    @property
    def showing(self) -> Showing:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        return Showing(
            visibility=Visibility(data["visibility"]),
            line=data["line"],
            **{name: data[name] for name in self.shown_fields},
        )

    @property
    def choices_shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.shown_fields]

    @staticmethod
    def values_of(showing: Showing) -> dict[str, Any]:
        """What fills the form."""
        return asdict(showing)

    @staticmethod
    def sent_for(showing: Showing) -> dict[str, str]:
        """What a browser sends of a form filled so: nothing for what is not ticked."""
        chosen = {name: value for name, value in asdict(showing).items() if value}
        return {name: "on" if value is True else str(value) for name, value in chosen.items()}
