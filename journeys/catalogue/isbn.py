"""ISBNs as people type them: ten digits or thirteen, with hyphens, spaces, an "ISBN" in front, full-width digits."""

from __future__ import annotations

import re
import unicodedata

_LABEL = re.compile(r"^\s*isbn(?:[-\s]?1[03](?=[\s:]))?[\s:]*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_ISBN10 = re.compile(r"[0-9]{9}[0-9X]")
_ISBN13 = re.compile(r"97[89][0-9]{10}")
# An ISBN with label and hyphens stays far below this; longer text is not worth normalising.
_LONGEST = 40


def looks_like_isbn(query: str) -> bool:
    """Whether the text has the shape of an ISBN. Its check digit may still be wrong: see `normalise_isbn`."""
    digits = _compact(query)
    return bool(_ISBN10.fullmatch(digits) or _ISBN13.fullmatch(digits))


def normalise_isbn(text: str) -> str | None:
    """The ISBN-13 that the text writes, as thirteen digits, or None when it is no valid ISBN-10 or ISBN-13."""
    digits = _compact(text)
    if is_valid_isbn13(digits):
        return digits
    if is_valid_isbn10(digits):
        return isbn10_to_13(digits)
    return None


def is_valid_isbn10(digits: str) -> bool:
    """Whether these ten characters (the last may be X) carry the right check digit."""
    if not _ISBN10.fullmatch(digits):
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0


def is_valid_isbn13(digits: str) -> bool:
    """Whether these thirteen digits are in a book range (978, 979) and carry the right check digit."""
    return bool(_ISBN13.fullmatch(digits)) and _check_digit13(digits[:12]) == digits[12]


def isbn10_to_13(isbn10: str) -> str:
    """The ISBN-13 of an ISBN-10. Raises ValueError when the ISBN-10 is not valid."""
    if not is_valid_isbn10(isbn10):
        raise ValueError(f"not an ISBN-10: {isbn10!r}")
    body = f"978{isbn10[:9]}"
    return body + _check_digit13(body)


def _check_digit13(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-total % 10)


def _compact(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text)
    return _SEPARATORS.sub("", _LABEL.sub("", plain)).upper()
