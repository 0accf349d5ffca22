"""What led to nothing (未识别): numbers with a unit, time words and names of units that no target, deadline or
party was made of. They are listed at their place, so that nothing is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shian.core.words import say

from .dates import HAN_YEAR, NUM
from .exclusions import MEANT_OTHERWISE
from .leaf import Range
from .text import Text

Doubt = tuple[int, int, str]

_BY = "之前|以前|前|[底末止初]"
_PART = "上中旬|中下旬|上旬|中旬|下旬"
_EVENT = (
    "新学期|学期|学年|开学|暑假|寒假|暑期|主汛期|汛期|入汛|入冬|入夏|供暖期|采暖期|高考|中考|春节|元旦|清明节?|端午节?|中秋节?|国庆节?|劳动节|“?(?:三八|五一|六一|七一|八一|十一)”?|双节|两节|重大节日|节假日|节日|两会|换届|收官|收假|放假"
)
_TIME = re.compile(
    rf"(?:(?:19|20)\d\d年|{HAN_YEAR}年|今年|明年)?(?:"
    rf"{NUM}月(?:份)?(?:{NUM}日?)?(?:{_BY}|{_PART})|{NUM}月(?:{NUM}日|份)|"
    rf"[第前]?[一二三四1-4]季度(?:结束)?(?:{_BY}|内|期间)?|(?:上|下)半年(?:{_BY}|内)?|季度(?:{_BY})|"
    rf"(?:春季|秋季|春、?秋季)?(?:{_EVENT})(?:假期|长假|期间)?(?:工作)?(?:结束|来临|到来|召开|开始)?(?:{_BY}|后)|"
    rf"(?<=[每本当])月[底末]|(?<![\d一二两三四五六七八九十几多近])年(?:度)?(?:[底末初]|中(?=前|完成)|前|内))前?"
    rf"|(?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}}|(?<!\d)20\d\d[01]\d[0-3]\d(?!\d)|(?<![\d.])\d{{1,2}}[./]\d{{1,2}}日?[前止]"
    rf"|(?<![\d一二两三四五六七八九十几])(?:[\d一二两三四五六七八九十几]{{1,4}}|半)(?:年|个月|个季度|周|天|日|个工作日|个学期)(?:之)?内|(?<!\d)(?:19|20)\d\d年(?:{_BY}|内)"
)
_UNDERSTOOD_BEFORE = re.compile(r"(?:去|上|前|往|历|截至|截止|以来|每|近|自|从|第)$|每(?:年|月|季度?|学期|半年)的?$")
_UNDERSTOOD_AFTER = re.compile(r"起(?!步)|以来|至(?=\d|[一二三四五六七八九十])|[-~](?=\d)|的(?!前|时候|工作)")
_YEARLY = re.compile("总结|考核|考评|述职|绩效")
_COUNTED = re.compile(r"(?<![\dA-Za-z.第/〔（·-])(?!12\d{3}(?!\d))(?:\d{1,9}(?:\.\d+)?[多余]?(?=[\u4e00-\u9fff](?<![年月日号第条款版]))|几十|数十|上百|数百|几百|成百|上千)")
_NAME = re.compile(
    r"(?P<n>(?:[省市县区州旗](?![域级直])(?:委|政府)?[^，。；、：（）“”《》和及与的等由向\s]{2,8}?|(?<=[、，。；由与和向同])(?![由向与和请并及将把对为在从经报送至同以]|会同|联合|配合|协同|加强|建立|健全|完善|强化|支持|推[进动]|实行|基层)[\u4e00-\u9fff]{2,6}?)"
    r"(?:(?<![格布结全大当开战时定分])局|厅(?<!餐厅)(?<!大厅)|委员会(?<!家长委员会)|(?:卫健|发改|改革|政法|经信|民宗|食安)委|(?:食安|网信|文明|编|安委|金融|扶贫|外|侨)办|(?<=委)宣传部|检察院|法院)(?![\u4e00-\u9fff]{0,2}(?:能力|系统|官网|网站)))"
)


class Taken:
    """Stretches of ``norm[start:end]`` that led to something, or are known to state nothing."""

    def __init__(self, start: int, end: int, ranges: Iterable[Range] = ()) -> None:
        self.start = start
        self.marks = bytearray(max(0, end - start))
        self.add(ranges)

    def add(self, ranges: Iterable[Range]) -> None:
        for a, b in ranges:
            a, b = max(0, a - self.start), max(0, b - self.start)
            self.marks[a:b] = b"\x01" * len(self.marks[a:b])

    def holds(self, start: int, end: int) -> bool:
        return self.marks.find(1, max(0, start - self.start), max(0, end - self.start)) >= 0


def left_over(text: Text, start: int, end: int, year: int | None, taken: Taken, left_out: Iterable[Doubt] = (), names: Iterable[str] | None = None) -> Iterator[Doubt]:
    """What of ``norm[start:end]`` led to nothing, time words first. ``left_out``: numbers that were seen and left
    out; ``names``: parties of the task, or ``None`` to pass names over."""
    times = list(_times(text, start, end, year, taken))
    taken.add((a, b) for a, b, _ in times)
    yield from times
    for a, b, why in left_out:
        if why and not taken.holds(a, b):
            yield a, b, why
        taken.add([(a, b)])
    for m in _COUNTED.finditer(text.norm, start, end):
        if not text.named[m.start()] and not taken.holds(m.start(), m.end()):
            yield m.start(), min(end, m.end() + 1), say("有数字，但计量单位不认识")
    if names is not None:
        yield from _names(text, start, end, taken, [*names])


def _times(text: Text, start: int, end: int, year: int | None, taken: Taken) -> Iterator[Doubt]:
    for m in _TIME.finditer(text.norm, start, end):
        a, b = m.span()
        quoted = bool(text.named[a]) and not m.group().startswith("“")
        if quoted or taken.holds(a, b) or _UNDERSTOOD_BEFORE.search(text.norm[max(start, a - 5) : a]):
            continue
        past = re.match(r"(?:19|20)\d\d(?=年)", m.group())
        if past is not None and year is not None and int(past.group()) < year and not m.group().endswith("前"):
            continue
        if _UNDERSTOOD_AFTER.match(text.norm[b : min(end, b + 3)]) and not m.group().endswith("前"):
            continue
        if m.group().startswith("年") and _YEARLY.match(text.norm, b, end):
            continue
        yield a, b, say("没有年度，不能换算成日期") if year is None else say("有时间，但看不出截止哪一天")


def _names(text: Text, start: int, end: int, taken: Taken, known: list[str]) -> Iterator[Doubt]:
    told: set[str] = set()
    for m in _NAME.finditer(text.norm, start, end):
        name = m.group("n")
        if text.named[m.start()] or taken.holds(*m.span()) or name in told or any(name in k or k in name for k in known):
            continue
        told.add(name)
        yield m.start(), m.end(), say("提到这个单位，但看不出它承担什么")


def why_left_out(rule: str | None) -> str:
    """Reason to tell for a number that a rule of :mod:`.exclusions` took for something else; empty: nothing to tell."""
    if rule is None:
        return say("有数字，但看不出是要求")
    return MEANT_OTHERWISE.get(rule, "")
