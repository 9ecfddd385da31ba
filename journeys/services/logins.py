"""How often somebody may guess a password.

Ten tries for an account from one network in a quarter of an hour, and a hundred from anywhere in an hour: the second
number is above what one network can reach, so nobody locks somebody else out from a single place.

Why not django-axes: it counts only after the password was checked, so that a burst of guesses at the same moment
passes; it has one limit for all; and it keeps addresses, browsers and what was posted. Here a try is taken before the
password is looked at, and given back when it was right.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from journeys.models import LoginTries

ANYWHERE_WINDOW = timedelta(hours=1)
"""The longest window: a row that is older counts for nothing any more."""
NETWORK_WINDOW = timedelta(minutes=15)
MAILS = 5
"""Links that may be sent under one name within the longest window."""


@dataclass(frozen=True, slots=True)
class _Limit:
    key: str
    tries: int
    window: timedelta


def take_a_try(name: str, network: str) -> int:
    """Count a try to log in as `name`, before the password is looked at.

    Returns 0 when it may be made, else the seconds until there is one again; a refused try is not counted.
    """
    ours, anywhere = _limits(name, network)
    if wait := _take(ours, _account(name)):
        return wait
    if wait := _take(anywhere, _account(name)):
        _give_back(ours)
    return wait


def give_back_the_try(name: str, network: str) -> None:
    """The password was right: the network's count begins anew, and the other one forgets this try."""
    ours, anywhere = _limits(name, network)
    LoginTries.objects.filter(key=ours.key).delete()
    _give_back(anywhere)


def take_a_mail(name: str) -> int:
    """Count a mail that somebody has sent under this name: the reader, to an address of their choice; anybody, to an
    address that a new password is asked for.

    Returns 0 when it may be sent, else the seconds until there is one again.
    """
    return _take(_Limit(_digest(f"mail {_account(name)}"), MAILS, ANYWHERE_WINDOW), _account(name))


def forget_tries(names: Iterable[str]) -> int:
    """Let these names try again at once, from everywhere. Returns how many counts were forgotten."""
    deleted, _models = LoginTries.objects.filter(account__in=[_account(name) for name in names]).delete()
    return deleted


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 that an IPv6 subscriber has to themselves.

    Behind `PROXY_COUNT` proxies of ours it is what the outermost of them saw; what a client writes into the header
    itself stands before that and is not looked at.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.PROXY_COUNT and forwarded != [""]:
        address = forwarded[-min(settings.PROXY_COUNT, len(forwarded))].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _limits(name: str, network: str) -> tuple[_Limit, _Limit]:
    account = _account(name)
    return (
        _Limit(_digest(f"{account} {network}"), settings.LOGIN_TRIES, NETWORK_WINDOW),
        _Limit(_digest(account), settings.LOGIN_TRIES_ANYWHERE, ANYWHERE_WINDOW),
    )


@transaction.atomic
def _take(limit: _Limit, account: str) -> int:
    now = timezone.now()
    row, _created = LoginTries.objects.select_for_update().get_or_create(key=limit.key, defaults={"account": account})
    if row.since + limit.window <= now:
        row.tries, row.since = 0, now
    if row.tries >= limit.tries:
        return max(1, ceil((row.since + limit.window - now).total_seconds()))
    row.tries += 1
    row.save()
    return 0


def _give_back(limit: _Limit) -> None:
    LoginTries.objects.filter(key=limit.key, tries__gt=0).update(tries=F("tries") - 1)


def _account(name: str) -> str:
    return _digest(name.casefold())


def _digest(text: str) -> str:
    return str(salted_hmac("journeys.logins", text, algorithm="sha256").hexdigest())
