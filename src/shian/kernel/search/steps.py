"""Jobs of the index: tokens left over by bulk writes, and the renewal of everything."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from shian.kernel.jobs.kinds import Step, job
from shian.kernel.jobs.models import Job

from .actions import document, forget, write
from .models import SearchEntry
from .registry import searchables

CHUNK = 200


def stale() -> bool:
    return SearchEntry.unscoped.filter(fingerprint=None).exists()


@job("search.index", title=gettext_noop("更新搜索索引"), every_minutes=5, needed=stale)
def index(row: Job, cursor: dict):
    """Writes the tokens of entries that bulk writes left without."""
    found = SearchEntry.unscoped.filter(fingerprint=None).order_by("object_type").first()
    batch, gone, label = [], [], ""
    if found is not None:
        label = found.object_type
        waiting = SearchEntry.unscoped.filter(fingerprint=None, object_type=label)
        ids = list(waiting.values_list("object_id", flat=True)[:CHUNK])
        batch = _documents(label, ids)
        gone = sorted(set(ids) - {d.entry.object_id for d in batch})
    yield
    write(batch)
    forget(label, gone)
    done = row.done + len(batch) + len(gone)
    return Step(done=done, message=f"已更新 {done} 条", finished=found is None)


@job("search.rebuild", title=gettext_noop("重建搜索索引"))
def rebuild(row: Job, cursor: dict):
    """Model by model in order of their keys; entries of models that left the registry go first."""
    labels = sorted(searchables())
    label, after = cursor.get("label", labels[0] if labels else ""), cursor.get("after", 0)
    ids = _next_ids(label, after) if label else []
    batch = _documents(label, ids)
    orphans = list(SearchEntry.unscoped.exclude(object_type__in=labels).values_list("pk", flat=True)[:CHUNK])
    yield
    if orphans:
        SearchEntry.unscoped.filter(pk__in=orphans).delete()
        return Step(cursor, done=row.done, message="清理旧索引")
    write(batch)
    forget(label, set(ids) - {d.entry.object_id for d in batch})
    done = row.done + len(ids)
    if ids:
        return Step({"label": label, "after": ids[-1]}, done=done, message=f"已索引 {done} 条")
    rest = [each for each in labels if each > label]
    return Step({"label": rest[0], "after": 0} if rest else {}, done=done, finished=not rest)


def _next_ids(label: str, after: int) -> list[int]:
    """Keys of rows and of entries, so that entries whose row is gone are met too."""
    model = searchables()[label].model
    rows = model.unscoped.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    entries = SearchEntry.unscoped.filter(object_type=label, object_id__gt=after).order_by("object_id")
    both = {*rows, *entries.values_list("object_id", flat=True)[:CHUNK]}
    return sorted(both)[:CHUNK]


def _documents(label: str, ids: list[int]) -> list:
    found = searchables().get(label)
    if found is None:
        return []
    return [document(found, row) for row in found.model.unscoped.live().filter(pk__in=ids)]
