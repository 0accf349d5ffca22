"""Element strings: ``(01)06901234567892(10)A1`` for people, with FNC1 separators for scanners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from shian.core.words import say

from .ai import HEADS, TABLE, check_value
from .errors import Gs1Error
from .keys import FINEST, QUALIFIERS

SEPARATOR = "\x1d"
"""FNC1 as scanners transmit it (ASCII group separator)."""

LONGEST = 1000
"""No symbol carries more characters than this in one element string."""

_SYMBOLOGIES = ("]C1", "]d2", "]Q3")  # GS1-128, GS1 DataMatrix, GS1 QR Code
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)")


def pad_gtin(digits: str) -> str:
    """A GTIN-8, -12, -13 or -14 as GTIN-14, check digit verified; raises :class:`Gs1Error`.

    >>> pad_gtin("6901234567892")
    '06901234567892'
    """
    if len(digits) not in (8, 12, 13, 14):
        raise Gs1Error("(01)", digits, "gtin_length", say("GTIN 应为 8、12、13 或 14 位数字"))
    return check_value("01", digits.zfill(14))


def check_key(code: str, value: str) -> str:
    """:func:`check_value`, with GTINs padded."""
    return pad_gtin(value) if code == "01" and len(value) != 14 else check_value(code, value)


class Elements(NamedTuple):
    """AIs with their values, each AI once: the primary ``key``, its ``qualifiers`` in order, other ``attributes``."""

    key: tuple[str, str]
    qualifiers: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All AIs with their values, key first."""
        return (self.key, *self.qualifiers, *self.attributes)

    def identity(self) -> Elements:
        """The key with its finest identifying qualifier only: what names the thing, not what describes it."""
        if not self.qualifiers:
            return Elements(self.key) if self.attributes else self
        finest = FINEST.get(self.key[0], ())
        if len(self.qualifiers) == 1 and not self.attributes and self.qualifiers[0][0] in finest:
            return self
        held = dict(self.qualifiers)
        for code in finest:
            if code in held:
                return Elements(self.key, ((code, held[code]),))
        return Elements(self.key)


def gather(pairs: Iterable[tuple[str, str]]) -> Elements:
    """``pairs`` of AI and value, in any order, as :class:`Elements`; every value is checked.

    Raises :class:`Gs1Error` for an unknown AI, a value that does not fit, an AI twice, no primary key or two.
    """
    held: dict[str, str] = {}
    for code, value in pairs:
        if code in held:
            raise Gs1Error(f"({code})", value, "repeated_ai", say("应用标识符重复"))
        held[code] = check_key(code, value)
    key, qualifiers, attributes = _arrangement(tuple(held))
    return Elements(
        (key, held[key]),
        tuple([(code, held[code]) for code in qualifiers]),
        tuple([(code, held[code]) for code in attributes]),
    )


@lru_cache(maxsize=1024)
def _arrangement(codes: tuple[str, ...]) -> tuple[str, tuple[str, ...], list[str]]:
    """Which of ``codes`` is the key, which qualify it, which are attributes. Labels carry few sets of AIs."""
    keys = [code for code in codes if code in QUALIFIERS]
    if len(keys) != 1:
        raise Gs1Error("uri", " ".join(keys), "one_key", say("应有且只有一个主标识代码（如 01、00、414）"))
    alternatives = [tuple(code for code in allowed if code in codes) for allowed in QUALIFIERS[keys[0]]]
    qualifiers = max(alternatives, key=len)
    return keys[0], qualifiers, sorted({*codes} - {keys[0], *qualifiers})


def parse_elements(text: str) -> Elements:
    """A bracketed or scanned element string; raises :class:`Gs1Error`."""
    if len(text) > LONGEST:
        raise Gs1Error("uri", text, "too_long", say("超过 %(most)s 个字符", most=LONGEST))
    if not text.startswith("("):
        return gather(_scanned(text))
    before, *found = _BRACKETED.split(text)
    if before or not found or found[0] not in TABLE:
        raise Gs1Error("uri", text, "element_string", say("应以“(应用标识符)”开头"))
    try:
        return gather(zip(found[::2], found[1::2], strict=True))
    except Gs1Error:
        return gather(_joined(found))


def _joined(found: list[str]) -> list[tuple[str, str]]:
    # Brackets may be part of a value, so a bracket opens an AI only where the text so far fits its AI.
    pairs = []
    code, value = found[:2]
    for following, piece in zip(found[2::2], found[3::2], strict=True):
        if following in TABLE and TABLE[code].pattern.fullmatch(value):
            pairs.append((code, value))
            code, value = following, piece
        else:
            value += f"({following}){piece}"
    pairs.append((code, value))
    return pairs


def _scanned(text: str) -> Iterator[tuple[str, str]]:
    if text.startswith(_SYMBOLOGIES):
        text = text[3:]
    for run in text.strip(SEPARATOR).split(SEPARATOR):
        at = 0
        while at < len(run):
            digits, size = HEADS.get(run[at : at + 2], (2, 0))
            start = at + digits
            code = run[at:start]
            if code not in TABLE:
                raise Gs1Error("uri", run[at:], "unknown_ai", say("没有这个应用标识符"))
            at = start + size if size else len(run)
            yield code, run[start:at]


def write_elements(elements: Elements) -> str:
    """The bracketed element string, key first."""
    return "".join(f"({code}){value}" for code, value in elements.pairs())


def scan_elements(elements: Elements) -> str:
    """The string a scanner transmits: AIs of predefined length first, :data:`SEPARATOR` after the others."""
    ordered = sorted(elements.pairs(), key=lambda pair: not TABLE[pair[0]].size)
    text = ""
    for code, value in ordered:
        text += f"{code}{value}" + ("" if TABLE[code].size else SEPARATOR)
    return text.removesuffix(SEPARATOR)
