"""Who hears of a clock: the people of the units that own or answer; where there is nobody, those who may act."""

from __future__ import annotations

import datetime as dt

from shian.kernel.people.models import Unit, User
from shian.kernel.scopes.actor import Actor, GrantView
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.models import Access, Grant, Role
from shian.kernel.scopes.queries import actor_for

from .capacities import capacities
from .declare import Case
from .models import Clock

ANSWERING = ("lead", "joint", "assigned", "transferred")
"""Kinds of participation that answer for an object."""

Known = dict[str, list[tuple[User, Actor]]]
"""Verb → everybody with a grant that names it; read once for many clocks."""


def told(case: Case | None, obj: Entity, clock: Clock, day: dt.date, known: Known) -> list[User]:
    people = User.unscoped.signing_in().filter(unit__in=answering(obj)).order_by("pk")
    return list(people) or (entitled(case, obj, clock, day, known) if case else [])


def answering(obj: Entity) -> list[Unit]:
    """Units that own the object, or take part in it as those who answer."""
    ids = set(
        Access.unscoped.filter(
            object_type=obj._meta.label_lower, object_id=obj.pk, ended_at=None, kind__in=ANSWERING
        ).values_list("unit_id", flat=True)
    )
    for lookup in obj.scope.units:
        value = obj
        for part in lookup.split("__"):
            value = getattr(value, part, None)
        ids |= {value} if isinstance(value, int) else set()
    return list(Unit.unscoped.live().filter(pk__in=ids).order_by("pk"))


def entitled(case: Case, obj: Entity, clock: Clock, day: dt.date, known: Known) -> list[User]:
    """Those whose grants cover the object with a verb that ends the clock (or, if none does, any verb open now)."""
    rows = [row for row in case.rows() if case.state(obj) in row.sources]
    ending = [row for row in rows if clock.rule in row.stops] or rows
    found: dict[int, User] = {}
    for row in ending:
        verb = case.permission(row.verb)
        if verb not in known:
            known[verb] = _holders(verb, day)
        for user, actor in known[verb]:
            if set(row.actors) & set(capacities(case, actor, [obj], row.verb)[0]):
                found[user.pk] = user
    return [found[pk] for pk in sorted(found)]


def _holders(verb: str, day: dt.date) -> list[tuple[User, Actor]]:
    roles = [role.pk for role in Role.unscoped.live() if GrantView(tuple(role.permissions), ()).allows(verb)]
    named = Grant.unscoped.live().filter(role__in=roles).values("user_id")
    users = User.unscoped.signing_in().filter(pk__in=named).order_by("pk")
    actors = [(user, actor_for(user, on=day)) for user in users]
    return [(user, actor) for user, actor in actors if any(g.allows(verb) for g in actor.grants)]
