"""Every write of jobs and schedules that a person makes; the worker's own are in ``worker.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.changes.rows import retire_rows
from shian.kernel.changes.taken import Taken
from shian.kernel.changes.writer import change
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import Actor

from .kinds import kept, kind_of, kinds
from .models import Job, Schedule

verbs.declare(
    {"job.enqueue": gettext_lazy("发起后台任务"), "job.cancel": gettext_lazy("取消后台任务"), "job.retry": gettext_lazy("重试后台任务")},
    own=True,
)
verbs.declare({"job.manage": gettext_lazy("管理后台任务"), "schedule.save": gettext_lazy("修改计划任务")})


def enqueue(
    actor: Actor, kind: str, args: dict | None = None, *, title: str = "", idempotency_key: str | None = None
) -> Job:
    """Queues a job that will act as ``actor``. With a key already used by the same person, that job.

    May be called inside another ``change`` block: the job then exists if and only if the action does.
    """
    key = f"{actor.user_id or 0}:{idempotency_key}" if idempotency_key else None
    row = Job(
        kind=kind,
        title=title or kind_of(kind).title,
        owner_id=actor.user_id,
        args=args or {},
        idempotency_key=key,
        run_at=timezone.now(),
    )
    try:
        with transaction.atomic(), change(actor, "job.enqueue") as w:
            w.save(row)
    except Taken:
        if key is None or (found := Job.unscoped.filter(idempotency_key=key).first()) is None:
            raise
        return found
    return row


def cancel(actor: Actor, row: Job, *, reason: str = "") -> Job:
    """Asks for an end. A job that waits ends at once; a running one after its present step."""
    row = _open_for(actor, row)
    if not row.is_open:
        raise ValidationError(_("“%(title)s”已经结束，不能取消") % {"title": row.title})
    if kept(row.kind) and not actor.is_system:
        raise ValidationError(_("“%(title)s”是系统必须办理的任务，不能取消；确有需要请在服务器上办理") % {"title": row.title})
    with change(actor, "job.cancel", reason=reason) as w:
        row.cancel_asked = True
        w.save(row)
        # Not by the writer: of the worker and this request, whoever finds the row free decides.
        waiting = Job.unscoped.filter(pk=row.pk, state__in=Job.OPEN, lease_until=None)
        waiting.update(state="cancelled", finished_at=timezone.now())
    row.refresh_from_db()
    return row


def retry(actor: Actor, row: Job) -> Job:
    """Lets a failed job go on from its last good step."""
    row = _open_for(actor, row)
    if row.state != "failed":
        raise ValidationError(_("只有失败的任务可以重试"))
    row.state, row.failure, row.attempts = "queued", "", 0
    row.cancel_asked, row.finished_at, row.run_at = False, None, timezone.now()
    with change(actor, "job.retry") as w:
        w.save(row)
    return row


def _open_for(actor: Actor, row: Job) -> Job:
    found = Job.objects.for_actor(actor).filter(pk=row.pk).first()
    if found is None:
        raise PermissionDenied(_("您不能操作他人的后台任务"))
    return found


def save_schedules(
    *, actor: Actor, rows: Sequence[Schedule], verb: str = "schedule.save", reason: str = "", batch=None
) -> list[Schedule]:
    """Creates or edits schedules; the next run follows from the new rhythm, of a kept one it never moves away."""
    _refuse_loosening(actor, rows)
    for row in rows:
        row.clean()
        coming = next_run(row, timezone.now())
        row.next_run_at = min(coming, row.next_run_at) if row.pk and kept(row.loaded.get("kind", row.kind)) else coming
    with change(actor, verb, reason=reason, batch=batch) as w:
        return w.save_all(rows)


def retire_schedules(
    *, actor: Actor, rows: Sequence[Schedule], verb: str, reason: str = "", batch=None
) -> Sequence[Schedule]:
    """Takes schedules out of use, but for those that are kept."""
    _refuse_loosening(actor, rows, off=True)
    return retire_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def _refuse_loosening(actor: Actor, rows: Sequence[Schedule], *, off: bool = False) -> None:
    """A kept schedule stays on, of its kind, without arguments, and comes at least as often as declared."""
    if actor.is_system:
        return
    for row in rows:
        kind = kept(row.loaded.get("kind", ""))
        if kind is None:
            continue
        same = row.kind == kind.name and row.args in ({}, None)
        often = _gap(row.every_minutes, row.daily_at) <= _gap(kind.every_minutes, kind.daily_at)
        if off or not (row.active and same and often):
            said = _("“%(title)s”不能停用、改作他用或放慢，至多每隔 %(n)s 分钟一次；确有需要请在服务器上办理")
            raise ValidationError(said % {"title": row.title, "n": _gap(kind.every_minutes, kind.daily_at)})


def _gap(every_minutes: int | None, daily_at: dt.time | None) -> int:
    """Minutes between two turns."""
    return every_minutes if every_minutes else 24 * 60 if daily_at else 2**31


def save_schedule(*, actor: Actor, schedule: Schedule, reason: str = "") -> Schedule:
    save_schedules(actor=actor, rows=[schedule], reason=reason)
    return schedule


def load_schedules(actor: Actor) -> list[Schedule]:
    """Makes the schedules that job kinds declare; those that exist keep what an administrator set."""
    present = set(Schedule.unscoped.values_list("kind", flat=True))
    made = []
    for kind in kinds().values():
        if kind.name not in present and (kind.daily_at or kind.every_minutes):
            row = Schedule(
                kind=kind.name, title=kind.title, daily_at=kind.daily_at, every_minutes=kind.every_minutes
            )
            made.append(save_schedule(actor=actor, schedule=row))
    return made


def next_run(schedule: Schedule, after: dt.datetime) -> dt.datetime:
    """The first moment of the rhythm after ``after``; missed ones are not made up for."""
    if schedule.every_minutes:
        return after + dt.timedelta(minutes=schedule.every_minutes)
    local = timezone.localtime(after)
    moment = local.replace(
        hour=schedule.daily_at.hour, minute=schedule.daily_at.minute, second=0, microsecond=0
    )
    return moment if moment > local else moment + dt.timedelta(days=1)
