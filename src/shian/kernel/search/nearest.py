"""The rows of one model that answer a query best, among hundreds of thousands, in a few milliseconds.

The index holds no scope and the scope no words, so one of the two must lead. The rarest token leads unless it
is common and the viewer sees few rows. Keys travel in short lists: a planner without statistics joins the wrong
way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from shian.core.text import compact, initials, query_tokens

from .models import SearchEntry, SearchToken
from .queries import begins
from .registry import searchables

ENOUGH = 60
"""Matches that are ranked; a query with more is answered by those found first and asks for more letters."""
RARE = 4000
"""A token with fewer holders leads at once."""
FEW = 4000
"""Visible rows up to which the scope leads where every token is common."""
MOST = 100_000
"""Holders of the leading token that are looked at, at the very most."""
FIRST, CHUNK = 200, 1000
"""Keys of the first list, and of the lists after it."""
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
    best = sorted(titles, key=lambda key: (-_closeness(q, titles[key]), len(titles[key]), key))[:limit]
    found = {row.pk: row for row in rows.filter(pk__in=best)}
    return [found[key] for key in best if key in found]


def _closeness(q: str, title: str) -> int:
    """How well a title that matches answers: equal, beginning, part, pinyin from the start, anything else."""
    wanted, present = compact(q), compact(title)
    if wanted == present:
        return 4
    if present.startswith(wanted):
        return 3
    if wanted in present:
        return 2
    return int(wanted.isascii() and initials(present).startswith(wanted))


def _containing(rows: QuerySet, q: str, limit: int) -> list[models.Model]:
    fields = [f.name for f in rows.model._meta.concrete_fields if f.name in NAMES]
    where = Q(pk__in=[])
    for name in fields:
        where |= Q(**{f"{name}__icontains": q.strip()})
    found = list(rows.filter(where).order_by()[:ENOUGH])
    return sorted(found, key=lambda row: (-_closeness(q, str(row)), row.pk))[:limit]


def _beginning(rows: QuerySet, label: str, q: str) -> dict[int, str]:
    """{key: title} of rows whose title begins with ``q``: they come first, however common its tokens are."""
    text = q.strip()
    entries = SearchEntry.unscoped.filter(object_type=label, title__gte=text).order_by("object_type", "title")
    pairs = [p for p in entries.values_list("object_id", "title")[:ENOUGH] if p[1].startswith(text)]
    seen = set(_visible(rows, (key for key, _title in pairs)))
    return {key: title for key, title in pairs if key in seen}


def _visible(rows: QuerySet, keys: Iterable[int]) -> Iterable[int]:
    wanted = list(keys)
    return rows.order_by().filter(pk__in=wanted).values_list("pk", flat=True) if wanted else ()


def _holding(rows: QuerySet, label: str, pieces: tuple[str, ...]) -> dict[int, str]:
    """{key: title} of rows that hold every one of ``pieces``: all of them, or the first :data:`ENOUGH`."""
    holders = {p: SearchToken.unscoped.filter(begins("token", p))[:RARE].count() for p in pieces}
    leader = min(pieces, key=lambda p: (holders[p], -len(p)))
    if holders[leader] == RARE and rows.order_by()[:FEW].count() < FEW:
        mine = list(rows.order_by().values_list("pk", flat=True))
        return _collect(
            ({"object_type": label, "object_id__in": keys} for keys in _chunks(mine)), rows, label, pieces
        )
    others = [p for p in pieces if p != leader]
    return _collect(({"pk__in": keys} for keys in _leading(leader, others)), rows, label, ())


def _leading(leader: str, others: Sequence[str]) -> Iterator[set[int]]:
    """Entries that hold ``leader`` and all ``others``, a list at a time."""
    tokens = SearchToken.unscoped.filter(begins("token", leader)).order_by("token", "entry_id")
    for piece in others:
        tokens = tokens.filter(
            Exists(SearchToken.unscoped.filter(begins("token", piece), entry=OuterRef("entry")))
        )
    at, size = 0, FIRST
    while at < MOST:
        keys = list(tokens.values_list("entry_id", flat=True)[at : at + size])
        yield set(keys)
        if len(keys) < size:
            return
        at, size = at + size, CHUNK


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))


def _collect(groups: Iterator[dict], rows: QuerySet, label: str, pieces: tuple[str, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for group in groups:
        entries = SearchEntry.unscoped.filter(**group)
        for piece in pieces:
            tokens = SearchToken.unscoped.filter(begins("token", piece), entry=OuterRef("pk"))
            entries = entries.filter(Exists(tokens))
        entries = entries.filter(Exists(rows.order_by().filter(pk=OuterRef("object_id"))))
        # The type is compared here: in the query it would tempt SQLite to read every entry of the type.
        told = entries.values_list("object_type", "object_id", "title").iterator(chunk_size=ENOUGH)
        mine = ((key, title) for kind, key, title in told if kind == label)
        found.update(islice(mine, ENOUGH - len(found)))
        if len(found) >= ENOUGH:
            break
    return found
