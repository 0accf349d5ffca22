"""Who may: checks shared by the actions. Refusals are in Chinese and name what was asked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError

from shian.core.flow import Flow, Refused
from shian.kernel.changes.writer import StaleObject
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


def step(flow: Flow, state: str, verb: str, who: set[str], facts: dict) -> str:
    """:meth:`Flow.step` with the refusals that pages know: not allowed, or a field is wrong."""
    try:
        return flow.step(state, verb, who, facts)
    except Refused as refused:
        if refused.code == "actor":
            raise PermissionDenied(refused.message) from refused
        row = flow.verb.get(verb)
        missing = [n for n in (row.needs if row else ()) if not str(facts.get(n) or "").strip()]
        if refused.code == "missing" and missing:
            raise ValidationError({missing[0]: refused.message}) from refused
        raise ValidationError(refused.message) from refused
