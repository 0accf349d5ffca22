"""During the year a task or a target is changed by a decision; what stood before stays visible."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import Writer, change
from shian.kernel.day import today
from shian.kernel.flows.actions import Outcome
from shian.kernel.scopes import Actor, system
from shian.kernel.ui.language import record_language

from .. import flow
from ..models import Decision, Target, Task, TaskParty
from ..rules.judge import responsible
from .closing import end_milestones
from .guards import capacities, fresh, sift, sole, stances, step
from .making import decimal, new_parties
from .sets import share_documents, share_tasks
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
    fresh(task, version)
    said = {"due": due, "title": title, "text": text, "parties": parties}
    out, made = _decide(actor, [task], kind, reason, number, on, None, **said)
    sole(out)
    return made[0]


def decide_tasks(
    *, actor: Actor, tasks: Sequence[Task], kind: str, reason: str, number: str, on: dt.date | None = None,
    batch: uuid.UUID | None = None, **said: Any,
) -> Outcome:  # fmt: skip
    """:func:`decide` alike for many: one document moves them all."""
    return _decide(actor, tasks, kind, reason, number, on, batch, **said)[0]


def _decide(
    actor: Actor, tasks: Sequence[Task], kind: str, reason: str, number: str, on: dt.date | None, batch: uuid.UUID | None,
    *, due: dt.date | None = None, title: str | None = None, text: str | None = None, parties: list[dict] | None = None,
) -> tuple[Outcome, list[Decision]]:  # fmt: skip
    if kind not in flow.DECISIONS:
        raise ValidationError({"kind": _("没有“%(kind)s”这种决定") % {"kind": kind}})
    rows = [party_row(p) for p in parties or []]
    whos = {t.pk: who for t, who in zip(tasks, stances(actor, tasks), strict=True)}
    facts = {"reason": reason, "number": number, "due": due, "parties": "有" if rows else ""}
    printed: dict[int, tuple[dict, dict]] = {}

    def ask(task: Task) -> None:
        task.status = step(flow.TASK, task.status, kind, whos[task.pk], facts | {"old_due": task.due})
        printed[task.pk] = _amend(task, kind, due, title, text)

    out = sift(tasks, ask)
    followers = _followers(out.done, kind)
    for child in followers:
        child.status = step(flow.TASK, child.status, kind, {"office"}, facts)
    with change(actor, f"task.{kind}", basis=number, reason=reason, batch=batch) as w:
        if kind == "transfer":
            _transfer(w, out.done, rows, printed)
        w.save_all(out.done)
        w.save_all(followers)
        if kind == "drop":
            end_milestones(w, [*out.done, *followers])
        made = _record(w, [(task, None, *printed[task.pk]) for task in out.done], kind, reason, number, on)
        if kind == "transfer":
            share_tasks(out.done)
            share_documents(t.document_id for t in out.done if t.document_id)
        tell(out.done, f"任务{flow.TASK.verb[kind].label}", f"{number.strip()[:120]}：{reason.strip()}")
    return out, made


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
        return _record(w, [(task, target, before, after)], kind, reason, number, on)[0]


Printed = tuple[Task, Target | None, dict, dict]
"""A task or its target, what stood before and what stands now."""


def _record(w: Writer, printed: Sequence[Printed], kind: str, reason: str, number: str, on) -> list[Decision]:
    rows = []
    for task, target, *sides in printed:
        with record_language():
            before, after = ({k: str(v) for k, v in side.items()} for side in sides)
        rows.append(
            Decision(
                task=task, target=target, kind=kind, reason=reason.strip(), number=number.strip()[:120],
                decided_on=on or today(), before=before, after=after,
            )
        )  # fmt: skip
    w.save_all(rows)
    return rows


def _transfer(w: Writer, tasks: Sequence[Task], rows: list[dict], printed: dict[int, tuple[dict, dict]]) -> None:
    """New parties take over; former ones are ended, their reports stay."""
    answer = sorted(responsible({n: p["role"] for n, p in enumerate(rows)}))
    sole_answer = rows[answer[0]]["role"] == "lead" or len(answer) == 1 if answer else False
    old = {t.pk: [p for p in t.parties.all() if p.retired_at is None] for t in tasks}
    new = {t.pk: new_parties(t, rows) for t in tasks}
    ended, fresh_ones = _flat(old), _flat(new)
    prefetch_related_objects([*ended, *fresh_ones], "unit")
    for party in ended:
        party.retired_at = w.at
    w.save_all(ended)
    w.save_all(fresh_ones)
    for task in tasks:
        before, after = printed[task.pk]
        before["承办单位"], after["承办单位"] = _names(old[task.pk]), _names(new[task.pk])
        task.lead_id = rows[answer[0]]["unit_id"] if sole_answer else None
        getattr(task, "_prefetched_objects_cache", {}).pop("parties", None)
    if len(tasks) > 1:
        prefetch_related_objects(tasks, "parties__unit")


def _flat(parties: dict[int, list[TaskParty]]) -> list[TaskParty]:
    return [party for each in parties.values() for party in each]


def _names(parties: Iterable[TaskParty]) -> str:
    with record_language():
        return "、".join(map(str, parties))


def _followers(tasks: Sequence[Task], kind: str) -> list[Task]:
    """Instances of recurring tasks are suspended, resumed and dropped with them."""
    if kind not in ("suspend", "resume", "drop") or not tasks:
        return []
    with system("the periods of a recurring task share its fate"):
        rows = Task.objects.live().filter(parent__in=tasks, status__in=flow.TASK.verb[kind].sources)
        return list(rows.exclude(pk__in=[t.pk for t in tasks]).order_by("pk"))


def _label(status: str) -> str:
    return flow.TASK.state[status].label
