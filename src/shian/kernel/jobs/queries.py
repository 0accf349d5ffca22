"""Named reads of jobs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from shian.kernel.scopes.actor import Actor

from .kinds import kept
from .models import Job


def my_jobs(actor: Actor, limit: int = 100) -> list[Job]:
    """Jobs ``actor`` started, newest first."""
    return list(Job.objects.for_actor(actor).filter(owner_id=actor.user_id)[:limit])


def managed_jobs(actor: Actor, limit: int = 200) -> list[Job]:
    """All jobs ``actor`` may see; with ``job.manage`` those of others and of the system too."""
    return list(Job.objects.for_actor(actor).select_related("owner")[:limit])


def card(row: Job) -> dict:
    """What ``ui/_job.html`` shows; other pages (an import, an export) put it among their own."""
    waiting = row.state == "queued" or (row.state == "running" and row.failure)
    message, errors = row.message, [row.failure] if row.failure else []
    if row.is_open and row.cancel_asked:
        message = _("已要求停止，当前一步做完后停下")
    elif row.is_open and row.failure:
        message = _("第 %(n)s 次没有成功，稍后自动再试") % {"n": row.attempts}
    return {
        "title": _(row.title),
        "state": "waiting" if waiting else row.state,
        "done": row.done,
        "total": row.total,
        "percent": row.percent,
        "message": message,
        "errors": errors,
        "poll_url": reverse("job", args=[row.pk]),
        "cancel_url": "" if row.cancel_asked or not row.is_open or kept(row.kind) else reverse("job_cancel", args=[row.pk]),
        "retry_url": reverse("job_retry", args=[row.pk]) if row.state == "failed" else "",
        "next_url": row.url,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }
