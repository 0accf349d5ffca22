"""Change rows as a person reads them: verbs in words, fields by label, keys by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.scopes import verbs

from .models import Change
from .personal import open_personal

_notes = {"attachment": gettext_lazy("附件"), "rows": gettext_lazy("行数"), "format": gettext_lazy("格式")}
"""Names of what a note says that is no column."""


def described(changes: Sequence[Change], *, personal: bool = False, of: models.Model | None = None) -> list[dict]:
    """Context of the change tab of ``of``, each row below it by name; personal values only where ``personal`` (the viewer's detail is full)."""
    out = []
    names = _names(changes)
    for row in changes:
        model = apps.get_model(row.object_type)
        diff = [
            {
                "label": label_of_field(model, field),
                "old": text_of_value(model, field, pair[0], names),
                "new": text_of_value(model, field, pair[1], names),
            }
            for field, value in row.diff.items()
            if not _inner(model, field) and (pair := _pair(row, value, personal)) is not None
        ]
        out.append(
            {"at": row.at, "actor": row.actor_name, "unit": row.unit_name, "verb": verbs.label(row.verb),
             "basis": row.basis, "reason": row.reason, "about": _about(row, of), "diff": diff, "seq": row.seq}
        )  # fmt: skip
    return out


def _inner(model: type[models.Model], name: str) -> bool:
    """A column that only the program reads: declared so, or one that nobody edits and that has no name in words."""
    found = _field(model, name)
    unnamed = str(getattr(found, "verbose_name", "")) == name.replace("_", " ")
    declared = name in {"retired_at", "path"} or name in getattr(model, "inner", ())
    return declared or (unnamed and not getattr(found, "editable", True))


def _about(row: Change, of: models.Model | None) -> str:
    """The row below ``of`` that was changed; nothing for ``of`` itself."""
    if of is None or row.object_type == of._meta.label_lower:
        return ""
    return f"{apps.get_model(row.object_type)._meta.verbose_name}：{row.object_label}"


def _pair(row: Change, value, personal: bool) -> list | None:
    if isinstance(value, dict) and "sealed" in value:
        if not personal:
            return ["***", "***"]
        return open_personal(row.object_type, row.object_id, value) or [_("（已删除）"), _("（已删除）")]
    return value if isinstance(value, list) and len(value) == 2 else [None, value]


def _field(model: type[models.Model], name: str) -> models.Field | None:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def label_of_field(model: type[models.Model], name: str) -> str:
    found = _field(model, name)
    if isinstance(found, models.ManyToOneRel):
        return str(found.related_model._meta.verbose_name_plural)
    return str(getattr(found, "verbose_name", "") or _notes.get(name, name))


def _names(changes: Sequence[Change]) -> dict[tuple[str, int], str]:
    """One query a related model for the names behind the keys in the diffs."""
    told = [
        (apps.get_model(row.object_type), field, value)
        for row in changes for field, pair in row.diff.items() if isinstance(pair, list) for value in pair
    ]  # fmt: skip
    return names_of(told)


def names_of(told: Iterable[tuple[type[models.Model], str, Any]]) -> dict[tuple[str, int], str]:
    """Names behind the keys among (model, field, value); one query a related model."""
    wanted: dict[type[models.Model], set[int]] = {}
    for model, field, value in told:
        found = _field(model, field)
        if found is not None and found.is_relation:
            keys = {k for k in (value if isinstance(value, list) else [value]) if isinstance(k, int)}
            wanted.setdefault(found.related_model, set()).update(keys)
    return {
        (model._meta.label, obj.pk): str(obj)
        for model, keys in wanted.items()
        for obj in model._base_manager.filter(pk__in=keys)
    }


def text_of_value(model: type[models.Model], name: str, value, names: dict) -> str | None:
    found = _field(model, name)
    if value is None or value == "":
        return None
    if found is None:
        return str(value)
    if found.is_relation:
        many = value if isinstance(value, list) else [value]
        return "、".join(names.get((found.related_model._meta.label, k), str(k)) for k in many)
    if found.choices:
        return str(dict(found.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(found, models.DateTimeField):
        moment = value if isinstance(value, dt.datetime) else parse_datetime(str(value))
        return localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else str(value)
    return str(value)
