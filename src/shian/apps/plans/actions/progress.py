"""A task is received, reported on, reviewed, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import Writer, change
from shian.kernel.day import today
from shian.kernel.files.actions import attach
from shian.kernel.files.models import StoredFile
from shian.kernel.scopes import Actor

from .. import flow, queries
from ..models import Progress, Task
from ..rules.judge import overall_percent, responsible, series_percent
from .guards import capacities, fresh, step
from .telling import tell


def receive(*, actor: Actor, task: Task, version: int | None = None) -> Task:
    """签收: the unit has seen the task and begins."""
    fresh(task, version)
    task.status = step(flow.TASK, task.status, "receive", capacities(actor, task), {})
    with change(actor, "task.receive") as w:
        w.save(task)
    return task


def report(
    *,
    actor: Actor,
    task: Task,
    text: str,
    percent: int = 0,
    final: bool = False,
    period: str = "",
    files: Iterable[StoredFile] = (),
    on: dt.date | None = None,
) -> Progress:
    """The actor's unit reports on its part; ``final`` asks for the task to be closed (提请办结).

    The task goes to review once every unit that answers for it has handed in a final report: the
    leads, or where nobody leads all responsible units.
    """
    roles = queries.roles_of(task)
    who = capacities(actor, task, roles)
    if "party" not in who:
        raise PermissionDenied(
            _("%(who)s不是本任务的承办单位，不能报送进展") % {"who": actor.unit_name or actor.name}
        )
    if not 0 <= percent <= 100:
        raise ValidationError({"percent": _("完成进度%(percent)s不在0～100之间") % {"percent": percent}})
    final = bool(final)
    if final:
        percent = 100
    standing = queries.latest_reports(task)
    ready = final and responsible(roles) <= {
        actor.unit_id, *(u for u, r in standing.items() if r.final)
    }  # fmt: skip
    facts = {"text": text, "instances": _has_instances(task)}
    if final and "lead" not in who:
        raise PermissionDenied(_("配合单位请报送进展；办结由牵头（责任）单位提请"))
    after = step(flow.TASK, task.status, "submit" if ready else "report", who, facts)
    row = Progress(
        task=task, unit_id=actor.unit_id, author_id=actor.user_id, reported_on=on or today(),
        period=period or task.period, text=text.strip(), percent=percent, final=final,
    )  # fmt: skip
    latest = {u: r.percent for u, r in standing.items()} | {actor.unit_id: percent}
    task.status, task.percent = after, overall_percent(roles, latest)
    with change(actor, "task.submit" if final else "task.report") as w:
        w.save(row)
        w.save(task)
        for file in files:
            attach(w, row, file, kind="evidence")
    return row


def accept(*, actor: Actor, progress: Progress, note: str = "", version: int | None = None) -> Progress:
    """通过. When the last final report of a task under review is accepted, the task is closed with it."""
    fresh(progress, version)
    task = progress.task
    who = capacities(actor, task)
    progress.state = step(flow.PROGRESS, progress.state, "accept", who, {})
    progress.review_note = note.strip()
    with change(actor, "progress.accept", reason=note) as w:
        w.save(progress)
        left = [r for r in queries.latest_reports(task).values() if r.final and r.state == "submitted"]
        if task.status == "review" and progress.final and not left:
            _close(w, task, who)
    return progress


def return_report(*, actor: Actor, progress: Progress, reason: str, version: int | None = None) -> Progress:
    """退回: the report does not stand; the task goes back to its unit with the reason."""
    fresh(progress, version)
    task = progress.task
    who = capacities(actor, task)
    progress.state = step(flow.PROGRESS, progress.state, "return", who, {"reason": reason})
    progress.review_note = reason.strip()
    with change(actor, "progress.return", reason=reason) as w:
        w.save(progress)
        if task.status in flow.TASK.verb["send_back"].sources:
            task.status = step(flow.TASK, task.status, "send_back", who, {"reason": reason})
        latest = {u: r.percent for u, r in queries.latest_reports(task).items()}
        task.percent = overall_percent(queries.roles_of(task), latest)
        w.save(task)
        tell(
            task,
            "进展报告被退回",
            f"退回理由：{reason.strip()}",
            [progress.unit_id] if progress.unit_id else (),
        )
    return progress


def send_back(*, actor: Actor, task: Task, reason: str, version: int | None = None) -> Task:
    """退回 a task as a whole, without a report to return."""
    fresh(task, version)
    task.status = step(flow.TASK, task.status, "send_back", capacities(actor, task), {"reason": reason})
    with change(actor, "task.send_back", reason=reason) as w:
        w.save(task)
        tell(task, "任务被退回", f"退回理由：{reason.strip()}")
    return task


def close(*, actor: Actor, task: Task, note: str = "", version: int | None = None) -> Task:
    """审核办结. Reports still waiting are accepted with it."""
    fresh(task, version)
    who = capacities(actor, task)
    waiting = list(task.progress.filter(retired_at=None, state="submitted"))
    for row in waiting:
        row.state = step(flow.PROGRESS, row.state, "accept", who, {})
        row.review_note = note.strip()
    with change(actor, "task.close", reason=note) as w:
        w.save_all(waiting)
        _close(w, task, who)
    return task


def reopen(*, actor: Actor, task: Task, reason: str, version: int | None = None) -> Task:
    """重新办理 of a closed or dropped task; the series it belongs to is open again too."""
    fresh(task, version)
    task.status = step(flow.TASK, task.status, "reopen", capacities(actor, task), {"reason": reason})
    with change(actor, "task.reopen", reason=reason) as w:
        w.save(task)
        parent = task.parent
        if parent and parent.status == "closed":
            parent.status = step(flow.TASK, parent.status, "reopen", {"office"}, {"reason": reason})
        if parent:
            _follow(parent)
            w.save(parent)
    return task


def _has_instances(task: Task) -> bool:
    return task.instances.filter(retired_at=None).exists()


def _close(w: Writer, task: Task, who: set[str]) -> None:
    task.status = step(flow.TASK, task.status, "close", who, {"instances": _has_instances(task)})
    task.percent = 100
    w.save(task)
    if task.parent_id:
        close_series(w, task.parent)


def close_series(w: Writer, parent: Task) -> None:
    """A recurring task is closed by its last instance (cancelled ones do not count)."""
    _follow(parent)
    live = [s for s in _statuses(parent) if s != "dropped"]
    if live and all(s == "closed" for s in live) and parent.status in flow.TASK.verb["complete"].sources:
        parent.status = step(flow.TASK, parent.status, "complete", {"system"}, {})
    elif parent.status == "open":
        parent.status = step(flow.TASK, parent.status, "receive", {"office"}, {})
    w.save(parent)


def _statuses(parent: Task) -> list[str]:
    return list(parent.instances.filter(retired_at=None).values_list("status", flat=True))


def _follow(parent: Task) -> None:
    parent.percent = series_percent(s == "closed" for s in _statuses(parent) if s != "dropped")
