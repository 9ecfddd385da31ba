"""What a reader is told about an error: one calm sentence for each code. Staff see the provider's own message."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REASONS = {
    "cancelled": _("This piece was stopped."),
    "content_refused": _("The music service would not make a piece of this request. Try it in other words."),
    "credit_used_up": _("The music service took no new pieces at that moment. You can try again."),
    "key_refused": _("The music service took no new pieces at that moment. You can try again."),
    "out_of_memory": _("There was not enough room to make this piece at that moment. You can try again."),
    "provider_busy": _("The music service had too much to do at that moment. You can try again."),
    "provider_cancelled": _("The music service stopped making this piece. You can try again."),
    "provider_confused": _("The music service gave an answer that we do not understand. You can try again."),
    "provider_failed": _("The music service could not finish this piece. You can try again."),
    "provider_misconfigured": _("The music service took no new pieces at that moment. You can try again."),
    "provider_missing": _("The music service this piece was asked of is no longer set up. You can try again."),
    "provider_timeout": _("The music service took too long over this piece and gave up. You can try again."),
    "provider_unreachable": _("The music service could not be reached. You can try again."),
    "region_refused": _("The music service took no new pieces at that moment. You can try again."),
    "result_gone": _("The music service no longer has this piece. You can try again."),
    "studio_failed": _("The studio could not make this piece. You can try again."),
    "submission_unknown": _(
        "The music service never told us whether it took this request. We sent it only once, and are looking into it. "
        "Trying again asks for a new piece."
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
