"""Audio in an S3-compatible bucket, heard through signed addresses."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from storages.backends.s3 import S3Storage

from music.storage import SeenFile, StorageFailed

logger = logging.getLogger(__name__)

REMOVED_AT_ONCE = 1000  # the most that S3 takes in one call
PASSING_STATUSES = {408, 409, 412, 429}
PASSING_CODES = {"BadDigest", "IncompleteBody", "RequestTimeout", "SlowDown", "XAmzContentSHA256Mismatch"}
"""Said with a 400 of a request that was damaged or cut short on its way: the next one may arrive."""


class SignedBucketStorage(S3Storage):  # type: ignore[misc]  # untyped library
    """Signs for the address at which browsers reach the store: inside a cluster it often has another one, and a signed
    address is good only for the host it was signed for.

    A file is sent in one request, never in parts: one that is cut short leaves nothing behind.
    """

    client_config: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        limits = Config(
            connect_timeout=self.connect_seconds,
            read_timeout=self.read_seconds,
            retries={"mode": "standard", "total_max_attempts": 3},
            tcp_keepalive=True,
        )
        self.client_config = self.client_config.merge(limits)

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "public_endpoint_url": None,
            "connect_seconds": 5,
            "read_seconds": 30,
        }

    @cached_property
    def _signer(self) -> Any:
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.public_endpoint_url or self.endpoint_url,
            config=self.client_config,
        )

    def url(
        self, name: str, parameters: dict[str, Any] | None = None, expire: int | None = None, http_method: Any = None
    ) -> str:
        target = {"Bucket": self.bucket_name, "Key": self._normalize_name(name), **(parameters or {})}
        signed: str = self._signer.generate_presigned_url(
            "get_object", Params=target, ExpiresIn=expire or self.querystring_expire, HttpMethod=http_method
        )
        return signed

    # What audio needs beyond Django's storages (`music.storage.AudioStorage`)

    def put(self, key: str, data: bytes, *, content_type: str) -> None:
        digest = hashlib.sha256(data).digest()
        try:
            if self._holds(key, len(data), digest):
                return
        except StorageFailed as error:
            # Who may write but not list is told 403 of every key that is not there.
            if not error.halted:
                raise
        with _failures_told():
            self._client.put_object(
                **self._place(key),
                Body=data,
                ContentType=content_type,
                ChecksumSHA256=base64.b64encode(digest).decode(),
                Metadata={"sha256": digest.hex()},
            )
        if not self._holds(key, len(data), digest):
            raise StorageFailed(f"{key} was stored, and the bucket has something else")

    def size_of(self, key: str) -> int | None:
        head = self._head(key)
        return None if head is None else int(head["ContentLength"])

    def listing(self, folder: str) -> Iterator[SeenFile]:
        root = self._normalize_name("")
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=f"{self._normalize_name(folder)}/"
        )
        with _failures_told():
            for page in pages:
                for entry in page.get("Contents", ()):
                    key = str(entry["Key"])[len(root) :].lstrip("/")
                    yield SeenFile(key, int(entry["Size"]), entry["LastModified"].timestamp())

    def remove(self, keys: list[str]) -> None:
        refused = []
        for start in range(0, len(keys), REMOVED_AT_ONCE):
            batch = [{"Key": self._normalize_name(key)} for key in keys[start : start + REMOVED_AT_ONCE]]
            with _failures_told():
                if len(batch) == 1:  # every store can do this one, and most removals are of one file
                    self._client.delete_object(Bucket=self.bucket_name, **batch[0])
                    continue
                answer = self._client.delete_objects(Bucket=self.bucket_name, Delete={"Objects": batch, "Quiet": True})
                refused += answer.get("Errors", [])
        if refused:
            first = refused[0]
            raise StorageFailed(f"{len(refused)} files could not be removed: {first.get('Key')} {first.get('Code')}")

    def _holds(self, key: str, size: int, digest: bytes) -> bool:
        """Whether the bucket has these bytes: by its own checksum where it keeps one, else by what was noted when they
        were sent."""
        head = self._head(key)
        if head is None or head["ContentLength"] != size:
            return False
        if checksum := head.get("ChecksumSHA256"):
            return bool(checksum == base64.b64encode(digest).decode())
        return bool(head.get("Metadata", {}).get("sha256") == digest.hex())

    def _head(self, key: str) -> dict[str, Any] | None:
        with _failures_told():
            try:
                head: dict[str, Any] = self._client.head_object(**self._place(key), ChecksumMode="ENABLED")
            except ClientError as error:
                if _status(error) == 404:
                    return None
                raise
        return head

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(key)}

    @property
    def _client(self) -> Any:
        return self.connection.meta.client


@contextmanager
def _failures_told() -> Iterator[None]:
    """Make `StorageFailed` of whatever boto3 raises within."""
    try:
        yield
    except ClientError as error:
        raise _refused(error) from error
    except BotoCoreError as error:
        halted = isinstance(error, NoCredentialsError | PartialCredentialsError)
        raise StorageFailed(f"{type(error).__name__}: {error}", halted=halted) from error


def _refused(error: ClientError) -> StorageFailed:
    """What the store said, sorted: a fault of its own or of the moment passes, a refusal needs somebody."""
    status, code = _status(error), str(error.response.get("Error", {}).get("Code", ""))
    passing = status >= 500 or status in PASSING_STATUSES or code in PASSING_CODES
    too_large = code == "EntityTooLarge" or status == 413
    told = f"{error.operation_name}: {status} {code}"
    return StorageFailed(told, permanent=too_large, halted=not passing and not too_large)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
