"""What Django's system checks look at for the whole: the data directory, the broker, the alerts' way out.

Those tagged "deploy" reach for the network or write a file: `manage.py check --deploy` and `manage.py doctor` run them,
and an ordinary start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from readingjourney.brokerping import eviction_policy


@register(Tags.security, deploy=True)
def the_broker_evicts_nothing(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """A queue's key that is thrown away to make room is a message lost, which the sweep has to make good."""
    policy = eviction_policy(settings.CELERY_BROKER_URL)
    if policy in (None, "noeviction"):
        return []
    return [
        Warning(
            f"The broker's maxmemory-policy is {policy}: short of memory it throws messages away.",
            hint="Set maxmemory-policy noeviction, and keep caches in another server or database.",
            id="readingjourney.W001",
        )
    ]


@register(Tags.security)
def the_metrics_token_is_hard_to_guess(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= 16:
        return []
    return [
        Warning(
            "METRICS_TOKEN is shorter than 16 characters.",
            hint='python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
            id="readingjourney.W002",
        )
    ]


@register(Tags.compatibility, deploy=True)
def somebody_is_told_when_a_provider_needs_a_person(
    app_configs: Sequence[Any] | None, **options: Any
) -> list[CheckMessage]:
    if settings.MUSIC_PROVIDER == "studio" or settings.ADMINS:
        return []
    return [
        Warning(
            "A paid provider is chosen and ALERT_EMAILS is empty: alerts are in the log only.",
            hint="Set ALERT_EMAILS, and EMAIL_URL to a server that sends.",
            id="readingjourney.W003",
        )
    ]
