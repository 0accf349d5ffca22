"""Reported values of targets, and the dates on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from shian.kernel.changes.writer import change
from shian.kernel.files.actions import attach
from shian.kernel.files.models import StoredFile
from shian.kernel.scopes import Actor

from .. import flow
from ..models import Milestone, Target, TargetValue, Task
from .guards import capacities, fresh, step


def report_value(
    *, actor: Actor, target: Target, value, as_of: dt.date, note: str = "", files: Iterable[StoredFile] = ()
) -> TargetValue:
    """填报指标值. A later ``as_of`` stands above an earlier one; earlier ones stay visible."""
    task = target.task
    _may_work(actor, task, _("填报指标"))
    facts = {"value": value, "as_of": as_of}
    step(flow.TARGET, target.state, "report", capacities(actor, task), facts)
    try:
        number = Decimal(str(value).strip().rstrip("%％"))
    except InvalidOperation:
        raise ValidationError({"value": _("“%(value)s”不是数字") % {"value": value}}) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 16:
        raise ValidationError({"value": _("“%(value)s”超出可填报的范围") % {"value": value}})
    row = TargetValue(
        target=target,
        value=number.quantize(Decimal("0.0001")),
        as_of=as_of,
        unit_id=actor.unit_id,
        note=note.strip()[:300],
    )
    with change(actor, "target.report") as w:
        w.save(row)
        for file in files:
            attach(w, row, file, kind="evidence")
    return row


def add_milestone(*, actor: Actor, task: Task, title: str, due: dt.date) -> Milestone:
    """A date on the way that the document does not print: set by the office or a unit for its own part."""
    _may_work(actor, task, _("设置时间节点"))
    if not title.strip():
        raise ValidationError({"title": _("请填写节点事项")})
    row = Milestone(task=task, title=title.strip()[:200], due=due)
    with change(actor, "milestone.add") as w:
        w.save(row)
    return row


def finish_milestone(
    *, actor: Actor, milestone: Milestone, on: dt.date, version: int | None = None
) -> Milestone:
    """The thing due at a date has been done on ``on``."""
    _may_work(actor, milestone.task, _("确认时间节点"))
    fresh(milestone, version)
    if milestone.ended_on:
        raise ValidationError(_("该节点已随任务终结（%(ended_on)s）") % {"ended_on": milestone.ended_on})
    if milestone.done_on:
        raise ValidationError(_("该节点已于%(done_on)s完成") % {"done_on": milestone.done_on})
    milestone.done_on = on
    with change(actor, "milestone.finish") as w:
        w.save(milestone)
    return milestone


def _may_work(actor: Actor, task: Task, what: str) -> None:
    """The units of an open task and the office of its place."""
    if not capacities(actor, task) & {"office", "party"}:
        raise PermissionDenied(_("您没有在本任务中%(what)s的权限") % {"what": what})
    if task.status not in flow.TASK.codes(paused=False):
        raise ValidationError(
            _("任务%(status)s，不能%(what)s") % {"status": task.get_status_display(), "what": what}
        )
