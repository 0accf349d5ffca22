"""The sealing job."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from shian.kernel.jobs.kinds import JobFailed, Step, job
from shian.kernel.jobs.models import Job

from . import log as sealing


@job(
    "changes.seal", title=gettext_noop("封存变更记录"), every_minutes=1, kept=True, needed=lambda: sealing.unsealed() > 0
)
def seal(row: Job, cursor: dict):
    """Logs what was numbered before, outside the transaction; then numbers the next rows inside it."""
    try:
        row.done += sealing.append()
    except sealing.SealingRefused as error:
        raise JobFailed(str(error)) from error
    yield
    numbered = sealing.number()
    if not numbered:
        sealing.sign()
    return Step(done=row.done, message=f"已封存 {row.done} 条", finished=not numbered)
