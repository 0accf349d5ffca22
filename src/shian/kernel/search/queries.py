"""Named reads of the index."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet

from shian.core.text import query_tokens, score

from ..scopes.actor import Actor
from .models import SearchEntry, SearchToken
from .registry import searchables

CANDIDATES = 300
"""Entries that match all tokens and are then ranked by how well their title answers."""


@dataclass(frozen=True)
class Found:
    object_type: str
    object_id: int
    title: str
    subtitle: str
    url: str
    kind: str
    """Name of the kind of object, for people."""


def begins(column: str, piece: str) -> Q:
    """Stored texts that begin with ``piece``, by an index range on either database.

    A token of two characters is whole. SQLite compares bytes, so a range is a prefix and LIKE would scan;
    PostgreSQL sorts by language, where only LIKE (with Django's pattern index) is a prefix.
    """
    if len(piece) == 2 and not piece.isascii():
        return Q(**{column: piece})
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": piece, f"{column}__lt": piece[:-1] + chr(ord(piece[-1]) + 1)})
    return Q(**{f"{column}__startswith": piece})


def _matching(q: str) -> QuerySet[SearchEntry]:
    """Entries that hold every token of ``q``; none for a query without letters."""
    pieces = query_tokens(q)[:12]
    if not pieces:
        return SearchEntry.unscoped.none()
    rows = SearchEntry.unscoped.all()
    for piece in pieces:
        rows = rows.filter(pk__in=SearchToken.unscoped.filter(begins("token", piece)).values("entry_id"))
    return rows


def matching_ids(model: type[models.Model], q: str) -> QuerySet:
    """Keys of rows of ``model`` that match ``q``, for ``filter(pk__in=…)`` on rows already scoped."""
    return _matching(q).filter(object_type=model._meta.label_lower).values("object_id")


def search(actor: Actor, q: str, limit: int = 20, types: Collection[str] | None = None) -> list[Found]:
    """The best ``limit`` hits that ``actor`` may see; ``types`` narrows to model labels (``people.unit``)."""
    known = {k: v for k, v in searchables().items() if types is None or k in types}
    where = Q(pk__in=[])
    for label, found in known.items():
        seen = found.model.objects.for_actor(actor).order_by().filter(pk=OuterRef("object_id"))
        where |= Q(Exists(seen), object_type=label)
    rows = list(_matching(q).filter(where).order_by("-weight", "-object_id")[:CANDIDATES])
    rows.sort(key=lambda row: -(score(q, row.title) + row.weight / 1000))
    return [
        Found(
            row.object_type,
            row.object_id,
            row.title,
            row.subtitle,
            row.url,
            str(known[row.object_type].model._meta.verbose_name),
        )
        for row in rows[:limit]
    ]


def grouped(hits: list[Found]) -> list[dict]:
    """Hits by kind, kinds in order of their best hit: ``[{label, items: [{text, hint, url}]}]``."""
    groups: dict[str, list[dict]] = {}
    for hit in hits:
        hint = "" if hit.subtitle == hit.kind else hit.subtitle
        item = {"text": hit.title, "hint": hint, "url": hit.url}
        groups.setdefault(hit.kind, []).append(item)
    return [{"label": label, "items": items} for label, items in groups.items()]
