"""The lines of a parent as a workbook gives them: the whole list, matched with what is stored, written, taken back.

A plan is a plain value that an import keeps between preview, writing and undo:
``{"lines": [{row, id, version, values, diff}, …], "gone": [{id, version, label}, …]}``; ``id`` is None for a new
line until it is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from shian.kernel.changes.diffs import difference
from shian.kernel.changes.writer import StaleObject, Writer, change
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import masked, sees_personal
from shian.kernel.scopes.entity import Entity

from .feature import Children
from .part import unique_fields

Plan = dict[str, Any]
Given = Sequence[tuple[int, dict]]
"""(row number in the sheet, values of the line), in the order of the sheet."""


class SheetLines:
    """The lines of one kind below the rows of ``resource``, for one piece of work of ``actor``."""

    def __init__(self, resource: Resource, declared: Children, actor: Actor):
        self.resource, self.declared, self.actor = resource, declared, actor
        relation = declared.relation(resource)
        self.model: type[Entity] = relation.related_model
        self.link, self.attname = relation.remote_field.name, relation.remote_field.attname
        self.sort = declared.sort if declared.sort not in declared.fields else ""

    # -- planning ---------------------------------------------------------------------------------
    def plan(self, parent: Any, stored: Sequence[Entity], given: Given) -> tuple[Plan, list[Entity]]:
        """What the list ``given`` would do to the ``stored`` lines of ``parent``, and the lines as they would be."""
        hidden = self.model.personal if parent.pk and not sees_personal(self.actor, parent) else ()
        found = self.match(stored, [values for _row, values in given], hidden)
        lines = [child or self.model() for child in found]
        for line, (_row, values) in zip(lines, given, strict=True):
            setattr(line, self.link, parent)
            for name, value in values.items():
                if not _alike(line, name, value, hidden):
                    _set(line, name, value)
        self._order(lines, stored)
        kept = {line.pk for line in lines}
        gone = [{"id": c.pk, "version": c.version, "label": str(c)[:200]} for c in stored if c.pk not in kept]
        return {"lines": [self._told(line, row, values) for line, (row, values) in zip(lines, given, strict=True)],
                "gone": gone}, lines  # fmt: skip

    def match(
        self, stored: Sequence[Entity], given: Sequence[dict], hidden: Iterable[str]
    ) -> list[Entity | None]:
        """The stored line that each of ``given`` means.

        By the line's own natural key where its model has one. Else by what must be unique among the lines of one
        parent, then those that say the same wherever they stand, and what is left in order: a line put in or taken
        out does not rename all below it, and none takes a name that another still bears.
        """
        left, out = list(stored), [None] * len(given)

        def take(names: Iterable[str]) -> None:
            for n, values in enumerate(given):
                same = (c for c in left if all(_alike(c, name, values[name], hidden) for name in names))
                if out[n] is None and (child := next(same, None)) is not None:
                    out[n] = child
                    left.remove(child)

        key = [name for name in self.model.natural_key if name != self.link]
        if key and given and set(key) <= given[0].keys():
            take(key)
            return out
        for fields in unique_fields(self.model, self.link, list(given[0]) if given else []):
            take([f.name for f in fields])
        take(given[0] if given else ())
        for n, child in enumerate(out):
            if child is None and left:
                out[n] = left.pop(0)
        return out

    def _order(self, lines: Sequence[Entity], stored: Sequence[Entity]) -> None:
        """Lines in their former order keep their positions, whatever those are; else all are numbered anew."""
        if not self.sort:
            return
        kept = {line.pk for line in lines if line.pk}
        former = [child.pk for child in stored if child.pk in kept]
        if [line.pk for line in lines] == former + [None] * (len(lines) - len(former)):
            last = max((getattr(child, self.sort) or 0 for child in stored), default=0)
            for n, line in enumerate(lines[len(former) :], last + 1):
                setattr(line, self.sort, n)
            return
        for n, line in enumerate(lines, 1):
            setattr(line, self.sort, n)

    def _told(self, line: Entity, row: int, values: dict) -> dict:
        names = [*values, *([self.sort] if self.sort else [])]
        filled = {name: getattr(line, line._meta.get_field(name).attname) for name in names}
        diff = {name: pair for name, pair in difference(line).items() if name in names} if line.pk else {}
        version = line.version if line.pk else None
        return {"row": row, "id": line.pk, "version": version, "values": filled, "diff": diff}

    def twins(self, lines: Sequence[Entity], rows: Sequence[int]) -> list[tuple[int, str]]:
        """(row, why) of lines that say the same where each must be different: unique constraints, natural key."""
        out = []
        sets = unique_fields(self.model, self.link, self.declared.fields)
        sets.append([self.model._meta.get_field(n) for n in self.model.natural_key if n != self.link])
        for columns in filter(None, sets):
            seen: dict[tuple, int] = {}
            for line, row in zip(lines, rows, strict=True):
                values = tuple(getattr(line, f.attname) for f in columns)
                if values in seen and None not in values:
                    out.append((row, _("与第 %(n)s 行的明细重复") % {"n": seen[values]}))
                seen.setdefault(values, row)
        return list(dict(out).items())

    # -- writing ----------------------------------------------------------------------------------
    def write(
        self, pairs: Sequence[tuple[Any, Plan]], *, verb: str, batch: uuid.UUID, fresh: set[int]
    ) -> list[Plan]:
        """Writes the lines of stored parents; the plans with keys and versions as written.

        ``fresh``: keys of parents that this import made. What goes makes room first: a line may take the place
        of one that a unique constraint would not bear beside it.
        """
        current = self._current(plan for _parent, plan in pairs)
        gone = [[self._standing(current, entry) for entry in plan["gone"]] for _parent, plan in pairs]
        lines = [[self._filled(current, parent, entry) for entry in plan["lines"]] for parent, plan in pairs]
        before = [{c.pk for c in (*out, *kept) if c.pk} for out, kept in zip(gone, lines, strict=True)]
        with change(self.actor, verb, batch=batch) as w:
            touched = self._store(w, list(chain(*gone)), list(chain(*lines)))
            for (parent, _plan), former, kept in zip(pairs, before, lines, strict=True):
                if parent.pk in touched - fresh:
                    after = [line.pk for line in kept]
                    w.touch(
                        parent, {self.declared.name: [sorted(former), after]} if former != {*after} else {}
                    )
        return [_noted(plan, *rows) for (_parent, plan), *rows in zip(pairs, lines, gone, strict=True)]

    def _store(self, w: Writer, gone: Sequence[Entity], lines: Sequence[Entity]) -> set[int]:
        """Keys of the parents of which a line was written."""
        for child in gone:
            child.retired_at = w.at
        written = w.save_all(gone)
        written += w.save_all([line for line in lines if line.pk])
        written += w.save_all([line for line in lines if not line.pk])
        return {getattr(line, self.attname) for line in written}

    def _current(self, plans: Iterable[Plan]) -> dict[int, Entity]:
        keys = [e["id"] for plan in plans for e in [*plan["lines"], *plan["gone"]] if e["id"]]
        return self.model.unscoped.in_bulk(keys)

    def _standing(self, current: dict[int, Entity], entry: dict) -> Entity:
        child = current[entry["id"]]
        if child.version != entry["version"]:
            raise StaleObject(child, child)
        return child

    def _filled(self, current: dict[int, Entity], parent: Any, entry: dict) -> Entity:
        child = self._standing(current, entry) if entry["id"] else self.model()
        for name, value in entry["values"].items():
            _set(child, name, value)
        if not child.pk:
            setattr(child, self.link, parent)
        return child

    # -- undo -------------------------------------------------------------------------------------
    def untouched(self, plans: Sequence[Plan]) -> list[bool]:
        """Of which plans every line still stands as the import left it."""
        current = self._current(plans)

        def stands(entry: dict) -> bool:
            child = current.get(entry["id"])
            return child is not None and child.version == entry["version"]

        return [all(map(stands, [*plan["lines"], *plan["gone"]])) for plan in plans]

    def take_back(
        self, pairs: Sequence[tuple[Any, Plan]], *, verb: str, batch: uuid.UUID, fresh: set[int]
    ) -> None:
        """New lines out of use, changed ones as they were, those that went are back."""
        plans = [plan for _parent, plan in pairs]
        current = self._current(plans)
        made = [self._standing(current, e) for plan in plans for e in plan["lines"] if e.get("new")]
        changed = [self._former(current, e) for plan in plans for e in plan["lines"] if e["diff"]]
        back = [self._standing(current, e) for plan in plans for e in plan["gone"]]
        with change(self.actor, verb, batch=batch) as w:
            touched = self._store(w, made, changed)
            for child in back:
                child.retired_at = None
            touched |= self._store(w, [], back)
            for parent, _plan in pairs:
                if parent.pk in touched - fresh:
                    w.touch(parent)

    def _former(self, current: dict[int, Entity], entry: dict) -> Entity:
        child = self._standing(current, entry)
        for name, pair in entry["diff"].items():
            _set(child, name, pair[0])
        return child


def _noted(plan: Plan, lines: Sequence[Entity], gone: Sequence[Entity]) -> Plan:
    return {
        "lines": [
            e | {"id": line.pk, "version": line.version, "new": e["id"] is None}
            for e, line in zip(plan["lines"], lines, strict=True)
        ],
        "gone": [e | {"version": child.version} for e, child in zip(plan["gone"], gone, strict=True)],
    }


def _set(child: Entity, name: str, value: Any) -> None:
    found = child._meta.get_field(name)
    setattr(child, found.attname, value if found.is_relation else found.to_python(value))


def _alike(child: Entity, name: str, value: Any, hidden: Iterable[str]) -> bool:
    """Whether ``child`` says that already; who sees a personal value masked gives it back masked."""
    found = child._meta.get_field(name)
    now = getattr(child, found.attname)
    if name in hidden and now and value == masked(str(now)):
        return True
    return now == (value if found.is_relation else found.to_python(value))
