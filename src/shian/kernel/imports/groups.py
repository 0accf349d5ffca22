"""Several rows a key: a parent whose lines stand below one another, its own columns repeated (一条多行).

Rows of one parent stand together; a key that comes again further down would be a second list of the same lines, and
of two lists neither is the whole one: both are refused. A row without its parent's key joins the rows above it, which
it makes wrong, for their list would be short of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils.translation import gettext as _

from shian.kernel.changes.diffs import difference
from shian.kernel.lines.feature import Children
from shian.kernel.lines.sheet import SheetLines
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor

from .cells import readers, text
from .check import Checker, fill, key_text, problems, unwelcome
from .models import Session, SessionRow


@dataclass
class Read:
    """One row as read."""

    number: int
    cells: list
    values: dict
    errors: list
    line: dict | None
    """Values of its line; none where all cells of the line are blank."""


@dataclass
class Group:
    rows: list[Read]
    key: str = ""
    kind: str = "error"
    obj: Any = None
    diff: dict = field(default_factory=dict)
    plan: dict = field(default_factory=dict)

    @property
    def first(self) -> Read:
        return self.rows[0]

    def wrong(self) -> bool:
        return any(row.errors for row in self.rows)


class GroupChecker(Checker):
    def __init__(self, session: Session, resource: Resource, actor: Actor, declared: Children):
        super().__init__(session, resource, actor)
        child = declared.child(resource)._meta
        self.declared, self.lines = declared, SheetLines(resource, declared, actor)
        wanted = {name: session.mapping.get(f"{declared.name}.{name}") for name in declared.fields}
        self.line_columns = {name: int(col) for name, col in wanted.items() if col is not None}
        self.line_labels = {name: str(child.get_field(name).verbose_name) for name in declared.fields}
        self.line_read = readers({name: child.get_field(name) for name in self.line_columns}, actor)
        self.labels = "、".join(resource.field_label(n) for n in resource.model.natural_key)
        self.recalled: dict[str, int] = {}
        """Keys of groups of earlier chunks that came again → the row where they did."""
        self._now: dict = {}

    # -- groups -----------------------------------------------------------------------------------
    def begins(self, cells: Sequence) -> bool:
        """Whether a row begins a group; asked of row after row.

        A row belongs to the one above when its key says the same as far as it can be read, or nothing at all.
        """
        if self._orphan(cells):
            return not self._now
        now = {}
        for name in self.resource.model.natural_key:
            try:
                now[name] = self.read[name](_cell(cells, self.columns[name]))
            except ValidationError:
                continue
        known = now.keys() & self._now.keys()
        if known and all(now[name] == self._now[name] for name in known):
            self._now |= now
            return False
        self._now = now or {"": object()}
        return True

    def _orphan(self, cells: Sequence) -> bool:
        return not any(text(_cell(cells, self.columns[name])) for name in self.resource.model.natural_key)

    def _groups(self, rows: Sequence[tuple[int, list]]) -> Iterator[Group]:
        self._now, group = {}, None
        for number, cells in rows:
            if self.begins(cells) or group is None:
                if group:
                    yield group
                group = Group([])
            group.rows.append(self._read(number, cells))
        if group:
            yield group

    def _read(self, number: int, cells: list) -> Read:
        line, line_errors = None, []
        if any(text(_cell(cells, column)) for column in self.line_columns.values()):
            line = {}
            for name, column in self.line_columns.items():
                try:
                    line[name] = self.line_read[name](_cell(cells, column))
                except ValidationError as error:
                    line_errors.append(
                        [self.line_labels[name], text(_cell(cells, column)), " ".join(error.messages)]
                    )
        if line is not None and self._orphan(cells):
            child = self.declared.child(self.resource)._meta.verbose_name
            why = _("没有写明这条%(child)s属于哪条%(label)s") % {"child": child, "label": self.resource.label}
            return Read(number, cells, {}, [[self.labels, "", why]], line)
        values, errors = self.values(cells)
        return Read(number, cells, values, errors + line_errors, line)

    # -- checking ---------------------------------------------------------------------------------
    def check(self, rows: Sequence[tuple[int, list]]) -> list[SessionRow]:
        groups = list(self._groups(rows))
        for group in groups:
            self._agree(group)
        self._apart(groups)
        good = [group for group in groups if not group.wrong()]
        existing = self.existing([group.first.values for group in good])
        stored = self.declared.rows(self.resource, list(existing.values()))
        for group in good:
            obj = existing.get(self.key(group.first.values)) or self.resource.model()
            self._judge_group(group, obj, stored[obj.pk] if obj.pk else [])
        writing = [group for group in good if group.kind in ("new", "changed")]
        for n, why in unwelcome(self.resource, self.actor, [group.obj for group in writing]).items():
            writing[n].kind = "error"
            writing[n].first.errors = [["", str(writing[n].obj), why]]
        return [row for group in groups for row in self._noted(group)]

    def _agree(self, group: Group) -> None:
        """The parent says the same in all its rows."""
        first = group.first
        for row in group.rows[1:]:
            for name in self.columns:
                if name in row.values and name in first.values and row.values[name] != first.values[name]:
                    one, other = (text(_cell(r.cells, self.columns[name])) or _("空白") for r in (first, row))
                    told = {"a": first.number, "one": one, "b": row.number, "other": other}
                    why = _("第 %(a)s 行是“%(one)s”，第 %(b)s 行是“%(other)s”，同一条的各行必须一致") % told
                    row.errors.append([self.resource.field_label(name), "", why])
        if sum(row.line is not None for row in group.rows) > self.declared.most:
            group.first.errors.append(["", "", _("一条最多 %(n)s 行明细") % {"n": self.declared.most}])

    def _apart(self, groups: Sequence[Group]) -> None:
        """Rows of one key that do not stand together refuse each other."""
        for group in groups:
            whole = (r.values for r in group.rows if set(self.resource.model.natural_key) <= r.values.keys())
            group.key = key_text(self.key(values)) if (values := next(whole, None)) else ""
        keys = [group.key for group in groups if group.key]
        earlier = SessionRow.unscoped.filter(session=self.session, key__in=keys).order_by()
        seen: dict[str, int] = dict(earlier.values_list("key").annotate(Min("number")))
        here: dict[str, Group] = {}
        for group in groups:
            if not group.key:
                continue
            if group.key in seen:
                group.first.errors.append(self.apart(seen[group.key]))
                self.recalled.setdefault(group.key, group.first.number)
            elif group.key in here:
                former = here[group.key]
                former.first.errors.append(self.apart(group.first.number))
                group.first.errors.append(self.apart(former.first.number))
            else:
                here[group.key] = group

    def apart(self, number: int) -> list[str]:
        why = _("第 %(n)s 行也是这一条，但没有和它挨着：请按这一列排序，让同一条的各行相邻") % {"n": number}
        return [self.labels, "", why]

    def recall(self) -> None:
        """Refuses what earlier chunks had taken for the whole list."""
        for key, number in self.recalled.items():
            SessionRow.unscoped.filter(session=self.session, key=key, number__lt=number).update(
                kind="error", errors=[self.apart(number)], diff={}, lines={}
            )

    def _judge_group(self, group: Group, obj: Any, stored: Sequence) -> None:
        fill(self.resource, obj, group.first.values)
        group.obj, group.diff = obj, difference(obj) if obj.pk else {}
        given = [row for row in group.rows if row.line is not None]
        group.plan, lines = self.lines.plan(obj, stored, [(row.number, row.line) for row in given])
        for line, entry, row in zip(lines, group.plan["lines"], given, strict=True):
            if line.pk is None or entry["diff"]:
                row.errors += problems(line, self.declared.fields)
        by_number = {row.number: row for row in given}
        for number, why in self.lines.twins(lines, list(by_number)):
            by_number[number].errors.append(["", "", why])
        lines_same = not group.plan["gone"] and all(e["id"] and not e["diff"] for e in group.plan["lines"])
        if obj.pk is None or group.diff:
            group.first.errors += problems(obj, self.resource.form_fields)
        if not group.wrong():
            group.kind = "new" if obj.pk is None else "same" if lines_same and not group.diff else "changed"

    def _noted(self, group: Group) -> Iterator[SessionRow]:
        """The first row stands for the group; the others say where they belong."""
        guilty = next((row.number for row in group.rows if row.errors), None)
        if group.wrong():
            group.kind = "error"
        for row in group.rows:
            out = SessionRow(
                session=self.session, number=row.number, kind=group.kind, key=group.key,
                cells=[text(c) for c in row.cells], errors=row.errors,
                head=None if row is group.first else group.first.number,
            )  # fmt: skip
            if guilty and not row.errors:
                out.errors = [["", "", _("同一条的第 %(n)s 行有误") % {"n": guilty}]]
            if row is group.first and not guilty:
                meta, obj = self.resource.model._meta, group.obj
                out.values = {n: getattr(obj, meta.get_field(n).attname) for n in row.values}
                out.lines, out.diff = group.plan, group.diff
                out.object_id, out.version = obj.pk, obj.version if obj.pk else None
            yield out


def _cell(cells: Sequence, column: int) -> Any:
    return cells[column] if column < len(cells) else None
