"""From trigger to due date, with the reasoning in words (民法典 201-204; 行政处罚法 85; domain rules of ``rules.yaml``)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from shian.core.words import say

from .calendar import DAY, CalendarYearMissing, WorkCalendar, paused
from .rules import UNIT_NAMES, Rule, RuleError, RulePack, Unit, load_rules, override

Moment = date | datetime
Level = Literal["overdue", "today", "soon", "normal", "paused"]


@dataclass(frozen=True)
class Pause:
    """中止 or excluded time (检验, 鉴定, 公告): ``first`` and ``last`` day do not count; ``last`` None: still running."""

    first: date
    last: date | None
    reason: str

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise RuleError("pause_ends_first", say("中止期间（%(reason)s）的结束日 %(last)s 早于开始日 %(first)s", reason=self.reason, last=self.last, first=self.first))


@dataclass(frozen=True)
class Due:
    """The result: ``day`` the last day (or earliest, ``rule.not_before``), ``at`` the moment for rules in hours.

    ``raw`` is the day before rolling off a rest day. ``provisional``: a year without an official notice was used.
    ``is_paused``: a pause is still open, so the date will move. ``steps`` explain the result in Chinese.
    """

    rule: Rule
    trigger: Moment
    day: date
    raw: date
    steps: tuple[str, ...]
    at: datetime | None = None
    provisional: bool = False
    is_paused: bool = False

    @property
    def article(self) -> str:
        return self.rule.basis


def add_months(start: date, months: int) -> date:
    """Same day-number of the target month, or its last day (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def due(
    rule_id: str,
    trigger: Moment,
    calendar: WorkCalendar,
    overrides: Mapping[str, int | tuple[int, Unit]] | None = None,
    *,
    pauses: Iterable[Pause] = (),
    rules: RulePack | None = None,
) -> Due:
    """The due date of ``rule_id`` for an event on ``trigger``; rules in hours need a datetime.

    ``overrides`` maps ids or series to a length, or (length, unit). Raises :class:`RuleError`,
    :class:`CalendarYearMissing`.
    """
    start = trigger.date() if isinstance(trigger, datetime) else trigger
    rule = (rules or load_rules()).select(rule_id, start)
    for key in (rule.id, rule.series):
        if overrides and key in overrides:
            value = overrides[key]
            rule = override(rule, *value) if isinstance(value, tuple) else override(rule, value)
            break
    stops = tuple(pauses)
    if rule.unit == "hour":
        return _due_in_hours(rule, trigger, stops)
    raw, day = count(start, rule.n, rule.unit, calendar, roll=rule.roll, pauses=stops)
    return Due(
        rule,
        trigger,
        day,
        raw,
        _explain(rule, start, raw, day, stops, calendar),
        provisional=calendar.is_provisional(raw) or calendar.is_provisional(day),
        is_paused=any(stop.last is None for stop in stops),
    )


def _due_in_hours(rule: Rule, trigger: Moment, pauses: tuple[Pause, ...]) -> Due:
    if not isinstance(trigger, datetime):
        raise RuleError("needs_time", say("“%(name)s”按小时计算，触发时间 %(trigger)s 必须精确到时刻", name=rule.name, trigger=trigger))
    if pauses:
        raise RuleError("no_pause", say("“%(name)s”按小时连续计算，不因中止或休息日停止", name=rule.name))
    at = trigger + timedelta(hours=rule.n)
    how = say("立即") if rule.n == 0 else say("起连续计算%(length)s", length=rule.length)
    steps = (say("%(trigger)s %(how)s，不扣除休息日：%(at)s", trigger=f"{trigger:%Y-%m-%d %H:%M}", how=how, at=f"{at:%Y-%m-%d %H:%M}"), say("依据：%(basis)s", basis=rule.basis))
    return Due(rule, trigger, at.date(), at.date(), steps, at)


def count(
    start: date, n: int, unit: Unit, calendar: WorkCalendar, *, roll: bool = True, pauses: Iterable[Pause] = ()
) -> tuple[date, date]:
    """(last day as counted, last day after rolling off a rest day). The day of the event is not counted."""
    spans = [(stop.first, stop.last) for stop in pauses if stop.last is not None]
    if unit == "working_day":
        day = calendar.add_working_days(start, n, spans)
        return day, day
    if unit == "natural_day":
        raw = _add_days(start, n, spans)
    elif unit in ("month", "year"):
        plain = add_months(start, n * (12 if unit == "year" else 1))
        raw = _add_days(start, (plain - start).days, spans)
    else:
        raise RuleError("hours_by_day", say("按小时的期限不能按日计算"))
    return raw, calendar.roll(raw, forward=n >= 0) if roll and n else raw


def _add_days(start: date, n: int, spans: list[tuple[date, date]]) -> date:
    if not spans:
        return start + DAY * n
    day, step = start, (DAY if n > 0 else -DAY)
    for _ in range(abs(n)):
        day += step
        while paused(day, spans):
            day += step
    return day


def extend(original: Due, calendar: WorkCalendar, n: int | None = None, unit: Unit | None = None) -> Due:
    """The due date after 延长: counted from the original due date, whenever it was approved.

    Without ``n`` by what the rule allows; RuleError where it allows none, or less than ``n``.
    """
    rule = original.rule
    allowed = rule.extension
    if allowed is None or rule.unit == "hour":
        raise RuleError("no_extension", say("“%(name)s”（%(basis)s）没有可以延长的规定", name=rule.name, basis=rule.basis))
    length, counted_in = (allowed.n if n is None else n), unit or allowed.unit
    if length <= 0:
        raise RuleError("length_needed", say("“%(name)s”的延长期限由有关方面决定，请填写延长的天数（大于 0）", name=rule.name))
    if allowed.n and (counted_in != allowed.unit or length > allowed.n):
        raise RuleError("too_long", say("“%(name)s”最多延长%(n)s%(unit)s（%(needs)s）", name=rule.name, n=allowed.n, unit=UNIT_NAMES[allowed.unit], needs=allowed.needs))
    raw, day = count(original.day, length, counted_in, calendar, roll=rule.roll)
    step = say("自原期限 %(day)s 起延长%(length)s%(unit)s（%(needs)s）：%(new)s", day=original.day, length=length, unit=UNIT_NAMES[counted_in], needs=allowed.needs, new=day)
    return Due(rule, original.trigger, day, raw, (*original.steps, step), provisional=calendar.is_provisional(day))


def _explain(
    rule: Rule, start: date, raw: date, day: date, pauses: tuple[Pause, ...], calendar: WorkCalendar
) -> tuple[str, ...]:
    if rule.n == 0:
        steps: list[str] = [say("%(start)s 当日", start=start)]
    elif rule.n > 0:
        steps = [say("%(start)s 当日不计，次日起算%(length)s：%(raw)s", start=start, length=rule.length, raw=raw)]
    else:
        steps = [say("自 %(start)s 往前推%(n)s%(unit)s：%(raw)s", start=start, n=abs(rule.n), unit=UNIT_NAMES[rule.unit], raw=raw)]
    steps += [say("扣除%(reason)s %(first)s 至 %(last)s", reason=stop.reason, first=stop.first, last=stop.last or say("（尚未结束，暂未扣除）")) for stop in pauses]
    if day != raw:
        steps.append(say("%(raw)s 是休息日，顺延至%(side)s第一个工作日：%(day)s", raw=raw, side=say("其后") if day > raw else say("其前"), day=day))
    closed = sorted(closure for closure in calendar.closures if start < closure <= day)
    if closed and rule.unit == "working_day":
        steps.append(say("扣除本地停止办公日：%(days)s", days=tuple(closed)))
    if calendar.is_provisional(day):
        steps.append(say("%(year)s年%(label)s，节假日安排公布后将重新计算", year=day.year, label=calendar.years[day.year].label))
    if rule.note:
        steps.append(rule.note)
    return (*steps, say("依据：%(basis)s", basis=rule.basis))


@dataclass(frozen=True)
class Remaining:
    """How a deadline stands: ``level`` for the colour, ``text`` for those who do not see colours.

    ``days``: working days left (negative: overdue), None where counted in hours or paused.
    """

    level: Level
    text: str
    days: int | None


def remaining(limit: Due | Moment, as_of: Moment, calendar: WorkCalendar, *, soon: int = 3) -> Remaining:
    """已逾期 n 个工作日 / 今天到期 / 还剩 n 个工作日, as of ``as_of``; ``soon``: from how many days on it is urgent.

    Counts natural days where there is no working day between, or no calendar (and then says so).
    """
    if isinstance(limit, Due):
        if limit.is_paused:
            return Remaining("paused", say("期限中止"), None)
        limit = limit.at or limit.day
    if isinstance(limit, datetime):
        now = as_of if isinstance(as_of, datetime) else datetime.combine(as_of, time.min, tzinfo=limit.tzinfo)
        return _remaining_time(limit - now)
    today = as_of.date() if isinstance(as_of, datetime) else as_of
    if limit == today:
        return Remaining("today", say("今天到期"), 0)
    try:
        days = calendar.working_days_between(today, limit)
        text = say("%(n)s 个工作日", n=abs(days)) if days else say("%(n)s 天", n=abs((limit - today).days))
    except CalendarYearMissing as missing:
        days = (limit - today).days
        text = say("%(n)s 天（自然日，%(year)s年工作日历未载入）", n=abs(days), year=missing.year)
    if limit < today:
        return Remaining("overdue", say("已逾期 %(text)s", text=text), days)
    return Remaining("soon" if days <= soon else "normal", say("还剩 %(text)s", text=text), days)


def _remaining_time(left: timedelta) -> Remaining:
    minutes = int(abs(left.total_seconds()) // 60)
    text = say("%(hours)s 小时 %(minutes)s 分钟", hours=minutes // 60, minutes=minutes % 60) if minutes >= 60 else say("%(minutes)s 分钟", minutes=minutes)
    if left < timedelta(0):
        return Remaining("overdue", say("已逾期 %(text)s", text=text), None)
    return Remaining("soon" if left <= timedelta(hours=24) else "normal", say("还剩 %(text)s", text=text), None)
