"""The queue's own housekeeping."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_noop

from shian.kernel.changes import onetime
from shian.kernel.scopes.context import system

from .kinds import Step, job
from .models import Job

KEEP = dt.timedelta(days=14)
"""How long finished scheduled jobs stay; those that a person started stay for good."""
KEYS = dt.timedelta(days=7)
"""How long a key that was sent along makes a repeat harmless."""


@job("jobs.tidy", title=gettext_noop("清理已完成的计划任务记录"), daily_at=dt.time(3, 20))
@system("old scheduled jobs are nobody's")
def tidy(row: Job, cursor: dict) -> Step:
    old = Job.unscoped.filter(
        owner=None, state__in=["done", "cancelled"], finished_at__lt=timezone.now() - KEEP
    )
    ids = list(old.values_list("pk", flat=True)[:1000])
    Job.unscoped.filter(pk__in=ids).delete()
    keys = onetime.forget(timezone.now() - KEYS)
    done = row.done + len(ids) + keys
    return Step(done=done, message=f"已清理 {done} 条", finished=max(len(ids), keys) < 1000)
