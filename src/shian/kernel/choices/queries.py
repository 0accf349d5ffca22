"""Named reads: the rows a field offers, and the best of them for what was typed."""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet

from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.numbers import whole
from shian.kernel.search.nearest import nearest

SHOWN = 20
HINTS = ("place", "unit")
"""Relations whose name tells rows of the same name apart; the first that the model has."""

Question = Callable[[Actor, int], QuerySet | None]
_questions: dict[str, tuple[type[Entity], Question]] = {}


def asking(name: str, model: type[Entity], rows: Question) -> None:
    """A question that is no field of a model, asked of one object: ``?of=<name>:<pk>``; None where it is not his to ask."""
    _questions[name] = (model, rows)


def model_of(label: str) -> type[Entity] | None:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, Entity) else None


def field_of(path: str, target: type[models.Model]) -> models.Field | None:
    """The relation ``app.model.field`` if it leads to ``target``."""
    label, _dot, name = path.rpartition(".")
    try:
        found = apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if getattr(found, "related_model", None) is target else None


def rows_for(actor: Actor, model: type[Entity], field: models.Field | None = None) -> QuerySet:
    """Live rows ``actor`` may see, within the limit the field itself declares."""
    rows = model.objects.for_actor(actor).live()
    limit = field.get_limit_choices_to() if hasattr(field, "get_limit_choices_to") else None
    return rows.complex_filter(limit) if limit else rows


def rows_of(actor: Actor, model: type[Entity], of: str) -> QuerySet | None:
    """What is offered: all of ``model``, to a field (``people.user.unit``), or to a question; None where there is none such."""
    name, _colon, key = of.partition(":")
    if key:
        asked, rows = _questions.get(name, (None, None))
        pk = whole(key)
        return rows(actor, pk) if rows is not None and asked is model and pk is not None else None
    field = field_of(of, model) if of else None
    return None if of and field is None else rows_for(actor, model, field)


def best(rows: QuerySet, q: str, limit: int = SHOWN) -> list[models.Model]:
    """Candidates for ``q``; for an empty one any ``limit`` rows, so that the box has something to show."""
    relation = hint_of(rows.model)
    rows = rows.select_related(relation) if relation else rows
    return nearest(rows, q, limit) if q.strip() else list(rows.order_by()[:limit])


def hint_of(model: type[models.Model]) -> str:
    names = {f.name for f in model._meta.concrete_fields if f.many_to_one}
    return next((name for name in HINTS if name in names), "")


def as_choice(row: models.Model) -> dict:
    relation = hint_of(type(row))
    hint = getattr(row, relation) if relation else None
    return {"id": row.pk, "text": str(row), "hint": str(hint or "")}
