"""Addresses of audio in a bucket: signed, short-lived, and for the host that browsers can reach."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from music.bucket import SignedBucketStorage


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> SignedBucketStorage:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return SignedBucketStorage(
        bucket_name="audio",
        endpoint_url="http://objectstore:7070",
        public_endpoint_url="https://media.example.org",
        region_name="us-east-1",
        addressing_style="path",
        signature_version="s3v4",
        querystring_expire=600,
    )


def test_it_is_signed_for_the_public_host(bucket: SignedBucketStorage) -> None:
    address = urlsplit(bucket.url("tracks/1/abc.mp3"))
    query = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://media.example.org/audio/tracks/1/abc.mp3"
    assert query["X-Amz-Expires"] == ["600"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert "secret" not in address.query


def test_without_a_public_host_it_is_the_endpoint(bucket: SignedBucketStorage) -> None:
    bucket.public_endpoint_url = None
    assert bucket.url("tracks/1/abc.mp3").startswith("http://objectstore:7070/audio/tracks/1/abc.mp3?")
