"""统一社会信用代码 (GB 32100-2015) and the 组织机构代码 (GB 11714) inside it."""

from __future__ import annotations

from shian.core.words import say

from .code import Code, Problem, clean, cut, looks_like, wrong_length
from .division import region_problems

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
LAYOUT = (("authority", 1), ("category", 1), ("region", 6), ("organisation", 9), ("check", 1))
AUTHORITIES = {"1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
               "9": "市场监管", "A": "中央军委改革和编制办公室", "N": "农业", "Y": "其他"}  # fmt: skip
BUSINESS_CATEGORIES = {"1": "企业", "2": "个体工商户", "3": "农民专业合作社"}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
KIND = say("统一社会信用代码")


def credit_check(first17: str) -> str:
    """Check character of the first 17; ValueError for a character outside the alphabet."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """Check character of a 组织机构代码: 10 is X, 11 is 0."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def parse_credit_code(text: str) -> Code:
    """Errors: length, characters, check character. Warnings: unknown authority or province, check of the inner code.

    The inner code is only a warning: codes of individual households are known that break it.
    """
    code = clean(text)
    problems = [
        Problem(place, say("第 %(place)s 位“%(char)s”不允许（GB 32100 不使用 I、O、S、V、Z）%(hint)s", place=place, char=char, hint=looks_like(char)))
        for place, char in enumerate(code, start=1)
        if char not in ALPHABET
    ]
    if len(code) == 15 and code.isascii() and code.isdigit():
        problems.append(Problem(0, say("是 15 位的旧工商注册号，应换成 18 位统一社会信用代码")))
    elif len(code) != 18:
        problems.append(wrong_length(code, say(" 18 位（GB 32100）")))
    if problems:
        return Code(KIND, code, {}, tuple(problems))
    parts = cut(code, LAYOUT)
    expected = credit_check(code[:17])
    if code[17] != expected:
        problems.append(Problem(18, say("第 18 位校验码应为“%(expected)s”，现为“%(char)s”（GB 32100），请逐位核对", expected=expected, char=code[17])))
    if code[0] not in AUTHORITIES:
        problems.append(Problem(1, say("第 1 位“%(char)s”不是已知的登记管理部门代码", char=code[0]), "warning"))
    problems += region_problems(parts["region"], 3)
    inner = organisation_check(parts["organisation"][:8])
    if parts["organisation"][8] != inner:
        problems.append(Problem(17, say("第 17 位是组织机构代码的校验码，按 GB 11714 应为“%(inner)s”，现为“%(char)s”", inner=inner, char=parts["organisation"][8]), "warning"))
    return Code(KIND, code, parts, tuple(problems))
