"""The worker: takes one step of one job at a time, in turn, so that a long import delays nobody.

A lease says who works on a job and until when. The cursor is stored by an UPDATE that names the lease, in
the transaction of the step itself: a worker that lost its lease (it hung, its machine slept) cannot commit.
"""

from __future__ import annotations

import datetime as dt
import inspect
import logging
import os
import secrets
import socket
import time
from threading import Event

from django.db import DatabaseError, close_old_connections, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shian.kernel.scopes.context import system

from .actions import next_run
from .kinds import JobFailed, Kind, Step, kind_of, kinds, on_end
from .models import Job, Schedule

log = logging.getLogger("shian.jobs")

IDLE_SECONDS = 1.0
TICK_SECONDS = 10.0
PAUSE = (0.1, 1.0)
"""Least and most rest after a step, in seconds: as long as the step took. SQLite's waiting writers look
again every 100 ms at the latest, so a shorter rest would not let them in."""
BACKOFF = dt.timedelta(seconds=5)
LONGEST_BACKOFF = dt.timedelta(hours=1)


class LeaseLost(Exception):
    """Another worker has taken the job over; what this step wrote is rolled back."""


def worker_name() -> str:
    """``host/pid/random``; host and pid let a restarted worker see that its predecessor is dead."""
    return f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(4)}"


@system("the queue's own bookkeeping")
def release_dead(now: dt.datetime) -> int:
    """Ends the leases of worker processes of this host that no longer run; others end by expiry."""
    freed = 0
    for owner in set(Job.unscoped.exclude(lease_owner="").values_list("lease_owner", flat=True)):
        host, pid, _token = owner.rsplit("/", 2)
        if host == socket.gethostname()[:60] and not _alive(int(pid)):
            freed += Job.unscoped.filter(lease_owner=owner).update(lease_until=now)
    return freed


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@system("the queue's own bookkeeping")
def claim(worker: str, now: dt.datetime) -> Job | None:
    """The job whose turn it is, leased to ``worker``; None when nothing is due.

    The UPDATE repeats the conditions of the choice, so of two workers one gets the row.
    """
    free = models.Q(lease_until=None) | models.Q(lease_until__lte=now)
    due = Job.unscoped.filter(free, state__in=Job.OPEN, run_at__lte=now)
    for row in due.order_by("run_at", "pk")[:5]:
        try:
            lease = kind_of(row.kind).lease
        except JobFailed:
            lease = dt.timedelta(minutes=1)
        taken = due.filter(pk=row.pk, lease_owner=row.lease_owner).update(
            lease_owner=worker,
            lease_until=now + lease,
            state="running",
            started_at=row.started_at or now,
            # A lease that was not given back means that its worker died in the middle of a step.
            attempts=row.attempts + (1 if row.lease_owner else 0),
        )
        if taken:
            return Job.unscoped.select_related("owner__unit__place").get(pk=row.pk)
    return None


def run_one(worker: str) -> float | None:
    """Takes one step of one job. Seconds it took, or None when there was nothing to do."""
    row = claim(worker, timezone.now())
    if row is None:
        return None
    began = time.perf_counter()
    if row.cancel_asked:
        _finish(row, worker, state="cancelled", message=_("已按要求取消"))
        return 0.0
    try:
        kind = kind_of(row.kind)
        if row.owner is not None and not row.owner.may_sign_in:
            raise JobFailed(_("发起人“%(name)s”的账号或单位已停用，任务停在已完成的部分") % {"name": row.owner})
        if row.attempts >= kind.attempts:
            raise JobFailed(_("工作进程在同一步连续中断 %(n)s 次，已停止") % {"n": row.attempts})
        _take_step(row, kind, worker)
    except LeaseLost:
        log.warning("job %s: lease lost, step rolled back", row.pk)
    except JobFailed as error:
        _finish(row, worker, state="failed", failure=str(error))
    except Exception as error:
        log.exception("job %s (%s): step failed", row.pk, row.kind)
        _fail(row, worker, error)
    return time.perf_counter() - began


def _take_step(row: Job, kind: Kind, worker: str) -> None:
    if inspect.isgeneratorfunction(kind.step):
        running = kind.step(row, dict(row.cursor))
        next(running)
        with transaction.atomic():
            try:
                next(running)
            except StopIteration as end:
                _store(row, end.value, worker)
            else:
                raise TypeError(f"{kind.name}: a step yields once")
    else:
        with transaction.atomic():
            _store(row, kind.step(row, dict(row.cursor)), worker)


@system("the queue's own bookkeeping")
def _store(row: Job, step: Step, worker: str) -> None:
    now = timezone.now()
    values = {
        "cursor": step.cursor,
        "done": step.done,
        "total": row.total if step.total is None else step.total,
        "message": step.message[:200],
        "url": step.url or row.url,
        "attempts": 0,
        "failure": "",
        "run_at": now,
        "lease_owner": "",
        "lease_until": None,
    }
    if step.finished:
        values |= {"state": "done", "finished_at": now}
    if not Job.unscoped.filter(pk=row.pk, lease_owner=worker, state="running").update(**values):
        raise LeaseLost
    if step.finished:
        _tell(row)


@system("the queue's own bookkeeping")
def _finish(row: Job, worker: str, **values) -> None:
    values |= {"finished_at": timezone.now(), "lease_owner": "", "lease_until": None}
    with transaction.atomic():
        if Job.unscoped.filter(pk=row.pk, lease_owner=worker).update(**values):
            _tell(row)


def _tell(row: Job) -> None:
    ended = Job.unscoped.get(pk=row.pk)
    for hook in on_end:
        hook(ended)


@system("the queue's own bookkeeping")
def _fail(row: Job, worker: str, error: Exception) -> None:
    """Back to the queue with a growing delay, or given up."""
    attempts = row.attempts + 1
    failure = f"{type(error).__name__}: {error}"[:2000]
    if attempts >= kind_of(row.kind).attempts:
        _finish(row, worker, state="failed", attempts=attempts, failure=failure)
        return
    delay = min(BACKOFF * 2 ** (attempts - 1), LONGEST_BACKOFF)
    Job.unscoped.filter(pk=row.pk, lease_owner=worker).update(
        attempts=attempts,
        failure=failure,
        run_at=timezone.now() + delay,
        lease_owner="",
        lease_until=None,
    )


@system("the queue's own bookkeeping")
def tick(now: dt.datetime) -> int:
    """Queues the scheduled jobs that are due; one whose last run is not over waits for the next turn."""
    queued = 0
    for row in Schedule.unscoped.live().filter(active=True, next_run_at__lte=now):
        moved = Schedule.unscoped.filter(pk=row.pk, next_run_at=row.next_run_at).update(
            next_run_at=next_run(row, now)
        )
        if not moved or row.jobs.filter(state__in=Job.OPEN).exists():
            continue
        kind = kinds().get(row.kind)
        if kind and kind.needed():
            Job.unscoped.create(kind=row.kind, title=row.title, args=row.args, schedule=row, run_at=now)
            queued += 1
    return queued


def run_worker(*, once: bool = False, stop: Event | None = None) -> int:
    """Works until ``stop`` is set, or with ``once`` until nothing is due. Returns the steps taken."""
    kinds()
    worker, stop, steps, next_tick = worker_name(), stop or Event(), 0, 0.0
    release_dead(timezone.now())
    while not stop.is_set():
        if not once:
            close_old_connections()
        try:
            if time.monotonic() >= next_tick:
                tick(timezone.now())
                next_tick = time.monotonic() + TICK_SECONDS
            took = run_one(worker)
        except DatabaseError:
            if once:
                raise
            log.exception("worker: database not available, trying again")
            stop.wait(IDLE_SECONDS)
            continue
        if took is not None:
            steps += 1
        elif once:
            break
        stop.wait(IDLE_SECONDS if took is None else 0.0 if once else min(max(took, PAUSE[0]), PAUSE[1]))
    return steps
