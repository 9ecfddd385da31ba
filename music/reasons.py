"""What a reader is told about an error: one calm sentence for each code. Staff see the provider's own message."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REASONS = {
    "cancelled": _("This piece was stopped."),
    "content_refused": _("The music service would not make a piece of this request. Try it in other words."),
    "provider_failed": _("The music service could not finish this piece. You can try again."),
    "provider_missing": _("The music service this piece was asked of is no longer set up. You can try again."),
    "submission_unknown": _(
        "The music service never told us whether it took this request. We did not send it twice; you can try again."
    ),
    "result_invalid": _("What the music service sent back could not be played. You can try again."),
    "storage_failed": _("The piece was made but could not be saved. You can try again."),
    "timeout": _("This piece took too long and was given up. You can try again."),
    "worker_lost": _("Making this piece broke off several times. You can try again."),
}
DEFAULT_REASON = _("Something went wrong on our side. You can try again.")


def reason_for(code: str) -> str:
    """The reader's sentence for an error code; empty for no code."""
    return str(REASONS.get(code, DEFAULT_REASON)) if code else ""
