"""``change(...)``: the one write path."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from shian.kernel.day import now, written_day
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.context import changing
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.rights import require

from .diffs import columns, difference, label_of
from .models import Change, DirtyCell, StateSpan
from .personal import seal_personal
from .taken import taken


class StaleObject(Exception):
    """Somebody else changed the row after it was read. ``current`` is the row as it stands now."""

    def __init__(self, obj: Entity, current: Entity):
        super().__init__(_("“%(name)s”已被他人修改，请核对差异后再保存") % {"name": label_of(obj)})
        self.obj = obj
        self.current = current


after_write: list[Callable[[list[Entity]], None]] = []
"""Called inside the transaction with the rows just written (the search index registers here)."""


class Writer:
    """Collects what one action writes. Use through :func:`change`."""

    def __init__(self, actor: Actor, verb: str, basis: str, reason: str, batch: uuid.UUID | None):
        self.actor, self.verb, self.basis, self.reason, self.batch = actor, verb, basis, reason, batch
        self.at = now()
        self.trying: list[Entity] = []
        """What is being written; named when the database refuses it."""
        self._changes: list[Change] = []
        self._written: list[Entity] = []
        self._dirty: set[tuple[str, int, str, dt.date]] = set()

    def save(self, obj: Entity, *, since: dt.datetime | None = None) -> bool:
        """Writes ``obj``; False when nothing differs from what was read.

        ``since``: when a tracked value became true, if earlier than now.
        Raises :class:`StaleObject` when the stored version is not the one that was read.
        """
        return bool(self.save_all([obj], since=since))

    def save_all(self, objs: Iterable[Entity], *, since: dt.datetime | None = None) -> list[Entity]:
        """Set-shaped :meth:`save` for rows of one model; returns those that were written.

        Rights are asked here for every row, as stored and as filled in, so that no caller can forget.
        """
        objs = list(objs)
        for obj in objs:
            if obj.get_deferred_fields():
                raise TypeError(f"{type(obj).__name__} #{obj.pk}: read with .only() or .defer(), cannot be saved")
        new: list[Entity] = []
        old: list[tuple[Entity, dict]] = []
        for obj in objs:
            if obj.pk is None or obj._state.adding:
                new.append(obj)
            elif diff := difference(obj):
                old.append((obj, diff))
        self.trying = [*new, *(obj for obj, _diff in old)]
        require(self.actor, self.verb, self.trying)
        self._insert(new, since)
        self._update(old, since)
        self.trying = []
        return new + [obj for obj, _diff in old]

    def retire(self, obj: Entity) -> None:
        """Soft delete: the row stays, unique constraints on live rows let its name be used again."""
        obj.retired_at = self.at
        self.save(obj)

    def restore(self, obj: Entity) -> None:
        obj.retired_at = None
        self.save(obj)

    def note(self, obj: models.Model, diff: dict | None = None, *, verb: str = "") -> None:
        """A change row without a column change: a decision, an export, a reveal of personal data."""
        self._log(obj, diff or {}, verb=verb)

    def touch(self, obj: Entity, diff: dict | None = None) -> None:
        """Raises the version of ``obj`` because something below it changed, as ``diff`` tells.

        Raises :class:`StaleObject` as :meth:`save` does.
        """
        require(self.actor, self.verb, obj)
        model = type(obj)
        hit = model.unscoped.filter(pk=obj.pk, version=obj.version).update(version=obj.version + 1, updated_at=self.at)
        if not hit:
            raise StaleObject(obj, model.unscoped.get(pk=obj.pk))
        obj.version += 1
        obj.updated_at = self.at
        self._log(obj, diff or {})

    # -- inside -----------------------------------------------------------------------------------
    def _insert(self, objs: list[Entity], since: dt.datetime | None) -> None:
        if not objs:
            return
        model = type(objs[0])
        if len(objs) == 1:
            objs[0].save(force_insert=True)
        else:
            model.unscoped.bulk_create(objs, batch_size=500)
        if written_day() is not None:
            self._date_back(model, objs)
        for obj in objs:
            self._after(
                obj, {name: [None, value] for name, value in columns(obj).items() if value not in (None, "")}
            )
        self._spans(objs, since, {id(o): set(model.tracked) for o in objs}, new=True)

    def _date_back(self, model: type[Entity], objs: list[Entity]) -> None:
        """Rows of an invented past came into being then; the fields themselves know the clock only."""
        for at in range(0, len(objs), 500):
            part = objs[at : at + 500]
            model.unscoped.filter(pk__in=[o.pk for o in part]).update(created_at=self.at, updated_at=self.at)
        for obj in objs:
            obj.created_at = obj.updated_at = self.at

    def _update(self, pairs: list[tuple[Entity, dict]], since: dt.datetime | None) -> None:
        for values, alike in _alike(pairs):
            objs = [obj for obj, _diff in alike]
            if len(objs) == 1 or not self._update_many(objs, values):
                for obj in objs:
                    self._update_one(obj, values)
            for obj, diff in alike:
                obj.version += 1
                obj.updated_at = self.at
                self._mark_dirty(obj, obj.loaded)
                self._after(obj, diff)
        by_model = {id(o): set(d) & set(type(o).tracked) for o, d in pairs}
        self._spans([o for o, _d in pairs if by_model[id(o)]], since, by_model, new=False)

    def _update_one(self, obj: Entity, values: dict) -> None:
        model = type(obj)
        rows = model.unscoped.filter(pk=obj.pk, version=obj.version)
        if not rows.update(**values, version=obj.version + 1, updated_at=self.at):
            raise StaleObject(obj, model.unscoped.get(pk=obj.pk))

    def _update_many(self, objs: list[Entity], values: dict) -> bool:
        """Rows that get the same values, 500 a query; False, and nothing written, when one of them is stale."""
        model = type(objs[0])
        with transaction.atomic():
            for at in range(0, len(objs), 500):
                part, versions = objs[at : at + 500], defaultdict(list)
                for obj in part:
                    versions[obj.version].append(obj.pk)
                read = Q()
                for version, keys in versions.items():
                    read |= Q(version=version, pk__in=keys)
                rows = model.unscoped.filter(read)
                if rows.update(**values, version=F("version") + 1, updated_at=self.at) != len(part):
                    transaction.set_rollback(True)
                    return False
        return True

    def _after(self, obj: Entity, diff: dict) -> None:
        current = {f.attname: getattr(obj, f.attname) for f in obj._meta.concrete_fields}
        obj._loaded = current
        self._mark_dirty(obj, current)
        self._written.append(obj)
        self._log(obj, seal_personal(obj, diff))

    def _log(self, obj: models.Model, diff: dict, verb: str = "") -> None:
        self._changes.append(
            Change(
                at=self.at,
                actor_id=self.actor.user_id,
                actor_name=self.actor.name[:60],
                unit_name=self.actor.unit_name[:120],
                verb=verb or self.verb,
                basis=self.basis,
                reason=self.reason,
                object_type=obj._meta.label_lower,
                object_id=obj.pk,
                object_label=label_of(obj)[:200],
                diff=diff,
                request_id=self.actor.request_id,
                batch=self.batch,
            )
        )

    def _spans(self, objs: list[Entity], since: dt.datetime | None, fields: dict[int, set[str]], *, new: bool) -> None:
        """Closes the open span of each changed tracked field (a ``new`` row has none) and opens the next."""
        since = since or self.at
        rows, ending = [], defaultdict(list)
        for obj in objs:
            names = tuple(sorted(fields[id(obj)]))
            label = obj._meta.label_lower
            if names and not new:
                ending[label, names].append(obj.pk)
            for name in names:
                value = getattr(obj, obj._meta.get_field(name).attname)
                rows.append(
                    StateSpan(
                        object_type=label, object_id=obj.pk, field=name, value=value, since=since, known_at=self.at
                    )
                )
        for (label, names), keys in ending.items():
            for at in range(0, len(keys), 500):
                StateSpan.unscoped.filter(
                    object_type=label, object_id__in=keys[at : at + 500], field__in=names, until=None
                ).update(until=since)
        StateSpan.unscoped.bulk_create(rows, batch_size=500)

    def _mark_dirty(self, obj: Entity, values: dict) -> None:
        if not obj.measured:
            return
        place_field, *axes = obj.measured
        place = values.get(obj._meta.get_field(place_field).attname) or 0
        for axis in axes:
            day = values.get(axis)
            if isinstance(day, dt.date):
                self._dirty.add((obj._meta.label_lower, place, axis, dt.date(day.year, day.month, 1)))

    def flush(self) -> None:
        for hook in after_write:
            hook(self._written)
        DirtyCell.unscoped.bulk_create(
            [DirtyCell(resource=r, place_id=p, axis=a, month=m) for r, p, a, m in sorted(self._dirty)],
            ignore_conflicts=True,
            batch_size=500,
        )
        Change.unscoped.bulk_create(self._changes, batch_size=500)


def _alike(pairs: list[tuple[Entity, dict]]) -> Iterator[tuple[dict, list[tuple[Entity, dict]]]]:
    """Rows by model and by the values they get, in order of appearance."""
    groups: dict[tuple, tuple[dict, list[tuple[Entity, dict]]]] = {}
    for obj, diff in pairs:
        names = [obj._meta.get_field(n).attname for n in diff]
        values = {name: getattr(obj, name) for name in names}
        groups.setdefault((type(obj), repr(values)), (values, []))[1].append((obj, diff))
    yield from groups.values()


@contextmanager
def change(
    actor: Actor, verb: str, basis: str = "", reason: str = "", *, batch: uuid.UUID | None = None
) -> Iterator[Writer]:
    """One verb, one transaction. Compute before it, write inside it, render after it.

    ``verb``: what is done, e.g. ``task.report``; ``basis``: its legal basis or document; ``reason``: why,
    where the flow asks for one; ``batch``: id shared by the rows of an import or a bulk edit.
    Raises :class:`~.taken.Taken` where somebody else took the key of a row after it was checked.
    """
    writer = Writer(actor, verb, basis, reason, batch)
    try:
        with transaction.atomic(), changing():
            yield writer
            writer.flush()
    except IntegrityError as error:
        if (why := taken(error, writer.trying)) is None:
            raise
        raise why from error
