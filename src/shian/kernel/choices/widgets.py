"""One widget for a related row: the browser's own list up to fifty rows, a search box above."""

from __future__ import annotations

import re

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..scopes.actor import Actor
from ..scopes.entity import Entity
from .queries import as_choice, best, rows_for

LISTED = 50
"""Candidates up to which a plain list is quicker than typing."""
UNRESOLVED = "?"
"""Begins the value of a text that is no row's name; no key begins so."""
UNCLEAR = dict.fromkeys(
    ("invalid_choice", "invalid_pk_value"), _("没有选定：请输入更完整的名称或编号，或从候选中选一项")
)


class _Box:
    """What the single and the multiple box share: counting, resolving typed text, drawing."""

    box_template = "choices/box.html"
    many = False

    class Media:
        css = {"all": ["choices/box.css"]}
        js = [forms.Script("choices/box.js", defer=True)]

    def __init__(self, attrs=None, choices=(), *, of: str = ""):
        super().__init__(attrs, choices)
        self.of = of

    @property
    def rows(self):
        """The scoped candidates; None where the choices are no rows."""
        return getattr(self.choices, "queryset", None)

    def listed(self) -> bool:
        return self.rows is None or self.rows.order_by()[: LISTED + 1].count() <= LISTED

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        typed = data.get(f"{name}_text")
        if typed is None or self.rows is None or typed == data.get(f"{name}_was", ""):
            return value
        return self.with_typed(value, typed.replace("\x00", "").strip()[:200])

    def resolve(self, text: str) -> str:
        """The key of the one row called ``text``, or of the only one it fits; else the text, marked."""
        found = best(self.rows, text)
        same = [row for row in found if str(row) == text] or found
        return str(same[0].pk) if len(same) == 1 else f"{UNRESOLVED}{text}"

    def render(self, name, value, attrs=None, renderer=None):
        values = [
            str(v) for v in (value if isinstance(value, list | tuple) else [value]) if v not in (None, "")
        ]
        typed = [v[1:] for v in values if v.startswith(UNRESOLVED)]
        if not typed and self.listed():
            return super().render(name, value, attrs, renderer)
        context = {"widget": self.box(name, values, typed, self.build_attrs(self.attrs, attrs))}
        return self._render(self.box_template, context, renderer)

    def box(self, name: str, values: list[str], typed: list[str], attrs: dict) -> dict:
        keys = [v for v in values if re.fullmatch(r"[0-9]{1,18}", v)]
        chosen = [{"id": o.pk, "text": str(o)} for o in self.rows.filter(pk__in=keys)] if keys else []
        text = "、".join(typed) or ("" if self.many or not chosen else chosen[0]["text"])
        address = reverse("choices", args=[self.rows.model._meta.label_lower])
        css = attrs.pop("class", "").replace("form-select", "form-control")
        return {
            "name": name, "id": attrs.pop("id", f"id_{name}"), "css": css, "attrs": attrs, "many": self.many,
            "url": f"{address}?of={self.of}" if self.of else address,
            "chosen": chosen, "text": text, "was": text,
            "candidates": [as_choice(o) for t in typed for o in best(self.rows, t)],
        }  # fmt: skip


class ChoiceBox(_Box, forms.Select):
    def with_typed(self, value, typed: str) -> str:
        return self.resolve(typed) if typed else ""


class ChoiceBoxMultiple(_Box, forms.SelectMultiple):
    many = True

    def with_typed(self, value, typed: str) -> list[str]:
        """Typed names are added to what is ticked."""
        named = (self.resolve(part) for part in re.split(r"[、；;,，\n]+", typed) if part.strip())
        return list(dict.fromkeys([*map(str, value or ()), *named]))


def offered(field: models.Field | None, *, many: bool = False) -> forms.Select:
    """The widget for the relation ``field`` of a model."""
    of = f"{field.model._meta.label_lower}.{field.name}" if field is not None and field.model else ""
    return (ChoiceBoxMultiple if many else ChoiceBox)(of=of)


def offer(field: forms.ModelChoiceField, actor: Actor, of: models.Field | None = None) -> None:
    """Makes a form's field offer what ``actor`` may choose; ``of``: the model's field behind it."""
    many = isinstance(field, forms.ModelMultipleChoiceField)
    field.widget = offered(of, many=many)
    if issubclass(field.queryset.model, Entity):
        field.queryset = rows_for(actor, field.queryset.model, of)
    field.error_messages.update(UNCLEAR)
