"""What music is to sound like."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journeys.models import DURATIONS, Journey
from journeys.services import Sound
from music.brief import Genre
from music.names import genre_text


class SoundForm(forms.Form):
    """What a journey's music is to sound like."""

    genre = forms.ChoiceField(label=gettext_lazy("Genre"), required=False)
    duration = forms.TypedChoiceField(
        label=gettext_lazy("Length of a piece"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = settings.MUSIC_DURATION_SECONDS
        genres = sorted(((str(genre), genre_text(genre)) for genre in Genre), key=lambda pair: pair[1])
        lengths = [(str(seconds), length_text(seconds)) for seconds in DURATIONS]
        self.fields["genre"].choices = [("", _("as it suits the book")), *genres]  # type: ignore[attr-defined]
        self.fields["duration"].choices = [  # type: ignore[attr-defined]
            ("", _("as usual (%(length)s)") % {"length": length_text(usual)}),
            *lengths,
        ]

    @property
    def sound(self) -> Sound:
        """What was chosen, once the form is valid."""
        genre = self.cleaned_data["genre"]
        return Sound(genre=Genre(genre) if genre else None, duration=self.cleaned_data["duration"])

    @property
    def text(self) -> str:
        """What an existing journey has, in a few words."""
        names = [dict(self.fields[name].choices).get(str(value), "") for name, value in self.initial.items()]  # type: ignore[attr-defined]
        return ", ".join(names)

    @staticmethod
    def values_of(journey: Journey) -> dict[str, Any]:
        """What an existing journey fills the form with."""
        return {"genre": journey.genre, "duration": journey.duration or ""}


def length_text(seconds: int) -> str:
    """A length in words: 90 seconds are a minute and a half."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest}
    text = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return f"{text} {ngettext('%(count)d second', '%(count)d seconds', rest) % {'count': rest}}" if rest else text
