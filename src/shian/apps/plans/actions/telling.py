"""Notices to the units of a task about what somebody else decided."""

from __future__ import annotations

from collections.abc import Iterable

from shian.kernel.notices.actions import notify
from shian.kernel.people.models import Unit
from shian.kernel.scopes import system

from .. import queries
from ..models import Task
from ..rules.judge import responsible


def tell(task: Task, title: str, body: str, units: Iterable[int] | None = None) -> None:
    """A notice to the people of ``units`` (none named: those that answer for the task). Called inside the action."""
    ids = responsible(queries.roles_of(task)) if units is None else set(units)
    with system("a notice goes to whoever works there"):
        for unit in Unit.objects.live().filter(pk__in=ids):
            notify(unit, f"{title}：{task}", body, url=task.get_absolute_url(), kind="task")
