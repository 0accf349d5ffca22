"""The generic, set-shaped writes behind forms, bulk edits, imports and the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from django.utils import timezone

from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

from .standing import refuse_twins
from .writer import change

Action = Callable[..., Sequence[Entity]]
"""``action(actor=, rows=, verb=, reason=, batch=)``: writes rows of one model, returns those that changed."""


def save_rows(
    *, actor: Actor, rows: Sequence[Entity], verb: str, reason: str = "", batch: uuid.UUID | None = None
) -> Sequence[Entity]:
    """Creates or edits ``rows`` under one verb and one batch."""
    with change(actor, verb, reason=reason, batch=batch) as w:
        return w.save_all(rows)


def retire_rows(
    *, actor: Actor, rows: Sequence[Entity], verb: str, reason: str = "", batch: uuid.UUID | None = None
) -> Sequence[Entity]:
    """Takes live ``rows`` out of use; history stays (停用)."""
    for row in rows:
        row.retired_at = timezone.now()
    return save_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def restore_rows(
    *, actor: Actor, rows: Sequence[Entity], verb: str, reason: str = "", batch: uuid.UUID | None = None
) -> Sequence[Entity]:
    """Brings retired ``rows`` back (恢复)."""
    for row in rows:
        row.retired_at = None
    refuse_twins(rows)
    return save_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def set_relations(
    *, actor: Actor, row: Entity, chosen: Mapping[str, Sequence], verb: str, reason: str = "", batch=None
) -> None:
    """Sets many-to-many fields; what differs is one change row, and raises the version: who reads the row before
    and acts after has read something else. A row made in the same breath nobody has read."""
    diff = {}
    with change(actor, verb, reason=reason, batch=batch) as w:
        for name, objects in chosen.items():
            before = sorted(getattr(row, name).values_list("pk", flat=True))
            after = sorted(o.pk for o in objects)
            if before != after:
                getattr(row, name).set(objects)
                diff[name] = [before, after]
        if diff and verb.endswith(".create"):
            w.note(row, diff)
        elif diff:
            w.touch(row, diff)
