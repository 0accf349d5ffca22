"""How Word writes a number (ECMA-376 part 1, 17.18.59 ST_NumberFormat; MS-DOC and RTF name them by number)."""

from __future__ import annotations

from ..outline import number_to_han

_HAN = {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting", "ideographDigital", "japaneseDigitalTenThousand"}
_CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
_CAPITALS = str.maketrans("一二三四五六七八九十〇", "壹贰叁肆伍陆柒捌玖拾零")
_CYCLES = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
BY_NUMBER = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "ordinal", 11: "japaneseCounting",
    14: "decimalFullWidth", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet", 28: "decimalEnclosedCircleChinese",
    30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting", 35: "taiwaneseCountingThousand",
    37: "chineseCounting", 38: "ideographLegalSimplified", 39: "chineseCountingThousand", 255: "none",
}  # fmt: skip
"""MSONFC of MS-OSHARED 2.2.1.3, those that Chinese documents use."""


def written(n: int, kind: str) -> str:
    """``n`` as the list prints it; an unknown kind prints digits."""
    if n < 1:
        return str(n) if kind not in _HAN else "〇"
    if kind in _HAN:
        return number_to_han(n) if n < 100 else str(n)
    if kind == "ideographLegalSimplified":
        return number_to_han(n).translate(_CAPITALS) if n < 100 else str(n)
    if kind in _CYCLES:
        return _CYCLES[kind][(n - 1) % len(_CYCLES[kind])]
    if kind in _CIRCLED and n <= 20:
        return chr(ord("①") + n - 1)
    if kind == "decimalFullWidth":
        return "".join(chr(ord(c) + 0xFEE0) for c in str(n))
    if kind == "decimalZero":
        return f"{n:02d}"
    if kind in ("upperLetter", "lowerLetter") and n <= 26 * 9:
        letter = chr(ord("A") + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman") and n < 40:
        roman = "X" * (n // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[n % 10]
        return roman if kind == "upperRoman" else roman.lower()
    return str(n)
