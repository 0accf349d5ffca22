"""What the task's page shows: built here, drawn by the templates."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sized

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from shian.kernel.attachments.feature import Attachments
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.files.queries import files_of
from shian.kernel.flows.presentation import badge, buttons
from shian.kernel.people.models import Unit
from shian.kernel.scopes import Actor, system

from .. import flow, queries
from ..actions.guards import capacities
from ..models import Decision, Milestone, Progress, Task
from ..resources import REPORTS, TASKS
from ..rules.excerpt import Mark, around, pieces
from ..rules.judge import met, responsible
from .common import task_badge

ALWAYS = ("receive", "report", "close")
"""Verbs whose button also stands there for those of the task's people who may not take them."""


def task_context(request: HttpRequest, task: Task, as_of: dt.date) -> dict:
    """Context of ``plans/task.html`` for the viewer of ``request`` on the day ``as_of``."""
    actor = request.actor
    roles = queries.roles_of(task)
    who = capacities(actor, task, roles)
    reports = _reports(actor, task)
    targets = [_target(t, who) for t in queries.targets_with_values(actor, task)]
    milestones = list(Milestone.objects.for_actor(actor).live().filter(task=task))
    decisions = list(Decision.objects.for_actor(actor).live().filter(task=task).select_related("target"))
    instances = list(Task.objects.for_actor(actor).live().filter(parent=task).order_by("due"))
    changes = history(task)
    office, open_now = "office" in who, task.status in queries.OWED
    panels = [
        {"name": "overview", "label": _("概况"), "template": "plans/_overview.html"},
        _panel("owners", _("承办单位"), roles),
        _panel("progress", _("进展"), reports),
    ]
    if instances:
        panels.append(_panel("series", _("各期"), instances))
    panels += [
        _panel("targets", _("指标"), targets),
        _panel("milestones", _("时间节点"), milestones),
        _panel("decisions", _("调整决定"), decisions),
        *TASKS.feature(Attachments).panels(TASKS, task, actor),
        {"name": "changes", "label": _("变更记录"), "count": len(changes), "changes": described(changes)},
    ]
    return {
        "task": task, "title": str(task), "today": as_of, "state": task_badge(task),
        "subtitle": task.document.title if task.document else "",
        "deadline": {"date": task.due, "done": _closed_on(task, reports), "paused": task.is_paused} if task.due else None,
        "menu": [{"label": _("办理流程"), "url": "/flows/task/", "icon": "hierarchy"}],
        "breadcrumbs": [(_("待办"), "/"), (_("任务"), "/tasks/"), (task.no or _("任务"), None)],
        "actions": verbs(task, actor, who, bool(instances)), "version": task.version, "once_key": uuid.uuid4().hex,
        "panels": panels, "source": source(task, targets, milestones), "owners": _owners(task, roles, reports),
        "reports": reports, "targets": targets, "milestones": milestones, "decisions": decisions,
        "instances": [(t, task_badge(t)) for t in instances], "office": office,
        "works": bool(who & {"office", "party"}) and open_now,
        "short_url": request.build_absolute_uri(task.get_absolute_url()),
    }  # fmt: skip


def _panel(name: str, label: str, rows: Sized) -> dict:
    return {"name": name, "label": label, "count": len(rows), "template": f"plans/_{name}.html"}


def verbs(task: Task, actor: Actor, who: set[str], series: bool) -> list[dict]:
    """Buttons of the state the task is in: what the viewer may do, then what waits for others and for whom.

    A recurring task is reported on and closed by its instances.
    """
    return [
        b
        for b in buttons(TASKS.case, task, actor)
        if not (series and b["verb"] in ("report", "close"))
        and (b.get("allowed", True) or (who and b["verb"] in ALWAYS))
    ]


def source(task: Task, targets: list[dict], milestones: list[Milestone]) -> dict | None:
    """The sentence the task stands on, in its paragraph, with figures and dates marked."""
    if not task.document or task.end <= task.start or task.end > len(task.document.text):
        return None
    text = task.document.text
    marks = [Mark(t["row"].start, t["row"].end, "target") for t in targets]
    marks += [Mark(m.start, m.end, "deadline") for m in milestones if m.end]
    before, after = around(text, task.start, task.end)
    return {"before": before, "pieces": pieces(text, task.start, task.end, marks), "after": after}


def _reports(actor, task: Task) -> list[dict]:
    rows = Progress.objects.for_actor(actor).live().filter(task=task).select_related("unit", "author")
    return [{"row": r, "state": badge(REPORTS.case, r), "files": _files(r)} for r in rows.order_by("-pk")]


def _files(row) -> list[dict]:
    return [
        {"name": a.file.name, "url": a.file.get_absolute_url(), "size": a.file.size}
        for a in files_of(row, "evidence")
    ]


def _target(target, who: set[str]) -> dict:
    last = target.reported[0] if target.reported else None
    good = met(target.op, target.value, target.value_max, last.value) if last else None
    verdict = None
    if target.state != "active":
        verdict = {"label": target.get_state_display(), "tone": "neutral", "icon": "ban"}
    elif good is not None:
        verdict = (
            {"label": _("已达标"), "tone": "success", "icon": "circle-check"}
            if good
            else {"label": _("未达标"), "tone": "danger", "icon": "alert-triangle"}
        )
    decisions = [t for t in flow.TARGET.available(target.state, {"office"}) if t.verb in flow.DECISIONS]
    return {
        "row": target, "last": last, "state": verdict, "files": _files(last) if last else [],
        "decisions": [(t.verb, _(t.label)) for t in decisions] if "office" in who else [],
    }  # fmt: skip


def _owners(task: Task, roles: dict[int, str], reports: list[dict]) -> list[dict]:
    """Each party of the document with the units it means today and where each stands."""
    newest: dict[int, Progress] = {}
    for report in reports:
        newest.setdefault(report["row"].unit_id, report["row"])
    sets = {p.set: queries.units_in_set(task.place, p.set) for p in task.parties.all() if p.set}
    wanted = set(roles) | {p.unit_id for p in task.parties.all() if p.unit_id}
    units = _units(wanted)
    answering = responsible(roles)
    named: set[int] = set()
    out = []
    for party in task.parties.all():
        ids = [i for i in ([party.unit_id] if party.unit_id else sets.get(party.set, [])) if i not in named]
        named |= set(ids)
        members = [
            {"unit": units[i], "report": newest.get(i), "answers": i in answering} for i in ids if i in units
        ]
        out.append({"party": party, "units": members, "reported": sum(bool(m["report"]) for m in members)})
    return out


def _units(ids: set[int]) -> dict[int, Unit]:
    with system("units are reference data"):
        return Unit.objects.in_bulk(ids)


def _closed_on(task: Task, reports: list[dict]) -> dt.date | bool | None:
    """The day the work was done: that of the last final report, else the day it was closed; ``None`` while owed."""
    if task.status == "dropped":
        return True
    if task.status != "closed":
        return None
    finals = [r["row"].reported_on for r in reports if r["row"].final and r["row"].state == "accepted"]
    return max(finals, default=localtime(task.updated_at).date())
