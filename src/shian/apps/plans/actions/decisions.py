"""During the year a task or a target is changed by a decision; what stood before stays visible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import Writer, change
from shian.kernel.day import today
from shian.kernel.scopes import Actor
from shian.kernel.ui.language import record_language

from .. import flow
from ..models import Decision, Target, Task, TaskParty
from ..rules.judge import responsible
from .guards import capacities, fresh, step
from .making import decimal, new_parties
from .sets import share_document, share_tasks
from .tasks import party_row
from .telling import tell


def decide(
    *,
    actor: Actor,
    task: Task,
    kind: str,
    reason: str,
    number: str,
    on: dt.date | None = None,
    version: int | None = None,
    due: dt.date | None = None,
    title: str | None = None,
    text: str | None = None,
    parties: list[dict] | None = None,
) -> Decision:
    """Changes, transfers, extends, suspends, resumes or drops ``task``.

    ``due`` with extend (or change), ``parties`` with transfer, ``title``/``text`` with change. Refused
    without reason or document, for a state that does not allow it, and for a stale ``version``.
    """
    if kind not in flow.DECISIONS:
        raise ValidationError({"kind": _("没有“%(kind)s”这种决定") % {"kind": kind}})
    fresh(task, version)
    rows = [party_row(p) for p in parties or []]
    facts = {
        "reason": reason, "number": number, "due": due, "old_due": task.due, "parties": "有" if rows else "",
    }  # fmt: skip
    task.status = step(flow.TASK, task.status, kind, capacities(actor, task), facts)
    before, after = _amend(task, kind, due, title, text)
    with change(actor, f"task.{kind}", basis=number, reason=reason) as w:
        if kind == "transfer":
            _transfer(w, task, rows, before, after)
        w.save(task)
        for child in _followers(task, kind):
            child.status = step(flow.TASK, child.status, kind, {"office"}, facts)
            w.save(child)
        decision = _record(w, task, kind, reason, number, on, before, after)
        if kind == "transfer":
            share_tasks([task])
            if task.document_id:
                share_document(task.document)
        tell(task, f"任务{flow.TASK.verb[kind].label}", f"{decision.number}：{decision.reason}")
    return decision


def _amend(
    task: Task, kind: str, due: dt.date | None, title: str | None, text: str | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Puts what a decision says into ``task``; what stood there before, and what stands there now, as printed."""
    before, after = {}, {}

    def put(field: str, label: str, value) -> None:
        before[label], after[label] = str(getattr(task, field) or ""), str(value)
        setattr(task, field, value)

    if due and kind in ("extend", "change"):
        put("due", "完成时限", due)
    if kind == "change":
        if title:
            put("title", "任务", title.strip()[:300])
        if text is not None and text.strip() != task.text:
            put("text", "工作内容", text.strip())
        if not after:
            raise ValidationError(_("请写明变更的内容：任务、工作内容或完成时限"))
    if kind in ("suspend", "resume", "drop"):
        before["状态"], after["状态"] = _label(task.loaded["status"]), _label(task.status)
    return before, after


def decide_target(
    *,
    actor: Actor,
    target: Target,
    kind: str,
    reason: str,
    number: str,
    on: dt.date | None = None,
    version: int | None = None,
    value=None,
    value_max=None,
    due: dt.date | None = None,
) -> Decision:
    """Changes, extends, suspends, resumes or drops one target of a task that stays as it is."""
    task = target.task
    fresh(target, version)
    facts = {"reason": reason, "number": number, "due": due, "old_due": target.due, "value": value}
    who = capacities(actor, task)
    step(flow.TASK, task.status, "change", who, facts)  # only while the task itself is owed
    target.state = step(flow.TARGET, target.state, kind, who, facts)
    before, after = {"目标值": target.demand}, {}
    if target.state != target.loaded["state"]:
        before["状态"] = flow.TARGET.state[target.loaded["state"]].label
        after["状态"] = flow.TARGET.state[target.state].label
    if kind == "change":
        target.value, target.value_max = decimal(value), decimal(value_max)
    if due:
        before["时限"], after["时限"] = str(target.due or ""), str(due)
        target.due = due
    after["目标值"] = target.demand
    if after["目标值"] == before["目标值"]:
        before.pop("目标值"), after.pop("目标值")
    with change(actor, f"target.{kind}", basis=number, reason=reason) as w:
        w.save(target)
        decision = _record(w, task, kind, reason, number, on, before, after, target)
    return decision


def _record(
    w: Writer, task: Task, kind: str, reason: str, number: str, on, before: dict, after: dict, target=None
) -> Decision:
    with record_language():
        before, after = ({k: str(v) for k, v in side.items()} for side in (before, after))
    row = Decision(
        task=task, target=target, kind=kind, reason=reason.strip(), number=number.strip()[:120],
        decided_on=on or today(), before=before, after=after,
    )  # fmt: skip
    w.save(row)
    return row


def _transfer(w: Writer, task: Task, rows: list[dict], before: dict, after: dict) -> None:
    """New parties take over; former ones are ended, their reports stay."""
    old = [p for p in task.parties.select_related("unit") if p.retired_at is None]
    before["承办单位"] = _names(old)
    for party in old:
        w.retire(party)
    new = new_parties(task, rows)
    w.save_all(new)
    answer = sorted(responsible({n: p["role"] for n, p in enumerate(rows)}))
    sole = rows[answer[0]]["role"] == "lead" or len(answer) == 1
    task.lead_id = rows[answer[0]]["unit_id"] if sole else None
    getattr(task, "_prefetched_objects_cache", {}).pop("parties", None)
    after["承办单位"] = _names(task.parties.filter(retired_at=None).select_related("unit"))


def _names(parties: Iterable[TaskParty]) -> str:
    with record_language():
        return "、".join(map(str, parties))


def _followers(task: Task, kind: str) -> list[Task]:
    """Instances of a recurring task are suspended, resumed and dropped with it."""
    if kind not in ("suspend", "resume", "drop"):
        return []
    rows = task.instances.filter(retired_at=None)
    return [c for c in rows if c.status in flow.TASK.verb[kind].sources]


def _label(status: str) -> str:
    return flow.TASK.state[status].label
