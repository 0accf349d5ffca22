"""What flow-driven resources contribute by themselves: verbs that wait for the actor, and clocks that press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from shian.kernel.flows import registry
from shian.kernel.flows.declare import Case
from shian.kernel.flows.models import Clock
from shian.kernel.flows.presentation import badge
from shian.kernel.flows.queries import SOON_DAYS, running
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.rights import can

from .waiting import MOST, Group, Item, covered


def of_cases(actor: Actor, day: dt.date) -> list[Group]:
    """One query for all clocks, one for the rows of each case that has something waiting."""
    cases = [c for c in registry.cases() if c.label not in covered()]
    return [*_clocks(cases, actor, day), *filter(None, (_waiting(c, actor) for c in cases))]


def _waiting(case: Case, actor: Actor) -> Group | None:
    """Rows in a state from which the actor may take a verb, as far as his grants alone decide; soonest due first."""
    if case.capacities is not None:
        return None
    where, states = Q(pk__in=[]), set()
    for row in case.rows():
        if can(actor, case.permission(row.verb)):
            open_states = [s for s in row.sources if not case.flow.state[s].final]
            reach = case.model.scope.visible(case.model, actor, case.permission(row.verb))
            where |= Q(**{f"{case.field}__in": open_states}) & reach
            states.update(open_states)
    if not states:
        return None
    due = running().filter(object_type=case.label, object_id=OuterRef("pk")).order_by("due").values("due")[:1]
    rows = case.read(case.model.objects.for_actor(actor).live()).filter(where).annotate(nearest_due=Subquery(due))
    rows = rows.order_by(F("nearest_due").asc(nulls_last=True), "pk")[:MOST]
    items = []
    for obj in rows:
        limit = None if case.standing(obj).paused else obj.nearest_due
        items.append(Item(str(obj), case.url(obj), _key(obj), limit, state=badge(case, obj)))
    label = _("待办理：%(name)s") % {"name": case.model._meta.verbose_name}
    return Group(f"case-{case.name}", label, items, "primary", "status-change", f"/{case.name}/", 60)


def _clocks(cases: Iterable[Case], actor: Actor, day: dt.date) -> list[Group]:
    """Running clocks of visible objects: overdue, due today, due within a week."""
    known = {c.label: c for c in cases if c.flow.rules}
    where = Q(pk__in=[])
    for label, case in known.items():
        seen = case.model.objects.for_actor(actor).live().order_by()
        where |= Q(object_type=label, object_id__in=seen.values("pk"))
    last = day + dt.timedelta(SOON_DAYS)
    found = list(running().filter(where, due__lte=last).order_by("due", "pk")[:MOST]) if known else []
    objects = _objects(known, found)
    parts: dict[str, list[Item]] = {"overdue": [], "today": [], "soon": []}
    for clock in found:
        obj = objects.get((clock.object_type, clock.object_id))
        if obj is not None and not clock.is_paused:
            name = "overdue" if clock.due < day else "today" if clock.due == day else "soon"
            parts[name].append(_item(known[clock.object_type], obj, clock))
    looks = {
        "overdue": (_("期限已过"), "danger", "alert-triangle", 21),
        "today": (_("期限今日届满"), "warning", "bell", 31),
        "soon": (_("期限将届满"), "warning", "clock", 61),
    }
    return [
        Group(f"clocks-{name}", label, parts[name], tone, icon, order=order)
        for name, (label, tone, icon, order) in looks.items()
    ]


def _item(case: Case, obj: models.Model, clock: Clock) -> Item:
    meta = " · ".join(filter(None, (_key(obj), clock.name, clock.article)))
    return Item(str(obj), case.url(obj), meta, clock.due, state=badge(case, obj))


def _key(obj: models.Model) -> str:
    """The natural key beside the name (编号): several cases may be called the same."""
    own = [n for n in obj.natural_key if not obj._meta.get_field(n).is_relation]
    return " ".join(text for text in (str(getattr(obj, n)) for n in own) if text not in str(obj))


def _objects(known: dict[str, Case], found: list[Clock]) -> dict[tuple[str, int], models.Model]:
    ids: dict[str, set[int]] = {}
    for clock in found:
        ids.setdefault(clock.object_type, set()).add(clock.object_id)
    return {
        (label, obj.pk): obj
        for label, keys in ids.items()
        for obj in known[label].read(known[label].model.unscoped.filter(pk__in=keys))
    }
