"""Every write of the index."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_noop

from shian.core.text import tokens

from ..jobs.actions import enqueue
from ..jobs.models import Job
from ..scopes.actor import Actor
from ..scopes.entity import Entity
from ..ui.language import record_language
from .models import SearchEntry, SearchToken
from .registry import Searchable, searchables, value_of

BULK = 100
"""Writes of more rows than this leave the tokens to a job: the writer's transaction stays short."""
PINYIN_CHARACTERS = 24
"""Of a title are found by pinyin; nobody types more, and every character costs two tokens."""


@dataclass(frozen=True)
class Document:
    """What the index holds of one row."""

    entry: SearchEntry
    tokens: tuple[str, ...]

    @property
    def fingerprint(self) -> int:
        return zlib.crc32("\x1f".join(self.tokens).encode())


def document(found: Searchable, row: Entity, *, with_tokens: bool = True) -> Document:
    title = str(row)
    words: dict[str, None] = {}
    if with_tokens:
        words.update(dict.fromkeys(tokens(title[:PINYIN_CHARACTERS], pinyin=True)))
        words.update(dict.fromkeys(tokens(" ".join([title, *(value_of(row, f) for f in found.fields)]))))
    with record_language():
        subtitle = str(found.subtitle(row) or "")
    entry = SearchEntry(
        object_type=found.label,
        object_id=row.pk,
        title=title[:200],
        subtitle=subtitle[:200],
        url=found.url(row)[:300],
        weight=found.weight,
    )
    return Document(entry, tuple(w[:72] for w in words))


def index_written(rows: list[Entity]) -> None:
    """Called by the write path with the rows just written, inside its transaction."""
    known = searchables()
    by_label: dict[str, dict[int, Entity]] = {}
    for row in rows:
        label = row._meta.label_lower
        if label in known:
            by_label.setdefault(label, {})[row.pk] = row
    for label, found_rows in by_label.items():
        live = [row for row in found_rows.values() if row.retired_at is None]
        forget(label, [pk for pk, row in found_rows.items() if row.retired_at is not None])
        later = len(live) > BULK
        write([document(known[label], row, with_tokens=not later) for row in live], later=later)
        if later and not Job.unscoped.filter(kind="search.index", state="queued").exists():
            Job.unscoped.create(
                kind="search.index", title=gettext_noop("更新搜索索引"), run_at=live[0].updated_at
            )


def write(documents: list[Document], *, later: bool = False) -> None:
    """Stores entries of one model; tokens of those whose words changed, or with ``later`` of none yet."""
    if not documents:
        return
    ids = {d.entry.object_id: d for d in documents}
    stored = SearchEntry.unscoped.filter(object_type=documents[0].entry.object_type, object_id__in=list(ids))
    before = {row.object_id: row for row in stored}
    for each in documents:
        each.entry.fingerprint = None if later else each.fingerprint
    shown = ("title", "subtitle", "url", "weight", "fingerprint")
    changed = [
        d
        for pk, d in ids.items()
        if pk not in before or any(getattr(before[pk], n) != getattr(d.entry, n) for n in shown)
    ]
    SearchEntry.unscoped.bulk_create(
        [d.entry for d in changed],
        update_conflicts=True,
        unique_fields=["object_type", "object_id"],
        update_fields=list(shown),
        batch_size=500,
    )
    if later:
        return
    reworded = [
        d
        for d in changed
        if d.entry.object_id not in before or before[d.entry.object_id].fingerprint != d.entry.fingerprint
    ]
    _replace_tokens(reworded, [before[d.entry.object_id].pk for d in reworded if d.entry.object_id in before])


def _replace_tokens(documents: list[Document], old_entries: list[int]) -> None:
    if old_entries:
        SearchToken.unscoped.filter(entry__in=old_entries).delete()
    pairs = [(token, d.entry.pk) for d in documents for token in d.tokens]
    if not pairs:
        return
    table = connection.ops.quote_name(SearchToken._meta.db_table)
    with connection.cursor() as cursor:  # five times as fast as building a model object a token
        cursor.executemany(f"INSERT INTO {table} (token, entry_id) VALUES (%s, %s)", pairs)  # noqa: S608


def forget(label: str, ids: Iterable[int]) -> None:
    entries = list(
        SearchEntry.unscoped.filter(object_type=label, object_id__in=list(ids)).values_list("pk", flat=True)
    )
    if entries:
        SearchToken.unscoped.filter(entry__in=entries).delete()
        SearchEntry.unscoped.filter(pk__in=entries).delete()


def rebuild(actor: Actor) -> Job:
    """Queues the renewal of the whole index; searching goes on meanwhile."""
    return enqueue(actor, "search.rebuild")
