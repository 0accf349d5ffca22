"""The declaration of an entity, as a plain value built at run time (architecture, point 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from shian.core.flow import Flow
from shian.kernel.changes.past import standing
from shian.kernel.flows.declare import Capacities, Case, Verb
from shian.kernel.flows.opening import opening
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.rights import can

from .parts import Actions, Column, Condition, Feature, FormPart, Section

F = TypeVar("F", bound=Feature)


@dataclass(frozen=True)
class Resource:
    """The spine: what every entity has. What only some have is a feature."""

    name: str
    """In addresses and permissions' stead: ``units`` → ``/units/``, ``/api/v1/units/``."""
    model: type[Entity]
    columns: tuple[Column, ...]
    overview: tuple[Section, ...] = ()
    """Sections of the detail page; none: those of the form."""
    form: tuple[Section, ...] = ()
    """Sections of the generic form; none: no generic create, edit and retire (its verbs move the entity)."""
    filters: tuple[str, ...] = ()
    """Lookup paths; a path over a to-many relation compiles to EXISTS."""
    conditions: tuple[Condition, ...] = ()
    search: tuple[str, ...] = ()
    """Lookups of the quick search and of the global index; none: not searchable."""
    ordering: tuple[str, ...] = ("-pk",)
    url_of: Callable[[Any], str] | None = None
    """Address of an object that has a page of its own; none: the generic detail page."""
    create_at: str = ""
    """Address of a creation page of its own, in place of the generic form."""
    with_related: tuple[str, ...] = ()
    """Relations that computed columns need, read with the rows."""
    flow: Flow | None = None
    """The states and transitions that move the entity; none: plain create, edit and retire."""
    verbs: Mapping[str, Verb | None] = field(default_factory=dict)
    """Transition → how it differs from the flow's default handling; None: it has no button."""
    capacities: Capacities | None = None
    """In which capacities an actor stands to rows; none: whoever holds ``<model>.<verb>`` may take it."""
    features: tuple[Feature, ...] = ()
    actions: Actions = field(default_factory=Actions)

    def __post_init__(self) -> None:
        if self.flow is not None and self.flow.opens:
            opened = replace(self.actions, save=opening(self.flow, self.actions.save))
            object.__setattr__(self, "actions", opened)

    # -- names ------------------------------------------------------------------------------------
    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def label_plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def permission(self, verb: str) -> str:
        return f"{self.model._meta.model_name}.{verb}"

    @property
    def words(self) -> tuple[str, ...]:
        """The generic verbs that the resource offers, beside those of its flow."""
        own = ("create", "edit", "retire", "restore") if self.editable else ("create",) if self.create_at else ()
        return "view", *own, *(word for f in self.features for word in f.verbs())

    def url(self, obj: models.Model) -> str:
        return self.url_of(obj) if self.url_of else f"/{self.name}/{obj.pk}/"

    # -- features ---------------------------------------------------------------------------------
    def feature(self, kind: type[F]) -> F | None:
        """The first declared feature of that kind."""
        return next((f for f in self.features if isinstance(f, kind)), None)

    def panels(self, obj: models.Model, actor: Actor) -> list[dict]:
        return [panel for f in self.features for panel in f.panels(self, obj, actor)]

    def form_parts(
        self, obj: models.Model, actor: Actor, data: Any = None, files: Any = None
    ) -> list[FormPart]:
        made = [f.form_part(self, obj, actor, data, files) for f in self.features]
        return [part for part in made if part is not None]

    @cached_property
    def case(self) -> Case | None:
        if self.flow is None:
            return None
        return Case(self.name, self.model, self.flow, self.verbs, self.capacities, self.url, self.with_related)

    # -- fields -----------------------------------------------------------------------------------
    @property
    def editable(self) -> bool:
        return bool(self.form)

    @property
    def form_fields(self) -> tuple[str, ...]:
        return tuple(name for section in self.form for name in section.fields)

    @property
    def shown(self) -> tuple[Section, ...]:
        return self.overview or self.form

    def model_field(self, path: str) -> models.Field | None:
        """The model field at the end of a lookup path, or None for a computed attribute."""
        model: type[models.Model] | None = self.model
        found = None
        for part in path.split("__"):
            if model is None:
                return None
            try:
                found = model._meta.get_field(part)
            except FieldDoesNotExist:
                return None
            model = found.related_model
        return found

    def is_personal(self, path: str) -> bool:
        """Whether ``path`` ends in a field with personal data."""
        found = self.model_field(path)
        return found is not None and found.name in getattr(found.model, "personal", ())

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

    def visible(
        self,
        actor: Actor,
        verb: str = "view",
        columns: Sequence[Column] | None = None,
        retired: bool = False,
        as_of: dt.date | None = None,
    ):
        """Live rows the actor may see, with the relations that ``columns`` (default: all) show.

        ``retired``: those out of use instead; ``as_of``: those that were in use at the end of that day.
        """
        rows = self.model.objects.for_actor(actor, self.permission(verb))
        rows = standing(rows, as_of) if as_of else rows.filter(retired_at__isnull=not retired)
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
    for name in ("overview", "form"):
        values[name] = tuple(_section(s) for s in values.get(name, ()))
    for name in ("filters", "conditions", "search", "ordering", "features", "with_related"):
        if name in values:
            values[name] = tuple(values[name])
    return Resource(**values)


def _column(value: str | Mapping | Column) -> Column:
    if isinstance(value, Column):
        return value
    return Column(value) if isinstance(value, str) else Column(**value)


def _section(value: Section | Mapping | Sequence) -> Section:
    if isinstance(value, Section):
        return value
    title, names = (value["title"], value["fields"]) if isinstance(value, Mapping) else value
    return Section(str(title), tuple(names))
