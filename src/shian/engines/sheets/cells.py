"""From the text of an XLSX cell to a Python value (ECMA-376 Part 1, 18.3.1.4 ``c`` and 18.8.30 ``numFmt``).

A workbook stores a date as a number whose *format* makes it a date, and a number as the decimal print of a binary
float: both are undone here, without ever passing a value on as a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation


class CellError(str):
    """The text of a formula error such as ``#N/A``: a str, so that it prints, but recognisable."""


Cell = str | int | Decimal | date | datetime | bool | None
Converter = Callable[[str], Cell]

# Formats that have a number but no text in styles.xml; 27-36 and 50-58 are those of Chinese-language Excel and WPS.
BUILTIN_DATES = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
BUILTIN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56})
BUILTIN_ELAPSED = frozenset({46})
MEMORY = 1 << 15  # values remembered by each converter
LAST_SERIAL = 2_958_465  # 9999-12-31

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_SHORT_DECIMAL = re.compile(r"-?\d{1,9}\.\d{0,5}[1-9]").fullmatch
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def format_kind(number: int, code: str | None) -> str | None:
    """``date``, ``time``, ``elapsed`` or None (a plain number) for format ``number`` with format text ``code``."""
    if code is None:
        builtins = {"date": BUILTIN_DATES, "time": BUILTIN_TIMES, "elapsed": BUILTIN_ELAPSED}
        return next((kind for kind, numbers in builtins.items() if number in numbers), None)
    letters = _LITERALS.sub("", code).split(";")[0].lower().replace("general", "")
    if re.search(r"\[(h+|m+|s+)\]", letters):
        return "elapsed"
    if re.search(r"[yd]|aaa", letters):
        return "date"
    if re.search(r"[hs]", letters):
        return "time"
    return "date" if "m" in letters else None


def parse_number(text: str) -> int | Decimal | str:
    """The exact number a person typed: an int where whole, else a Decimal; the text itself if it is no number.

    Excel keeps 15 significant digits; a longer print (0.30000000000000004) is binary noise and is rounded to them.
    """
    if _SHORT_DECIMAL(text):  # most numbers that are not whole; saves the checks below
        return Decimal(text)
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or not -40 < value.adjusted() < 40:
        return text
    if len(value.as_tuple().digits) > 15:
        value = Decimal(f"{float(text):.15g}")
    return int(value) if value == value.to_integral_value() else value


def unescape(text: str) -> str:
    """Undo ``_x000D_``-style escapes (ECMA-376 22.9.2.19 ``ST_Xstring``)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class Dates(dict[str, Cell]):
    """Serial day number (as text) → date, datetime or a time printed HH:MM:SS; memoised, for dates repeat."""

    def __init__(self, kind: str, epoch_1904: bool) -> None:
        super().__init__()
        self.kind, self.epoch_1904 = kind, epoch_1904

    def __missing__(self, text: str) -> Cell:
        if len(self) > MEMORY:
            self.clear()
        value = self[text] = _from_serial(text, self.kind, self.epoch_1904)
        return value


def _from_serial(text: str, kind: str, epoch_1904: bool) -> Cell:
    number = parse_number(text)
    if isinstance(number, str) or not 0 <= number <= LAST_SERIAL:
        return number
    days = int(number)
    seconds = round((number - days) * 86_400)
    if kind == "elapsed" or (kind == "time" and days == 0):
        total = days * 86_400 + seconds
        return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"
    if epoch_1904:
        first = datetime(1904, 1, 1)
    elif days >= 61:
        first = datetime(1899, 12, 30)
    elif days in (0, 60):  # 1900-01-00 and 1900-02-29, which Lotus 1-2-3 invented, are no dates
        return number
    else:
        first = datetime(1899, 12, 31)
    moment = first + timedelta(days=days, seconds=seconds)
    return moment if seconds else moment.date()


def typed_converter(kind: str) -> Converter:
    """The converter of a cell type ``t`` that is neither a shared string nor a number; ValueError if there is none."""
    converters: dict[str, Converter] = {
        "str": lambda text: unescape(text) or None,
        "inlineStr": lambda text: unescape(text) or None,
        "b": lambda text: text.strip() not in ("0", "false"),
        "e": CellError,
        "d": _from_iso,
    }
    if kind not in converters:
        raise ValueError(f"unknown cell type {kind}")
    return converters[kind]


def _from_iso(text: str) -> Cell:
    moment = datetime.fromisoformat(text)
    return moment if "T" in text else moment.date()
