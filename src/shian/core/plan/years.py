"""The plan year: stated by title, date, preamble or number of the document, never guessed from a goal.

到2026年达到98% says what is to be in 2026, not that the plan is of 2026; 做好2026年食品安全工作 does.
"""

from __future__ import annotations

import datetime as dt
import re

from .dates import HAN_YEAR
from .numerals import ordinal

_YEAR = re.compile(rf"(?:19|20)\d\d(?!\d)|{HAN_YEAR}")
_OF_THE_PLAN = re.compile(
    rf"(?:做好|抓好|推进|推动|落实|部署|完成|加强|强化|开展|组织|实施|明确|制定|制订|印发|安排|现将|根据|按照|是|：|。|^)[^，。；：至到]{{0,10}}?(?<![到至前从自以在])(?P<year>(?:19|20)\d\d|{HAN_YEAR})年(?:度)?"
    rf"(?![底末前内初起以之来止至到~-]|\d{{1,2}}月|[一二三四五六七八九十]{{1,2}}月|[^，。；]{{0,30}}(?:达到|建成|以上|%))"
)

_REVIEW = re.compile("总结|回顾|完成情况|工作情况")
"""2025年工作总结和2026年工作打算: the tasks are those of the later year."""


def years_in(words: str) -> list[int]:
    """Printed years in order, 二〇二六 too."""
    return [int(p) if p.isdecimal() else ordinal(p) or 0 for p in _YEAR.findall(words)]


def plan_year(title: str, date: dt.date | None, preamble: str, number: str) -> int | None:
    """All arguments are folded text; an absent one is empty."""
    years = years_in(title)
    if len(years) > 1 and _REVIEW.search(title):
        return years[-1]
    if years:
        return date.year if date is not None and len(years) > 1 and years[0] <= date.year <= years[-1] else years[0]
    if date is not None:
        return date.year
    if (m := _OF_THE_PLAN.search(preamble)) is not None:
        return years_in(m.group("year"))[0]
    numbered = years_in(number)
    return numbered[0] if numbered else None
