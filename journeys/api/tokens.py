"""Tokens for scripts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.auth import TokenAuthentication
from rest_framework import generics, status
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from journeys.serializers.tokens import TokenRequestSerializer, TokenSerializer
from journeys.services.tokens import create_token


class TokenView(generics.GenericAPIView[Any]):
    """A new token for scripts, against name and password; beyond twenty the oldest is given up."""

    serializer_class = TokenRequestSerializer
    permission_classes = [AllowAny]
    authentication_classes = [TokenAuthentication]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "login"

    @extend_schema(request=TokenRequestSerializer, responses={201: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reader = authenticate(request._request, **asked.validated_data)
        if reader is None:
            if wait := getattr(request._request, "login_wait", 0):
                raise Throttled(wait)
            raise AuthenticationFailed(_("Name and password do not match."))
        token, expiry = create_token(reader)
        return Response({"token": token, "expiry": expiry}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Give up the token that this request came with."""
        if request.auth is None:
            raise NotAuthenticated
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
