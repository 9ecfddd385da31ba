"""A journey's record: rating, review, tags and days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.forms.inputs import DateInput
from journeys.forms.rating import RatingForm
from journeys.models import MOST_PAGES, REVIEW_LIMIT, TAG_LIMIT, Journey, JourneyStatus
from journeys.services import record_of, tag_names
from journeys.services.tags import COMMAS, TAGS_LIMIT


class RecordForm(RatingForm):
    """What a reader keeps of a journey beside its logs."""

    review = forms.CharField(
        label=gettext_lazy("Review"), max_length=REVIEW_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=TAGS_LIMIT * (TAG_LIMIT + 2),
        help_text=gettext_lazy("Separate them by commas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    started_on = forms.DateField(label=gettext_lazy("First day"), required=False, widget=DateInput())
    ended_on = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=DateInput())
    pages = forms.IntegerField(
        label=gettext_lazy("Pages of your copy"), min_value=1, max_value=MOST_PAGES, required=False
    )

    def __init__(self, journey: Journey, data: Any = None) -> None:
        super().__init__(data, initial=self.values_of(journey))
        self.offer_stars(journey.rating)
        if journey.book.pages:
            self.fields["pages"].help_text = _("The book is said to have %(pages)d.") % {"pages": journey.book.pages}
        if journey.status == JourneyStatus.WANT:
            del self.fields["started_on"]
        if journey.status in (JourneyStatus.WANT, JourneyStatus.READING):
            del self.fields["ended_on"]

    def clean_tags(self) -> tuple[str, ...]:
        words = COMMAS.split(self.cleaned_data["tags"])
        if any(len(" ".join(word.split())) > TAG_LIMIT for word in words):
            raise ValidationError(_("A tag has at most %(limit)d letters.") % {"limit": TAG_LIMIT}, code="max_length")
        names = tag_names(words)
        if len(names) > TAGS_LIMIT:
            raise ValidationError(_("At most %(limit)d tags, please.") % {"limit": TAGS_LIMIT}, code="too_many")
        return tuple(names)

    @property
    def changes(self) -> dict[str, Any]:
        """What was filled in, once the form is valid; without the fields that were not on the page it was sent from:
        the journey may have ended since in another window."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}

    @staticmethod
    def values_of(journey: Journey) -> dict[str, Any]:
        record = record_of(journey)
        return {
            "rating": "" if record.rating is None else str(record.rating),
            "review": record.review,
            "tags": ", ".join(record.tags),
            "started_on": record.started_on,
            "ended_on": record.ended_on,
            "pages": record.pages,
        }
