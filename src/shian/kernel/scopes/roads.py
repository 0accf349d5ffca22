"""The facts of rows that rights are decided on: place path, domain, owners, as stored and as filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from .actor import Actor


@dataclass(frozen=True)
class Lookup:
    """A lookup cut after its first hop: ``task__place__path`` is (``task_id``, ``place__path`` of a task)."""

    attname: str
    rest: str = ""
    target: type[models.Model] | None = None


class Side(NamedTuple):
    """One state of a row; ``path`` is None where no place governs it."""

    path: str | None
    domain: Any
    units: tuple[int | None, ...]
    user: int | None


@dataclass(frozen=True)
class Roads:
    """The lookups of a model's scope, ready to be read off rows."""

    place: Lookup | None
    domain: Lookup | None
    units: tuple[Lookup, ...]
    user: Lookup | None
    shared: Lookup | None

    @property
    def lookups(self) -> list[Lookup]:
        """Without the one of participation, which differs row by row."""
        return [x for x in (self.place, self.domain, *self.units, self.user) if x is not None]


@lru_cache(maxsize=512)
def roads_of(model: type[models.Model]) -> Roads:
    scope = model.scope
    return Roads(
        _lookup(model, scope.home or scope.place),
        _lookup(model, scope.domain),
        tuple(_lookup(model, u) for u in scope.units),
        _lookup(model, scope.user),
        _lookup(model, scope.participation),
    )


def _lookup(model: type[models.Model], path: str) -> Lookup | None:
    if not path:
        return None
    head, _sep, rest = path.partition("__")
    if head == "pk":
        return Lookup(model._meta.pk.attname)
    field = next((f for f in model._meta.concrete_fields if head in (f.name, f.attname)), None)
    if field is None:
        raise ValueError(f"{model.__name__}.scope: no column {head!r}")
    return Lookup(field.attname, rest, field.related_model if rest else None)


def sides(rows: Sequence[models.Model], actor: Actor) -> list[list[tuple[Side, int | None]]]:
    """For each row of one model its states, as filled in and as stored, each with the object whose participants may.

    One query a related model; states that agree in what rights depend on are read once.
    """
    roads = roads_of(type(rows[0]))
    names = list(dict.fromkeys(lookup.attname for lookup in roads.lookups))
    shared = roads.shared
    wanted_of = _picker([*names, shared.attname] if shared else names)
    states = [_states(row, wanted_of) for row in rows]
    states = [[(v[: len(names)], v[-1] if shared else None) for v in found] for found in states]
    distinct = {key: dict(zip(names, key, strict=True)) for found in states for key, _shared in found}
    wanted = {lookup: {state[lookup.attname] for state in distinct.values()} for lookup in roads.lookups}
    if shared is not None:
        wanted[shared] = {pk for found in states for _key, pk in found}
    known = _known(rows, wanted, actor)
    made = {key: _side(roads, state, known) for key, state in distinct.items()}
    if shared is not None and shared.target is not None:
        ends = known[shared.target, shared.rest]
        return [[(made[key], ends.get(pk)) for key, pk in found] for found in states]
    return [[(made[key], pk) for key, pk in found] for found in states]


def _picker(names: list[str]) -> Callable[[dict[str, Any]], tuple]:
    """Values of ``names`` as a tuple, as fast as a thousand rows ask for."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda state: (state[names[0]],)) if names else (lambda _state: ())


def _states(row: models.Model, pick: Callable[[dict[str, Any]], tuple]) -> list[tuple]:
    """Values as filled in and, of a stored row, as read, if they differ. A stored row nobody read is read now."""
    filled = pick(row.__dict__)
    if row._state.adding or row.pk is None:
        return [filled]
    stored = row.loaded or type(row)._base_manager.filter(pk=row.pk).values().first()
    read = pick(stored) if stored else filled
    return [filled] if read == filled else [filled, read]


Known = dict[tuple[type[models.Model], str], dict[int, Any]]


def _known(rows: Sequence[models.Model], needs: dict[Lookup, set], actor: Actor) -> Known:
    """Values at the far end of lookups that leave the row: those at hand, the rest by one query a model."""
    known: Known = {}
    wanted: dict[type[models.Model], tuple[set[str], set[int]]] = {}
    for lookup, ids in needs.items():
        if lookup.target is None:
            continue
        have = known.setdefault((lookup.target, lookup.rest), {})
        if lookup.rest == "path" and actor.place_id is not None:
            have[actor.place_id] = actor.place_path
        needed = ids - {None}
        if needed - have.keys():
            have.update(_cached(rows, lookup))
        if missing := needed - have.keys():
            rests, keys = wanted.setdefault(lookup.target, (set(), set()))
            rests.add(lookup.rest)
            keys |= missing
    for target, (rests, keys) in wanted.items():
        names = sorted(rests)
        for pk, *values in target._base_manager.filter(pk__in=keys).values_list("pk", *names):
            for name, value in zip(names, values, strict=True):
                known[target, name][pk] = value
    return known


def _cached(rows: Sequence[models.Model], lookup: Lookup) -> dict[int, Any]:
    """Values of related objects that the rows carry unchanged, where no second hop is needed."""
    if "__" in lookup.rest:
        return {}
    name = next(f.name for f in rows[0]._meta.concrete_fields if f.attname == lookup.attname)
    related = (row._state.fields_cache.get(name) for row in rows)
    return {o.pk: o.loaded[lookup.rest] for o in related if o is not None and lookup.rest in o.loaded}


def _side(roads: Roads, state: dict[str, Any], known: Known) -> Side:
    def at(lookup: Lookup | None) -> Any:
        if lookup is None:
            return None
        value = state[lookup.attname]
        return known[lookup.target, lookup.rest].get(value) if lookup.target is not None else value

    return Side(at(roads.place) or None, at(roads.domain), tuple(at(u) for u in roads.units), at(roads.user))


def hosts(rows: Iterable[models.Model]) -> dict[tuple[str, int], models.Model]:
    """The objects that rows with ``object_type`` and ``object_id`` hang on, by that pair; one query a type."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.object_type, set()).add(row.object_id)
    return {
        (label, pk): host
        for label, ids in wanted.items()
        for pk, host in apps.get_model(label)._base_manager.in_bulk(ids).items()
    }
