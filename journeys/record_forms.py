"""Forms of a journey's record: rating, review, tags and days, and how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import MOST_PAGES, RATING_STEPS, REVIEW_LIMIT, TAG_LIMIT, Journey, JourneyStatus, Progress
from journeys.record.shelf import stars_text
from journeys.services import HowFar, record_of, tag_names
from journeys.services.tags import COMMAS

TAGS_LIMIT = 30
# In quarters of a star: what the page offers. An imported rating may lie between.
_HALF_STARS = {str(rating) for rating in range(2, RATING_STEPS + 1, 2)}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RecordForm(forms.Form):
    """What a reader keeps of a journey beside its logs."""

    rating = forms.TypedChoiceField(
        label=gettext_lazy("Rating"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
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
        steps = {*map(int, _HALF_STARS), *([journey.rating] if journey.rating else [])}
        self.fields["rating"].choices = [  # type: ignore[attr-defined]
            ("", _("no rating")),
            *((str(step), stars_text(step)) for step in sorted(steps)),
        ]
        if journey.book.pages:
            self.fields["pages"].help_text = _("The book is said to have %(pages)d.") % {"pages": journey.book.pages}
        if journey.status == JourneyStatus.WANT:
            del self.fields["started_on"]
        if journey.status in (JourneyStatus.WANT, JourneyStatus.READING):
            del self.fields["ended_on"]

    @property
    def half_stars(self) -> list[BoundWidget]:
        """The radio buttons of which each is half a star."""
        return [choice for choice in self["rating"] if choice.data["value"] in _HALF_STARS]

    @property
    def other_ratings(self) -> list[BoundWidget]:
        """Those that are none: no rating, and an imported one in between."""
        return [choice for choice in self["rating"] if choice.data["value"] not in _HALF_STARS]

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


class ProgressForm(forms.Form):
    """How far on which day: a page or a percentage."""

    page = forms.IntegerField(label=gettext_lazy("Page"), min_value=0, max_value=MOST_PAGES, required=False)
    percent = forms.IntegerField(label=gettext_lazy("Percent"), min_value=0, max_value=100, required=False)
    read_on = forms.DateField(
        label=gettext_lazy("Date"), required=False, initial=timezone.localdate, widget=DateInput()
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        told = [data.get("page") is not None, data.get("percent") is not None]
        if all(told):
            self.add_error("percent", ValidationError(_("Give a page or a percentage, not both."), code="both"))
        elif not any(told) and not self.errors:
            self.add_error("page", ValidationError(_("Give a page or a percentage."), code="required"))
        return data

    @property
    def how_far(self) -> HowFar:
        """What was filled in, once the form is valid."""
        return HowFar(**self.cleaned_data)

    @staticmethod
    def values_of(progress: Progress) -> dict[str, Any]:
        return {"page": progress.page, "percent": progress.percent, "read_on": progress.read_on}
