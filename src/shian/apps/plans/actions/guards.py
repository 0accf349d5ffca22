"""Who may: checks shared by the actions. Refusals are in Chinese and name what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import prefetch_related_objects

from shian.core.flow import Flow, Refused
from shian.kernel.changes.writer import StaleObject
from shian.kernel.flows.actions import Outcome
from shian.kernel.flows.words import error
from shian.kernel.scopes import Actor, system
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.rights import can_at

from .. import queries
from ..models import Task
from ..rules.judge import responsible


def fresh(obj: Entity, version: int | None) -> None:
    """Refuses a page that shows an older ``version`` than the stored one (``None``: not asked)."""
    if version is not None and version != obj.version:
        with system("the stored row, to show the difference"):
            raise StaleObject(obj, type(obj).objects.get(pk=obj.pk))


def capacities(actor: Actor, task: Task, roles: dict[int, str] | None = None) -> set[str]:
    """In which capacities ``actor`` stands to ``task``; see :mod:`..flow`."""
    out = set()
    if actor.is_system:
        out |= {"system", "office"}
    if can_at(actor, "task.accept", task.place.path):
        out.add("office")
    roles = queries.roles_of(task) if roles is None else roles
    if actor.unit_id in roles:
        out.add("party")
        if actor.unit_id in responsible(roles):
            out.add("lead")
    return out


def stances(actor: Actor, tasks: Sequence[Task]) -> list[set[str]]:
    """:func:`capacities` for many tasks: what the actions ask of them is read with a query a relation, sets once a place."""
    if len(tasks) > 1:
        prefetch_related_objects(tasks, "place", "parent", "parties__unit")
    sets = queries.SetCache()
    return [capacities(actor, t, queries.roles_of(t, sets.of(t))) for t in tasks]


def step(flow: Flow, state: str, verb: str, who: set[str], facts: dict) -> str:
    """:meth:`Flow.step` with the refusals that pages know: not allowed, or a field is wrong."""
    try:
        return flow.step(state, verb, who, facts)
    except Refused as refused:
        raise error(flow, refused) from refused


def sift(rows: Sequence[Any], ask: Callable[[Any], None]) -> Outcome:
    """Asks each row and fills in what the verb makes of it; those that refuse are reported, the others go on."""
    out = Outcome()
    for row in rows:
        try:
            ask(row)
            out.done.append(row)
        except (ValidationError, PermissionDenied) as why:
            out.refused.append((row, why))
    return out


def sole(out: Outcome) -> None:
    """Of a set of one: raises what it was refused for."""
    for _row, why in out.refused:
        raise why
