"""A task is closed, sent back, pressed for, opened again: over one or many, in one change."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from shian.kernel.changes.writer import Writer, change
from shian.kernel.day import today
from shian.kernel.flows.actions import Outcome
from shian.kernel.scopes import Actor, system

from .. import flow
from ..models import Milestone, Progress, Task
from ..rules.judge import series_percent
from .guards import capacities, fresh, sift, sole, stances, step
from .telling import tell


def close(*, actor: Actor, task: Task, note: str = "", version: int | None = None) -> Task:
    """审核办结. Reports still waiting are accepted with it."""
    fresh(task, version)
    sole(close_tasks(actor=actor, tasks=[task], note=note))
    return task


def close_tasks(*, actor: Actor, tasks: Sequence[Task], note: str = "", batch: uuid.UUID | None = None) -> Outcome:
    """:func:`close` of many."""
    whos = {t.pk: who for t, who in zip(tasks, stances(actor, tasks), strict=True)}
    series = with_instances(tasks)

    def ask(task: Task) -> None:
        step(flow.TASK, task.status, "close", whos[task.pk], {"instances": task.pk in series})

    out = sift(tasks, ask)
    with system("reports of tasks that are closed"):
        waiting = list(Progress.objects.live().filter(task__in=out.done, state="submitted").select_related("task"))
    for row in waiting:
        row.state = step(flow.PROGRESS, row.state, "accept", whos[row.task_id], {})
        row.review_note = note.strip()
    with change(actor, "task.close", reason=note, batch=batch) as w:
        w.save_all(waiting)
        close_in(w, whos, out.done)
    return out


def close_in(w: Writer, whos: Mapping[int, set[str]], tasks: Sequence[Task]) -> None:
    """Closes those of ``tasks`` that ``whos`` names, with what hangs on them, inside a change."""
    going = [t for t in tasks if t.pk in whos]
    series = with_instances(going)
    for task in going:
        task.status = step(flow.TASK, task.status, "close", whos[task.pk], {"instances": task.pk in series})
        task.percent = 100
    w.save_all(going)
    end_milestones(w, going)
    close_series(w, going)


def close_series(w: Writer, instances: Sequence[Task]) -> None:
    """A recurring task is closed by its last instance (cancelled ones do not count)."""
    parents = _parents(instances)
    statuses, ended = _statuses(parents), []
    for parent in parents:
        live = [s for s in statuses[parent.pk] if s != "dropped"]
        parent.percent = series_percent(s == "closed" for s in live)
        if live and all(s == "closed" for s in live) and parent.status in flow.TASK.verb["complete"].sources:
            parent.status = step(flow.TASK, parent.status, "complete", {"system"}, {})
            ended.append(parent)
        elif parent.status == "open":
            parent.status = step(flow.TASK, parent.status, "receive", {"office"}, {})
    w.save_all(parents)
    end_milestones(w, ended)


def reopen(*, actor: Actor, task: Task, reason: str, version: int | None = None) -> Task:
    """重新办理 of a closed or dropped task; the series it belongs to is open again too."""
    fresh(task, version)
    task.status = step(flow.TASK, task.status, "reopen", capacities(actor, task), {"reason": reason})
    with change(actor, "task.reopen", reason=reason) as w:
        w.save(task)
        opened, parent = [task], task.parent
        if parent and parent.status == "closed":
            parent.status = step(flow.TASK, parent.status, "reopen", {"office"}, {"reason": reason})
            opened.append(parent)
        if parent:
            parent.percent = series_percent(s == "closed" for s in _statuses([parent])[parent.pk] if s != "dropped")
            w.save(parent)
        restore_milestones(w, opened)
    return task


def send_back(*, actor: Actor, task: Task, reason: str, version: int | None = None) -> Task:
    """退回 a task as a whole, without a report to return."""
    fresh(task, version)
    sole(send_back_tasks(actor=actor, tasks=[task], reason=reason))
    return task


def send_back_tasks(*, actor: Actor, tasks: Sequence[Task], reason: str, batch: uuid.UUID | None = None) -> Outcome:
    """:func:`send_back` of many."""
    out = _stepped(actor, tasks, "send_back", {"reason": reason})
    with change(actor, "task.send_back", reason=reason, batch=batch) as w:
        w.save_all(out.done)
        tell(out.done, "任务被退回", f"退回理由：{reason.strip()}")
    return out


def remind(*, actor: Actor, task: Task, note: str = "", version: int | None = None) -> Task:
    """催办: the units that answer for an open task are told to hurry."""
    fresh(task, version)
    sole(remind_tasks(actor=actor, tasks=[task], note=note))
    return task


def remind_tasks(*, actor: Actor, tasks: Sequence[Task], note: str = "", batch: uuid.UUID | None = None) -> Outcome:
    """:func:`remind` of many. Nothing of a task changes; that it was done is recorded."""
    out = _stepped(actor, tasks, "remind", {})
    with change(actor, "task.remind", reason=note.strip(), batch=batch) as w:
        for task in out.done:
            w.note(task)
        tell(out.done, "催办", note.strip() or "请按完成时限抓紧办理，及时报送进展")
    return out


def _stepped(actor: Actor, tasks: Sequence[Task], verb: str, facts: dict) -> Outcome:
    """Those of ``tasks`` that ``verb`` moves, moved but not yet stored."""
    whos = {t.pk: who for t, who in zip(tasks, stances(actor, tasks), strict=True)}

    def ask(task: Task) -> None:
        task.status = step(flow.TASK, task.status, verb, whos[task.pk], facts)

    return sift(tasks, ask)


def with_instances(tasks: Sequence[Task]) -> set[int]:
    """Those of ``tasks`` that are done period by period."""
    with system("whether a task recurs is no secret of its periods"):
        rows = Task.objects.live().filter(parent__in=tasks).order_by()
        return set(rows.values_list("parent_id", flat=True).distinct())


def _parents(instances: Sequence[Task]) -> list[Task]:
    """The recurring tasks that ``instances`` belong to, each once."""
    return list({t.parent_id: t.parent for t in instances if t.parent_id}.values())


def _statuses(parents: Collection[Task]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {parent.pk: [] for parent in parents}
    with system("the periods of a recurring task decide its own state"):
        rows = Task.objects.live().filter(parent__in=parents).order_by().values_list("parent_id", "status")
        for parent, status in rows:
            found[parent].append(status)
    return found


# --- dates on the way -----------------------------------------------------------------------------
def end_milestones(w: Writer, tasks: Sequence[Task]) -> None:
    """Dates still open end with their task: nobody owes them any more, and they count as neither met nor missed."""
    _set_ended(w, tasks, today(), done_on=None, ended_on=None)


def restore_milestones(w: Writer, tasks: Sequence[Task]) -> None:
    """With a task opened again, the dates that ended with it are owed again."""
    _set_ended(w, tasks, None, ended_on__isnull=False)


def _set_ended(w: Writer, tasks: Sequence[Task], on, **which) -> None:
    if not tasks:
        return
    with system("dates on the way follow their task"):
        rows = list(Milestone.objects.live().filter(task__in=tasks, **which).select_related("task"))
    for row in rows:
        row.ended_on = on
    w.save_all(rows)
