"""A key that somebody else took between the check and the write: the database's refusal in the words of the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.unique import OneLive

MOST = 200
"""Of so many rows written at once the guilty one is looked for; callers with more go row by row."""


class Taken(ValidationError):
    """Says at the field, as validation would have, what has the key of ``obj`` already."""

    def __init__(self, obj: Entity, message: ValidationError | dict | str):
        super().__init__(message)
        self.obj = obj


class Key(NamedTuple):
    """Fields that no two rows share: a constraint, or one field declared unique."""

    fields: tuple[str, ...]
    constraint: models.UniqueConstraint | None = None

    def columns(self, model: type[models.Model]) -> set[str]:
        return {f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in self.fields}


def taken(error: IntegrityError, objs: Sequence[Entity]) -> Taken | None:
    """What ``error`` says of ``objs``, rows of one model whose write it ended; None where it is of no key.

    Called after the transaction was rolled back: the rival's row is read.
    """
    key = next(_broken(str(error), type(objs[0])), None) if objs else None
    if key is None:
        return None
    if len(objs) > MOST:
        return Taken(objs[0], _("与已有的记录冲突"))
    found = ((obj, why) for obj in objs if (why := _clash(obj, key)) is not None)
    return Taken(*next(found, (objs[-1], _words(objs[-1], key))))


def _broken(text: str, model: type[models.Model]) -> Iterator[Key]:
    """The key that the database names: PostgreSQL its constraint, SQLite its columns (of an expression, the index)."""
    keys = [Key(_named(c), c) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    keys += [Key((f.name,)) for f in model._meta.concrete_fields if f.unique and not f.primary_key]
    columns = {part.strip() for part in text.partition("UNIQUE constraint failed:")[2].split(",")}
    for key in keys:
        named = key.constraint is not None and any(f"{q}{key.constraint.name}{q}" in text for q in "\"'")
        own = key.constraint is None and f'"{model._meta.db_table}_{key.fields[0]}_' in text
        if named or own or key.columns(model) == columns:
            yield key


def _named(constraint: models.UniqueConstraint) -> tuple[str, ...]:
    """The fields of a constraint; of an expression those that it reads."""
    read = [part for expression in constraint.expressions for part in expression.flatten()]
    return tuple(constraint.fields) or tuple(part.name for part in read if isinstance(part, models.F))


def _clash(obj: Entity, key: Key) -> ValidationError | dict | None:
    if key.constraint is None:
        same = type(obj)._base_manager.filter(**{key.fields[0]: getattr(obj, key.fields[0])})
        return _words(obj, key) if same.exclude(pk=obj.pk).exists() else None
    try:
        key.constraint.validate(type(obj), obj)
    except ValidationError as why:
        return why if isinstance(key.constraint, OneLive) else _words(obj, key)
    return None


def _words(obj: Entity, key: Key) -> ValidationError | dict:
    if isinstance(key.constraint, OneLive):
        return key.constraint.taken(type(obj), obj)
    at = key.fields[0] if len(key.fields) == 1 else NON_FIELD_ERRORS
    if key.constraint is not None and key.constraint.expressions:
        return {at: key.constraint.get_violation_error_message()}
    return {at: obj.unique_error_message(type(obj), key.fields)}
