"""Quantities in running text: a number, its unit, its comparator (98%以上, 不少于4批次/千人, 5-10%)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Op
from .numerals import ARABIC, DIGITS, MYRIADS, arabic_to_number, han_to_number
from .text import Text

RATE_UNITS = ("%", "‰", "‱", "个百分点", "百分点")
# Longest first. Measure words of things and events, then physical units.
COUNTERS = (
    "张床位|大类|小类|大项|品类|品种|批次/千人·年|批次/千人|批次/千|份/千人·年|份/千人|批/千人|次/千人|件/万人|人次|批次|场次|班次|期次|车次|台次|家次|户次|项次|门次|人天|人日|个工作日|工作日|个自然日|自然日|个月|个小时|小时|个学时|学时|课时|分钟|"
    "平方公里|平方千米|平方米|立方米|公顷|公里|千米|公斤|千克|毫克|微克|千瓦时|千瓦|兆瓦|标准煤|标煤|吨标准煤|吨标煤|"
    "亿元|万元|千元|元|亿吨|万吨|吨|万亩|亩|个|家|项|名|所|次|场|张|支|份|条|批|处|户|人|件|起|例|台|辆|套|座|栋|幢|间|期|轮|遍|篇|部|本|册|幅|块|片|棵|株|头|只|羽|种|类|款|样|宗|"
    "门|节|堂|课|分|位|级|倍|番|度|升|点|站|面|口|眼|艘|架|盏|具|枚|盘|届|组|对|队|道|米|㎡|㎞|km|里|车|元/人|斤|盒|袋|瓶|桶|扇|顶|孔|井|床|粒|岁|天|日|周|年|月|季|企|村|镇|乡|县|街道|社区|乡镇|学校|企业|单位"
)
MULTIPLES = ("倍", "番")
MONEY = ("元", "万元", "亿元", "千元")
_SCALE = "[万亿千百]"
_HAN_WHOLE = r"[一二三四五六七八九两十百千][一二三四五六七八九十百千万亿零〇两]{0,8}(?:点[一二三四五六七八九〇零]+)?"
_PER = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_TO = r"[-~至到]{1,2}"

# One quantity: percent words, 成, or a number with an optional range, scale and unit.
_PERCENT_HAN = rf"(?P<per>百分之|千分之|万分之)(?P<per_n>{_HAN_WHOLE}|[零〇]点[一二三四五六七八九〇零]+|{ARABIC}|百)(?:{_TO}(?:百分之|千分之|万分之)?(?P<per_m>{_HAN_WHOLE}|{ARABIC}))?"
_TENTHS = r"(?P<tenths>[一二三四五六七八九]|\d(?:\.\d)?)成(?P<half>[半一二三四五六七八九](?![成分个家项名次]))?(?![立为功果本都年员长效品套交语人就熟分交])"
_ARAB = (rf"(?P<n>{ARABIC})(?P<s1>{_SCALE}?)(?P<u1>%|‰|‱|个百分点)?(?:{_TO}(?P<m>{ARABIC})(?P<s2>{_SCALE}?))?(?P<more>多|余)?"
         rf"(?P<u>%|‰|‱|个百分点|百分点|微克/立方米|毫克/立方米|毫克/升|吨/年|(?:{COUNTERS})(?:/(?:年|月|周|日|季度|半年|人|户|个|次|千人|万人|百人|亩|学期|天)(?:·年)?)?)?")
# 三分之二, 4/5以上, 过半, 一半以上, 翻一番
_SHARE = (r"(?P<den>[二三四五六七八九十]|\d{1,2})分之(?P<num>[一二三四五六七八九]|\d{1,2})(?!\d)|(?<![\d/.])(?P<f_n>\d)/(?P<f_d>\d{1,2})(?=以[上下内]|左右|的|[，。；、）]|$)"
          r"|(?P<part>(?<=[过超])半数?(?!年|月|天)|[一对]半(?=以[上下]|的)|半数(?=以上))|翻(?P<fan>[一二两三四\d])?番")
_HAN = rf"(?P<h>{_HAN_WHOLE})(?:{_TO}(?P<hm>{_HAN_WHOLE}))?(?P<hmore>多|余)?(?P<hu>个百分点|(?:{COUNTERS})(?:/(?:年|月|季度))?)"
_QUANTITY = re.compile(rf"{_PERCENT_HAN}|{_TENTHS}|{_SHARE}|{_ARAB}|{_HAN}")
_SEARCH = re.compile(r"[\d一二三四五六七八九两十百千万半翻对]")
_ABOUT_BEFORE = re.compile(r"(?:将近|接近|大约|(?<![附最就邻相])近|(?<![预节签履合集契])约|大概)$")
_ABOUT_AFTER = re.compile(r"左右|上下(?!级|联动|游)")
_PAIR = re.compile(r"(?P<head>(?:[一二三四五六七八九]?十)?)(?P<a>[一二两三四五六七八九])(?P<b>[二三四五六七八九])(?P<tail>[十百千万亿]*)")

# Comparators. Before the number, at its side; after the unit.
_BEFORE_OPS: tuple[tuple[str, Op], ...] = (
    (r"不(?:得|能|可|应)?(?:少|低|小)于|不(?:得|能)?低於|至少[\u4e00-\u9fff]{0,6}|最少|最低(?:达到?|为)?|≥|>=|不下于|力保|保底", ">="),
    (r"不(?:得|能|可|应)?(?:超过|超出|高于|大于|多于|超)|(?:控制|稳定|保持|压缩|压减|限制|限定|降低|下降|减少|缩短)(?:并)?(?:在|到|至)(?!.{0,12}以上)|降至|降到|减至|减到|压缩为|缩短为|缩减至|缩减到|压至|≤|<=|至多|最多|最长|最高不超过|不多于|最高(?:可|给予|不|奖励|奖补|补助|补贴|扶持|资助|支持|可达|为|按|达)*|上限为?|封顶(?:为)?", "<="),
    (r"(?<!不)(?<!不得)(?<!不能)(?:超过|突破|高于|大于|多于|超出|超)|>", ">"),
    (r"(?<!不)(?<!不得)(?<!不能)(?:低于|少于|小于|不到|不足|不满)|<", "<"),
)
_AFTER_OPS: tuple[tuple[str, Op], ...] = (
    (r"(?:（[^（）]{1,4}）)?(?:及|（含）)?以上|及其?以上|（含）以上|(?:的)?以上|起步|起(?=[，。；）]|$)", ">="),
    (r"(?:及|（含）)?以(?:内|下)|之(?:内|下)|内(?=[，。；）、办完做予给将处审作上出到回答告核反送报受决]|$)", "<="),
)
BEFORE_OP = [(re.compile(rf"(?:{p})(?:为|在|到|至|了|全年|约|[\u4e00-\u9fff]{{0,2}}?(?:的|约))?$"), op) for p, op in _BEFORE_OPS]
AFTER_OP = [(re.compile(p), op) for p, op in _AFTER_OPS]
_THINGS_UP = re.compile(r"(?:床位|床|学生|幼儿|老人|员工|职工|人员|班级|门店|桌|座位|餐位|摊位|成员|户籍人口)(?:及|（含）)?以上(?=的?[\u4e00-\u9fff])")
"""100张床位以上的医院: the thing counted stands between unit and comparator."""
_TIME = frozenset(("小时", "个小时", "分钟", "天", "日", "工作日", "个工作日", "个自然日", "自然日", "个月", "周"))
BARE_VERB = re.compile(
    r"(?:达到|达|实现|完成|提高到|提高至|提升到|提升至|增加到|增加至|增至|上升到|升至|扩大到|扩大至|保持在?|稳定在?|维持在?|巩固在?|为|到|至|提高|提升|增长|增加|下降|降低|减少|力争|确保|保证|要达|均达|均为|全部|超额完成|左右|约|率|比例|占比|覆盖|比)(?:了|约|近|到|至|要)?$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """``norm[start:end]`` is the number with its unit; ``left``/``right`` include the comparator and the
    qualifier ``about`` (近, 左右, 多)."""

    start: int
    end: int
    left: int
    right: int
    value: float
    unit: str
    op: Op | None
    value_max: float | None = None
    han: bool = False
    approximate: bool = False
    about: str = ""

    @property
    def is_rate(self) -> bool:
        return self.unit in RATE_UNITS or self.unit in MULTIPLES or "/千人" in self.unit or "/万人" in self.unit


def find_quantities(text: Text, start: int, end: int) -> Iterator[Quantity]:
    """Numbers with a unit, in order, comparators attached. Numbers without a unit are passed over,
    unless a number with one follows in a list (100、200批次)."""
    pos = start
    waiting: list[re.Match[str]] = []
    while (s := _SEARCH.search(text.norm, pos, end)) is not None:
        m = _QUANTITY.match(text.norm, s.start(), min(end, s.start() + 60))
        if m is None or m.end() == s.start():
            pos, waiting = s.end(), []
            continue
        pos = m.end()
        q = _from_match(text, m, start, end)
        if q is None:
            listed = m.lastgroup is not None and m.group("n") is not None and text.norm[m.end() : m.end() + 1] in ("、", "和")
            waiting = [*waiting, m] if listed and m.end() - m.start() <= 6 else []
            continue
        for w in waiting:
            if re.fullmatch(rf"[、和]?(?:{ARABIC}[、和])*", text.norm[w.end() : m.start()]):
                yield _with_op(text, w, arabic_to_number(w.group("n")), None, q.unit, start, end, han=False)
        waiting = []
        yield q


def _from_match(text: Text, m: re.Match[str], start: int, end: int) -> Quantity | None:
    g = m.groupdict()
    if g["per"]:
        value = 100.0 if g["per_n"] == "百" else _number(g["per_n"])
        high = _number(g["per_m"]) if g["per_m"] else None
        return _with_op(text, m, value, high, _PER[g["per"]], start, end, han=False)
    if g["tenths"]:
        n = _number(g["tenths"]) * 10 + (5 if g["half"] == "半" else DIGITS.get(g["half"] or "零", 0))
        return _with_op(text, m, n, None, "%", start, end, han=False)
    if g["den"] or g["f_n"]:
        top, bottom = _number(g["num"] or g["f_n"]), _number(g["den"] or g["f_d"])
        q = _with_op(text, m, round(100 * top / bottom, 2), None, "%", start, end, han=False)
        return q if 0 < top < bottom and (g["den"] or q.op or text.norm.startswith(("的", "左右"), m.end())) else None
    if g["part"]:
        return _with_op(text, m, 50, None, "%", start, end, han=False)
    if m.group()[0] == "翻":
        return _with_op(text, m, _number(g["fan"] or "一"), None, "番", start, end, han=False)
    if g["n"]:
        unit = g["u"] or (g["u1"] if not g["m"] else None)
        if unit is None:
            return _without_unit(text, m, start, end)
        unit, scale_in_unit = _money(unit, g["s2"] if g["m"] else g["s1"])
        factor = 1 if scale_in_unit else _scale(g["s2"] if g["m"] else g["s1"])
        low = arabic_to_number(g["n"]) * (factor if not g["m"] else _scale(g["s1"]) if g["s1"] else factor)
        return _with_op(text, m, low, arabic_to_number(g["m"]) * factor if g["m"] else None, unit, start, end, han=False)
    if g["h"]:
        if g["h"][0] in "十百千万" and text.norm[max(start, m.start() - 1) : m.start()] in ("几", "数", "上", "成"):
            return None  # 几十家: no number is said
        if (pair := _pair(g["h"])) is not None and not g["hm"]:
            return _with_op(text, m, pair[0], pair[1], g["hu"], start, end, han=True)
        high = han_to_number(g["hm"]) if g["hm"] else None
        if g["hu"] == "元" and g["h"][-1] in MYRIADS and not g["hm"]:
            return _with_op(text, m, han_to_number(g["h"][:-1] or "一") or 0, None, g["h"][-1] + "元", start, end, han=True)
        return _with_op(text, m, han_to_number(g["h"]) or 0, high, g["hu"], start, end, han=True)
    return None


def _pair(printed: str) -> tuple[float, float] | None:
    """两三, 七八十, 十五六, 三五: two neighbouring digits are a range."""
    m = _PAIR.fullmatch(printed)
    if m is None:
        return None
    low, high = (han_to_number(m["head"] + m[d] + m["tail"]) for d in ("a", "b"))
    near = low is not None and high is not None and (DIGITS[m["b"]] - DIGITS[m["a"]] == 1 or m["a"] + m["b"] == "三五")
    return (low, high) if near and low is not None and high is not None else None


def _without_unit(text: Text, m: re.Match[str], start: int, end: int) -> Quantity | None:
    """5万以上, 不少于50: a number whose unit is left out counts where a comparator stands at it."""
    if m.group("m") or not (m.group("s1") or len(m.group("n")) < 4):
        return None
    q = _with_op(text, m, arabic_to_number(m.group("n")) * _scale(m.group("s1")), None, "", start, end, han=False)
    closed = text.norm[q.right : min(end, q.right + 1)] in ("", "，", "。", "；", "）", "的")
    scaled = m.group("s1") and q.right > q.end
    return q if closed and q.op is not None and (scaled or q.left < q.start) else None


def _number(printed: str) -> float:
    if (printed[0] in "零〇" and "点" in printed) or not printed[0].isdecimal():
        return han_to_number(printed) or 0
    return arabic_to_number(printed)


def _scale(mark: str | None) -> int:
    return {"万": 10_000, "亿": 100_000_000, "千": 1000, "百": 100}.get(mark or "", 1)


def _money(unit: str, mark: str | None) -> tuple[str, bool]:
    """500万元 keeps its 万 in the unit."""
    if unit == "元" and mark in MYRIADS:
        return f"{mark}元", True
    return unit, False


def _with_op(text: Text, m: re.Match[str], value: float, high: float | None, unit: str, start: int, end: int, han: bool) -> Quantity:
    before = text.norm[max(start, m.start() - 14) : m.start()]
    after = text.norm[m.end() : min(end, m.end() + 12)]
    left, right, op = m.start(), m.end(), None
    about = (m["more"] or m["hmore"] or "") if m.lastgroup else ""
    approximate = bool(about)
    if (b := _ABOUT_BEFORE.search(before)) is not None:
        about, left, before = b.group(), left - len(b.group()), before[: b.start()]
    for shape, kind in BEFORE_OP:
        if (b := shape.search(before)) is not None:
            op, left = kind, left - (len(before) - b.start())
            break
    for shape, kind in AFTER_OP:
        if (a := shape.match(after)) is not None:
            right = m.end() + a.end()
            op = kind if op in (None, "<=", ">=") or kind == "<=" else op
            break
    else:
        if (a := _ABOUT_AFTER.match(after)) is not None:
            about, right = a.group(), m.end() + a.end()
        elif op is None and (a := _THINGS_UP.match(after)) is not None:
            right, op = m.end() + a.end(), ">="
    if op is None and after.startswith("内") and unit in _TIME and after[1:2] not in ("容", "部", "设", "外"):
        op, right = "<=", m.end() + 1
    if op is None and m["part"] and before.endswith(("过", "超")):
        op, left = ">", left - 1
    if high is not None and high < value:
        high = None
    return Quantity(m.start(), m.end(), left, right, value, unit, op, high, han, approximate, about)


__all__ = ["BARE_VERB", "Quantity", "find_quantities"]
