"""Clocks: computed by ``core.clock``, started, met, paused, extended and moved inside an action's change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from shian.core.clock import CalendarYearMissing, Due, Pause, RuleError, WorkCalendar, due, extend, load_rules
from shian.core.flow import State, Transition
from shian.kernel.changes.writer import Writer
from shian.kernel.clock.queries import calendar_for
from shian.kernel.day import today
from shian.kernel.places.models import Place
from shian.kernel.ui.words import told

from .models import Clock
from .queries import open_clocks, place_of


@dataclass(frozen=True)
class Move:
    """One object that a verb has taken from one state to another."""

    obj: models.Model
    row: Transition
    before: State
    after: State


class Calendars:
    """The working days of each place, read once an action; years not announced yet are provisional."""

    def __init__(self) -> None:
        self._known: dict[int | None, WorkCalendar] = {}

    def of(self, place: Place | None) -> WorkCalendar:
        key = place.pk if place else None
        if key not in self._known:
            self._known[key] = calendar_for(place, provisional=True)
        return self._known[key]


# --- computing ------------------------------------------------------------------------------------
def moment(clock: Clock) -> dt.date | dt.datetime:
    return timezone.localtime(clock.triggered_at) if clock.triggered_at else clock.triggered_on


def compute(clock: Clock, calendar: WorkCalendar) -> Due:
    """The due date of ``clock`` from what it stores. Raises RuleError, CalendarYearMissing."""
    pauses = [
        Pause(dt.date.fromisoformat(p["first"]), p["last"] and dt.date.fromisoformat(p["last"]), p["reason"])
        for p in clock.pauses
    ]
    found = due(clock.rule, moment(clock), calendar, pauses=pauses)
    if clock.extended:
        found = extend(found, calendar, clock.extended["n"], clock.extended["unit"])
    return found


def settle(clock: Clock, calendar: WorkCalendar) -> bool:
    """Sets the dates of ``clock`` anew; True where they moved. What they were stays in ``previous_due``."""
    try:
        found = compute(clock, calendar)
    except (CalendarYearMissing, RuleError) as error:
        raise ValidationError(told(error)) from error
    moved = clock.due is not None and clock.due != found.day
    if moved:
        clock.previous_due = clock.due
    clock.due, clock.due_at, clock.provisional = found.day, found.at, found.provisional
    return moved


def new_clock(
    obj: models.Model, rule: str, trigger: str, at: dt.date | dt.datetime, calendar: WorkCalendar
) -> Clock:
    """A clock of ``rule`` on ``obj``, not yet stored. A trigger without a time of day begins hours at midnight."""
    on = timezone.localtime(at).date() if isinstance(at, dt.datetime) else at
    pack = load_rules()
    try:
        found = pack.select(rule, on)
    except RuleError as error:
        raise ValidationError(told(error)) from error
    hours = found.unit == "hour"
    if hours and not isinstance(at, dt.datetime):
        at = timezone.make_aware(dt.datetime.combine(at, dt.time.min))
    clock = Clock(
        object_type=obj._meta.label_lower, object_id=obj.pk, rule=found.id, pack=pack.version, name=found.name,
        article=found.basis[:300], trigger=trigger[:120], place=place_of(obj), triggered_on=on,
        triggered_at=at if hours else None,
    )  # fmt: skip
    settle(clock, calendar)
    clock.first_due = clock.due
    return clock


# --- writing, inside the action's change ----------------------------------------------------------
def start(w: Writer, obj: models.Model, rule: str, trigger: str, at: dt.date | dt.datetime) -> Clock:
    """Starts one clock by hand: an event that is no verb of the table."""
    clock = new_clock(obj, rule, trigger, at, Calendars().of(place_of(obj)))
    w.save(clock)
    return clock


def turn(w: Writer, moves: Sequence[Move], said: Mapping[str, Any]) -> None:
    """Everything a verb does to the clocks of the objects it has moved: one query, one write each way."""
    on = said["on"] if isinstance(said.get("on"), dt.date) else today()
    at: dt.date | dt.datetime = on if "on" in said else _now(on)
    running = open_clocks([m.obj for m in moves]) if _touched(moves) else {}
    calendars, changed, fresh = Calendars(), [], []
    for move in moves:
        own = running.get(move.obj.pk, ())
        changed += _extended(own, move.row.extends, said, calendars)
        for clock in own:
            if _turn_one(w, clock, move, on, calendars, str(said.get("reason") or "")):
                changed.append(clock)
        fresh += [
            new_clock(move.obj, rule, str(move.row.label), at, calendars.of(place_of(move.obj)))
            for rule in move.row.starts
        ]
    w.save_all(changed)
    w.save_all(fresh)


def _extended(own: Sequence[Clock], rules: Sequence[str], said: Mapping[str, Any], calendars: Calendars) -> list[Clock]:
    """The running clocks of ``rules``, prolonged. Raises ValidationError where none of a rule runs."""
    out = []
    for rule in rules:
        clock = next((c for c in own if rule in (c.rule, load_rules().known(c.rule)[0].series)), None)
        if clock is None:
            name = load_rules().known(rule)[0].name
            raise ValidationError(_("“%(name)s”的期限没有在计算，不能延长") % {"name": name})
        lengthen(clock, calendars.of(clock.place), n=said.get("days"), reason=str(said.get("reason") or ""))
        out.append(clock)
    return out


def _touched(moves: Sequence[Move]) -> bool:
    """Whether the verb can touch a clock that runs."""
    return any(m.row.stops or m.row.extends or m.after.final or m.before.paused != m.after.paused for m in moves)


def _now(day: dt.date) -> dt.datetime:
    """The moment of an action done now, on the (possibly set) day."""
    return timezone.localtime().replace(year=day.year, month=day.month, day=day.day)


def _turn_one(w: Writer, clock: Clock, move: Move, on: dt.date, calendars: Calendars, reason: str) -> bool:
    series = load_rules().known(clock.rule)[0].series
    if series in move.row.stops or clock.rule in move.row.stops:
        clock.done_on = on
    elif move.after.final:
        clock.retired_at = w.at
    elif move.after.paused and not move.before.paused:
        pause(clock, on, reason or str(move.row.label))
    elif move.before.paused and not move.after.paused:
        resume(clock, on, calendars.of(clock.place))
    else:
        return False
    return True


def pause(clock: Clock, on: dt.date, reason: str) -> None:
    """中止: ``on`` and the days after it do not count. A limit in hours runs on (no pause in law)."""
    if not clock.is_paused and not clock.triggered_at:
        clock.pauses = [*clock.pauses, {"first": on.isoformat(), "last": None, "reason": reason}]


def resume(clock: Clock, on: dt.date, calendar: WorkCalendar) -> None:
    """恢复: ``on`` counts again. A pause that has not lasted a day leaves no trace."""
    last = (on - dt.timedelta(1)).isoformat()
    closed = [p if p["last"] else {**p, "last": last} for p in clock.pauses]
    clock.pauses = [p for p in closed if p["last"] >= p["first"]]
    settle(clock, calendar)


def prolong(w: Writer, clock: Clock, *, n: int | None = None, unit: str = "", reason: str = "") -> Clock:
    """:func:`lengthen` by hand: a decision that is no verb of the table."""
    lengthen(clock, Calendars().of(clock.place), n=n, unit=unit, reason=reason)
    w.save(clock)
    return clock


def lengthen(clock: Clock, calendar: WorkCalendar, *, n: int | None = None, unit: str = "", reason: str = "") -> None:
    """延长, once, by what the rule allows or as decided (``n``). Raises ValidationError where it allows none."""
    if clock.extended:
        raise ValidationError(_("“%(name)s”已经延长过，不能再次延长") % {"name": clock.name})
    try:
        plain = compute(clock, calendar)
        allowed = plain.rule.extension
        extend(plain, calendar, n, unit or None)  # type: ignore[arg-type]  # refuses what the rule does not allow
    except (RuleError, CalendarYearMissing) as error:
        raise ValidationError(told(error)) from error
    clock.extended = {"n": n or allowed.n, "unit": unit or allowed.unit, "reason": reason}
    settle(clock, calendar)


def recompute(w: Writer, clocks: Iterable[Clock]) -> list[Clock]:
    """The calendar has changed: dates are computed anew, those that moved are written with their old date.

    A clock whose year is no longer loaded keeps the date it has.
    """
    calendars, moved = Calendars(), []
    for clock in clocks:
        was = clock.provisional
        try:
            if settle(clock, calendars.of(clock.place)) or clock.provisional != was:
                moved.append(clock)
        except ValidationError:
            continue
    return w.save_all(moved)
