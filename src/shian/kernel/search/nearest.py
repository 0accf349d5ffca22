"""The rows of one model that answer a query best, among hundreds of thousands, in a few milliseconds.

The index holds no scope and the scope no words, so one of the two must lead. The rarest token leads unless it
is common and the viewer sees few rows. Keys travel in short lists: a planner without statistics joins the wrong
way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from shian.core.text import query_tokens, score

from .models import SearchEntry, SearchToken
from .queries import begins
from .registry import searchables

ENOUGH = 60
"""Matches that are ranked; a query with more is answered by those found first and asks for more letters."""
RARE = 4000
"""A token with fewer holders leads at once."""
FEW = 8000
"""Visible rows up to which the scope leads where every token is common."""
MOST = 100_000
"""Holders of the leading token that are looked at, at the very most."""
CHUNK = 1000
NAMES = ("name", "short_name", "title", "code", "username")
"""Text columns searched in models that are not in the index."""


def nearest(rows: QuerySet, q: str, limit: int = 20) -> list[models.Model]:
    """The best ``limit`` of ``rows`` (scoped already, not sliced) for ``q``, best first; none without letters."""
    pieces = query_tokens(q)[:12]
    if not pieces:
        return []
    label = rows.model._meta.label_lower
    if label not in searchables():
        return _containing(rows, q, limit)
    titles = _beginning(rows, label, q) | _holding(rows, label, pieces)
    best = sorted(titles, key=lambda key: (-score(q, titles[key]), len(titles[key]), key))[:limit]
    found = {row.pk: row for row in rows.filter(pk__in=best)}
    return [found[key] for key in best if key in found]


def _containing(rows: QuerySet, q: str, limit: int) -> list[models.Model]:
    fields = [f.name for f in rows.model._meta.concrete_fields if f.name in NAMES]
    where = Q(pk__in=[])
    for name in fields:
        where |= Q(**{f"{name}__icontains": q.strip()})
    found = list(rows.filter(where).order_by()[:ENOUGH])
    return sorted(found, key=lambda row: (-score(q, str(row)), row.pk))[:limit]


def _beginning(rows: QuerySet, label: str, q: str) -> dict[int, str]:
    """{key: title} of rows whose title begins with ``q``: they come first, however common its tokens are."""
    text = q.strip()
    entries = SearchEntry.unscoped.filter(object_type=label, title__gte=text).order_by("object_type", "title")
    pairs = [p for p in entries.values_list("object_id", "title")[: 4 * ENOUGH] if p[1].startswith(text)]
    seen = set(_visible(rows, (key for key, _title in pairs)))
    return {key: title for key, title in pairs if key in seen}


def _visible(rows: QuerySet, keys: Iterable[int]) -> Iterable[int]:
    wanted = list(keys)
    return rows.order_by().filter(pk__in=wanted).values_list("pk", flat=True) if wanted else ()


def _holding(rows: QuerySet, label: str, pieces: tuple[str, ...]) -> dict[int, str]:
    """{key: title} of rows that hold every one of ``pieces``: all of them, or the first :data:`ENOUGH`."""
    holders = {p: SearchToken.unscoped.filter(begins("token", p))[:RARE].count() for p in pieces}
    leader = min(pieces, key=lambda p: (holders[p], -len(p)))
    if holders[leader] == RARE:
        mine = list(rows.order_by().values_list("pk", flat=True)[:FEW])
        if len(mine) < FEW:
            return _collect(({"object_id__in": keys} for keys in _chunks(mine)), rows, label, pieces)
    others = tuple(p for p in pieces if p != leader)
    leading = ({"pk__in": keys} for keys in _leading(leader))
    return _collect(leading, rows, label, others)


def _leading(piece: str) -> Iterator[list[int]]:
    """Entries that hold ``piece``, a chunk at a time."""
    tokens = SearchToken.unscoped.filter(begins("token", piece)).order_by("token", "entry_id")
    for at in range(0, MOST, CHUNK):
        keys = list(tokens.values_list("entry_id", flat=True)[at : at + CHUNK])
        yield list(set(keys))
        if len(keys) < CHUNK:
            return


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))


def _collect(groups: Iterator[dict], rows: QuerySet, label: str, pieces: tuple[str, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for group in groups:
        entries = SearchEntry.unscoped.filter(object_type=label, **group)
        for piece in pieces:
            tokens = SearchToken.unscoped.filter(begins("token", piece), entry=OuterRef("pk"))
            entries = entries.filter(Exists(tokens))
        entries = entries.filter(Exists(rows.order_by().filter(pk=OuterRef("object_id"))))
        found.update(entries.values_list("object_id", "title")[: ENOUGH - len(found)])
        if len(found) >= ENOUGH:
            break
    return found
