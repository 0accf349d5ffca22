"""How a case looks: its badge, the buttons of its verbs, its clocks, its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _

from shian.core.clock import Remaining, RuleError, load_rules
from shian.core.flow import Flow, State, Transition, to_mermaid
from shian.kernel.clock.queries import calendar_for
from shian.kernel.day import today
from shian.kernel.scopes.actor import Actor
from shian.kernel.ui.words import told

from .capacities import held, stances
from .declare import Case
from .forms import asks
from .models import Clock
from .queries import clocks_of, standing
from .words import basis, said, translated

TONES = {"overdue": "danger", "today": "danger", "soon": "warning", "normal": "neutral", "paused": "neutral"}
ICONS = {
    "overdue": "alert-triangle", "today": "bell", "soon": "hourglass", "normal": "calendar", "paused": "clock-pause",
}  # fmt: skip


def badge(case: Case, obj: models.Model) -> dict[str, str]:
    """``{label, tone, icon}`` of the state ``obj`` is in."""
    state = case.standing(obj)
    return {"label": said(state.label), "tone": state.tone, "icon": state.icon}


def verb_label(case: Case, verb: str) -> str:
    return str(case.look(verb).label) or said(case.flow.verb[verb].label)


def detail(case: Case | None, obj: models.Model, actor: Actor) -> dict:
    """What a flow adds to a detail page: badge, buttons, the tab of the clocks, the way to the table."""
    if case is None:
        return {"state": None, "actions": [], "panels": [], "menu": []}
    clocks = clocks_of(obj)
    address = f"/flows/{case.model._meta.model_name}/"
    return {
        "state": badge(case, obj),
        "actions": [] if obj.retired_at else buttons(case, obj, actor, clocks),
        "panels": [clock_panel(clocks, today())] if clocks or case.flow.rules else [],
        "menu": [{"label": _("办理流程"), "url": address, "icon": "hierarchy"}],
    }


# --- buttons --------------------------------------------------------------------------------------
def buttons(case: Case, obj: models.Model, actor: Actor, clocks: Sequence[Clock] | None = None) -> list[dict]:
    """Of the verbs that the state allows: first those the actor may take, then what waits for others and for whom."""
    mine, others = [], []
    clocks = clocks_of(obj) if clocks is None else clocks
    given = stances(case, actor, [obj])
    for row in case.rows():
        if case.state(obj) not in row.sources:
            continue
        who = held(case, actor, [obj], row.verb, given)[0]
        button = _button(case, obj, row, clocks)
        if set(row.actors) & set(who):
            mine.append(button)
        else:
            others.append({**button, "allowed": False, "reason": _("须由上述人员办理")})
    led = [n for n, button in enumerate(mine) if button["tone"] == "primary"]
    for n in led[1:]:
        mine[n]["tone"] = ""  # one next step stands out
    return mine + others


def _button(case: Case, obj: models.Model, row: Transition, clocks: Sequence[Clock]) -> dict:
    look, words = case.look(row.verb), case.flow.words
    return {
        "verb": row.verb, "label": verb_label(case, row.verb), "url": f"/{case.name}/{obj.pk}/{row.verb}/",
        "icon": look.icon, "tone": look.tone, "form": asks(case, row.verb),
        "who": "、".join(said(words.get(a, a)) for a in row.actors), "basis": basis(row.article),
        "deadline": deadline(row, clocks),
    }  # fmt: skip


def deadline(row: Transition, clocks: Sequence[Clock] = ()) -> str:
    """Until when the verb must be taken: the dates of the clocks it meets, else the length that the rule sets."""
    met = [c for c in clocks if not c.done_on and not c.retired_at and _meets(row, c)]
    if met:
        return "；".join(f"{c.due_at or c.due:%Y-%m-%d %H:%M}" if c.due_at else str(c.due) for c in met)
    pack, out = load_rules(), []
    for rule in row.stops:
        try:
            out.append(f"{pack.known(rule)[0].name} {told(pack.known(rule)[0].length)}")
        except RuleError:
            continue
    return "；".join(out)


def _meets(row: Transition, clock: Clock) -> bool:
    return clock.rule in row.stops or any(clock.rule.startswith(f"{rule}.") for rule in row.stops)


# --- clocks ---------------------------------------------------------------------------------------
def clock_rows(clocks: Sequence[Clock], as_of: dt.date) -> list[dict]:
    """Clocks with article, dates and what is left, for ``flows/_clocks.html``."""
    out, calendars = [], {}
    for clock in clocks:
        if clock.place_id not in calendars:
            calendars[clock.place_id] = calendar_for(clock.place, provisional=True)
        chip = _ended(clock)
        if chip is None:
            left = standing(clock, calendars[clock.place_id], as_of)
            chip = {"label": told(left.text), "tone": TONES[left.level], "icon": ICONS[left.level]}
        out.append({"clock": clock, "chip": chip})
    return out


def left(clock: Clock, as_of: dt.date) -> Remaining:
    return standing(clock, calendar_for(clock.place, provisional=True), as_of)


def _ended(clock: Clock) -> dict | None:
    if clock.retired_at:
        return {"label": _("已终止"), "tone": "neutral", "icon": "ban"}
    if clock.done_on is None:
        return None
    if clock.done_on > clock.due:
        days = (clock.done_on - clock.due).days
        return {"label": _("逾期 %(n)d 天完成") % {"n": days}, "tone": "warning", "icon": "circle-check"}
    return {"label": _("按期完成"), "tone": "success", "icon": "circle-check"}


def clock_panel(clocks: Sequence[Clock], as_of: dt.date) -> dict:
    """The tab 期限 of a detail page."""
    rows = clock_rows(clocks, as_of)
    return {
        "name": "clocks",
        "label": _("期限"),
        "count": len(rows),
        "template": "flows/_clocks.html",
        "clocks": rows,
    }


# --- the table ------------------------------------------------------------------------------------
def table(flow: Flow) -> dict:
    """Context of the flow's page: every row in words, and the diagram."""
    shown = translated(flow)
    label = {s.code: s.label for s in shown.states}
    rows = [
        {
            "label": t.label, "sources": "、".join(label[s] for s in t.sources),
            "target": label[t.target] if t.target else _("不变"),
            "actors": "、".join(shown.words.get(a, a) for a in t.actors),
            "needs": "、".join(shown.words.get(n, n) for n in t.needs), "article": said(t.article),
            "deadline": deadline(t), "effect": t.effect,
        }
        for t in shown.transitions
    ]  # fmt: skip
    return {
        "title": _("%(name)s流程") % {"name": shown.name}, "rows": rows, "mermaid": to_mermaid(shown),
        "states": [_state_badge(s) for s in shown.states], "picture": picture(shown),
    }  # fmt: skip


def _state_badge(state: State) -> dict:
    return {"label": state.label, "tone": state.tone, "icon": state.icon}


def picture(flow: Flow) -> list[dict]:
    """The table as a picture: from each state (a line) by which verbs to which (a column). Nothing leads from a final one."""
    return [
        {
            "state": _state_badge(here),
            "cells": [
                [t.label for t in flow.transitions if here.code in t.sources and (t.target or here.code) == there.code]
                for there in flow.states
            ],
        }
        for here in flow.states
        if any(here.code in t.sources for t in flow.transitions)
    ]
