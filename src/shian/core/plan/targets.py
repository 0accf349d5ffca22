"""Targets (量化指标): which printed numbers state a requirement, and what they require.

A quantity is a target unless a rule of :mod:`.exclusions` names it as something else (a year, a
baseline, a threshold that says who is meant …).  Percentages need no more; counts in Arabic figures
need a requirement in reach (a comparator, a verb of doing); counts in Chinese numerals, which mostly
belong to set phrases (四个最严, 一批), need a comparator or a verb right before them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .deadlines import Due
from .exclusions import HAS_DOING, TIME_UNITS, Around, around, begins, ends, excluded_by
from .leaf import Range
from .model import Op, Target
from .quantities import BARE_VERB, MULTIPLES, Quantity, find_quantities
from .relative import base_of, find_kept
from .text import Text
from .unread import Doubt, Taken, why_left_out

CREATING = (
    "新建|扩建|改建|建设|建成|创建|完成|打造|培育|开展|组织|举办|召开|进行|举行|新增|改造|查处|查办|侦破|办好|设立|制定|出台|发布|推出|评选|认定|引进|争创|选树|实施|安排|遴选|建立|"
    "不少于|至少|每人|每村|每镇|每个|各|检查|抽检|培训|演练|研究|听取|通报|调度|督查|巡查|巡检|评估|报告|调研|维护|更新|发放|配备|编制|拍摄|制作"
)
_CREATING = re.compile(CREATING)
_CREATING_AT = ends(rf"(?:{CREATING})(?:了|好|并|[^，。；、：\d]{{0,4}}?)")
_REACHING = ends(r"(?:达到|达|完成|实现|提高到|提升到|增加到|增至|稳定在|保持在|突破|新增|减少|增加)(?:了|约)?")
_GROWN = ends(r"(?:增长|增加|提高|提升|扩大|达到?|实现|超过|约|近)(?:了|到|至|约|近)*")
_PERIODIC = ends(r"(?:每[年季月周日旬](?:度)?|每个?(?:半年|季度|月|学期|学年|乡镇|县|村|社区|单位|企业|街道|镇)|半年|全年|年内|年底前|月底前|各|上半年|下半年|季度)[^，。；]{0,20}")
_EVENT_UNITS = frozenset(("次", "场", "期", "轮", "遍", "场次", "届", "批次", "人次", "堂", "节"))
_PHYSICAL = frozenset(("亩", "公顷", "公里", "千米", "吨", "元", "万元", "亿元", "平方米", "立方米", "户", "人次", "株", "平方公里", "学时", "课时"))
_NOT_WITH_ONE = frozenset(("种", "类", "级", "点", "面", "位", "大", "条", "部", "组", "对", "人", "本", "口"))
_WEAK_COUNTERS = frozenset(("人", "级", "点", "面", "分", "里", "对", "组", "口"))
_LIMITS = ("工作日", "个工作日", "分钟", "天", "自然日", "个自然日")
_SHORTENED = re.compile(r"压缩|缩短|压减|控制")
_SHORTENED_TO = ends(r"(?:压缩|缩短|压减|控制|减少)[^，。；]{0,10}")
_SERVICE = begins(r"[\u4e00-\u9fff]{0,6}(?:办|回复|答复|反馈|响应|处置|处理|到达|报告|畅通|值|受理|审|完成|送达|核|培训|学习|上报|答|告知|转办|查处|公示|公开|在线|服务|监控|警力|出)")
_ANSWERED = begins("[^，。；]{0,4}(?:办|回复|答复|响应|到达|报告)")
_EACH_ONE = ends(r"(?:每|各)(?:个|家|所)?[\u4e00-\u9fff]{0,10}|至少[^，。；]{0,8}|不少于")
_SET_PHRASE = begins(r"(?:以上)?[“”]|最严|必须|确保|责任|清单")
_EVENT = begins(r"[^，。；]{0,12}(?:检查|会议|演练|培训|活动|调度|调研|督查|评估|行动|巡查|抽检|清查|整治|排查|监测|会商|通报)")
_SPEECH = begins(r"[^，。；]{0,2}性|会议精神|全会")
_PER_PEOPLE = re.compile(r"每(?P<p>千人|万人|十万人|千名|百人)(?:口|次)?(?:抽检|检验|监测|抽检量|检验量|食品|年)*(?:不少于|不低于|达到|达|为|至少|要达到)?$")
_SUBJECT_VERB = re.compile(r"(?:要|应|须)?(?:均|都|分别|全部|总体|稳定|保持|力争)*(?:达到|达|实现|提高到|提升到|提升至|提高至|保持在|控制在|稳定在|为|至|到|在|完成)$")
_SUBJECT_BASELINE = re.compile(r"(?:由|从)[\d.％%一二三四五六七八九十百分之万]+[家个所名项]?$|每[年月季度周]+$")
_OWN_SUBJECT = re.compile(r"(?:、|和|及|以及|与|且|并)?[\u4e00-\u9fff“”]{2,}")
"""报告率100%、及时率95%: behind a figure the next one has a subject of its own."""
_ANOTHER_TIME = re.compile(r"[\d一二三四五六七八九十两几]年内|今后|未来|远期|长远|常年")
_MEASURED = ends("率|量|数|比例|时间|面积|里程|产值|收入")
NEAR = 8
"""So many due phrases before a number are looked at."""
_NOUN = re.compile(r"(?!\d)[^，。；、（）]{2,20}")
_JOINS = re.compile(r"^[，、的：）]*(?:以及|并且|[和与且并]|及(?![时其格早]))?")
_TOLD_BETWEEN = re.compile(r"(?:至少|最高)(?P<w>(?!不|可|达|为)[\u4e00-\u9fff]{2,}?)(?:约|近)?$")


def is_required(q: Quantity, a: Around) -> float:
    """How sure it is that the quantity is a requirement: 0 is no."""
    if q.unit in MULTIPLES:
        return 0.85 if q.unit == "番" or q.op or _GROWN(a.before) else 0
    if q.unit in ("%", "‰", "‱", "个百分点", "百分点") or q.is_rate or "/" in _unit(q, a):
        return 0.95 if q.op or BARE_VERB.search(a.before) else 0.85
    compared = q.op is not None
    if q.unit in TIME_UNITS:
        return _time_limit(q, a)
    if q.han:
        return _han_count(q, a, compared)
    if compared:
        return 0.95
    if HAS_DOING.search(a.clause) or BARE_VERB.search(a.before) or _PERIODIC(a.before):
        return 0.85
    if a.before.endswith(("、", "和")):
        return 0.7
    return 0 if q.unit in _WEAK_COUNTERS else 0.6


def _time_limit(q: Quantity, a: Around) -> float:
    if q.op is not None or _SHORTENED_TO(a.before):
        return 0.9
    if q.unit in ("小时", "个小时") and q.value == 24:
        return 0.9
    if q.unit in ("小时", "工作日", "个工作日", "分钟", "个小时", "自然日", "个自然日"):
        return 0.8 if _SERVICE(a.after) or BARE_VERB.search(a.before) or HAS_DOING.search(a.clause) else 0
    return 0


def _han_count(q: Quantity, a: Around, compared: bool) -> float:
    if q.value == 1 and q.unit not in _EVENT_UNITS:
        return 0.75 if _EACH_ONE(a.before) else 0
    if _SET_PHRASE(a.after):
        return 0
    if compared:
        return 0.85
    if q.unit in _EVENT_UNITS and (_CREATING_AT(a.before) or _PERIODIC(a.before)):
        return 0.85
    if q.unit in _EVENT_UNITS and q.unit in ("次", "场") and _EVENT(a.after):
        return 0 if _SPEECH(a.after) else 0.8
    if q.value > 1 and _REACHING(a.before):
        return 0.8
    at_end = a.after[:1] in ("", "，", "。", "；", "、", "）") and (_CREATING.search(a.clause) is not None or q.unit in _PHYSICAL)
    return 0.7 if q.value > 1 and (at_end or _CREATING_AT(a.before)) and q.unit not in _NOT_WITH_ONE else 0


def find_targets(text: Text, start: int, end: int, year: int | None, dues: list[Due] | None = None, task: str | None = None) -> tuple[list[Target], list[Range], list[Doubt]]:
    """Targets of ``norm[start:end]``; where their quantities stand; quantities left out, with why where a
    person should see it."""
    targets: list[Target] = []
    left_out: list[Doubt] = []
    seen: list[Range] = []
    found = list(find_quantities(text, start, end))
    past, waiting = start, list(dues or ())[::-1]
    before: list[Due] = []
    taken = Taken(start, end, [(d.start, d.end) for d in waiting])
    for q, op in zip(found, _shared_ops(text, found), strict=True):
        while waiting and waiting[-1].start < q.right:
            before = [*before[1 - NEAR :], waiting.pop()]
        if taken.holds(q.start, q.start + 1):
            continue
        if op != q.op:
            q = replace(q, op=op)
        surroundings = around(text, q, start, end, year)
        reason = excluded_by(q, surroundings)
        sure = 0.0 if reason else is_required(q, surroundings)
        if sure:
            made = _target(q, surroundings, before, start, sure, task, past)
            if targets and text.norm[past : q.left] in ("", "、", "和", "及", "与", "以及"):
                made = replace(made, subject=targets[-1].subject)
            targets.append(made)
            past = q.right
            seen.append((q.start, q.end))
        else:
            told = not q.han or _counts(q, surroundings)
            left_out.append((q.start, q.end, why_left_out(reason) if told else ""))
    taken.add(seen)
    for q, base in find_kept(text, start, end):
        if not taken.holds(q.left, q.right):
            near = [d for d in list(dues or ())[:NEAR] if d.start < q.right]
            t = _target(q, around(text, q, start, end, year), near, start, 0.8, task, start)
            targets.append(replace(t, relative=base, subject=t.subject or base))
            seen.append((q.start, q.end))
    return targets, seen, left_out


def _counts(q: Quantity, a: Around) -> bool:
    """A Han numeral that may be a count, not a way of speaking (一批, 一个机制, 四个最严)."""
    return (q.value > 1 or q.unit in ("次", "场", "场次", "期", "轮")) and not _SET_PHRASE(a.after) and not a.after.startswith("性")


def _shared_ops(text: Text, found: list[Quantity]) -> list[Op | None]:
    """分别达到95%、96%、98%以上, 不少于100、200批次: one comparator for a list of numbers."""
    ops = [q.op for q in found]
    for i in range(len(found) - 1, 0, -1):
        if _joined(text, found[i - 1], found[i]) and ops[i] is not None and ops[i - 1] is None and found[i].left >= found[i].start:
            ops[i - 1] = ops[i]
    leads = [q.left < q.start for q in found]
    for i in range(1, len(found)):
        if ops[i] is None and leads[i - 1] and (_joined(text, found[i - 1], found[i]) or text.norm[found[i - 1].right : found[i].start] == "、"):
            ops[i], leads[i] = ops[i - 1], True
    return ops


def _joined(text: Text, a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit and text.norm[a.right : b.start] in ("、", "和", "及", "与", "，", "以及")


def _operator(q: Quantity, a: Around) -> tuple[Op, bool]:
    """Comparator and whether it is only implied (``bare``)."""
    if q.op is not None:
        return q.op, False
    if q.value == 100 and q.unit == "%":
        return "==", True
    if q.unit in ("名", "位") and a.before.endswith("前"):
        return "<=", False
    if q.unit in TIME_UNITS and not (q.value == 24 and "小时" in q.unit):
        limit = q.unit in _LIMITS or _SHORTENED.search(a.clause) is not None
        return ("<=", not limit) if limit or _ANSWERED(a.after) else ("==", True)
    if q.is_rate or q.value_max is not None or q.approximate:
        return ">=", True
    return "==", True


def _target(q: Quantity, a: Around, dues: list[Due], start: int, sure: float, task: str | None, past: int) -> Target:
    """``past``: where the target before this one ends, for subjects that follow each other."""
    text = a.text
    unit = _unit(q, a)
    op, bare = _operator(q if unit == q.unit else replace(q, unit=unit), a)
    sentence = max(start, text.norm.rfind("。", start, q.start) + 1, text.norm.rfind("；", start, q.start) + 1)
    bound = [d for d in dues if sentence <= d.start < q.right and d.recurring is None]
    if bound and _ANOTHER_TIME.search(text.norm, bound[-1].end, q.left):
        bound = []
    begin = _quote_start(text.norm, max(a.clause_start, q.left - 24), q.left)
    return Target(task, text.quote(begin, q.right), _subject(q, a, dues, past), op, q.value, unit,
                  text.span(begin, q.right), q.value_max, bound[-1].date if bound else None, bare, sure, base_of(q, a.before), q.about)


def _quote_start(norm: str, begin: int, left: int) -> int:
    """Where the quoted words begin: not on a separator, nor inside a bracket that closes before the number."""
    closing = norm.rfind("）", begin, left)
    if closing >= 0 and "（" not in norm[begin:closing]:
        begin = closing + 1
    while begin < left and norm[begin] in "、）":
        begin += 1
    return begin


def _unit(q: Quantity, a: Around) -> str:
    """每千人4.5批次 is 批次/千人; otherwise as printed."""
    if q.unit in ("批次", "份", "批", "件", "次"):
        norm = a.text.norm
        if (per := _PER_PEOPLE.search(norm[max(0, q.start - 20) : q.start])) is not None:
            return f"{q.unit}/{per.group('p')}"
        if q.unit in ("批次", "份") and a.after.startswith(("/千人", "每千人", "/每千人", "千人")):
            return q.unit + "/千人"
    return q.unit


def _subject(q: Quantity, a: Around, dues: list[Due], past: int) -> str:
    """What is measured: the clause before the number without date and verb, else the noun after it."""
    begin = a.clause_start
    if begin < past < q.left and _OWN_SUBJECT.match(a.text.norm, past, q.left):
        begin = past
    for d in dues:
        if begin <= d.start < q.left:
            begin = max(begin, d.end)
    words = _PER_PEOPLE.sub("", _JOINS.sub("", a.text.raw[begin : q.left]))
    words = _SUBJECT_VERB.sub("", words)
    words = _SUBJECT_BASELINE.sub("", words)
    if len(words) >= 4 and (q.is_rate or _MEASURED(words)):
        return words
    if not words and (told := _TOLD_BETWEEN.match(a.text.norm[q.left : q.start])) is not None:
        return told.group("w")
    noun = _NOUN.match(a.following.removeprefix("的"))
    return noun.group() if noun else words
