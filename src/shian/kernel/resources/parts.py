"""What a resource is declared with: columns, sections, conditions, and the base of its features."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models

from shian.kernel.changes import rows as writes
from shian.kernel.scopes.actor import Actor

Declared = Any
"""A Resource; its module stands above this one."""


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
    """A titled group of fields of the form or of the overview panel."""

    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """A named question about a row that needs the viewer or the date: overdue, mine, without owner."""

    name: str
    label: str
    where: Callable[[Actor, dt.date], models.Q]


@dataclass(frozen=True)
class Actions:
    """The writes behind form, bulk, API, import and its undo: each takes a set of rows of one model.

    ``action(actor=, rows=, verb=, reason=, batch=)`` returns the rows that changed; a ValidationError
    refuses the whole set, and callers that want to know which row is guilty ask row by row.
    """

    save: writes.Action = writes.save_rows
    retire: writes.Action = writes.retire_rows
    restore: writes.Action = writes.restore_rows


class FormPart(Protocol):
    """What a feature adds to the form of a row, saved with it in one transaction."""

    template: str
    """Rendered below the sections with the part as ``part``."""

    def is_valid(self) -> bool: ...

    faults: Sequence[dict]
    """What is wrong, for the summary above the form: {label, at (the id of a control), text}."""

    @property
    def errors(self) -> Mapping[str, Sequence[str]]: ...

    def save(
        self, *, actor: Actor, row: models.Model, verb: str, reason: str, batch: uuid.UUID | None = None
    ) -> None: ...


@dataclass(frozen=True)
class Spread:
    """A flat export: every row once for each of its children, its own columns repeated.

    ``of(rows, actor)`` gives key → lines of texts below ``headings``.
    """

    name: str
    label: str
    headings: tuple[str, ...]
    of: Callable[[Sequence[Any], Actor], dict[int, list[list]]]


class Feature:
    """Something a resource can besides being listed, shown and edited; it lives in the package that does it.

    A frozen dataclass with a hook for each place where the machinery asks. Addresses of its own it puts
    below ``<res:resource>/`` in the urls of its package, and answers 404 where the feature is not declared.
    """

    def check(self, resource: Declared) -> None:
        """Raises ValueError when the declaration does not fit the model."""

    def verbs(self) -> tuple[str, ...]:
        """Verbs it adds to those of the resource."""
        return ()

    def list_tools(self, resource: Declared, actor: Actor, params: Any) -> dict:
        """What it adds to the context of the list page."""
        return {}

    def panels(self, resource: Declared, obj: Any, actor: Actor) -> list[dict]:
        """Tabs of the detail page, as ``ui/_panels.html`` takes them."""
        return []

    def form_part(self, resource: Declared, obj: Any, actor: Actor, data: Any, files: Any) -> FormPart | None:
        """Part of the form; ``data`` is None (not sent), what a browser posted, or the JSON object of the API."""
        return None

    def represent(self, resource: Declared, rows: Sequence[Any], actor: Actor) -> dict[int, dict]:
        """Key → what the API shows of that row beside its fields."""
        return {}

    def documented(self, resource: Declared) -> Mapping[str, Any]:
        """Name → serializer field by which OpenAPI knows what :meth:`represent` adds."""
        return {}

    def also(self, resource: Declared, obj: Any) -> list[tuple[str, list[int]]]:
        """(model label, keys) of rows below ``obj`` whose changes stand in its change tab."""
        return []

    def spreads(self, resource: Declared) -> list[Spread]:
        """Ways to export a row as several lines."""
        return []


@dataclass(frozen=True)
class Panel(Feature):
    """A tab of the detail page: ``context(obj, actor)`` gives the context of ``template``."""

    name: str
    label: str
    template: str
    context: Callable[[Any, Actor], dict] = field(repr=False)

    def panels(self, resource: Declared, obj: Any, actor: Actor) -> list[dict]:
        shown = {"name": self.name, "label": self.label, "template": self.template}
        return [shown | self.context(obj, actor)]
