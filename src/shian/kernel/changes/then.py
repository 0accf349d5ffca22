"""Conditions and orders over the values of a day: tracked fields out of their spans, all others as they are now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast

from .past import spans_on


class _Scalar(Func):
    """The one value that a JSON column holds, as text or number."""

    output_field = models.TextField()
    template = "JSON_EXTRACT(%(expressions)s, '$')"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


def held(model: type[models.Model], name: str, day: dt.date) -> Case:
    """The value (of a relation: the key) of tracked field ``name`` at the end of ``day``; a row without spans has today's."""
    field = model._meta.get_field(name)
    kind = models.BigIntegerField() if field.is_relation else field
    spans = spans_on(model._meta.label_lower, [name], day).filter(object_id=OuterRef("pk"))
    newest = spans.order_by("-since", "-pk").annotate(held=Cast(_Scalar("value"), kind)).values("held")[:1]
    return Case(When(Exists(spans), then=Subquery(newest)), default=F(field.attname), output_field=kind)


def then(rows: QuerySet, where: Q, day: dt.date) -> QuerySet:
    """Those of ``rows`` of which ``where``, written for today's columns, was true at the end of ``day``."""
    used: set[str] = set()
    turned = _turned(rows.model, where, used)
    return rows.alias(**{_alias(n): held(rows.model, n, day) for n in sorted(used)}).filter(turned)


def ordered(rows: QuerySet, names: Sequence[str], day: dt.date) -> QuerySet:
    """``rows`` in the order of ``names`` (``-`` for descending) as it was at the end of ``day``."""
    model, used, by = rows.model, set(), []
    for sign, head, rest in _columns(model, names):
        if head not in getattr(model, "tracked", ()):
            by.append(f"{sign}{head}{'__' if rest else ''}{rest}")
            continue
        used.add(head)
        value: Any = F(_alias(head))
        if rest:
            far = model._meta.get_field(head).related_model
            value = Subquery(far._base_manager.filter(pk=OuterRef(_alias(head))).values(rest)[:1])
        by.append(value.desc() if sign else value.asc())
    return rows.alias(**{_alias(n): held(model, n, day) for n in sorted(used)}).order_by(*by)


def _alias(name: str) -> str:
    return f"then_{name}"


def _columns(model: type[models.Model], names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(sign, field, rest of the path); a tracked relation by the order of what it leads to, as Django does."""
    for name in names:
        sign, path = ("-", name[1:]) if name.startswith("-") else ("", name)
        head, _sep, rest = path.partition("__")
        if rest or head not in getattr(model, "tracked", ()) or not model._meta.get_field(head).is_relation:
            yield sign, head, rest
            continue
        for inner in model._meta.get_field(head).related_model._meta.ordering or ["pk"]:
            yield "-" if inner.startswith("-") != bool(sign) else "", head, inner.lstrip("-")


def _turned(model: type[models.Model], where: Q, used: set[str]) -> Q:
    """``where`` with its tracked columns replaced; subqueries (EXISTS over children) stay as they are."""
    children = []
    for child in where.children:
        if isinstance(child, Q):
            children.append(_turned(model, child, used))
        else:
            children.append(_leaf(model, *child, used) if isinstance(child, tuple) else child)
    return Q(*children, _connector=where.connector, _negated=where.negated)


def _leaf(model: type[models.Model], key: str, value: Any, used: set[str]) -> Any:
    head, _sep, rest = key.partition("__")
    tracked = {n for name in getattr(model, "tracked", ()) for n in (name, model._meta.get_field(name).attname)}
    if head not in tracked:
        return key, value
    field = model._meta.get_field(head)
    used.add(field.name)
    alias, first = _alias(field.name), rest.partition("__")[0]
    if field.is_relation and first in {"pk", *(f.name for f in field.related_model._meta.get_fields())}:
        return f"{alias}__in", field.related_model._base_manager.filter(**{rest: value}).values("pk")
    return f"{alias}__{rest}" if rest else alias, _keys(value)


def _keys(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return [_keys(each) for each in value]
    return value.pk if isinstance(value, models.Model) else value
