"""The table of Application Identifiers (应用标识符) and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from shian.core.words import say

from .checkdigit import check_characters, has_check_digit
from .errors import Gs1Error

_SETS = {
    "N": "[0-9]",
    "X": r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]",
    "Y": r"[#\-/0-9A-Z]",
    "Z": r"[\-_0-9A-Za-z=]",
}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)(?:,([a-z]+))?\]?")

# Element strings whose length the first two digits fix, so that no separator follows (§7.8.5).
_PREDEFINED = frozenset(
    "00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One AI: its ``code``, ``title``, the ``pattern`` its value matches and the ``checks`` on components.

    ``size``: characters of a value whose length scanners know, so that no separator follows it; 0 for the others.
    """

    code: str
    title: str
    format: str
    pattern: re.Pattern[str]
    checks: tuple[tuple[int, Callable[[str], str | None]], ...]
    size: int

    def check(self, value: str) -> str:
        """``value``; raises :class:`Gs1Error` where it does not fit the AI."""
        found = self.pattern.fullmatch(value)
        if found is None:
            raise Gs1Error(f"({self.code})", value, "format", say("格式应为 %(right)s", right=self.format))
        for group, rule in self.checks:
            part = found[group]
            if part and (broken := rule(part)):
                raise Gs1Error(f"({self.code})", value, "broken", broken)
        return value


def _checksum(text: str) -> str | None:
    return None if has_check_digit(text) else say("校验位不正确")


def _pair(text: str) -> str | None:
    fine = len(text) > 2 and check_characters(text[:-2]) == text[-2:]
    return None if fine else say("校验字符不正确")


_LAST_DAY = {f"{month:02d}": "30" if month in (4, 6, 9, 11) else "31" for month in range(1, 13)}


def _date(text: str, first_day: str = "00") -> str | None:
    month, day = text[2:4], text[4:6]
    last = _LAST_DAY.get(month, "") if month != "02" else "28" if int(text[:2]) % 4 else "29"
    return None if first_day <= day <= last else say("日期不存在（YYMMDD）")


def _full_date(text: str) -> str | None:
    return _date(text, "01")


def _company(text: str) -> str | None:
    return None if re.match("[0-9]{4}", text) else say("应以厂商识别代码（数字）开头")


def _piece(text: str) -> str | None:
    return None if "01" <= text[:2] <= text[2:] else say("件序号应在 01 与总件数之间")


def _zero(text: str) -> str | None:
    return None if text == "0" else say("首位应为 0")


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "csum": _checksum,
    "pair": _pair,
    "date": _date,
    "dmy": _full_date,
    "key": _company,
    "piece": _piece,
    "zero": _zero,
}


def _codes(written: str) -> Iterator[str]:
    first, _, last = written.partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield f"{number:0{len(first)}d}"


def _read(lines: list[str]) -> dict[str, ApplicationIdentifier]:
    table = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        written, spec, title = (part.strip() for part in line.split("|"))
        pattern, checks = "", []
        for group, found in enumerate(_COMPONENT.finditer(spec), 1):
            optional, kind, upto, size, rule = found.groups()
            least = "0," if optional and upto else "1," if upto else ""
            pattern += f"({_SETS[kind]}{{{least}{size}}})" + ("?" if optional else "")
            if rule:
                checks.append((group, _CHECKS[rule]))
        shape = re.sub(",[a-z]+", "", spec)
        size = sum(map(int, re.findall("[0-9]+", shape))) if written[:2] in _PREDEFINED else 0
        for code in _codes(written):
            table[code] = ApplicationIdentifier(code, title, shape, re.compile(pattern), tuple(checks), size)
    return table


TABLE: Mapping[str, ApplicationIdentifier] = _read(
    files("shian.core.gs1").joinpath("ai.txt").read_text("utf-8").splitlines()
)
"""Every AI by its code."""

HEADS: Mapping[str, tuple[int, int]] = {code[:2]: (len(code), ai.size) for code, ai in TABLE.items()}
"""What the first two digits of an element string decide: length of the AI, length of its value or 0 (§7.8.5)."""


def check_value(code: str, value: str) -> str:
    """``value`` as a value of AI ``code``; raises :class:`Gs1Error` for an unknown AI or a value that does not fit."""
    identifier = TABLE.get(code)
    if identifier is None:
        raise Gs1Error(f"({code})", value, "unknown_ai", say("没有这个应用标识符"))
    return identifier.check(value)
