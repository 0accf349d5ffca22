"""Chinese and Arabic numerals: 四点五, 九十八, 1.2万, 〇."""

from __future__ import annotations

import re

from .text import GROUP

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "○": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
HAN = "〇零一二三四五六七八九十百千万亿两"
ARABIC = rf"\d+(?:{GROUP}\d{{3}})*(?:\.\d+)?"
_HAN_NUMBER = re.compile(rf"[{HAN}]+(?:点[〇零一二三四五六七八九]+)?")


def han_to_number(text: str) -> float | None:
    """Value of a Chinese numeral, ``None`` if it is none. 二〇二三 reads digit by digit.

    >>> han_to_number("四点五"), han_to_number("一百二十"), han_to_number("二〇二三"), han_to_number("两万")
    (4.5, 120, 2023, 20000)
    """
    if not _HAN_NUMBER.fullmatch(text):
        return None
    whole, _, fraction = text.partition("点")
    if len(whole) > 1 and all(c in DIGITS for c in whole):
        value: float = int("".join(str(DIGITS[c]) for c in whole[:15]))
    else:
        value = _with_places(whole)
    if fraction:
        value += int("".join(str(DIGITS[c]) for c in fraction[:15])) / 10 ** len(fraction[:15])
    return value


def _with_places(whole: str) -> int:
    total = section = digit = 0
    for c in whole[:30]:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in TENS:
            section += (digit or 1) * TENS[c]
            digit = 0
        else:
            total = (total + section + digit or 1) * MYRIADS[c]
            section = digit = 0
    return total + section + digit


def arabic_to_number(text: str) -> float:
    """Value of an ASCII numeral with optional grouping; digits past any sensible size are cut."""
    return float(text.replace(GROUP, "")[:40])


def ordinal(text: str) -> int | None:
    """Value of an outline number: 十二, 12, ⑫."""
    if text.isdecimal():
        return int(text[:6])
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if len(text) == 1 and "㉑" <= text <= "㉟":
        return ord(text) - ord("㉑") + 21
    value = han_to_number(text.translate(_CAPITALS))
    return int(value) if value is not None else None
