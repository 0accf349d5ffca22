"""What differs between a row as read and a row as it is now."""

from __future__ import annotations

from django.db import models

SKIPPED = frozenset({"id", "version", "created_at", "updated_at"})


def label_of(obj: models.Model) -> str:
    return str(obj)


def columns(obj: models.Model) -> dict:
    """{field name: stored value} without bookkeeping columns; secret ones as a mark."""
    secret = getattr(obj, "secret", ())
    return {
        f.name: ("***" if getattr(obj, f.attname) else "") if f.name in secret else getattr(obj, f.attname)
        for f in obj._meta.concrete_fields
        if f.name not in SKIPPED
    }


def difference(obj: models.Model) -> dict[str, list]:
    """{field name: [before, after]} of a row that was read from the database.

    A row whose loaded values are unknown counts as wholly changed.
    """
    before, secret = obj.loaded, getattr(obj, "secret", ())
    out = {}
    for f in obj._meta.concrete_fields:
        if f.name in SKIPPED:
            continue
        now = f.to_python(getattr(obj, f.attname)) if not f.is_relation else getattr(obj, f.attname)
        was = before.get(f.attname)
        if was != now:
            out[f.name] = ["***", "***"] if f.name in secret else [was, now]
    return out
