"""From the text of an XLSX cell to a Python value (ECMA-376 Part 1, 18.3.1.4 ``c`` and 18.8.30 ``numFmt``).

A workbook stores a date as a number whose *format* makes it a date, and a number as the decimal print of a binary
float: both are undone here, without ever passing a value on as a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from shian.core.sheets.errors import SheetError


class CellError(str):
    """The text of a formula error such as ``#N/A``: a str, so that it prints, but recognisable."""


Cell = str | int | Decimal | date | datetime | bool | None
Converter = Callable[[str], Cell]

# Formats that have a number but no text in styles.xml; 27-36 and 50-58 are those of Chinese-language Excel and WPS.
BUILTIN_DATES = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
BUILTIN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56})
BUILTIN_ELAPSED = frozenset({46})
LAST_SERIAL = 2_958_465  # 9999-12-31

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
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


def date_converter(kind: str, epoch_1904: bool) -> Converter:
    """A memoised function from a serial day number (as text) to a date, a datetime or a time printed HH:MM:SS."""
    known: dict[str, Cell] = {}

    def convert(text: str) -> Cell:
        try:
            return known[text]
        except KeyError:
            if len(known) > 50_000:
                known.clear()
            return known.setdefault(text, _from_serial(text, kind, epoch_1904))

    return convert


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


def typed_value(kind: str, text: str, ref: str) -> Cell:
    """The value of a cell whose type ``t`` is not a shared string nor a number."""
    if kind in ("str", "inlineStr"):
        return unescape(text) or None
    if kind == "b":
        return text.strip() not in ("0", "false")
    if kind == "e":
        return CellError(text)
    if kind == "d":
        moment = datetime.fromisoformat(text)
        return moment if "T" in text else moment.date()
    raise SheetError("broken", f"单元格 {ref} 的类型“{kind}”不属于 XLSX 格式，请用 WPS 或 Excel 重新保存后再试")
