"""A journey's public page: publishing it, changing what it shows, giving it another address, taking it back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Self

from django.db import transaction
from django.db.models.functions import Now

from journeys.models import Journey, Share, Visibility
from journeys.models.sharing import new_token
from journeys.services.texts import nfc


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a reader wants others to see of a journey. Its book and its finished music are always there."""

    visibility: Visibility = Visibility.UNLISTED
    line: str = ""
    """A line of the reader's choosing, at the head of the page and on the card; one line, whatever was typed."""
    shows_name: bool = False
    shows_quotes: bool = True
    shows_memos: bool = False
    shows_feelings: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "line", " ".join(nfc(self.line).split()))

    @classmethod
    def of(cls, share: Share | None) -> Self:
        """What a published journey shows now; of a private one, what it would show if nothing was chosen."""
        if share is None:
            return cls()
        return cls(
            visibility=Visibility(share.visibility),
            line=share.line,
            shows_name=share.shows_name,
            shows_quotes=share.shows_quotes,
            shows_memos=share.shows_memos,
            shows_feelings=share.shows_feelings,
        )


@transaction.atomic
def share_journey(journey: Journey, showing: Showing) -> tuple[Share, bool]:
    """Publish a journey, or change what its page shows under the address it has; whether it was private before.

    Raises `Journey.DoesNotExist` when it was deleted meanwhile.
    """
    Journey.objects.select_for_update().get(pk=journey.pk)
    wishes = {**asdict(showing), "updated_at": Now()}
    share, is_new = Share.objects.update_or_create(journey_id=journey.pk, defaults=wishes)
    share.refresh_from_db()
    return share, is_new


def renew_address(journey: Journey) -> bool:
    """Give the page another address; the old one is gone at once. False when the journey is private."""
    return bool(Share.objects.filter(journey_id=journey.pk).update(token=new_token(), updated_at=Now()))


def unshare_journey(journey: Journey) -> bool:
    """Make the journey private again: page, card, feed and music are gone for others at once. False when it was."""
    return bool(Share.objects.filter(journey_id=journey.pk).delete()[0])
