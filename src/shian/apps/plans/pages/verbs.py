"""The verbs of tasks, reports, targets and documents: which action each runs, and with which form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.day import today
from shian.kernel.flows.actions import Outcome
from shian.kernel.flows.declare import Verb
from shian.kernel.scopes import Actor

from .. import actions
from ..actions.guards import stances
from ..models import Progress, Target, Task
from . import forms

DECIDED = ("reason", "number", "on")


def of_rows(actor: Actor, rows: Sequence[Progress | Target]) -> list[set[str]]:
    """Who stands how to what hangs on a task: as he stands to the task."""
    return stances(actor, [row.task for row in rows])


def _run(function: Callable, name: str) -> Callable[..., object]:
    """An action of this app as a verb's: the object under its own name, what was said as it is."""

    def action(*, actor: Actor, obj: Any, version: int | None, **said: Any) -> object:
        return function(actor=actor, version=version, **{name: obj}, **said)

    return action


def _set(function: Callable, name: str) -> Callable[..., Outcome]:
    """The same for an action over a set."""

    def together(*, actor: Actor, rows: Sequence[Any], batch: Any, **said: Any) -> Outcome:
        return function(actor=actor, batch=batch, **{name: rows}, **said)

    return together


def _plain(made: type[django_forms.Form]) -> Callable[..., django_forms.Form]:
    def form(*, obj: Any, actor: Actor, data: Any, files: Any) -> django_forms.Form:
        return made(data, files)

    return form


# --- tasks ----------------------------------------------------------------------------------------
def _report(*, actor: Actor, obj: Task, version: int | None, **said: Any) -> Progress:
    return actions.report(actor=actor, task=obj, **said)  # a report is added to whatever others have written


def _report_form(*, obj: Task | None, actor: Actor, data: Any, files: Any) -> django_forms.Form:
    mine = obj.progress.filter(unit=actor.unit_id, retired_at=None).first() if obj else None
    return forms.ReportForm(data, files, initial={"percent": mine.percent if mine else 0})


def _change(*, actor: Actor, obj: Task, version: int | None, **said: Any) -> object:
    extra = {n: said[n] for n in ("due", "title", "text") if n in said}
    if extra.get("due") == obj.due:
        extra.pop("due", None)
    words = {n: said[n] for n in DECIDED}
    return actions.decide(actor=actor, task=obj, kind="change", version=version, **words, **extra)


def _decide(kind: str) -> Callable[..., Outcome]:
    def together(*, actor: Actor, rows: Sequence[Task], batch: Any, **said: Any) -> Outcome:
        words = {n: said[n] for n in (*DECIDED, "due", "parties") if n in said}
        return actions.decide_tasks(actor=actor, tasks=rows, kind=kind, batch=batch, **words)

    return together


def _decision_form(kind: str) -> Callable[..., django_forms.Form]:
    def form(*, obj: Task | None, actor: Actor, data: Any, files: Any) -> django_forms.Form:
        return forms.decision_form(kind, obj, data, actor=actor, today=today())

    return form


def _decision(kind: str, icon: str, *more: str, tone: str = "", **how: Any) -> Verb:
    return Verb(
        **(how or {"together": _decide(kind)}), form=_decision_form(kind), fields=(*DECIDED, *more), icon=icon, tone=tone,
        note=gettext_lazy("原内容和历史保留，在“调整决定”中可见"),
        after=lambda task: f"{task.get_absolute_url()}#decisions",
    )  # fmt: skip


TASK = {
    "receive": Verb(icon="inbox", tone="primary"),
    "report": Verb(
        action=_report, form=_report_form, fields=("text", "percent", "final"), bulk=False, adds=True,
        label=gettext_lazy("报送进展 / 提请办结"), icon="send", tone="primary",
        note=gettext_lazy("提请办结的报告由食安办审核"),
        after=lambda task: f"{task.get_absolute_url()}#progress",
    ),
    "submit": None,
    "close": Verb(
        together=_set(actions.close_tasks, "tasks"), form=_plain(forms.NoteForm), fields=("note",), icon="circle-check",
        tone="primary", note=gettext_lazy("尚未审核的报告随之通过"),
    ),
    "remind": Verb(
        together=_set(actions.remind_tasks, "tasks"), form=_plain(forms.RemindForm), fields=("note",), icon="bell",
        note=gettext_lazy("通知发给牵头（责任）单位的全部人员，并记入变更记录"),
    ),
    "send_back": Verb(together=_set(actions.send_back_tasks, "tasks"), icon="arrow-back-up"),
    "reopen": Verb(action=_run(actions.reopen, "task"), icon="rotate"),
    "change": _decision("change", "edit", "due", "title", "text", action=_change, bulk=False),
    "transfer": _decision("transfer", "transfer", "lead", "joint", "support"),
    "extend": _decision("extend", "calendar-time", "due"),
    "suspend": _decision("suspend", "clock-pause"),
    "resume": _decision("resume", "player-play"),
    "drop": _decision("drop", "ban", tone="danger"),
}  # fmt: skip


# --- reports --------------------------------------------------------------------------------------
def _to_reports(row: Progress) -> str:
    return f"{row.task.get_absolute_url()}#progress"


PROGRESS = {
    "accept": Verb(together=_set(actions.accept_reports, "reports"), icon="check", tone="primary", after=_to_reports),
    "return": Verb(action=_run(actions.return_report, "progress"), icon="arrow-back-up", tone="danger", after=_to_reports),
}  # fmt: skip


# --- targets --------------------------------------------------------------------------------------
def _report_value(*, actor: Actor, obj: Target, version: int | None, **said: Any) -> object:
    return actions.report_value(actor=actor, target=obj, **said)


def _value_form(*, obj: Target | None, actor: Actor, data: Any, files: Any) -> django_forms.Form:
    form = forms.ValueForm(data, files, initial={"as_of": today()})
    if obj is not None:
        form.fields["value"].help_text = _("目标：%(demand)s；只填数字，单位“%(unit)s”") % {
            "demand": obj.demand,
            "unit": obj.unit_text or _("无"),
        }
    return form


def _decide_target(kind: str) -> Callable[..., object]:
    def action(*, actor: Actor, obj: Target, version: int | None, **said: Any) -> object:
        extra = {n: said[n] for n in ("value", "value_max", "due") if n in said}
        words = {n: said[n] for n in DECIDED}
        return actions.decide_target(actor=actor, target=obj, kind=kind, version=version, **words, **extra)

    return action


def _target_form(kind: str) -> Callable[..., django_forms.Form]:
    def form(*, obj: Target | None, actor: Actor, data: Any, files: Any) -> django_forms.Form:
        return forms.target_decision_form(kind, obj, data, today=today())

    return form


def _to_targets(row: Target) -> str:
    return f"{row.task.get_absolute_url()}#targets"


def _target_decision(kind: str, icon: str, *more: str, bulk: bool = True) -> Verb:
    return Verb(
        action=_decide_target(kind), form=_target_form(kind), fields=(*DECIDED, *more), bulk=bulk, icon=icon,
        after=_to_targets,
    )  # fmt: skip


TARGET = {
    "report": Verb(
        action=_report_value, form=_value_form, fields=("value", "as_of", "note"), bulk=False, adds=True, icon="edit",
        tone="primary", after=_to_targets,
    ),
    "change": _target_decision("change", "edit", "value", "value_max", "due", bulk=False),
    "extend": _target_decision("extend", "calendar-time", "due"),
    "suspend": _target_decision("suspend", "clock-pause"),
    "resume": _target_decision("resume", "player-play"),
    "drop": _target_decision("drop", "ban"),
}  # fmt: skip

# --- documents ------------------------------------------------------------------------------------
DOCUMENT = {"read": None, "publish": None, "register": None, "replace": None}
"""A document is moved by its review screen, by the tasks entered under it and by its correction."""
