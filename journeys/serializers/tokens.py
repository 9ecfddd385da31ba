"""Tokens for scripts on the wire."""

from __future__ import annotations

from rest_framework import serializers


class TokenRequestSerializer(serializers.Serializer[object]):
    username = serializers.CharField(help_text="Name or e-mail address")
    password = serializers.CharField(trim_whitespace=False)


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.CharField(help_text="Send as “Authorization: Token …”; it is shown only now")
    expiry = serializers.DateTimeField()
