"""商品条码 GTIN-8, 12, 13, 14 (GB 12904, GS1 General Specifications 7.9)."""

from __future__ import annotations

from shian.core.words import say

from .code import Code, Problem, clean, not_digits, wrong_length

LENGTHS = (8, 12, 13, 14)


def gtin_check(body: str) -> str:
    """Check digit of the digits before it: weights 3 and 1 alternating from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def parse_gtin(text: str) -> Code:
    """``parts``: ``gtin14`` (padded), ``prefix`` (GS1 prefix), ``china`` ("1" for 680-699)."""
    code = clean(text)
    problems = list(not_digits(code))
    if len(code) not in LENGTHS:
        problems.append(wrong_length(code, say(" 8、12、13 或 14 位")))
    if problems:
        return Code(say("商品条码"), code, {}, tuple(problems))
    expected = gtin_check(code[:-1])
    if code[-1] != expected:
        last = len(code)
        problems.append(Problem(last, say("第 %(last)s 位校验码应为“%(expected)s”，现为“%(char)s”（GB 12904），请重新扫描或逐位核对", last=last, expected=expected, char=code[-1])))
    padded = code.zfill(14)
    prefix = code[:3] if len(code) == 8 else padded[1:4]
    parts = {"gtin14": padded, "prefix": prefix, "china": "1" if 680 <= int(prefix) <= 699 else ""}
    return Code(say("商品条码"), code, parts, tuple(problems))
