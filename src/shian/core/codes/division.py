"""行政区划代码 (GB/T 2260) and 统计用区划代码: 2 province + 2 city + 2 county + 3 township + 3 village."""

from __future__ import annotations

from shian.core.words import say

from .code import Code, Problem, clean, cut, not_digits, wrong_length

PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省", "22": "吉林省",
    "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省",
    "37": "山东省", "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省",
    "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区", "71": "台湾省", "81": "香港特别行政区",
    "82": "澳门特别行政区",
}  # fmt: skip
LEVELS = (("province", 2), ("city", 2), ("county", 2), ("township", 3), ("village", 3))
_LENGTHS = {2, 4, 6, 9, 12}


def parse_division(text: str) -> Code:
    """A code of 2, 4, 6, 9 or 12 digits; ``parts["level"]`` is the lowest level that is not all zeros.

    An unknown province is an error. Lower levels are not looked up: codes change, and 开发区 and 管委会 have none.
    """
    code = clean(text)
    problems = list(not_digits(code))
    if len(code) not in _LENGTHS:
        problems.append(wrong_length(code, say(" 2、4、6、9 或 12 位")))
    if problems:
        return Code(say("行政区划代码"), code, {}, tuple(problems))
    parts = {name: part for name, part in cut(code, LEVELS).items() if part}
    filled = [name for name, part in parts.items() if part.strip("0")]
    if code[:2] not in PROVINCES:
        problems.append(Problem(1, say("第 1—2 位“%(part)s”不是省级行政区划代码（GB/T 2260）", part=code[:2])))
    for upper, lower, position in (("city", "county", 5), ("township", "village", 10)):  # 东莞 has towns below 00
        if not parts.get(upper, "0").strip("0") and parts.get(lower, "").strip("0") and upper in parts:
            problems.append(Problem(position, say("第 %(position)s 位起“%(part)s”无效：其上级代码为 0", position=position, part=parts[lower])))
    parts["level"] = filled[-1] if filled else "province"
    return Code(say("行政区划代码"), code, parts, tuple(problems))


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above a valid ``code``, nearest first, in their own length: 530115001 → 530115, 5301, 53."""
    text, ends = clean(code), (2, 4, 6, 9, 12)
    level = next((end for end in ends if not text[end:].strip("0")), len(text))
    found = (text[:end] for end in reversed(ends) if end < min(level, len(text)))
    return tuple(part for part in found if part[-2:] != "00" or len(part) == 2)


def region_problems(region: str, start: int) -> list[Problem]:
    """Warning for the region inside a licence or credit code: historic and local codes are met with in real numbers."""
    if region[:2] in PROVINCES or region == "100000":  # 100000: registered with the national authority
        return []
    return [Problem(start, say("第 %(start)s—%(end)s 位“%(part)s”不是现行省级行政区划代码（GB/T 2260），请核对", start=start, end=start + 1, part=region[:2]), "warning")]
