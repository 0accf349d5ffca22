"""Numbers of food licences: SC (production), JY (operation), YB (filing for prepackaged food)."""

from __future__ import annotations

from shian.core.words import say

from .code import Code, Problem, clean, cut, mod11_10, not_digits, wrong_length
from .division import region_problems

SC_LAYOUT = (("category", 3), ("region", 6), ("serial", 4), ("check", 1))
JY_LAYOUT = (("business", 1), ("region", 6), ("serial", 6), ("check", 1))
# 食品生产许可分类目录; the digits after SC
SC_CATEGORIES = {
    "101": "粮食加工品", "102": "食用油、油脂及其制品", "103": "调味品", "104": "肉制品", "105": "乳制品", "106": "饮料",
    "107": "方便食品", "108": "饼干", "109": "罐头", "110": "冷冻饮品", "111": "速冻食品", "112": "薯类和膨化食品",
    "113": "糖果制品", "114": "茶叶及相关制品", "115": "酒类", "116": "蔬菜制品", "117": "水果制品",
    "118": "炒货食品及坚果制品", "119": "蛋制品", "120": "可可及焙烤咖啡产品", "121": "食糖", "122": "水产制品",
    "123": "淀粉及淀粉制品", "124": "糕点", "125": "豆制品", "126": "蜂产品", "127": "保健食品",
    "128": "特殊医学用途配方食品", "129": "婴幼儿配方食品", "130": "特殊膳食食品", "131": "其他食品", "201": "食品添加剂",
    "202": "食品用香精", "203": "复配食品添加剂",
}  # fmt: skip
JY_BUSINESSES = {"1": "食品销售经营者", "2": "餐饮服务经营者", "3": "集中用餐单位食堂"}
YB_BUSINESSES = {"1": "批发", "2": "零售"}


def parse_licence(text: str) -> Code:
    """SC, JY, YB or the former QS number, told apart by its first two letters."""
    code = clean(text)
    prefix = code[:2]
    if prefix == "SC":
        return _parse_sc(code)
    if prefix in ("JY", "YB"):
        return _parse_operation(code)
    if prefix == "QS":
        problem = Problem(1, say("QS 编号已停用：2018年10月1日起生产的食品不得再使用，应为 SC 加 14 位数字"))
        return Code(say("食品许可证编号"), code, {}, (problem,))
    return Code(say("食品许可证编号"), code, {}, (Problem(1, say("应以 SC（生产）、JY（经营）或 YB（备案）开头")),))


def _form(code: str) -> list[Problem]:
    problems = list(not_digits(code[2:], start=3))
    if len(code) != 16:
        problems.append(wrong_length(code, say("%(part)s 加 14 位数字", part=code[:2]), len(code) - 2))
    return problems


def _parse_sc(code: str) -> Code:
    """A wrong check digit is an error that a supervisor may accept; the region only ever a warning."""
    kind, problems = say("食品生产许可证编号"), _form(code)
    if problems:
        return Code(kind, code, {}, tuple(problems))
    parts = cut(code[2:], SC_LAYOUT)
    if parts["category"] not in SC_CATEGORIES:
        problems.append(Problem(3, say("第 3—5 位“%(part)s”不是食品类别编码（101—131、201—203）", part=parts["category"]), "warning"))
    problems += region_problems(parts["region"], 6)
    expected = mod11_10(code[2:15])
    if parts["check"] != expected:
        message = say("第 16 位校验码应为“%(expected)s”，现为“%(char)s”（GB/T 17710 MOD 11,10），请逐位核对", expected=expected, char=parts["check"])
        problems.append(Problem(16, message, overridable=True))
    return Code(kind, code, parts, tuple(problems))


def _parse_operation(code: str) -> Code:
    """JY and YB; a wrong check digit is only a warning, for real JY numbers break the rule."""
    jy = code.startswith("JY")
    kind, businesses = (say("食品经营许可证编号"), JY_BUSINESSES) if jy else (say("仅销售预包装食品备案编号"), YB_BUSINESSES)
    problems = _form(code)
    if problems:
        return Code(kind, code, {}, tuple(problems))
    parts = cut(code[2:], JY_LAYOUT)
    if parts["business"] not in businesses:
        choices = "、".join(f"{key} {name}" for key, name in businesses.items())
        problems.append(Problem(3, say("第 3 位主体业态“%(part)s”无效，应为：%(choices)s", part=parts["business"], choices=choices)))
    problems += region_problems(parts["region"], 4)
    expected = mod11_10(code[2:15])
    if jy and parts["check"] != expected:
        message = say("第 16 位校验码按 GB/T 17710 应为“%(expected)s”，现为“%(char)s”；实际发证存在例外，请核对原件", expected=expected, char=parts["check"])
        problems.append(Problem(16, message, "warning"))
    return Code(kind, code, parts, tuple(problems))
