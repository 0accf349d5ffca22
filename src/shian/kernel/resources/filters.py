"""One filter definition for the list page, the API, the export, saved filters and the indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import django_filters as df
from django import forms
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import filterset_factory

from ..changes.past import day_of, was, was_between
from ..choices.widgets import UNCLEAR, offered
from ..places.models import Place
from ..scopes.actor import Actor
from ..scopes.entity import Entity
from ..scopes.numbers import whole
from ..scopes.scope import span
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


def _among(model: type[Model], path: str, day: dt.date | None):
    """values → rows with one of them: now, or for a tracked field at the end of ``day``."""
    if day is not None and path in model.tracked:
        return lambda values: was(model, path, day, [v.pk if isinstance(v, Model) else v for v in values])
    return lambda values: where(model, path, **{"in": list(values)})


def _place_filter(model: type[Model], path: str, day: dt.date | None):
    if day is None or path not in model.tracked:
        return lambda chosen: _places(model, path, chosen)

    def then(chosen: Iterable[Place]) -> Q:
        inside = Q(pk__in=[])
        for place in chosen:
            low, high = span(place.path)
            inside |= Q(path__gte=low, path__lt=high)
        return was(model, path, day, list(Place.unscoped.filter(inside).values_list("pk", flat=True)))

    return then


def _filter(resource: Resource, path: str, day: dt.date | None = None) -> df.Filter:
    found, model = resource.model_field(path), resource.model
    among = _among(model, path, day)
    kind, label = kind_of(found), found.verbose_name

    def on(make):
        return lambda rows, _name, value: rows.filter(make(value)) if value not in (None, "", []) else rows

    if kind == "ref":
        target = found.related_model
        chosen = _place_filter(model, path, day) if target is Place else among
        pick = on(lambda v: chosen(v) if v else Q())
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
            method=on(lambda v: _then(model, path, v, day) or _range(model, path, v, part)), label=label, widget=widget
        )
    if kind == "number":
        return Between(method=on(lambda v: _range(model, path, v, "")), label=label)
    return df.CharFilter(method=on(lambda v: where(model, path, icontains=v)), label=label)


def _range(model: type[Model], path: str, value: slice, part: str) -> Q:
    lookups = {f"{part}gte": value.start, f"{part}lte": value.stop}
    given = {k: v for k, v in lookups.items() if v is not None}
    return where(model, path, **given) if given else Q()


def _then(model: type[Model], path: str, value: slice, day: dt.date | None) -> Q | None:
    """A range over a tracked date as it stood at the end of ``day``; None where that is not asked."""
    if day is None or path not in model.tracked or (value.start is None and value.stop is None):
        return None
    return was_between(model, path, day, value.start, value.stop)


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
            rows = rows.filter(condition.where(actor, today))
    if text := params.get("q", "").replace("\x00", "").strip():
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
        days = whole(shift.lstrip("+-"), 36_500)
        if days is not None:
            return str(today + dt.timedelta(days=-days if shift.startswith("-") else days))
    return value
