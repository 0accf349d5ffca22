"""Numerals as they are written by hand: 二O二六年, 二○二六年, 伍拾万元. Folded one character for one."""

from __future__ import annotations

import re

_ZEROS = "〇零OoΟοОо0"
_HAN_DATE = re.compile(rf"[一二三四五六七八九十{_ZEROS}]{{2,5}}(?=[年月日])")
_HAN_DIGIT = re.compile("[一二三四五六七八九]")
_TO_ZERO = str.maketrans(dict.fromkeys(_ZEROS, "〇"))
_CAPITALS = "壹贰叁肆伍陆柒捌玖拾佰仟零"
_AMOUNT = re.compile(rf"(?<![{_CAPITALS}大内登着上队落])[壹贰叁肆伍陆柒捌玖拾佰仟](?:[{_CAPITALS}万萬亿]{{0,12}}[拾佰仟万萬亿][{_CAPITALS}万萬亿]{{0,6}})?(?=[元圆个家项次名户批])")
_TO_PLAIN = str.maketrans(_CAPITALS + "萬", "一二三四五六七八九十百千零万")


def fold_numerals(norm: str) -> str:
    """Any sign for zero in a date in Han numerals becomes 〇; capital numerals (大写) before a unit become plain."""
    if _HAN_DIGIT.search(norm):
        norm = _HAN_DATE.sub(_zeros, norm)
    return _AMOUNT.sub(lambda m: m.group().translate(_TO_PLAIN), norm)


def _zeros(m: re.Match[str]) -> str:
    return m.group().translate(_TO_ZERO) if _HAN_DIGIT.search(m.group()) else m.group()
