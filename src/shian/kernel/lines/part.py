"""The lines of one parent inside its form: read from a browser or from JSON, checked, written with the parent.

The parent's version guards them all: a line that changes raises it, and whoever saves an older page is shown what
changed. A line that a page does not name is left alone; over the API the list given is the whole list.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.models import model_to_dict, modelform_factory
from django.http import QueryDict
from django.utils.translation import gettext as _

from shian.kernel.changes.taken import Taken
from shian.kernel.changes.writer import change
from shian.kernel.resources.api import plain
from shian.kernel.resources.forms import scope_choices
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.detail import sees_personal
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.numbers import whole
from shian.kernel.scopes.veil import unveiled, veil

KEY = 2**63 - 1


class LineForm(forms.ModelForm):
    def clean(self):
        return unveiled(self, super().clean())

    def _get_validation_exclusions(self) -> set[str]:
        # Unique constraints on live rows name retired_at; those that name the parent are checked over all its lines.
        return super()._get_validation_exclusions() - {"retired_at"}


@dataclass
class Line:
    form: LineForm
    order: int
    removed: bool = False
    foreign: bool = False
    """Names a row that is no child of this parent."""

    @property
    def pk(self) -> int | None:
        return self.form.instance.pk

    @property
    def blank(self) -> bool:
        return self.pk is None and not self.form.has_changed()


class LinesPart:
    template = "lines/formset.html"

    def __init__(
        self,
        declared: Any,
        relation: models.ManyToOneRel,
        parent: Entity,
        actor: Actor,
        rows: Sequence[Entity],
        data: Any,
    ):
        self.declared, self.relation, self.parent, self.actor = declared, relation, parent, actor
        self.name, self.link = declared.name, relation.remote_field.name
        self.model: type[Entity] = relation.related_model
        self.label = str(self.model._meta.verbose_name_plural)
        self.existing = {row.pk: row for row in rows}
        self.problems: dict[str, list[str]] = {}
        self.faults: list[dict] = []
        """The same for the summary above the form: {label, at (the id of a control), text}."""
        self.factory = modelform_factory(self.model, form=LineForm, fields=declared.fields)
        self.unread = () if parent.pk is None or sees_personal(actor, parent) else self.model.personal
        self.whole_list = False
        self.moved = ""
        self.lines = self._read(data)

    # -- reading ----------------------------------------------------------------------------------
    def _read(self, data: Any) -> list[Line]:
        if isinstance(data, QueryDict):
            return self._posted(data)
        if data is not None:
            return self._given(data)
        return [self._line(n, None, row) for n, row in enumerate(self.existing.values())]

    def _line(self, n: int | str, data: Any, row: Entity | None = None, prefix: str | None = "") -> Line:
        row = row or self.model()
        prefix = f"{self.name}-{n}" if prefix == "" else prefix
        form = self.factory(
            data, instance=row, prefix=prefix, empty_permitted=row.pk is None, use_required_attribute=False
        )
        scope_choices(form, self.actor)
        veil(form, self.unread if row.pk else ())
        return Line(form, n if isinstance(n, int) else 0)

    def _posted(self, data: QueryDict) -> list[Line]:
        lines = []
        count = whole(data.get(f"{self.name}-count", "0"), 10 * self.declared.most)
        if count is None:
            self._wrong("", _("明细行数有误"))
        for n in range(count or 0):
            prefix = f"{self.name}-{n}"
            if f"{prefix}-id" not in data:
                continue
            pk = whole(data[f"{prefix}-id"], KEY) if data[f"{prefix}-id"] else 0
            line = self._line(n, data, self.existing.get(pk))
            line.order = found if (found := whole(data.get(f"{prefix}-order", ""), 10**6)) is not None else n
            line.removed = data.get(f"{prefix}-remove") == "1"
            line.foreign = pk != 0 and pk not in self.existing
            lines.append(line)
        lines.sort(key=lambda line: line.order)
        self.moved = data.get(f"{self.name}-do", "")
        return self._done(lines) if self.moved else lines

    def _done(self, lines: list[Line]) -> list[Line]:
        """What a button without script asked for: ``add``, ``up:3``, ``down:3``, ``remove:3``."""
        what, _colon, text = self.moved.partition(":")
        at = whole(text, 10**6) if text else None
        place = next((i for i, line in enumerate(lines) if line.form.prefix == f"{self.name}-{at}"), None)
        if what == "add":
            used = [int(line.form.prefix.rpartition("-")[2]) for line in lines]
            lines.append(self._line(max(used, default=-1) + 1, None))
        elif place is not None and what == "remove":
            lines[place].removed = not lines[place].removed
            if lines[place].pk is None:
                del lines[place]
        elif place is not None and what in {"up", "down"}:
            other = min(max(place + (1 if what == "down" else -1), 0), len(lines) - 1)
            lines[place], lines[other] = lines[other], lines[place]
        return lines

    def _given(self, data: Mapping) -> list[Line]:
        """Lines of a JSON object; without the key nothing of them is touched."""
        if self.name not in data:
            return []
        rows = data[self.name]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._wrong("", _("必须是对象的列表"))
            return []
        self.whole_list, lines = True, []
        for n, given in enumerate(rows[: self.declared.most + 1]):
            pk = given.get("id")
            known = self.existing.get(pk) if isinstance(pk, int) and not isinstance(pk, bool) else None
            read = set(self.declared.fields) - set(self.unread if known else ())
            values = model_to_dict(known or self.model(), read)
            values |= {name: plain(given[name]) for name in self.declared.fields if name in given}
            line = self._line(n, values, known, prefix=None)
            line.form.empty_permitted = False
            line.foreign = pk is not None and known is None
            lines.append(line)
        return lines

    # -- checking ---------------------------------------------------------------------------------
    def _wrong(self, where: str, why: str, line: Line | None = None, name: str = "") -> None:
        self.problems.setdefault(f"{self.name}{where}", []).append(why)
        label, at = self.label, f"lines-{self.name}"
        if line is not None:
            field = line.form[name or self.declared.fields[0]]
            label, at = _("第 %(n)s 行") % {"n": self.lines.index(line) + 1}, field.auto_id
            label = f"{label} {field.label}" if name else label
        self.faults.append({"label": f"{self.label} {label}" if line else label, "at": at, "text": why})

    def kept(self) -> list[Line]:
        return [line for line in self.lines if not line.removed and (self.whole_list or not line.blank)]

    def is_valid(self) -> bool:
        kept, pks = self.kept(), [line.pk for line in self.lines if line.pk]
        if len(kept) > self.declared.most:
            self._wrong("", _("最多 %(n)s 行") % {"n": self.declared.most})
            return False
        if len(pks) != len(set(pks)):
            self._wrong("", _("同一行出现了两次"))
        for n, line in enumerate(self.lines):
            if line.foreign:
                self._wrong(f"[{n}].id", _("第 %(n)s 行不属于这条记录，或已被移除") % {"n": n + 1}, line)
            elif line in kept:
                self._check(n, line)
        self._alike(kept)
        return not self.problems and not self.moved

    def _check(self, n: int, line: Line) -> None:
        try:
            errors = line.form.errors
        except (OverflowError, ValueError):
            self._wrong(f"[{n}]", _("数值超出范围"), line)
            return
        for name, texts in errors.items():
            own = "" if name == NON_FIELD_ERRORS else name
            for text in texts:
                self._wrong(f"[{n}].{own}".rstrip("."), text, line, own)

    def _alike(self, kept: Sequence[Line]) -> None:
        """Lines of one parent that a unique constraint forbids, in words; the database would only name itself."""
        named = {line.pk for line in self.lines}
        others = [] if self.whole_list else [row for pk, row in self.existing.items() if pk not in named]
        for fields in unique_fields(self.model, self.link, self.declared.fields):
            columns = [f.attname for f in fields]
            seen = {
                tuple(getattr(row, c) for c in columns): _("已有的“%(row)s”") % {"row": row} for row in others
            }
            for n, line in enumerate(kept, 1):
                key = tuple(getattr(line.form.instance, c) for c in columns)
                if key in seen and None not in key:
                    self._wrong(
                        f"[{self.lines.index(line)}]",
                        _("第 %(n)s 行与%(other)s重复") % {"n": n, "other": seen[key]},
                        line,
                    )
                seen.setdefault(key, _("第 %(n)s 行") % {"n": n})

    @property
    def errors(self) -> Mapping[str, Sequence[str]]:
        return self.problems

    # -- writing ----------------------------------------------------------------------------------
    def save(
        self, *, actor: Actor, row: Entity, verb: str, reason: str, batch: uuid.UUID | None = None
    ) -> None:
        before = list(self.existing)
        kept = [line.form.instance for line in self.kept()]
        named = {line.pk for line in self.lines}
        gone = [line.form.instance for line in self.lines if line.removed and line.pk]
        if self.whole_list:
            gone += [child for pk, child in self.existing.items() if pk not in named]
        for n, child in enumerate(kept, 1):
            setattr(child, self.link, row)
            if self.declared.sort:
                setattr(child, self.declared.sort, n)
        fresh = {id(c) for c in kept if c.pk is None}
        try:
            with change(actor, verb, reason=reason, batch=batch) as w:
                written = w.save_all(kept)
                for child in gone:
                    w.retire(child)
                if (written or gone) and not row._state.adding:
                    after = [pk for pk in before if pk not in {c.pk for c in gone}] + [
                        c.pk for c in kept if id(c) in fresh
                    ]
                    w.touch(row, {self.name: [before, after]} if before != after else {})
        except Taken as why:
            self._at_its_line(why)
            raise Taken(why.obj, _("%(label)s有重复的行，没有保存") % {"label": self.label}) from why

    def _at_its_line(self, why: Taken) -> None:
        """Puts what another took meanwhile at the field of the line that wanted it."""
        line = next((line for line in self.lines if line.form.instance is why.obj), None)
        if line is None:
            return
        for name, texts in why.message_dict.items():
            own = name if name in line.form.fields else ""
            line.form.add_error(own or None, texts)
            for text in texts:
                self._wrong(f"[{self.lines.index(line)}].{own}".rstrip("."), text, line, own)

    # -- the page ---------------------------------------------------------------------------------
    @property
    def shown(self) -> Iterator[dict]:
        for n, line in enumerate(self.lines):
            at = f"{self.name}[{n}]"
            errors = self.problems.get(at, []) + self.problems.get(f"{at}.id", [])
            prefix = line.form.prefix
            yield {
                "line": line,
                "prefix": prefix,
                "n": prefix.rpartition("-")[2],
                "order": n,
                "errors": errors,
            }

    @property
    def count(self) -> int:
        used = [int(line.form.prefix.rpartition("-")[2]) for line in self.lines if line.form.prefix]
        return max(used, default=-1) + 1

    @property
    def empty(self) -> dict:
        """A line for the script to copy."""
        line = self._line("__n__", None)
        return {"line": line, "prefix": line.form.prefix, "n": "__n__", "order": "__n__", "errors": []}

    @property
    def media(self) -> forms.Media:
        own = forms.Media(css={"all": ["lines/lines.css"]}, js=[forms.Script("lines/lines.js", defer=True)])
        return self.factory().media + own


def unique_fields(model: type[Entity], link: str, fields: Sequence[str]) -> list[list[models.Field]]:
    """The fields of each unique constraint that holds among the lines of one parent and that ``fields`` fill."""
    sets = [c.fields for c in model._meta.constraints if link in getattr(c, "fields", ())]
    named = [[n for n in names if n != link] for names in sets]
    return [[model._meta.get_field(n) for n in names] for names in named if set(names) <= {*fields}]
