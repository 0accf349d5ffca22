"""What every parser of this package returns: the cleaned code, its parts, and what is wrong with it, position by position."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shian.core.words import joined, say

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """``position`` counts characters from 1 (0: the code as a whole); ``message`` is Chinese and names the rule.

    ``overridable``: real codes are known to break this rule, a supervisor may accept the code.
    """

    position: int
    message: str
    severity: Severity = "error"
    overridable: bool = False


@dataclass(frozen=True)
class Code:
    """A code as read: ``text`` without blanks, half width, upper case; ``parts`` by name, empty if it has the wrong form."""

    kind: str
    text: str
    parts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """No error (warnings may remain)."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def message(self) -> str:
        """All problems in one Chinese sentence; empty for a code without any."""
        return (
            say("%(kind)s“%(text)s”：%(problems)s", kind=self.kind, text=self.text, problems=joined(p.message for p in self.problems))
            if self.problems
            else ""
        )


def clean(text: str) -> str:
    """Half width, upper case, without blanks and hyphens, as people type and scanners deliver."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if not char.isspace() and char not in "-‐‑–—·_")


def cut(text: str, layout: Sequence[tuple[str, int]]) -> dict[str, str]:
    """``text`` in consecutive named parts of given length."""
    parts, start = {}, 0
    for name, length in layout:
        parts[name] = text[start : start + length]
        start += length
    return parts


def wrong_length(text: str, expected: str, actual: int | None = None) -> Problem:
    return Problem(0, say("应为%(expected)s，现为 %(actual)s 位", expected=expected, actual=len(text) if actual is None else actual))


def not_digits(text: str, start: int = 1) -> Iterator[Problem]:
    """A problem for each character that is no digit; ``start`` is the position of the first."""
    for position, char in enumerate(text, start=start):
        if not (char.isascii() and char.isdigit()):
            yield Problem(position, say("第 %(position)s 位“%(char)s”应为数字%(hint)s", position=position, char=char, hint=looks_like(char)))


def looks_like(char: str) -> str:
    """A hint for letters that are usually misread digits."""
    digit = {"O": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8", "Q": "0"}.get(char)
    return say("（是否应为“%(digit)s”？）", digit=digit) if digit else ""


def mod11_10(digits: str) -> str:
    """Check digit of GB/T 17710 (ISO 7064) MOD 11,10: detects every single error and nearly every swap."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
