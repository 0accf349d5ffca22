"""One filter definition for the list page, the API, the export, saved filters and the indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import django_filters as df
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import filterset_factory

from ..places.models import Place
from ..scopes.actor import Actor
from ..scopes.scope import subtree
from .resource import Resource, kind_of

PAGE_KEYS = frozenset({"q", "sort", "page", "exact", "columns", "format", "is", "saved", "size", "cursor"})
"""Query parameters of the list machinery; no field may take these names."""


def where(model: type[Model], path: str, **lookups) -> Q:
    """``path__lookup=value`` for each lookup; over a to-many relation as EXISTS, so rows never multiply."""
    head, _sep, rest = path.partition("__")
    relation = model._meta.get_field(head)
    prefix = f"{rest}__" if rest else ""
    if relation.one_to_many or relation.many_to_many:
        link = relation.remote_field.name
        rows = relation.related_model._base_manager.filter(
            **{link: OuterRef("pk")},
            **{f"{prefix}{lookup}" if rest else lookup: v for lookup, v in lookups.items()},
        )
        if any(f.name == "retired_at" for f in relation.related_model._meta.fields):
            rows = rows.filter(retired_at=None)
        return Q(Exists(rows))
    return Q(**{f"{path}__{lookup}": value for lookup, value in lookups.items()})


def _places(model: type[Model], path: str, chosen: Iterable[Place]) -> Q:
    """Rows in the subtrees of the chosen places: a county includes its townships."""
    out = Q(pk__in=[])
    for place in chosen:
        out |= subtree(f"{path}__path", place.path)
    return out


def _scoped(model: type[Model]):
    return lambda request: model.objects.for_actor(request.actor).live()


def _filter(resource: Resource, path: str) -> df.Filter:
    found, model = resource.model_field(path), resource.model
    kind, label = kind_of(found), found.verbose_name

    def on(make):
        return lambda rows, _name, value: rows.filter(make(value)) if value not in (None, "", []) else rows

    if kind == "ref":
        target = found.related_model
        if target is Place:
            pick = on(lambda v: _places(model, path, v) if v else Q())
        else:
            pick = on(lambda v: where(model, path, **{"in": list(v)}) if v else Q())
        return df.ModelMultipleChoiceFilter(queryset=_scoped(target), method=pick, label=label)
    if kind == "choice":
        return df.MultipleChoiceFilter(
            choices=found.flatchoices, method=on(lambda v: where(model, path, **{"in": v})), label=label
        )
    if kind == "bool":
        return df.BooleanFilter(method=on(lambda v: where(model, path, exact=v)), label=label)
    if kind in {"date", "datetime"}:
        day = "date__" if kind == "datetime" else ""
        widget = df.widgets.DateRangeWidget(attrs={"type": "date"})
        return df.DateFromToRangeFilter(
            method=on(lambda v: _range(model, path, v, day)), label=label, widget=widget
        )
    if kind == "number":
        return df.RangeFilter(method=on(lambda v: _range(model, path, v, "")), label=label)
    return df.CharFilter(method=on(lambda v: where(model, path, icontains=v)), label=label)


def _range(model: type[Model], path: str, value: slice, part: str) -> Q:
    lookups = {f"{part}gte": value.start, f"{part}lte": value.stop}
    given = {k: v for k, v in lookups.items() if v is not None}
    return where(model, path, **given) if given else Q()


def filterset_for(resource: Resource) -> type[df.FilterSet]:
    """The FilterSet of a resource, through django-filter's own factory."""
    declared = {path: _filter(resource, path) for path in resource.filters}
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
    filterset = filterset_for(resource)(params, queryset=rows, request=request or _Asking(actor))
    rows = filterset.qs if filterset.is_valid() else rows.none()
    wanted = set(params.getlist("is"))
    for condition in resource.conditions:
        if condition.name in wanted:
            rows = rows.filter(condition.where(actor, today))
    if text := params.get("q", "").strip():
        rows = quick_search(resource, rows, text)
    return rows, filterset


class _Asking:
    """Stands in for a request where there is none (jobs, indicators)."""

    def __init__(self, actor: Actor):
        self.actor = actor


def quick_search(resource: Resource, rows: QuerySet, text: str) -> QuerySet:
    """Every word of ``text`` must occur: characters, pinyin initials or part of a number."""
    from ..search.queries import matching_ids

    found = Q(pk__in=matching_ids(resource.model, text))
    for lookup in resource.search:
        field = resource.model_field(lookup)
        if field is not None and getattr(field, "db_index", False):
            found |= where(resource.model, lookup, startswith=text)
    return rows.filter(found)


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
        if shift.lstrip("+-").isdigit():
            return str(today + dt.timedelta(days=int(shift)))
    return value
