"""Resident identity numbers (GB 11643) and mobile numbers: checked on entry, masked wherever they are shown or logged."""

from __future__ import annotations

import re
from datetime import date

from shian.core.words import say

from .code import Code, Problem, clean, cut, not_digits, wrong_length
from .division import PROVINCES

LAYOUT = (("region", 6), ("born", 8), ("serial", 3), ("check", 1))
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙", "司徒", "夏侯")
_MOBILE_INSIDE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_RESIDENT_INSIDE = re.compile(r"(?<![0-9A-Za-z])(\d{6})((?:18|19|20)\d{6}\d{3}[\dXx]|\d{9})(?![0-9A-Za-z])")
_HOUSE = re.compile(r"^(.*?(?:镇|乡|街道|区|县|旗|市))(.+)$")


def resident_check(first17: str) -> str:
    """Check character: ISO 7064 MOD 11-2."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def parse_resident_id(text: str, *, today: date | None = None) -> Code:
    """``today``, if given, makes a birth date after it an error. ``parts``: region, born (YYYYMMDD), serial, check."""
    kind, code = say("居民身份证号码"), clean(text)
    problems = list(not_digits(code[:17]))
    if len(code) == 15:
        problems.append(Problem(0, say("是 15 位旧号码，已停用，应换成 18 位")))
    elif len(code) != 18:
        problems.append(wrong_length(code, say(" 18 位（GB 11643）")))
    if problems:
        return Code(kind, code, {}, tuple(problems))
    parts = cut(code, LAYOUT)
    if code[:2] not in PROVINCES:
        problems.append(Problem(1, say("第 1—2 位“%(part)s”不是省级行政区划代码", part=code[:2])))
    born = parts["born"]
    try:
        birthday = date(int(born[:4]), int(born[4:6]), int(born[6:]))
        if birthday.year < 1850 or (today is not None and birthday > today):
            problems.append(Problem(7, say("第 7—14 位出生日期“%(born)s”不合理", born=born)))
    except ValueError:
        problems.append(Problem(7, say("第 7—14 位“%(born)s”不是有效日期", born=born)))
    expected = resident_check(code[:17])
    if code[17] != expected:
        problems.append(Problem(18, say("第 18 位校验码应为“%(expected)s”，现为“%(char)s”（GB 11643），请逐位核对", expected=expected, char=code[17])))
    return Code(kind, code, parts, tuple(problems))


def parse_mobile(text: str) -> Code:
    """An 11-digit mainland mobile number; a leading +86 or 0086 is dropped."""
    code = re.sub(r"^(\+86|0086|86(?=1[3-9]\d{9}$))", "", clean(text))
    problems = list(not_digits(code))
    if len(code) != 11:
        problems.append(wrong_length(code, say(" 11 位")))
    elif not problems and not re.match(r"1[3-9]", code):
        problems.append(Problem(1, say("前两位“%(part)s”不是手机号段（13—19）", part=code[:2])))
    return Code(say("手机号码"), code, {} if problems else {"number": code}, tuple(problems))


def mask_mobile(text: str) -> str:
    """138****5678; a number of another form keeps its last two characters only."""
    code = parse_mobile(text)
    return f"{code.text[:3]}****{code.text[-4:]}" if code.ok else _mask_middle(text.strip(), 0, 2)


def mask_resident_id(text: str) -> str:
    """First three (province) and last two characters stay, so that birth date and serial are hidden."""
    return _mask_middle(clean(text), 3, 2)


def mask_name(name: str) -> str:
    """The surname stays: 张**, 欧阳*."""
    text = name.strip()
    keep = 2 if text.startswith(_COMPOUND) and len(text) > 2 else 1
    return text[:keep] + "*" * (len(text) - keep) if len(text) > 1 else "*" * len(text)


def mask_address(address: str) -> str:
    """The address down to county or township stays, house and number are hidden."""
    found = _HOUSE.match(address.strip())
    return f"{found[1]}****" if found else "****" if address.strip() else ""


def mask_text(text: str) -> str:
    """Free text with every mobile and identity number in it masked: for logs and public pages."""
    text = _RESIDENT_INSIDE.sub(lambda found: mask_resident_id(found[0]), text)
    return _MOBILE_INSIDE.sub(r"\1****\3", text)


def _mask_middle(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + text[-tail:] if hidden > 0 else "*" * len(text)
