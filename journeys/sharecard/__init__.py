"""The picture that stands for a shared journey where its address is posted."""

from journeys.sharecard.painting import album_jpeg, card_png
from journeys.sharecard.plan import CardPlan, plan_card

__all__ = ["CardPlan", "album_jpeg", "card_png", "plan_card"]
