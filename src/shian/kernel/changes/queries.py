"""Named reads of the change log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import models
from django.db.models import Q

from .models import Change, StateSpan


def history(
    obj: models.Model, limit: int = 200, also: Iterable[tuple[str, Collection[int]]] = ()
) -> list[Change]:
    """Change rows of ``obj``, newest first. The caller has checked that the viewer may see ``obj``.

    ``also``: (model label, keys) of rows below it whose changes are read with its own.
    """
    where = Q(object_type=obj._meta.label_lower, object_id=obj.pk)
    for label, keys in also:
        where |= Q(object_type=label, object_id__in=keys)
    return list(Change.unscoped.filter(where)[:limit])


def value_as_of(obj: models.Model, field: str, moment: dt.datetime):
    """Value of a tracked field at ``moment``; None before the first span."""
    spans = StateSpan.unscoped.filter(
        Q(until__gt=moment) | Q(until=None), object_type=obj._meta.label_lower, object_id=obj.pk, field=field
    ).filter(since__lte=moment)
    span = spans.order_by("-since", "-pk").first()
    return span.value if span else None
