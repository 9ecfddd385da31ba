"""The words for where a track is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

CODE_LIMIT = 40
MESSAGE_LIMIT = 500
"""Characters of a message for staff; longer ones are cut."""


class TrackStatus(models.TextChoices):
    """What the world sees."""

    PENDING = "pending", _("Waiting")
    GENERATING = "generating", _("Being made")
    COMPLETED = "completed", _("Ready")
    ERROR = "error", _("Failed")


class TrackStage(models.TextChoices):
    """Where a generating track is; empty in every other status."""

    NONE = "", "–"
    SUBMITTING = "submitting", _("Asking")
    WAITING = "waiting", _("Composing")
    FETCHING = "fetching", _("Fetching")
    STORING = "storing", _("Storing")
