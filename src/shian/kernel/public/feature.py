"""The feature: which fields of which rows anybody may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from shian.kernel.resources import registry
from shian.kernel.resources.parts import Feature
from shian.kernel.resources.resource import Resource

OWN_LOOKUPS = {"in", "isnull", "exact"}
"""What may follow a reference in ``when`` without leaving the row."""


@dataclass(frozen=True)
class Public(Feature):
    """``fields`` of the rows that meet ``when`` and are in use; the first one is the title."""

    fields: tuple[str, ...]
    when: Q = field(default_factory=Q)
    """Over the row's own columns, so that only a write of the row can change the answer."""

    def check(self, resource: Resource) -> None:
        where = f"resource {resource.name}, Public"
        if not self.fields or len(set(self.fields)) < len(self.fields):
            raise ValueError(f"{where}: name at least one field, each once")
        for name in self.fields:
            if reason := _unfit(resource.model, name):
                raise ValueError(f"{where}: {name!r} {reason}")
        for lookup in _lookups(self.when):
            head, *rest = lookup.split("__")
            found = _own(resource.model, head)
            if found is None or (found.is_relation and not OWN_LOOKUPS.issuperset(rest)):
                raise ValueError(f"{where}, when: {lookup!r} asks for more than the row's own columns")

    def references(self, resource: Resource) -> dict[str, type[models.Model]]:
        """Public field → the model it refers to."""
        fields = [resource.model._meta.get_field(name) for name in self.fields]
        return {f.name: f.related_model for f in fields if f.is_relation}


def published() -> list[tuple[Resource, Public]]:
    """The resources with a public side."""
    found = [(r, r.feature(Public)) for r in registry.all_resources()]
    return [(resource, feature) for resource, feature in found if feature is not None]


def _unfit(model: type[Any], name: str) -> str:
    """Why ``name`` cannot be public; empty when it can. Where a picture was taken is personal to its file."""
    found = _own(model, name)
    if found is None or found.many_to_many:
        return f"is no column of {model.__name__}"
    if name in {*model.personal, *model.secret}:
        return "is personal or secret"
    target = found.related_model
    if target is not None and (not target.scope.everyone or target.personal or target.secret):
        return f"refers to {target.__name__}, which not everybody may read"
    return ""


def _own(model: type[models.Model], name: str) -> models.Field | None:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if found.concrete else None


def _lookups(where: Q) -> Iterator[str]:
    for child in where.children:
        if isinstance(child, Q):
            yield from _lookups(child)
        else:
            yield child[0] if isinstance(child, tuple) else str(child)
