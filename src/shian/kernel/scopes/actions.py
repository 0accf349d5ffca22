"""Writes of participation. Called inside another action's ``change`` block."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model
from django.utils import timezone

from .models import Access


def set_participants(obj: Model, units: Mapping[int, str]) -> None:
    """Makes ``units`` (unit id → kind) the live participants of ``obj``; others are ended, not deleted."""
    set_participants_of(type(obj), {obj.pk: units})


def set_participants_of(model: type[Model], wanted: Mapping[int, Mapping[int, str]]) -> None:
    """:func:`set_participants` for many rows of one model (pk → units): three queries per 500 of them."""
    label, keys = model._meta.label_lower, list(wanted)
    for at in range(0, len(keys), 500):
        part = keys[at : at + 500]
        live: dict[int, dict[int, Access]] = {pk: {} for pk in part}
        for a in Access.unscoped.filter(object_type=label, object_id__in=part, ended_at=None):
            live[a.object_id][a.unit_id] = a
        gone = [a.pk for pk in part for unit, a in live[pk].items() if wanted[pk].get(unit) != a.kind]
        for n in range(0, len(gone), 5000):
            Access.unscoped.filter(pk__in=gone[n : n + 5000]).update(ended_at=timezone.now())
        fresh = [
            Access(object_type=label, object_id=pk, unit_id=unit, kind=kind)
            for pk in part
            for unit, kind in wanted[pk].items()
            if unit not in live[pk] or live[pk][unit].kind != kind
        ]
        Access.unscoped.bulk_create(fresh, batch_size=500)
