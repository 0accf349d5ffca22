"""Rows of a workbook checked against the database: new, changed, same or in error."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from shian.engines.sheets import HeaderMatch, find_header, open_table
from shian.kernel.changes.diffs import difference
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.rights import refusals
from shian.kernel.scopes.veil import masked_value, unread

from .cells import readers, text
from .fields import known_headings
from .models import Mapping, Session, SessionRow

CHUNK = 250


def look_at(path, filename: str, resource: Resource) -> tuple[str, HeaderMatch, int]:
    """(sheet, heading found, number of rows looked at) of the sheet that fits best."""
    best: tuple[str, HeaderMatch, int] | None = None
    with open_table(path, filename) as table:
        for sheet in table.sheets[:20]:
            head = list(islice(table.rows(sheet), 30))
            match = find_header(iter(head), known_headings(resource))
            if best is None or len(match.columns) > len(best[1].columns):
                best = (sheet, match, len(head))
    return best


def headers_hash(headers: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(headers), ensure_ascii=False).encode()).hexdigest()


def remembered(resource: Resource, headers: Sequence[str], user_id: int) -> dict[str, int]:
    row = Mapping.unscoped.filter(
        resource=resource.name, headers_hash=headers_hash(headers), user_id=user_id
    ).first()
    return row.mapping if row else {}


_open: dict[int, tuple[int, Iterator[tuple[int, list]]]] = {}
"""Readers of sessions being checked by this process: (last row given, the rest). A worker that takes a
session over after a crash finds none here and reads from the top."""


def source_rows(session: Session) -> Iterator[tuple[int, list]]:
    """(row number in the sheet, cells) below the heading, blank rows left out."""
    with session.file.open() as handle, open_table(handle, session.filename) as table:
        for number, cells in enumerate(table.rows(session.sheet or None), 1):
            if number > session.header_row and any(text(c) for c in cells):
                yield number, cells


def next_rows(
    session: Session, after: int, begins: Callable[[Sequence], bool] | None = None
) -> list[tuple[int, list]]:
    """A chunk of the rows below row ``after``; fewer than ``CHUNK`` are the last.

    ``begins``: whether a row begins a group of rows; a chunk is as long as it takes not to cut one.
    """
    last, rest = _open.pop(session.pk, (None, None))
    if last != after:
        rest = (row for row in source_rows(session) if row[0] > after)
    rows = list(islice(rest, CHUNK))
    if len(rows) < CHUNK:
        return rows
    if begins:
        for _number, cells in rows:
            begins(cells)
        while (row := next(rest, None)) and not begins(row[1]):
            rows.append(row)
        rest = chain([row], rest) if row else rest
    _open[session.pk] = (rows[-1][0], rest)
    return rows


class Checker:
    """Checks rows of one session; keeps what many rows share (references, keys seen)."""

    def __init__(self, session: Session, resource: Resource, actor: Actor):
        self.session, self.resource, self.actor = session, resource, actor
        self.columns = {
            name: int(col) for name, col in session.mapping.items() if name in resource.form_fields
        }
        self.read = readers({name: resource.model_field(name) for name in self.columns}, actor)

    begins: Callable[[Sequence], bool] | None = None
    """Whether a row begins a group of rows; none: each is its own."""

    def recall(self) -> None:
        """Refuses rows of earlier chunks for what a later one says."""

    def values(self, cells: Sequence) -> tuple[dict, list]:
        values, errors = {}, []
        for name, column in self.columns.items():
            cell = cells[column] if column < len(cells) else None
            try:
                values[name] = self.read[name](cell)
            except ValidationError as error:
                errors.append([self.resource.field_label(name), text(cell), " ".join(error.messages)])
        return values, errors

    def check(self, rows: Sequence[tuple[int, list]]) -> list[SessionRow]:
        """Session rows for one chunk."""
        parsed = [(number, cells, *self.values(cells)) for number, cells in rows]
        good = [values for _n, _c, values, errors in parsed if not errors]
        existing, seen = self.existing(good), self.seen(good)
        judged = [
            self._judge(number, cells, values, errors, existing, seen)
            for number, cells, values, errors in parsed
        ]
        writing = [(row, obj) for row, obj in judged if row.kind in ("new", "changed")]
        for n, why in unwelcome(self.resource, self.actor, [obj for _row, obj in writing]).items():
            row, obj = writing[n]
            row.kind, row.errors = "error", [["", str(obj), why]]
        return [row for row, _obj in judged]

    def key(self, values: dict) -> tuple:
        return tuple(values.get(name) for name in self.resource.model.natural_key)

    def seen(self, rows: Sequence[dict]) -> set[str]:
        """Which keys of ``rows`` stand in earlier chunks of the same workbook."""
        wanted = [key_text(self.key(r)) for r in rows]
        earlier = SessionRow.unscoped.filter(session=self.session, key__in=wanted)
        return set(earlier.values_list("key", flat=True))

    def existing(self, rows: Sequence[dict]) -> dict[tuple, object]:
        """natural key → live row the actor may see."""
        names = self.resource.model.natural_key
        if not rows or any(name not in self.columns for name in names):
            return {}
        found = self.resource.visible(self.actor)
        for name in names:
            values = {r[name] for r in rows}
            where = Q(**{f"{name}__in": values - {None}})
            found = found.filter(where | Q(**{f"{name}__isnull": True}) if None in values else where)
        attnames = [self.resource.model._meta.get_field(n).attname for n in names]
        return {tuple(getattr(o, a) for a in attnames): o for o in found}

    def _judge(
        self, number: int, cells, values: dict, errors: list, existing: dict, seen: set[str]
    ) -> tuple[SessionRow, object]:
        row = SessionRow(
            session=self.session, number=number, cells=[text(c) for c in cells], errors=errors, kind="error"
        )
        if errors:
            return row, None
        key = self.key(values)
        labels = "、".join(self.resource.field_label(n) for n in self.resource.model.natural_key)
        row.key = key_text(key)
        if row.key in seen:
            row.errors = [[labels, "、".join(str(k) for k in key), _("与本表前面的行重复")]]
            return row, None
        seen.add(row.key)
        obj = existing.get(key) or self.resource.model()
        for name in {*unread(self.actor, obj)} & values.keys():
            sent = values.pop(name)  # read masked, it comes back masked; nobody writes over what he does not read
            if sent not in (None, "", masked_value(obj, name)):
                label = self.resource.field_label(name)
                row.errors = [[label, str(sent), _("“%(name)s”对您只显示一部分，不能修改") % {"name": label}]]
                return row, None
        fill(self.resource, obj, values)
        row.values = {n: getattr(obj, self.resource.model._meta.get_field(n).attname) for n in values}
        if obj.pk:
            row.object_id, row.version, row.diff = obj.pk, obj.version, difference(obj)
        if obj.pk and not row.diff:
            row.kind = "same"
            return row, obj
        row.errors = problems(obj, self.resource.form_fields)
        if not row.errors:
            row.kind = "changed" if obj.pk else "new"
        return row, obj


def key_text(key: tuple) -> str:
    return hashlib.sha256(json.dumps(key, ensure_ascii=False, default=str).encode()).hexdigest()


def fill(resource: Resource, obj, values: dict) -> None:
    for name, value in values.items():
        found = resource.model._meta.get_field(name)
        setattr(obj, found.attname, value if found.is_relation else found.to_python(value))


def problems(obj, names: Sequence[str]) -> list:
    """[[field, value, rule], …]: the checks of the single form, which fills ``names``, on one row.

    Unique keys are checked apart.
    """
    out = []
    relations = {f.name for f in obj._meta.fields if f.is_relation}
    others = {f.name for f in obj._meta.fields} - set(names)
    for check in (lambda: obj.clean_fields(exclude=relations | others), obj.clean):
        try:
            check()
        except ValidationError as error:
            named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for name, texts in named.items():
                label = str(obj._meta.get_field(name).verbose_name) if name and name != "__all__" else ""
                value = str(getattr(obj, name, "")) if label else ""
                out.append([label, value, " ".join(texts)])
    for name in names:
        found = obj._meta.get_field(name)
        if found.is_relation and not found.blank and getattr(obj, found.attname, None) is None:
            out.append([str(found.verbose_name), "", _("必填")])
    return out


def unwelcome(resource: Resource, actor: Actor, objects: Sequence) -> dict[int, str]:
    """Position → why ``actor`` may not write that object as a single form would; set-shaped."""
    out: dict[int, str] = {}
    for verb in ("create", "edit"):
        at = [n for n, obj in enumerate(objects) if (obj.pk is None) == (verb == "create")]
        found = refusals(actor, resource.permission(verb), [objects[n] for n in at])
        out |= {at[n]: why for n, why in found.items()}
    return out
