"""ZIP files as readers' programs take them."""

from __future__ import annotations

import io
import zipfile

from django.utils import timezone

_READABLE = 0o644 << 16


def zip_entry(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """An entry written now, which its owner may read once it is unpacked."""
    info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.external_attr = _READABLE
    info.compress_type = method
    return info


class Outlet:
    """What a ZIP is written to and sent from: it keeps what was written since it was last drained.

    Within that it can be gone back in, so that an entry's length and checksum are written before it. Programs that
    unpack while they read refuse an entry that is not compressed and has them behind it. Drain it between two entries.
    """

    def __init__(self) -> None:
        self._kept = io.BytesIO()
        self._sent = 0

    def write(self, data: bytes) -> int:
        return self._kept.write(data)

    def tell(self) -> int:
        return self._sent + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Raises `OSError` where the bytes have been sent."""
        if whence != io.SEEK_SET or offset < self._sent:
            raise io.UnsupportedOperation("what was sent cannot be written again")
        return self._sent + self._kept.seek(offset - self._sent)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def drained(self) -> bytes:
        kept = self._kept.getvalue()
        self._kept = io.BytesIO()
        self._sent += len(kept)
        return kept
