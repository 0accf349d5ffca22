"""One spelling for text that means the same: widths, case, blanks, traditional characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

_BLANKS = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[^\w]+|_")
_LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|股份公司|集团公司|个人独资企业|普通合伙|有限合伙|个体工商户|个体户)"
)


@cache
def _simplified() -> dict[int, str]:
    """Traditional → simplified, one character for one; only pairs without a second reading."""
    lines = (resources.files(__package__) / "traditional.txt").read_text("utf-8").split()
    return {ord(pair[0]): pair[1] for pair in lines}


def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, single blanks. ``Ａ　區`` → ``a 区``."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_simplified())
    return _BLANKS.sub(" ", folded).strip()


def compact(text: str) -> str:
    """:func:`normalise` without blanks and punctuation: two names that print alike compare equal."""
    return _PUNCTUATION.sub("", normalise(text))


def business_key(name: str) -> str:
    """Key for finding the same business twice: compact, and without its legal form (有限公司, 个体工商户 …).

    A candidate key, not an identity: two businesses may share it, then code and address decide.
    """
    key = compact(name)
    return _LEGAL_FORMS.sub("", key) or key
