"""Which models are searchable, and what of a row is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..scopes.entity import Entity


@dataclass(frozen=True)
class Searchable:
    """How rows of ``model`` enter the index."""

    model: type[Entity]
    fields: tuple[str, ...]
    """Attributes searched beside the title; ``unit__name`` follows a relation."""
    url: Callable[[Entity], str]
    subtitle: Callable[[Entity], str]
    weight: int
    """Higher ones come first among equals."""

    @property
    def label(self) -> str:
        return self.model._meta.label_lower


_searchables: dict[str, Searchable] = {}


def register(
    model: type[Entity],
    fields: tuple[str, ...] = (),
    url: Callable[[Entity], str] | None = None,
    subtitle: Callable[[Entity], str] | str = "",
    weight: int = 50,
) -> Searchable:
    """Makes ``model`` searchable by ``str(row)`` and ``fields``; registering again replaces.

    ``url`` defaults to ``row.get_absolute_url()``; ``subtitle`` is a function or an attribute.
    Raises :class:`ValueError` for a field with personal data: hits would show it to those who may not see it.
    """
    forbidden = {*model.personal, *model.secret}.intersection(fields)
    if forbidden:
        raise ValueError(f"search.register({model.__name__}): {sorted(forbidden)} must not enter the index")
    text = subtitle if callable(subtitle) else (lambda row: value_of(row, subtitle) if subtitle else "")
    found = Searchable(model, tuple(fields), url or (lambda row: row.get_absolute_url()), text, weight)
    _searchables[found.label] = found
    return found


def unregister(model: type[Entity]) -> None:
    _searchables.pop(model._meta.label_lower, None)


def searchables() -> dict[str, Searchable]:
    return dict(_searchables)


def value_of(row: object, path: str) -> str:
    """Text of the attribute ``path`` (``a__b`` follows relations; a choice gives its label)."""
    *way, last = path.split("__")
    for name in way:
        row = getattr(row, name, None)
    if row is None:
        return ""
    shown = getattr(row, f"get_{last}_display", None)
    value = shown() if shown else getattr(row, last, None)
    return "" if value is None else str(value)
