"""The only place of the suite that reads a resource's declaration or calls its writes."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from shian.kernel.changes.rows import set_relations
from shian.kernel.resources import registry
from shian.kernel.scopes import SYSTEM


def get(name: str):
    return registry.get(name)


def served(name: str) -> bool:
    return any(r.name == name for r in registry.all_resources())


def form_fields(resource) -> tuple[str, ...]:
    return resource.form_fields


def import_key(resource) -> tuple[str, ...]:
    return resource.model.natural_key


def filters(resource) -> tuple[str, ...]:
    return resource.filters


def search(resource) -> tuple[str, ...]:
    return resource.search


def columns(resource) -> list[tuple[str, bool]]:
    """(name, whether it is shown before anybody chooses)."""
    return [(c.name, c.shown) for c in resource.columns]


def column_labels(resource) -> list[str]:
    """Headings of the columns shown at first."""
    return [resource.column_label(c) for c in resource.columns if c.shown]


def url(resource, row) -> str:
    return resource.url(row)


def store(resource, row: models.Model, related: dict[str, list[int]]) -> None:
    """Writes a row for the installation, through the resource's own action."""
    verb = resource.permission("create")
    resource.actions.save(actor=SYSTEM, rows=[row], verb=verb)
    chosen = {
        n: list(field(type(row), n).related_model._base_manager.filter(pk__in=v)) for n, v in related.items()
    }
    set_relations(actor=SYSTEM, row=row, chosen=chosen, verb=verb)


def retire(resource, row: models.Model) -> None:
    """Retires a row for the installation."""
    resource.actions.retire(actor=SYSTEM, rows=[row], verb=resource.permission("retire"))


def field(model: type[models.Model], path: str) -> models.Field | None:
    """The field at the end of a lookup path; None for a computed column."""
    found = None
    for part in path.replace(".", "__").split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = found.related_model or model
    return found


def to_many(model: type[models.Model], path: str) -> bool:
    head = field(model, path.split("__")[0])
    return head is not None and bool(head.one_to_many or head.many_to_many)


def shape(found: models.Field) -> str:
    """place, ref, choice, bool, date, number or text."""
    if found.is_relation:
        return "place" if found.related_model._meta.label == "places.Place" else "ref"
    if found.choices:
        return "choice"
    kinds = {
        "bool": models.BooleanField,
        "date": models.DateField,
        "number": (models.IntegerField, models.DecimalField, models.FloatField),
    }
    return next((name for name, types in kinds.items() if isinstance(found, types)), "text")


def is_open(resource) -> bool:
    """Whether it has a public side."""
    return any(type(feature).__name__ == "Public" for feature in resource.features)


def personal_texts(model: type[models.Model]) -> list[str]:
    """Personal fields that hold text."""
    return [n for n in model.personal if isinstance(field(model, n), models.CharField | models.TextField)]


def unique_fields(model: type[models.Model]) -> set[str]:
    """Fields that take part in a unique rule: they cannot be set alike on many rows."""
    named = {n for c in model._meta.constraints for n in getattr(c, "fields", ())}
    return named | {f.name for f in model._meta.fields if f.unique}
