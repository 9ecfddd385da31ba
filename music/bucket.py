"""Audio in an S3-compatible bucket, heard through signed addresses."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from storages.backends.s3 import S3Storage


class SignedBucketStorage(S3Storage):  # type: ignore[misc]  # untyped library
    """Signs for the address at which browsers reach the store: inside a cluster it often has another one, and a signed
    address is good only for the host it was signed for."""

    def get_default_settings(self) -> dict[str, Any]:
        return {**super().get_default_settings(), "public_endpoint_url": None}

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
