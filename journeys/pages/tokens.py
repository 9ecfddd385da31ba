"""Tokens for scripts: made, shown once, given up."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from knox.models import get_token_model

from journeys.services.tokens import TOKENS_KEPT, create_token
from readingjourney.buttons import button
from readingjourney.forms import see_other


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """The reader's tokens. A POST makes one and answers 201 with it: its text is stored nowhere to be shown again."""
    context: dict[str, object] = {"kept": TOKENS_KEPT}
    if request.method == "POST":
        context["token"], _expiry = create_token(request.user)
    context["tokens"] = (
        get_token_model().objects.filter(user=request.user, expiry__gt=timezone.now()).order_by("-created")
    )
    return render(request, "journeys/tokens.html", context, status=201 if "token" in context else 200)


@button
def end(request: HttpRequest) -> HttpResponse:
    """Give a token up. It is named by the digest that is stored of it."""
    own = get_token_model().objects.filter(user=request.user)
    get_object_or_404(own, pk=request.POST.get("token", "")).delete()
    messages.success(request, _("The token is given up. What used it gets in no more."))
    return see_other(reverse("tokens"))
