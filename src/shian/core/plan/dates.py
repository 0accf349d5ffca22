"""Shapes of due phrases (时限) and the date each means. A shape whose day is a convention (初, 五一前) says its reading.

9月底前 → the last day of that month; 年底 年内 → 12-31; 12月3日前 → that day; 2026.9.30前, 20260930前, 9.30前
→ that day; 上半年 → 06-30; 四季度初 → 10-10.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from shian.core.words import say

from .numerals import ordinal

NUM = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
HAN_YEAR = r"二〇[〇一二三四五六七八九]{2}"
_YEAR = rf"(?:(?P<year>(?:19|20)\d\d|{HAN_YEAR})年|(?P<rel>今年|本年度?|明年|次年|翌年|来年|当年))?(?:的)?"
BEFORE = r"(?:份)?(?:之前|以前|前|止)"
_QUOTED_DAYS = "三八|五一|六一|七一|八一|十一"
_FEASTS = {"元旦": (1, 1), "三八": (3, 8), "五一": (5, 1), "劳动节": (5, 1), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1), "十一": (10, 1), "国庆": (10, 1)}
"""Days with a fixed date; 春节 端午 中秋 and 开学 have none."""

Build = Callable[[re.Match[str], int], dt.date | None]


@dataclass(frozen=True, slots=True)
class DateRule:
    """A named shape of phrase. ``label_only``: counts only in a deadline label or column; ``reading``: in
    words, where the day is a convention; ``sign``: what must stand near for a search to be worth it."""

    name: str
    shape: re.Pattern[str]
    date: Build
    label_only: bool = False
    reading: str = ""
    sign: str = "月"


def month_end(year: int, month: int) -> dt.date | None:
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        return None
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _n(m: re.Match[str], name: str) -> int:
    return ordinal(m.group(name)) or 0


def _of_day(m: re.Match[str], year: int) -> dt.date | None:
    return _day(year, _n(m, "month"), _n(m, "day"))


def _of_month(m: re.Match[str], year: int) -> dt.date | None:
    return month_end(year, _n(m, "month"))


def _month_part(m: re.Match[str], year: int) -> dt.date | None:
    part = m.group("part")
    month = _n(m, "month")
    if part in ("下旬", "中下旬"):
        return month_end(year, month)
    return _day(year, month, 20 if "中" in part else 10)


def _quarter(m: re.Match[str], year: int) -> dt.date | None:
    return month_end(year, _quarter_no(m) * 3)


def _quarter_no(m: re.Match[str]) -> int:
    return {"一": 1, "二": 2, "三": 3, "四": 4}.get(m.group("q"), 0) or int(m.group("q") if m.group("q").isdecimal() else 0)


def _before_month(m: re.Match[str], year: int) -> dt.date | None:
    first = _day(year, _n(m, "month"), 1)
    return first - dt.timedelta(days=1) if first and first > dt.date.min else None


def _five_year(m: re.Match[str], _year: int) -> dt.date | None:
    n = ordinal(m.group("five")) or 0
    return dt.date(2025 + 5 * (n - 14), 12, 31) if 10 <= n <= 20 else None


def _year_end(_m: re.Match[str], year: int) -> dt.date | None:
    return month_end(year, 12)


def _eve(m: re.Match[str], year: int) -> dt.date | None:
    """The day before a feast. 元旦前 without a year is the end of the plan year."""
    month, day = _FEASTS[m.group("feast") or m.group("quoted")]
    if month == 1 and not m.group("year"):
        return month_end(year, 12)
    feast = _day(year, month, day)
    return feast - dt.timedelta(days=1) if feast and feast > dt.date.min else None


def _rule(name: str, shape: str, date: Build, label_only: bool = False, reading: str = "", sign: str = "月") -> DateRule:
    return DateRule(name, re.compile(shape), date, label_only, reading, sign)


RULES: tuple[DateRule, ...] = (
    _rule("day", rf"{_YEAR}(?P<month>{NUM})月(?P<day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:日(?:(?:上午|中午|下午)?(?:\d{{1,2}}[时点]|下班))?)?(?:{BEFORE}|(?=(?:[、和及]{NUM}月{NUM}日){{1,3}}{BEFORE}))", _of_day),
    _rule("day in figures", rf"(?:(?P<year>20\d\d)(?:[./-](?=\d{{1,2}}[./-])|(?=[01]\d[0-3]\d(?!\d)))|(?=\d{{1,2}}[./]\d))"
          rf"(?P<month>\d{{1,2}})[./-]?(?P<day>\d{{1,2}})(?!\d)日?(?:{BEFORE}|(?<=\d\d\d\d)(?=完成|办结|报)|(?<=[./-]\d\d)(?=完成|办结))", _of_day, sign=""),
    _rule("month end", rf"{_YEAR}(?P<month>{NUM})月(?:份)?(?:月)?(?:[底末](?:{BEFORE})?|(?=(?:[、和及]{NUM}月(?:份)?){{1,4}}[底末]))", _of_month),
    _rule("until a month", rf"{_YEAR}(?P<month>{NUM})月(?:份)?止", _of_month, sign="止"),
    _rule("from one date to another", rf"(?:自|从)?(?:(?P<from_year>(?:19|20)\d\d)年)?{NUM}月(?:份|[初底上中下]旬?|{NUM}日)?(?:起|开始)?[，]?[至到~-]{_YEAR}(?P<month>{NUM})月(?:份|(?P<day>{NUM})日)?(?![底末初上中下\d一二三四五六七八九十])(?:止|结束)?",
          lambda m, y: _of_day(m, y) if m.group("day") else _of_month(m, y), sign="月"),
    _rule("early in a month", rf"{_YEAR}(?P<month>{NUM})月(?:份)?初(?:{BEFORE})?", lambda m, y: _day(y, _n(m, "month"), 10), reading=say("“初”读作当月10日"), sign="初"),
    _rule("part of month", rf"{_YEAR}(?P<month>{NUM})月(?:份)?(?P<part>上中旬|中下旬|上旬|中旬|下旬)(?:{BEFORE})?", _month_part, sign="旬"),
    _rule("before month", rf"{_YEAR}(?P<month>{NUM})月(?:份)?(?:之前|以前|前)", _before_month, reading=say("“某月前”读作上月底")),
    _rule("quarter", rf"{_YEAR}第?(?P<q>[一二三四1234])季度(?:末|底|内|结束)?(?:{BEFORE})?", _quarter, sign="季度"),
    _rule("early in a quarter", rf"{_YEAR}第?(?P<q>[一二三四1234])季度初(?:{BEFORE})?", lambda m, y: _day(y, _quarter_no(m) * 3 - 2, 10), reading=say("“季度初”读作首月10日"), sign="季度初"),
    _rule("half year", rf"{_YEAR}(?P<half>上半年|下半年)(?:内|末|底)?(?:{BEFORE})?", lambda m, y: month_end(y, 6 if m.group("half")[0] == "上" else 12), sign="半年"),
    _rule("five-year plan", r"(?:到|至)?“?(?P<five>十[一二三四五六七])五”?(?:规划)?期?末", _five_year, sign="五"),
    _rule("eve of a feast", rf"(?<![节秋、和])(?:{_YEAR})(?:“(?P<quoted>{_QUOTED_DAYS})”|(?P<feast>元旦|五一|国庆|劳动节))(?:国际)?(?:劳动节|国庆节|儿童节|妇女节|建党节|建军节|节)?(?:假期|长假|小长假)?(?:到来|来临)?(?:之前|以前|前)",
          _eve, reading=say("节日前读作节日前一日"), sign="前"),
    _rule("autumn term", rf"(?<![、和及])(?:{_YEAR})秋季(?:学期)?(?:新学期)?开学(?:之前|以前|前)", lambda m, y: _day(y, 8, 31), reading=say("秋季学期按9月1日开学"), sign="秋"),
    _rule("done in a month", rf"(?:于|在){_YEAR}(?P<month>{NUM})月(?:份)?(?:全面|全部)?(?=建成|完成|办结|验收|投用|投入)", _of_month),
    _rule("year end", rf"{_YEAR}(?:年度?)?[底末终](?:{BEFORE})?", _year_end, sign=""),
    _rule("within the year", rf"{_YEAR}(?:年度?内|年度之内|年之内)", _year_end, sign="内"),
    _rule("by a later year", r"(?:到|至|力争)(?P<year>20\d\d)年(?![底末内度初前]|\d{1,2}月)", _year_end, sign="20"),
    _rule("day in a label", rf"(?:{_YEAR}(?P<month>{NUM})月(?P<day>\d{{1,2}})日)", _of_day, True),
    _rule("dotted day", r"(?P<year>20\d\d)[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})", _of_day, True, sign="20"),
    _rule("dotted month", r"(?P<year>20\d\d)[./-](?P<month>\d{1,2})(?![\d.])(?:月?底?前)?", _of_month, True, sign="20"),
    _rule("month in a label", rf"{_YEAR}(?P<month>{NUM})月(?:份)?", _of_month, True),
    _rule("year in a label", r"(?P<year>20\d\d)年(?:全年|度)?|全年|当年|本年度", _year_end, True, sign=""),
)
