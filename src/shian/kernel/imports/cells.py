"""From a cell of a workbook to the value of a field, with an error that names field, value and rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.naming import Names
from shian.kernel.ui.language import in_every_language

DATE = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*(?:[T ].*)?$")
YES, NO = {"是", "有", "true", "1", "y", "yes", "√"}, {"否", "无", "false", "0", "n", "no", "×", ""}
Reader = Callable[[Any], Any]


def readers(fields: Mapping[str, models.Field], actor: Actor) -> dict[str, Reader]:
    """name → function from a cell to a value of that field; it raises ValidationError."""
    return {name: _reader(found, actor) for name, found in fields.items()}


def _reader(found: models.Field, actor: Actor) -> Reader:
    if found.is_relation:
        return _reference(found, actor)
    if found.choices:
        return _choice(found)
    if isinstance(found, models.BooleanField):
        return _yes_no
    if isinstance(found, models.DateField) and not isinstance(found, models.DateTimeField):
        return _date(found)
    field = found.formfield()
    empty = None if found.null else ""
    return lambda cell: _clean(field, cell) if text(cell) or field.required else empty


def text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _clean(field: forms.Field, cell: Any) -> Any:
    return field.clean(text(cell))


def _required(found: models.Field) -> None:
    if not found.blank:
        raise ValidationError(_("必填"))


def _date(found: models.Field) -> Reader:
    def read(cell: Any) -> dt.date | None:
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        if not text(cell):
            _required(found)
            return None
        match = DATE.match(text(cell))
        try:
            return dt.date(*map(int, match.groups()))
        except (AttributeError, ValueError):
            raise ValidationError(_("不是有效日期，应如 2026-03-01 或 2026年3月1日")) from None

    return read


def _yes_no(cell: Any) -> bool:
    word = text(cell).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError(_("只能填“是”或“否”"))


def _choice(found: models.Field) -> Reader:
    by_name = {str(v): v for v, _l in found.flatchoices}
    for value, label in found.flatchoices:
        by_name |= dict.fromkeys(in_every_language(label.__str__), value)

    def read(cell: Any) -> Any:
        word = text(cell)
        if not word:
            if found.has_default():
                return found.get_default()
            _required(found)
            return ""
        if word not in by_name:
            labels = "、".join(str(label) for _v, label in found.flatchoices)
            raise ValidationError(_("不在可选值中，可填：%(labels)s") % {"labels": labels})
        return by_name[word]

    return read


def _reference(found: models.Field, actor: Actor) -> Reader:
    """By natural key, name, short name or code among the rows the actor may see; ambiguous names are refused."""
    names = Names(found.related_model, actor)

    def read(cell: Any) -> int | None:
        word = text(cell)
        if not word:
            _required(found)
            return None
        keys = names.find(word)
        if not keys:
            raise ValidationError(_("找不到这个%(label)s") % {"label": found.verbose_name})
        if len(keys) > 1:
            told = {"n": len(keys), "label": found.verbose_name, "ways": "、".join(names.ways(keys))}
            raise ValidationError(_("有 %(n)s 个同名的%(label)s，请写明是哪一个：%(ways)s") % told)
        return next(iter(keys))

    return read
