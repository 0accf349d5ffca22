"""Notices to the units of tasks about what somebody else decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shian.kernel.notices.actions import Message, notify_units

from .. import queries
from ..models import Task
from ..rules.judge import responsible


def tell(tasks: Sequence[Task], title: str, body: str, units: Mapping[int, Iterable[int]] | None = None) -> None:
    """A notice of each task to the people of its ``units`` (none named: those that answer for it). Called inside the action."""
    if units is None:
        sets = queries.SetCache()
        units = {t.pk: responsible(queries.roles_of(t, sets.of(t))) for t in tasks}
    told = [
        Message(unit, f"{title}：{task}", body, task.get_absolute_url())
        for task in tasks
        for unit in sorted(units.get(task.pk, ()))
    ]
    notify_units(told, kind="task")
