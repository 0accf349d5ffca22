"""Writes of participation. Called inside another action's ``change`` block."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model
from django.utils import timezone

from .models import Access


def set_participants(obj: Model, units: Mapping[int, str]) -> None:
    """Makes ``units`` (unit id → kind) the live participants of ``obj``; others are ended, not deleted."""
    label = obj._meta.label_lower
    live = {a.unit_id: a for a in Access.unscoped.filter(object_type=label, object_id=obj.pk, ended_at=None)}
    gone = [a.pk for unit, a in live.items() if units.get(unit) != a.kind]
    if gone:
        Access.unscoped.filter(pk__in=gone).update(ended_at=timezone.now())
    Access.unscoped.bulk_create(
        Access(object_type=label, object_id=obj.pk, unit_id=unit, kind=kind)
        for unit, kind in units.items()
        if unit not in live or live[unit].kind != kind
    )
