"""Every write of the projection."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from shian.kernel.jobs.models import Job
from shian.kernel.resources.resource import Resource
from shian.kernel.resources.tables import text_of
from shian.kernel.scopes.entity import Entity
from shian.kernel.ui.language import record_language

from .feature import Public, published
from .models import PublicRow

CHUNK = 500


def follow(written: list[Entity]) -> None:
    """Called by the write path with the rows just written, inside its transaction."""
    keys: dict[type[Entity], set[int]] = defaultdict(set)
    for row in written:
        keys[type(row)].add(row.pk)
    renamed = {type(row) for row in written if row.version > 1}
    for resource, feature in published():
        if found := sorted(keys.get(resource.model, ())):
            for at in range(0, len(found), CHUNK):
                project(resource, feature, found[at : at + CHUNK])
        if renamed.intersection(feature.references(resource).values()):
            rebuild_later(resource)


def project(resource: Resource, feature: Public, keys: Sequence[int]) -> None:
    """Stores what is public of these rows now, at most :data:`CHUNK`, and forgets what no longer is."""
    now, ours = timezone.now(), PublicRow.unscoped.filter(resource=resource.name)
    rows = resource.model.unscoped.live().filter(feature.when, pk__in=keys).order_by("pk")
    references = feature.references(resource)
    shown = [_shown(resource, feature, row) for row in (rows.select_related(*references) if references else rows)]
    stored = {row.object_id: row for row in ours.filter(object_id__in=keys)}
    if gone := stored.keys() - {row.object_id for row in shown}:
        ours.filter(object_id__in=gone).delete()
    changed = []
    for row in shown:
        before = stored.get(row.object_id)
        if before is None or (before.title, before.data) != (row.title, row.data):
            row.published_at = row.changed_at = now
            changed.append(row)
    PublicRow.unscoped.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["resource", "object_id"],
        update_fields=["title", "data", "changed_at"],
    )


def rebuild(cursor: dict) -> dict | None:
    """One step of renewing everything, resource by resource in order of their keys; the next cursor, None at the end.

    Public rows of resources that are no longer public go first.
    """
    known = {resource.name: (resource, feature) for resource, feature in published()}
    if not cursor:
        with transaction.atomic():
            PublicRow.unscoped.exclude(resource__in=known).delete()
    name, after = cursor.get("resource", ""), cursor.get("after", 0)
    name = name or min(known, default="")
    if name not in known:
        return None
    if keys := _next_keys(known[name][0], after):
        with transaction.atomic():
            project(*known[name], keys)
        return {"resource": name, "after": keys[-1]}
    rest = sorted(each for each in known if each > name)
    return {"resource": rest[0], "after": 0} if rest else None


def rebuild_later(resource: Resource) -> None:
    """Queues the renewal: something that public rows of ``resource`` may refer to was renamed."""
    waiting = Job.unscoped.filter(kind="public.rebuild", state="queued")
    if PublicRow.unscoped.filter(resource=resource.name).exists() and not waiting.exists():
        Job.unscoped.create(kind="public.rebuild", title=gettext_noop("更新公示信息"), run_at=timezone.now())


def _next_keys(resource: Resource, after: int) -> list[int]:
    """Keys of rows and of public rows, so that those whose row is gone are met too."""
    rows = resource.model.unscoped.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    public = PublicRow.unscoped.filter(resource=resource.name, object_id__gt=after).order_by("object_id")
    return sorted({*rows, *public.values_list("object_id", flat=True)[:CHUNK]})[:CHUNK]


def _shown(resource: Resource, feature: Public, row: Entity) -> PublicRow:
    with record_language():
        data = {n: {"code": _code(row, n), "label": text_of(row, n, getattr(row, n))} for n in feature.fields}
    title = data[feature.fields[0]]["label"][:200]
    return PublicRow(
        resource=resource.name, object_id=row.pk, slug=slug_of(resource.name, row.pk), title=title, data=data
    )


def _code(row: Entity, name: str) -> Any:
    """The stored value as JSON has it; of a reference its ``code``, where it has one, never its key."""
    value = getattr(row, name)
    if isinstance(value, models.Model):
        return getattr(value, "code", None)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def slug_of(resource: str, key: int) -> str:
    """As good as random to who does not hold the installation's key; the same whenever the row is public again."""
    digest = salted_hmac("shian.public", f"{resource}:{key}", algorithm="sha256").digest()
    return base64.b32encode(digest[:8]).decode().rstrip("=").lower()
