"""The one place for rights: who may do what to which row.

A grant counts if its detail is more than numbers and one of its patterns allows the verb; without such a grant
nothing is allowed, whatever the road. A row is then open by territory × domain, as one's own unit's, as one's own,
or by participation, and must be open **as stored and as filled in**: nobody moves a row to where he has no right, or
takes one from there. A row without a place belongs to the installation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

from . import verbs
from .actor import Actor, GrantView
from .roads import Side, hosts, roads_of, sides

Rows = models.Model | Iterable[models.Model]


def counting(actor: Actor, verb: str) -> list[GrantView]:
    """Grants that allow ``verb`` on rows; a grant of numbers only never does."""
    return [g for g in actor.grants if g.detail != "counts" and g.allows(verb)]


def can(actor: Actor, verb: str, obj: Rows | None = None) -> bool:
    """Whether ``actor`` may do ``verb`` to ``obj`` (a row or rows), or, without one, somewhere at all."""
    if actor.is_system:
        return True
    if obj is not None:
        return not refusals(actor, verb, _listed(obj))
    return bool(counting(actor, verb)) or (verbs.find(verb).own and actor.user_id is not None)


def can_at(actor: Actor, verb: str, path: str) -> bool:
    """Whether ``actor`` may do ``verb`` to rows of the place with ``path``, of some domain at least."""
    return actor.is_system or any(g.covers(path) for g in counting(actor, verb))


def require(actor: Actor, verb: str, rows: Rows) -> None:
    """Raises :class:`PermissionDenied`, naming row, verb and place, unless ``actor`` may do ``verb`` to all ``rows``."""
    for why in refusals(actor, verb, _listed(rows)).values():
        raise PermissionDenied(why)


def require_at(actor: Actor, verb: str, path: str) -> None:
    if not can_at(actor, verb, path):
        raise PermissionDenied(_refusals(verb, {path})[path])


def refusals(actor: Actor, verb: str, rows: Sequence[models.Model]) -> dict[int, str]:
    """Position in ``rows`` → why not; empty when everything is allowed. At most one query a related model."""
    if actor.is_system or not rows:
        return {}
    known = verbs.find(verb)
    grants = counting(actor, verb)
    out: dict[int, str] = {}
    by_model: dict[type[models.Model], list[int]] = {}
    for n, row in enumerate(rows):
        by_model.setdefault(type(row), []).append(n)
    for model, places in by_model.items():
        here = [rows[n] for n in places]
        if model.scope.of_object:
            found = _of_hosts(actor, verb, here)
        else:
            found = _of_model(actor, known, grants, model, here)
        out |= {places[n]: why for n, why in found.items()}
    return out


def _listed(rows: Rows) -> Sequence[models.Model]:
    return [rows] if isinstance(rows, models.Model) else list(rows)


def _of_hosts(actor: Actor, verb: str, rows: Sequence[models.Model]) -> dict[int, str]:
    """Rows that hang on an object are as open as the object."""
    on = hosts(rows)
    unique = list(on.values())
    position = {(o._meta.label_lower, o.pk): n for n, o in enumerate(unique)}
    refused = refusals(actor, verb, unique)
    out = {}
    for n, row in enumerate(rows):
        at = position.get((row.object_type, row.object_id))
        if at is None or at in refused:
            out[n] = refused.get(at) or _("所属的记录不存在")
    return out


def _of_model(
    actor: Actor, verb: verbs.Verb, grants: list[GrantView], model: type[models.Model], rows: Sequence[models.Model]
) -> dict[int, str]:
    decided: dict[Side, bool] = {}
    waiting: dict[int, list[tuple[Side, int | None]]] = {}
    for n, states in enumerate(sides(rows, actor)):
        for state in states:
            if state[0] not in decided:
                decided[state[0]] = _open(actor, verb, grants, model, state[0])
            if not decided[state[0]]:
                waiting.setdefault(n, []).append(state)
    shared: set[int | None] = set()
    if waiting and grants and model.scope.participation:
        shared = _taking_part(actor, model, {pk for states in waiting.values() for _side, pk in states} - {None})
    closed = {
        n: states[-1][0].path for n, states in waiting.items() if not all(pk in shared for _side, pk in states)
    }
    said = _refusals(verb.name, set(closed.values())) if closed else {}
    return {n: said[path] if path or not grants else _unplaced(rows[n]) or said[path] for n, path in closed.items()}


def empty_place(row: models.Model) -> models.Field | None:
    """The field by which a new ``row`` would get its place, if it was left empty."""
    road = roads_of(type(row)).place
    if road is None or road.target is None or not row._state.adding or getattr(row, road.attname) is not None:
        return None
    return type(row)._meta.get_field(road.attname)


def _unplaced(row: models.Model) -> str:
    """What a new row lacks whose writer has the verb, but not for rows without a place; empty if it lacks nothing."""
    if (field := empty_place(row)) is None:
        return ""
    said = {"field": field.verbose_name, "what": row._meta.verbose_name}
    if _of_installation(type(row)):
        return _("“%(field)s”留空的%(what)s属于整个系统，只有平台管理员可以登记；请选择您辖区内的%(field)s") % said
    return _("请选择您辖区内的%(field)s") % said


def _open(actor: Actor, verb: verbs.Verb, grants: list[GrantView], model: type[models.Model], side: Side) -> bool:
    """Whether a road other than participation leads to a row in this state."""
    if verb.own and actor.user_id is not None and side.user == actor.user_id:
        return True
    if not grants:
        return False
    scope = model.scope
    if side.path is not None:
        for g in grants:
            if g.covers(side.path) and (not scope.domain or not g.domains or side.domain in g.domains):
                return True
    elif _of_installation(model) and counting(actor, verbs.INSTALLATION):
        return True
    if actor.unit_id is not None and actor.unit_id in side.units:
        return True
    return actor.user_id is not None and side.user == actor.user_id


def _of_installation(model: type[models.Model]) -> bool:
    """Whether a row of ``model`` without a place is everybody's: it could have one, or nobody else can own it."""
    scope = model.scope
    return roads_of(model).place is not None or not (scope.units or scope.user or scope.participation)


def _taking_part(actor: Actor, model: type[models.Model], ids: set[int | None]) -> set[int | None]:
    """Of the objects ``ids``, those in which the actor's unit takes part."""
    if actor.unit_id is None or not ids:
        return set()
    rows = apps.get_model("scopes", "Access").unscoped.filter(
        object_type=model.scope.shared_as or model._meta.label_lower, object_id__in=ids, unit_id=actor.unit_id, ended_at=None
    )  # fmt: skip
    return set(rows.values_list("object_id", flat=True))


def _refusals(verb: str, paths: set[str | None]) -> dict[str | None, str]:
    """Path → the sentence that refuses ``verb`` there; one query for the names of the places."""
    label = verbs.label(verb)
    found = apps.get_model("places", "Place")._base_manager.filter(path__in=paths - {None})
    said: dict[str | None, str] = dict.fromkeys(paths, _("您没有“%(verb)s”的权限") % {"verb": label})
    for place in found:
        said[place.path] = _("您没有在“%(place)s”%(verb)s的权限") % {"place": place, "verb": label}
    return said
