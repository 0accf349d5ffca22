"""One filter definition for the list page, the API, the export, saved filters and the indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import django_filters as df
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import filterset_factory

from shian.kernel.changes.past import day_of
from shian.kernel.changes.then import then
from shian.kernel.choices.widgets import UNCLEAR, offered
from shian.kernel.places.models import Place
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.numbers import whole
from shian.kernel.scopes.scope import span

from .keys import PickField
from .resource import Resource, kind_of

PAGE_KEYS = frozenset(
    {"q", "sort", "page", "exact", "per_page", "cols", "format", "is", "saved", "size", "cursor", "retired", "as_of"}
)
"""Query parameters of the list machinery; no field may take these names."""
BIGGEST = 10**15


def where(model: type[Model], path: str, **lookups) -> Q:
    """``path__lookup=value`` for each lookup; over to-many relations as EXISTS, so that rows never multiply.

    All lookups hold of one and the same related row.
    """
    parts, at = path.split("__"), model
    for n, part in enumerate(parts):
        relation = at._meta.pk if part == "pk" else at._meta.get_field(part)
        if relation.one_to_many or relation.many_to_many:
            inner = where(relation.related_model, "__".join(parts[n + 1 :]) or "pk", **lookups)
            key = "__".join([*parts[:n], "pk"])
            return Q(Exists(_linked(relation, key).filter(inner)))
        at = relation.related_model
        if at is None:
            break
    return Q(**{f"{path}__{lookup}": value for lookup, value in lookups.items()})


def _linked(relation, key: str) -> QuerySet:
    """Live rows at the far end of a to-many ``relation`` of the row whose key stands at ``key``."""
    far = relation.related_model
    rows = far._base_manager.filter(**{relation.remote_field.name: OuterRef(key)})
    return rows.filter(retired_at=None) if issubclass(far, Entity) else rows


def _places(model: type[Model], path: str, chosen: Iterable[Place]) -> Q:
    """Rows in the subtrees of the chosen places: a county includes its townships."""
    out = Q(pk__in=[])
    for place in chosen:
        low, high = span(place.path)
        out |= where(model, f"{path}__path", gte=low, lt=high)
    return out


class Pick(df.ModelMultipleChoiceFilter):
    field_class = PickField


class Between(df.RangeFilter):
    """From one number to another, both within what a column holds."""

    def __init__(self, **how):
        bounds = {"min_value": -BIGGEST, "max_value": BIGGEST, "required": False}
        super().__init__(fields=(forms.DecimalField(**bounds), forms.DecimalField(**bounds)), **how)


def _scoped(model: type[Model]):
    return lambda request: model.objects.for_actor(request.actor).live()


def narrowed(rows: QuerySet, condition: Q, day: dt.date | None) -> QuerySet:
    """``rows`` of which ``condition`` holds: now, or for tracked fields at the end of ``day``."""
    return then(rows, condition, day) if day else rows.filter(condition)


def _filter(resource: Resource, path: str, day: dt.date | None = None) -> df.Filter:
    found, model = resource.model_field(path), resource.model
    kind, label = kind_of(found), found.verbose_name

    def on(make):
        return lambda rows, _name, value: narrowed(rows, make(value), day) if value not in (None, "", []) else rows

    def among(values):
        return where(model, path, **{"in": list(values)})

    if kind == "ref":
        target = found.related_model
        pick = on(lambda v: (_places(model, path, v) if target is Place else among(v)) if v else Q())
        return Pick(
            queryset=_scoped(target), method=pick, label=label, widget=offered(None, many=True),
            error_messages=UNCLEAR,
        )
    if kind == "choice":
        return df.MultipleChoiceFilter(
            choices=found.flatchoices, method=on(among), label=label
        )
    if kind == "bool":
        return df.BooleanFilter(method=on(lambda v: among([v])), label=label)
    if kind in {"date", "datetime"}:
        part = "date__" if kind == "datetime" else ""
        widget = df.widgets.DateRangeWidget(attrs={"type": "date"})
        return df.DateFromToRangeFilter(
            method=on(lambda v: _range(model, path, v, part)), label=label, widget=widget
        )
    if kind == "number":
        return Between(method=on(lambda v: _range(model, path, v, "")), label=label)
    return df.CharFilter(method=on(lambda v: where(model, path, icontains=v)), label=label)


def _range(model: type[Model], path: str, value: slice, part: str) -> Q:
    lookups = {f"{part}gte": value.start, f"{part}lte": value.stop}
    given = {k: v for k, v in lookups.items() if v is not None}
    return where(model, path, **given) if given else Q()


def filterset_for(resource: Resource, day: dt.date | None = None) -> type[df.FilterSet]:
    """The FilterSet of a resource, through django-filter's own factory; ``day``: as of which tracked fields are judged."""
    declared = {path: _filter(resource, path, day) for path in resource.filters}
    if resource.conditions:
        declared["is"] = df.MultipleChoiceFilter(
            choices=[(c.name, c.label) for c in resource.conditions],
            method=lambda rows, _name, chosen: rows,  # applied in ``apply``: it needs viewer and date
            label=_("条件"),
        )
    base = type("ResourceFilterSet", (df.FilterSet,), declared)
    return filterset_factory(resource.model, filterset=base, fields=[])


def apply(
    resource: Resource,
    rows: QuerySet,
    params: QueryDict | Mapping,
    actor: Actor,
    today: dt.date,
    request=None,
) -> tuple[QuerySet, df.FilterSet]:
    """``rows`` narrowed by filters, conditions and quick search; the bound FilterSet for the form.

    An invalid parameter selects nothing and is named in ``filterset.form.errors``: a list never shows
    more than was asked for.
    """
    params = resolve(params, actor, today)
    day, wrong = day_of(params.get("as_of", ""), today)
    rows = rows.none() if wrong else rows
    filterset = filterset_for(resource, day)(params, queryset=rows, request=request or _Asking(actor))
    rows = filterset.qs if filterset.is_valid() else rows.none()
    wanted = set(params.getlist("is"))
    for condition in resource.conditions:
        if condition.name in wanted:
            rows = narrowed(rows, condition.where(actor, day or today), day)
    if text := params.get("q", "").replace("\x00", "").strip():
        try:
            rows = quick_search(resource, rows, text, day)
        except ValidationError as why:
            filterset.form.add_error(None, why)
            rows = rows.none()
    return rows, filterset


class _Asking:
    """Stands in for a request where there is none (jobs, indicators)."""

    def __init__(self, actor: Actor):
        self.actor = actor


def quick_search(resource: Resource, rows: QuerySet, text: str, day: dt.date | None = None) -> QuerySet:
    """Every word of ``text`` must occur: characters, pinyin initials or part of a number."""
    from shian.kernel.search.past import found_then
    from shian.kernel.search.queries import matching_ids

    found = Q(pk__in=matching_ids(resource.model, text))
    begins = [n for n in resource.search if getattr(resource.model_field(n), "db_index", False)]
    for lookup in begins:
        found |= where(resource.model, lookup, startswith=text)
    return found_then(rows, text, found, begins, day) if day else rows.filter(found)


def resolve(params: QueryDict | Mapping, actor: Actor, today: dt.date) -> QueryDict:
    """Relative values made concrete: ``@my_unit``, ``@my_place``, ``@me``, ``@this_year``, ``@today+7``."""
    out = QueryDict(mutable=True)
    source = params.lists() if isinstance(params, QueryDict) else ((k, [str(v)]) for k, v in params.items())
    for key, values in source:
        out.setlist(key, [_relative(v, actor, today) if v.startswith("@") else v for v in values])
    return out


def _relative(value: str, actor: Actor, today: dt.date) -> str:
    known = {
        "@me": actor.user_id,
        "@my_unit": actor.unit_id,
        "@my_place": actor.place_id,
        "@this_year": today.year,
        "@year_start": dt.date(today.year, 1, 1),
        "@year_end": dt.date(today.year, 12, 31),
    }
    if value in known:
        return str(known[value] or "")
    if value.startswith("@today"):
        shift = value[6:] or "0"
        days = whole(shift.lstrip("+-"), 36_500)
        if days is not None:
            return str(today + dt.timedelta(days=-days if shift.startswith("-") else days))
    return value
