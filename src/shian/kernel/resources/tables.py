"""Rows of a list as cells, the same for the page, the export and the phone layout."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from shian.kernel.changes.then import ordered
from shian.kernel.flows.presentation import badge
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import masked, sees_personal

from . import registry
from .parts import Column
from .resource import Resource

PAGE_SIZE = 50
COUNT_CAP = 10_000
"""Counting further costs more than it tells; the exact number is one click away."""
ROW_LINKS = frozenset({"name", "title"})
"""Columns that lead to the row's own page, beside the first one."""
BIG = 50_000
"""Past this many rows only indexed columns sort (architecture, point 10)."""


@dataclass(frozen=True)
class Cell:
    column: str
    label: str
    text: str | None
    kind: str = "text"
    url: str = ""
    value: Any = None
    state: dict | None = None
    """Of a state column: how the flow says the state looks."""


@dataclass(frozen=True)
class Heading:
    name: str
    label: str
    kind: str
    sortable: bool
    sorted: str
    """``asc``, ``desc`` or empty."""
    sort_url: str


@dataclass(frozen=True)
class Row:
    pk: int
    url: str
    title: str
    cells: list[Cell]
    obj: Any
    settled: bool = False
    """In a final state: its deadline is only a date."""
    paused: bool = False


@dataclass(frozen=True)
class Listing:
    columns: list[Heading]
    rows: list[Row]


class CappedPaginator(Paginator):
    """Counts at most :data:`COUNT_CAP` rows unless ``exact`` was asked for."""

    def __init__(self, rows: QuerySet, per_page: int = PAGE_SIZE, *, exact: bool = False):
        super().__init__(rows, per_page)
        self.exact = exact

    @cached_property
    def counted(self) -> int:
        rows = self.object_list.order_by()
        return rows.count() if self.exact else rows[: COUNT_CAP + 1].count()

    @property
    def capped(self) -> bool:
        return not self.exact and self.counted > COUNT_CAP

    @property
    def count(self) -> int:
        return min(self.counted, COUNT_CAP) if self.capped else self.counted

    @property
    def count_label(self) -> str:
        return f"{COUNT_CAP:,}+" if self.capped else f"{self.counted:,}"


def order(
    resource: Resource, rows: QuerySet, sort: str, *, big: bool = False, day: dt.date | None = None
) -> QuerySet:
    """``rows`` sorted by a column name (``-`` for descending), by the values of ``day`` if it is given.

    An unknown column falls back to the default.
    """
    names = _sort_by(resource, sort, big=big, day=day)
    return ordered(rows, names, day) if day else rows.order_by(*names)


def _sort_by(resource: Resource, sort: str, *, big: bool, day: dt.date | None) -> Sequence[str]:
    name = sort.lstrip("-")
    column = next((c for c in resource.columns if c.name == name), None)
    if column is None or not sortable(resource, column, big=big, day=day):
        return resource.ordering
    sign = "-" if sort.startswith("-") else ""
    lookup = column.lookup
    found = resource.model_field(lookup)
    if found is not None and found.is_relation:
        related = found.related_model._meta.ordering
        lookup = f"{lookup}__{related[0].lstrip('-')}" if related else lookup
    return f"{sign}{lookup}", f"{sign}pk"


def sortable(resource: Resource, column: Column, *, big: bool = False, day: dt.date | None = None) -> bool:
    found = resource.model_field(column.lookup)
    if found is None or found.one_to_many or found.many_to_many or resource.is_personal(column.lookup):
        return False  # an order tells what a mask hides
    return not big or (_indexed(resource.model, found) and not (day and found.name in resource.model.tracked))


def _indexed(model: type[models.Model], found: models.Field) -> bool:
    if found.model is not model:
        return False
    firsts = {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
    return found.primary_key or found.unique or found.db_index or found.name in firsts


def chosen_columns(resource: Resource, names: Sequence[str]) -> list[Column]:
    """The columns named, in the declaration's order of names given; the shown ones when none fit."""
    by_name = {c.name: c for c in resource.columns}
    chosen = [by_name[n] for n in names if n in by_name]
    return chosen or [c for c in resource.columns if c.shown]


def listing(
    resource: Resource,
    objects: Sequence,
    columns: Sequence[Column],
    params: QueryDict,
    actor: Actor,
    *,
    big: bool = False,
    day: dt.date | None = None,
) -> Listing:
    sort = params.get("sort", "")
    headings = []
    for column in columns:
        current = "asc" if sort == column.name else "desc" if sort == f"-{column.name}" else ""
        query = params.copy()
        query["sort"] = f"-{column.name}" if current == "asc" else column.name
        query.pop("page", None)
        headings.append(
            Heading(
                column.name,
                resource.column_label(column),
                resource.column_kind(column),
                sortable(resource, column, big=big, day=day),
                current,
                f"?{query.urlencode()}",
            )
        )
    plan = [(c, h.label, h.kind) for c, h in zip(columns, headings, strict=True)]
    rows = []
    for obj in objects:
        url = resource.url(obj)
        cells = [cell(obj, c, label, kind, url if c.name in ROW_LINKS else "") for c, label, kind in plan]
        if any(c.name in obj.personal for c in columns) and not sees_personal(actor, obj):
            cells = [_hidden(c) if c.column in obj.personal and c.text else c for c in cells]
        case = resource.case
        if case is not None:
            cells = [replace(c, state=badge(case, obj)) if c.column == case.field else c for c in cells]
        standing = case.standing(obj) if case is not None else None
        marks = (standing.final, standing.paused) if standing else ()
        rows.append(Row(obj.pk, url, str(obj), cells, obj, *marks))
    return Listing(headings, rows)


def _hidden(shown: Cell) -> Cell:
    text = masked(shown.text)
    return replace(shown, text=text, value=text)


def cell(obj: models.Model, column: Column, label: str, kind: str, url: str = "") -> Cell:
    value = value_of(obj, column.name)
    if kind == "ref" and isinstance(value, models.Model):
        target = registry.for_model(type(value))
        url = target.url(value) if target else ""
    return Cell(column.name, label, text_of(obj, column.name, value) or None, kind, url, value)


def value_of(obj: Any, path: str) -> Any:
    """The value at a path such as ``unit.place`` or ``unit__place``; None where a link is missing."""
    for part in path.replace("__", ".").split("."):
        if obj is None:
            return None
        obj = getattr(obj, part)
        if callable(obj) and not isinstance(obj, models.Model):
            obj = obj.all() if hasattr(obj, "all") else obj()
    return obj


def text_of(obj: models.Model, path: str, value: Any) -> str:
    """What a person reads: choices by label, yes and no, dates in ISO order, lists joined."""
    if value is None or value == "":
        return ""
    display = getattr(obj, f"get_{path}_display", None)
    if display is not None:
        return str(display())
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, QuerySet | list | tuple):
        return "、".join(str(v) for v in value)
    return str(value)
