"""Dates by which something is due (完成时限), relative to the plan year, and periods of recurring work.

A year that is printed is kept for the phrases after it in the sentence.  No date: the past (去年底, a year
before the plan's), beginnings (10月1日起), names.  Without a plan year only dates with a printed year count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .dates import RULES, DateRule
from .numerals import ordinal
from .text import Text


@dataclass(frozen=True, slots=True)
class Due:
    """A due phrase at ``norm[start:end]``; ``recurring`` is the printed period of a yearly date; ``reading``
    is told where the day is a convention."""

    start: int
    end: int
    date: dt.date
    rule: str
    recurring: str | None = None
    confidence: float = 0.95
    reading: str = ""


_TRIGGER = re.compile(r"[年月季]|“?十[一二三四五六七]五|20\d\d|\d[./]\d{1,2}日?(?:[之以]?前|止)|[旦劳国一]”?[节动庆前]|开学")
_UNQUOTED = ("five-year plan", "eve of a feast")
_CONVENTIONS = frozenset(("quarter", "half year", "by a later year", "before month", "early in a month", "early in a quarter", "eve of a feast", "from one date to another", "autumn term", "done in a month"))
"""Rules whose date is a fair reading rather than what is printed."""
_PERIOD = re.compile(r"每(?P<p>半年|季度?|个?月|年度?|周|星期|日|天|旬|学期|学年|两年|两月)|(?P<q>按|逐)(?P<r>月|季度?|周|年|日)(?![份底])")
_PAST_WORDS = re.compile(r"(?:去|上|前|往|历|上一|近)年?$|截至$|截止$|自$|从$|自从$|以来$")
_AFTER_NO = re.compile(r"(?:[至~到-](?=[\d一二三四五六七八九十年])|是|为)|起(?:施行|实施|执行|至|开展|实行)?|考核|绩效|述职|目标考核|考评|决算|结转|数据|的基础|以来|开始|期间|销号|分红|存量|总结表彰")


def find_due(text: Text, start: int, end: int, year: int | None, label: bool = False) -> list[Due]:
    """Due phrases of ``norm[start:end]``; relative ones need ``year``. ``label``: the text is the value
    of 完成时限, so a bare month or year counts too."""
    out: list[Due] = []
    carried = year
    scanned = start
    pos = start
    while (t := _TRIGGER.search(text.norm, pos, end)) is not None:
        begin, pos = max(start, t.start() - 12), t.end()
        if text.norm.find("。", scanned, t.start()) >= 0:
            carried = year
        scanned = max(scanned, t.start())
        found = _first_match(text, begin, t.start(), end, label)
        if found is None:
            continue
        rule, m = found
        pos = max(pos, m.end())
        if out and m.start() < out[-1].end:
            continue
        own = _year_of(m, year)
        if own is not None:
            carried = own
        if ((own or carried) is None and rule.name != "five-year plan") or (date := rule.date(m, own or carried or 0)) is None:
            continue
        if (due := _accept(text, m, rule, date, year, start, end, label)) is not None:
            out.append(due)
    return out


def _first_match(text: Text, begin: int, at: int, end: int, label: bool) -> tuple[DateRule, re.Match[str]] | None:
    """The longest phrase that covers offset ``at``, beginning at most twelve characters before it."""
    best: tuple[DateRule, re.Match[str]] | None = None
    limit = min(end, at + 24)
    near = text.norm[begin:limit]
    for rule in RULES:
        if (rule.label_only and not label) or rule.sign not in near:
            continue
        m = rule.shape.search(text.norm, begin, limit)
        while m is not None and m.end() <= at:
            m = rule.shape.search(text.norm, m.start() + 1, limit)
        if m is None or m.start() > at:
            continue
        if best is None or (m.end(), -m.start()) > (best[1].end(), -best[1].start()):
            best = (rule, m)
    return best


def _year_of(m: re.Match[str], plan_year: int | None) -> int | None:
    groups = m.groupdict()
    if printed := groups.get("year") or groups.get("from_year"):
        return int(printed) if printed.isdecimal() else ordinal(printed)
    rel = groups.get("rel") or ""
    if plan_year is not None and rel:
        return plan_year + (1 if rel in ("明年", "次年", "翌年", "来年") else 0)
    return None


def _accept(text: Text, m: re.Match[str], rule: DateRule, date: dt.date, year: int | None, start: int, end: int, label: bool) -> Due | None:
    before = text.norm[max(start, m.start() - 6) : m.start()]
    after = text.norm[m.end() : min(end, m.end() + 8)]
    printed = m.group()
    if text.named[m.start()] and rule.name not in _UNQUOTED:
        return None
    if rule.name == "day in figures" and m.start() > start and text.norm[m.start() - 1] in "0123456789./-":
        return None
    if year is not None and date.year < year:
        return None
    if _PAST_WORDS.search(before) or (re.search(r"[\d一二三四五六七八九十两几多]$", before) and rule.name in ("year end", "within the year", "half year")):
        return None
    if (_AFTER_NO.match(after) and not printed.endswith("前")) or (printed.endswith("前") and after.startswith("后")):
        return None
    if printed.endswith("终") and after.startswith(("总结", "报告")):
        return None
    if rule.name in ("quarter", "half year") and not label and printed[-1] not in "末底前" and not _is_due_period(before, printed, after):
        return None
    recurring = None
    if (p := re.search(r"(?:每(?:年度?|季度?|个?月|半年|学期|周))$|(?P<odd>每)$", before)) is not None or (printed.startswith("年") and before.endswith("每")):
        recurring = "每年" if (before.endswith("每") and printed.startswith("年")) or (p is not None and "年" in p.group() and "半" not in p.group()) else "每期"
        if recurring != "每年":
            return None
    return Due(m.start(), m.end(), date, rule.name, recurring, 0.8 if rule.name in _CONVENTIONS else 0.95, rule.reading)


def _is_due_period(before: str, printed: str, after: str) -> bool:
    """一季度 and 上半年 are due dates where something is to happen in or before them, not as statistics."""
    return not (before.endswith(("前", "每", "分", "上、", "和", "、", "去年", "按", "各")) or after.startswith(("和", "、", "与", "各", "数据", "经济", "分析", "工作总结", "开门红", "情况", "总结")))


@dataclass(frozen=True, slots=True)
class Period:
    start: int
    end: int
    printed: str


def find_periods(text: Text, start: int, end: int) -> Iterator[Period]:
    """每月, 每季度, 每半年 … outside names."""
    for m in _PERIOD.finditer(text.norm, start, end):
        if not text.named[m.start()]:
            yield Period(m.start(), m.end(), m.group())


def what_is_due(text: Text, due: Due, end: int) -> str:
    """The words after the phrase up to a stop: what the date binds."""
    m = re.compile(r"[，、：]?(?P<w>[^。；，（）]{0,40})(?:，(?P<x>[^。；，（）]{0,30}))?").match(text.norm, due.end, end)
    if m is None:
        return ""
    start, stop = m.start("w"), m.end("w")
    if stop - start < 4 and m.group("x"):
        stop = m.end("x")
    return text.raw[start:stop]
