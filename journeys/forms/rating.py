"""How much a reader liked a book, in stars."""

from __future__ import annotations

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import RATING_STEPS
from journeys.record.shelf import stars_text

# In quarters of a star: what the page offers. An imported rating may lie between.
_HALF_STARS = {str(rating) for rating in range(2, RATING_STEPS + 1, 2)}


class RatingForm(forms.Form):
    """A rating among others of a form's fields; drawn by `journeys/_stars.html`."""

    rating = forms.TypedChoiceField(
        label=gettext_lazy("Rating"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )

    def offer_stars(self, current: int | None) -> None:
        """Offer every half star, and the rating there is already."""
        steps = {*map(int, _HALF_STARS), *([current] if current else [])}
        self.fields["rating"].choices = [  # type: ignore[attr-defined]
            ("", _("no rating")),
            *((str(step), stars_text(step)) for step in sorted(steps)),
        ]

    @property
    def half_stars(self) -> list[BoundWidget]:
        """The radio buttons of which each is half a star."""
        return [choice for choice in self["rating"] if choice.data["value"] in _HALF_STARS]

    @property
    def other_ratings(self) -> list[BoundWidget]:
        """Those that are none: no rating, and an imported one in between."""
        return [choice for choice in self["rating"] if choice.data["value"] not in _HALF_STARS]
