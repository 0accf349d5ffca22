"""The feature: children in the form, on the detail page, in the API and in the export of their parent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from shian.kernel.resources.parts import Feature, Spread
from shian.kernel.resources.resource import Resource
from shian.kernel.resources.tables import text_of
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import masked, sees_personal
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.naming import Names

from .part import LinesPart
from .schema import Lines

NONE: Mapping[str, Names] = {}


@dataclass(frozen=True)
class Children(Feature):
    """``name``: the related name on the parent; ``sort``: the child's integer field that keeps the order."""

    name: str
    fields: tuple[str, ...]
    sort: str = ""
    most: int = 200
    """Lines of one parent."""

    def relation(self, resource: Resource) -> models.ManyToOneRel:
        return resource.model._meta.get_field(self.name)

    def child(self, resource: Resource) -> type[Entity]:
        return self.relation(resource).related_model

    def check(self, resource: Resource) -> None:
        where = f"resource {resource.name}, Children({self.name!r})"
        found = resource.model_field(self.name)
        if found is None or not found.one_to_many or not issubclass(found.related_model, Entity):
            raise ValueError(f"{where}: {resource.model.__name__} has no children of that name")
        link = found.remote_field.name
        for name in (*self.fields, *([self.sort] if self.sort else [])):
            try:
                field = found.related_model._meta.get_field(name)
            except FieldDoesNotExist:
                raise ValueError(f"{where}: {found.related_model.__name__} has no field {name!r}") from None
            if not field.concrete or field.many_to_many or name == link:
                raise ValueError(f"{where}: {name!r} is no column of a line")
        scope = found.related_model.scope
        for lookup in (scope.place, scope.domain, scope.home, *scope.units):
            if lookup and not lookup.startswith(link):
                raise ValueError(f"{where}: the scope of {found.related_model.__name__} must follow {link!r}")

    def rows(self, resource: Resource, parents: Sequence[Any]) -> dict[int, list[Any]]:
        """Parent's key → its live children in order. Whoever sees the parent sees them."""
        relation = self.relation(resource)
        order = (self.sort, "pk") if self.sort else ("pk",)
        found = relation.related_model.unscoped.live().filter(
            **{f"{relation.remote_field.name}__in": parents}
        )
        related = [n for n in self.fields if relation.related_model._meta.get_field(n).is_relation]
        out = defaultdict(list)
        for row in (found.select_related(*related) if related else found).order_by(*order):
            out[getattr(row, relation.remote_field.attname)].append(row)
        return out

    def labels(self, resource: Resource) -> list[str]:
        child = self.child(resource)
        return [str(child._meta.get_field(name).verbose_name) for name in self.fields]

    # -- hooks ------------------------------------------------------------------------------------
    def panels(self, resource: Resource, obj: Any, actor: Actor) -> list[dict]:
        rows = self.rows(resource, [obj])[obj.pk]
        shown = [self._texts(row, sees_personal(actor, obj)) for row in rows]
        return [
            {"name": self.name, "label": str(self.child(resource)._meta.verbose_name_plural), "count": len(rows),
             "template": "lines/panel.html", "headings": self.labels(resource), "lines": shown}
        ]  # fmt: skip

    def form_part(self, resource: Resource, obj: Any, actor: Actor, data: Any, files: Any) -> LinesPart:
        rows = self.rows(resource, [obj])[obj.pk] if obj.pk else []
        return LinesPart(self, self.relation(resource), obj, actor, rows, data)

    def represent(self, resource: Resource, rows: Sequence[Any], actor: Actor) -> dict[int, dict]:
        found = self.rows(resource, rows)
        return {
            obj.pk: {self.name: [self._told(row, sees_personal(actor, obj)) for row in found[obj.pk]]}
            for obj in rows
        }

    def documented(self, resource: Resource) -> dict[str, Lines]:
        return {self.name: Lines(self.child(resource), self.fields, self.most)}

    def also(self, resource: Resource, obj: Any) -> list[tuple[str, list[int]]]:
        relation = self.relation(resource)
        keys = relation.related_model.unscoped.filter(**{relation.remote_field.name: obj}).values_list(
            "pk", flat=True
        )
        return [(relation.related_model._meta.label_lower, list(keys))]

    def spreads(self, resource: Resource) -> list[Spread]:
        label = str(self.child(resource)._meta.verbose_name_plural)

        def of(rows: Sequence[Any], actor: Actor) -> dict[int, list[list]]:
            found, names = self.rows(resource, rows), self._names(resource, actor)
            return {
                o.pk: [self._texts(row, sees_personal(actor, o), names) for row in found[o.pk]] for o in rows
            }

        heads = tuple(self.heading(resource, name) for name in self.fields)
        return [Spread(self.name, _("含%(label)s，每条一行") % {"label": label}, heads, of)]

    def heading(self, resource: Resource, name: str) -> str:
        """The heading of a line's column in a flat sheet: with the child's name where another column is called so."""
        child = self.child(resource)
        label = str(child._meta.get_field(name).verbose_name)
        others = {resource.column_label(column) for column in resource.columns}
        others |= {resource.field_label(field) for field in resource.form_fields}
        for feature in resource.features:
            if isinstance(feature, Children) and feature.name != self.name:
                others |= set(feature.labels(resource))
        return f"{child._meta.verbose_name}：{label}" if label in others else label

    def _names(self, resource: Resource, actor: Actor) -> dict[str, Names]:
        """field → how its references are written so that an import reads them back."""
        fields = [self.child(resource)._meta.get_field(name) for name in self.fields]
        return {
            f.name: Names(f.related_model, actor)
            for f in fields
            if f.is_relation and issubclass(f.related_model, Entity)
        }

    def _texts(self, row: Entity, open_: bool, names: Mapping[str, Names] = NONE) -> list[str]:
        values = [(name, getattr(row, name)) for name in self.fields]
        texts = [
            names[name].written(value) if name in names and value else text_of(row, name, value)
            for name, value in values
        ]
        return [
            masked(t) if t and n in row.personal and not open_ else t
            for n, t in zip(self.fields, texts, strict=True)
        ]

    def _told(self, row: Entity, open_: bool) -> dict:
        out: dict[str, Any] = {"id": row.pk}
        for name in self.fields:
            value = getattr(row, row._meta.get_field(name).attname)
            out[name] = masked(str(value)) if value and name in row.personal and not open_ else value
        return out
