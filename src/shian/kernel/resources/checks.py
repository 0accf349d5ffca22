"""A declaration is checked when it is registered: what it names must exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from .filters import PAGE_KEYS
from .resource import Resource

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def check(resource: Resource) -> None:
    """Raises ValueError naming the resource, the option and the field that does not fit."""
    if not NAME.fullmatch(resource.name):
        raise ValueError(f"resource {resource.name!r}: a name is small letters, digits and hyphens")
    if not resource.columns:
        raise ValueError(f"resource {resource.name}: no columns")
    columns = [c.name for c in resource.columns]
    shown = [name for section in resource.overview for name in section.fields]
    _each(resource, "columns", columns, lambda n: readable(resource.model, n))
    _each(resource, "overview", shown, lambda n: readable(resource.model, n))
    _each(resource, "form", resource.form_fields, lambda n: _editable(resource, n))
    _each(resource, "filters", resource.filters, lambda n: n not in PAGE_KEYS and _open(resource, n))
    _each(resource, "search", resource.search, lambda n: _open(resource, n))
    _each(resource, "with_related", resource.with_related, lambda n: _relations(resource, n))
    order = [n.lstrip("-") for n in resource.ordering]
    _each(resource, "ordering", order, lambda n: n == "pk" or _open(resource, n))
    _each(resource, "conditions", [c.name for c in resource.conditions], lambda n: bool(n))
    for feature in resource.features:
        feature.check(resource)


def _each(resource: Resource, option: str, names: Iterable[str], fits: Callable[[str], bool]) -> None:
    seen = set()
    for name in names:
        where = f"resource {resource.name}, {option}: {resource.model.__name__}"
        if not fits(name):
            raise ValueError(f"{where} has no {name!r} that fits here")
        if name in seen:
            raise ValueError(f"{where}: {name!r} stands twice")
        seen.add(name)


def readable(model: type[models.Model] | None, path: str) -> bool:
    """Whether a row has something at ``path``: fields as far as there are any, then an attribute."""
    for part in path.replace(".", "__").split("__"):
        if model is None:
            return False
        try:
            model = model._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return hasattr(model, part)
    return True


def _open(resource: Resource, path: str) -> bool:
    """A field without personal data: what finds or orders rows by a value tells it to who sees it masked."""
    return resource.model_field(path) is not None and not resource.is_personal(path)


def _editable(resource: Resource, name: str) -> bool:
    found = resource.model_field(name)
    return "__" not in name and bool(getattr(found, "editable", False))


def _relations(resource: Resource, path: str) -> bool:
    found = resource.model_field(path)
    return found is not None and found.is_relation
