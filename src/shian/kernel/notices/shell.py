"""What notices add to the shell and to jobs."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from shian.kernel.jobs.models import Job

from .actions import notify
from .queries import unread_count

LONG = dt.timedelta(seconds=20)
"""Of a shorter job its owner has seen the end on the screen."""


def bell(request) -> dict:
    return {"notices_count": unread_count(request.actor)}


def tell_owner(row: Job) -> None:
    """The owner of a long or failed job learns how it ended."""
    started, ended = row.started_at, row.finished_at
    if row.owner is None or (row.state != "failed" and not (started and ended and ended - started > LONG)):
        return
    words = {"done": _("已完成"), "failed": _("没有完成"), "cancelled": _("已取消")}
    title = _("“%(title)s”%(outcome)s") % {"title": row.title, "outcome": words[row.state]}
    # A job that is tried again after its failure ends a second time.
    key = f"job-{row.pk}-{ended:%Y%m%d%H%M%S%f}"
    target = row.url if row.state == "done" and row.url else f"/jobs/{row.pk}/"
    notify(row.owner, title, row.failure or row.message, target, "job", key=key)
