"""Named reads of jobs."""

from __future__ import annotations

from ..scopes.actor import Actor
from .models import Job


def my_jobs(actor: Actor, limit: int = 100) -> list[Job]:
    """Jobs ``actor`` started, newest first."""
    return list(Job.objects.for_actor(actor).filter(owner_id=actor.user_id)[:limit])


def managed_jobs(actor: Actor, limit: int = 200) -> list[Job]:
    """All jobs ``actor`` may see; with ``job.manage`` those of others and of the system too."""
    return list(Job.objects.for_actor(actor).select_related("owner")[:limit])
