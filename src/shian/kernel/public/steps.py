"""The renewal as a job."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from shian.kernel.jobs.kinds import Step, job
from shian.kernel.jobs.models import Job

from . import actions


@job("public.rebuild", title=gettext_noop("更新公示信息"))
def rebuild(row: Job, cursor: dict) -> Step:
    following = actions.rebuild(cursor)
    return Step(following or {}, done=row.done + 1, finished=following is None)
