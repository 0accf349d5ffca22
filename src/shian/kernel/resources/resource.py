"""The declaration of an entity, as a plain value built at run time (architecture, point 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ..scopes.actor import Actor
from ..scopes.entity import Entity
from ..scopes.rights import can
from . import actions


@dataclass(frozen=True)
class Column:
    """One column of list and export. ``name`` is a field, a lookup path (``unit__place``) or an attribute."""

    name: str
    label: str = ""
    kind: str = ""
    """text, number, date, datetime, bool, choice, ref or state; read off the model field when empty."""
    shown: bool = True
    """In the list before the viewer chooses columns."""

    @property
    def lookup(self) -> str:
        return self.name.replace(".", "__")


@dataclass(frozen=True)
class Section:
    """A titled group of fields of the form and of the overview panel."""

    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """A named question about a row that needs the viewer or the date: overdue, mine, without owner."""

    name: str
    label: str
    where: Callable[[Actor, dt.date], models.Q]


@dataclass(frozen=True)
class Panel:
    """A tab of the detail page: ``rows(obj, actor)`` gives the context of ``template``."""

    name: str
    label: str
    template: str
    context: Callable[[Any, Actor], dict]


@dataclass(frozen=True)
class Resource:
    """Everything the machinery needs to know of one entity."""

    name: str
    """In addresses and permissions' stead: ``units`` → ``/units/``, ``/api/v1/units/``."""
    model: type[Entity]
    columns: tuple[Column, ...]
    sections: tuple[Section, ...] = ()
    filters: tuple[str, ...] = ()
    """Lookup paths; a path over a to-many relation compiles to EXISTS."""
    conditions: tuple[Condition, ...] = ()
    search: tuple[str, ...] = ()
    """Lookups of the quick search and of the global index; none: not searchable."""
    ordering: tuple[str, ...] = ("-pk",)
    import_key: tuple[str, ...] = ()
    """Fields that identify a row of a workbook; none: no import."""
    editable: bool = True
    """Whether generic create, edit and retire exist; flow-driven entities have verbs of their own."""
    save: actions.Save = actions.save_rows
    """The set-shaped action behind form, bulk edit and import."""
    panels: tuple[Panel, ...] = ()
    url_of: Callable[[Any], str] | None = None
    """Address of an object that has a page of its own; none: the generic detail page."""
    with_related: tuple[str, ...] = ()
    """Relations that computed columns need, read with the rows."""
    create_at: str = ""
    """Address of a creation page of its own, in place of the generic form."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other headings a workbook may use for a field."""

    # -- names ------------------------------------------------------------------------------------
    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def label_plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def permission(self, verb: str) -> str:
        return f"{self.model._meta.model_name}.{verb}"

    def url(self, obj: models.Model) -> str:
        return self.url_of(obj) if self.url_of else f"/{self.name}/{obj.pk}/"

    # -- fields -----------------------------------------------------------------------------------
    @property
    def form_fields(self) -> tuple[str, ...]:
        return tuple(name for section in self.sections for name in section.fields)

    def model_field(self, path: str) -> models.Field | None:
        """The model field at the end of a lookup path, or None for a computed attribute."""
        model, found = self.model, None
        for part in path.split("__"):
            try:
                found = model._meta.get_field(part)
            except FieldDoesNotExist:
                return None
            model = found.related_model or model
        return found

    def column_label(self, column: Column) -> str:
        found = self.model_field(column.lookup)
        return str(column.label or (found.verbose_name if found else column.name))

    def column_kind(self, column: Column) -> str:
        return column.kind or kind_of(self.model_field(column.lookup))

    def field_label(self, name: str) -> str:
        found = self.model_field(name)
        return str(found.verbose_name if found else name)

    # -- rights -----------------------------------------------------------------------------------
    def may(self, actor: Actor, verb: str, obj: models.Model | None = None) -> bool:
        return can(actor, self.permission(verb), obj)

    def visible(self, actor: Actor, verb: str = "view", columns: Sequence[Column] | None = None):
        """Live rows the actor may see, with the relations that ``columns`` (default: all) show."""
        rows = self.model.objects.for_actor(actor, self.permission(verb)).live()
        many = [n for n in self.with_related if self._to_many(n)]
        one = {
            *self.with_related,
            *filter(None, (self._relation(c.lookup) for c in columns or self.columns)),
        } - set(many)
        return (rows.select_related(*one) if one else rows).prefetch_related(*many)

    def _to_many(self, path: str) -> bool:
        head = self.model_field(path.split("__")[0])
        return bool(head.one_to_many or head.many_to_many)

    def _relation(self, path: str) -> str | None:
        head = path.split("__")[0]
        found = self.model_field(head)
        return head if found is not None and (found.many_to_one or found.one_to_one) else None


def kind_of(found: models.Field | None) -> str:
    """The kind of a column from its model field."""
    if found is None:
        return "text"
    if found.is_relation:
        return "ref"
    if found.choices:
        return "choice"
    pairs = (
        (models.BooleanField, "bool"),
        (models.DateTimeField, "datetime"),
        (models.DateField, "date"),
        ((models.IntegerField, models.DecimalField, models.FloatField), "number"),
    )
    return next((kind for types, kind in pairs if isinstance(found, types)), "text")


def resource_from(declaration: Mapping[str, Any]) -> Resource:
    """A Resource from a plain dictionary, in which columns and sections may be names and lists."""
    values = dict(declaration)
    values["columns"] = tuple(_column(c) for c in values["columns"])
    values["sections"] = tuple(_section(s) for s in values.get("sections", ()))
    for name in ("filters", "conditions", "search", "ordering", "import_key", "panels", "with_related"):
        if name in values:
            values[name] = tuple(values[name])
    resource = Resource(**values)
    for name in (*resource.form_fields, *resource.filters, *resource.import_key):
        if resource.model_field(name) is None:
            raise ValueError(f"resource {resource.name}: {resource.model.__name__} has no field {name!r}")
    return resource


def _column(value: str | Mapping | Column) -> Column:
    if isinstance(value, Column):
        return value
    return Column(value) if isinstance(value, str) else Column(**value)


def _section(value: Section | Mapping | Sequence) -> Section:
    if isinstance(value, Section):
        return value
    title, names = (value["title"], value["fields"]) if isinstance(value, Mapping) else value
    return Section(str(title), tuple(names))
