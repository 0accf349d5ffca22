"""A unit receives a task and reports on its part; its reports are reviewed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import change
from shian.kernel.day import today
from shian.kernel.files.actions import attach
from shian.kernel.files.models import StoredFile
from shian.kernel.flows.actions import Outcome
from shian.kernel.scopes import Actor, system

from .. import flow, queries
from ..models import Progress, Task
from ..rules.judge import overall_percent, responsible
from .closing import close_in, with_instances
from .guards import capacities, fresh, sift, sole, stances, step
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
    facts = {"text": text, "instances": bool(with_instances([task]))}
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
    sole(accept_reports(actor=actor, reports=[progress], note=note))
    return progress


def accept_reports(
    *, actor: Actor, reports: Sequence[Progress], note: str = "", batch: uuid.UUID | None = None
) -> Outcome:
    """:func:`accept` of many; a task whose last final reports are among them is closed once."""
    tasks = _one_a_task(reports)
    whos = {t.pk: who for t, who in zip(tasks, stances(actor, tasks), strict=True)}

    def ask(row: Progress) -> None:
        row.state = step(flow.PROGRESS, row.state, "accept", whos[row.task_id], {})
        row.review_note = note.strip()

    out = sift(reports, ask)
    final = {row.task_id for row in out.done if row.final}
    with change(actor, "progress.accept", reason=note, batch=batch) as w:
        w.save_all(out.done)
        under_review = [t for t in tasks if t.pk in final and t.status == "review"]
        waiting = _still_waiting(under_review)
        close_in(w, {t.pk: whos[t.pk] for t in under_review if t.pk not in waiting}, under_review)
    return out


def _one_a_task(reports: Sequence[Progress]) -> list[Task]:
    """The tasks of ``reports``; reports of the same task share one object from here on."""
    tasks: dict[int, Task] = {}
    for row in reports:
        row.task = tasks.setdefault(row.task_id, row.task)
    return list(tasks.values())


def _still_waiting(tasks: Sequence[Task]) -> set[int]:
    """Those of ``tasks`` on which a unit's newest standing report is final and not yet accepted."""
    newest: dict[tuple[int, int], Progress] = {}
    with system("what a report means does not depend on who accepts it"):
        rows = list(Progress.objects.live().filter(task__in=tasks).exclude(state="returned").order_by("pk"))
    for row in rows:
        if row.unit_id:
            newest[row.task_id, row.unit_id] = row
    return {row.task_id for row in newest.values() if row.final and row.state == "submitted"}


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
        to = [progress.unit_id] if progress.unit_id else []
        tell([task], "进展报告被退回", f"退回理由：{reason.strip()}", {task.pk: to})
    return progress
