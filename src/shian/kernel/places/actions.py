"""Every write of places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.changes.rows import restore_rows, retire_rows
from shian.kernel.changes.standing import refuse_below_retired, refuse_while_used
from shian.kernel.changes.writer import change
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.rights import can_at

from .models import STEP, Lineage, Place, Population

verbs.declare(
    {
        "place.save": gettext_lazy("保存区域"),
        "place.lineage": gettext_lazy("登记沿革"),
        "place.population": gettext_lazy("登记人口数"),
    }
)


def save_places(
    *, actor: Actor, rows: Sequence[Place], verb: str = "place.save", reason: str = "", batch=None
) -> list[Place]:
    """Creates or edits places; a new parent moves the whole subtree."""
    written = []
    with change(actor, verb, reason=reason, batch=batch) as w:
        for place in rows:
            parent = place.parent
            if parent and place.pk and parent.path.startswith(place.path or "-"):
                raise ValidationError({"parent": _("上级不能是自己或自己的下级")})
            moved = place.path and place.loaded.get("parent_id") != place.parent_id
            if moved and not can_at(actor, verb, place.path):  # one without a parent is open to the installation's own
                raise ValidationError({"parent": _("您没有在“%(place)s”的权限，不能改变它的上级") % {"place": place}})
            changed = w.save(place)
            path = (parent.path if parent else "") + str(place.pk).zfill(STEP)
            if path != place.path:
                below = (
                    Place.unscoped.filter(path__startswith=place.path).exclude(pk=place.pk)
                    if place.path
                    else []
                )
                shifted = list(below)
                for child in shifted:
                    child.path = path + child.path[len(place.path) :]
                place.path = path
                w.save_all([place, *shifted])
            if changed:
                written.append(place)
    return written


def retire_places(
    *, actor: Actor, rows: Sequence[Place], verb: str = "place.retire", reason: str = "", batch=None
) -> Sequence[Place]:
    """Takes places out of use; one with live places below it or live units in it stays."""
    refuse_while_used(rows, "children", "units")
    return retire_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def restore_places(
    *, actor: Actor, rows: Sequence[Place], verb: str = "place.restore", reason: str = "", batch=None
) -> Sequence[Place]:
    """Brings places back; not below one that is out of use."""
    refuse_below_retired(rows, "parent")
    return restore_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def save_place(*, actor: Actor, place: Place, reason: str = "") -> Place:
    save_places(actor=actor, rows=[place], reason=reason)
    return place


def save_lineages(
    *, actor: Actor, rows: Sequence[Lineage], verb: str = "place.lineage", reason: str = "", batch=None
) -> list[Lineage]:
    """Notes that places were renamed, merged, split or moved; a merged one ends. Rows keep the place of their event."""
    with change(actor, verb, basis=rows[0].document if rows else "", reason=reason, batch=batch) as w:
        written = w.save_all(rows)
        for row in rows:
            if row.kind == "merged":
                row.before.valid_to = row.on
                w.save(row.before)
    return written


def record_lineage(
    *, actor: Actor, before: Place, after: Place, kind: str, on: dt.date, document: str = ""
) -> Lineage:
    row = Lineage(before=before, after=after, kind=kind, on=on, document=document)
    save_lineages(actor=actor, rows=[row])
    return row


def set_population(*, actor: Actor, place: Place, year: int, persons: int, source: str = "") -> Population:
    """Population of a plan year; refused once frozen."""
    row = Population.unscoped.live().filter(place=place, year=year).first() or Population(
        place=place, year=year
    )
    if row.frozen_at:
        raise ValidationError({"persons": _("%(year)s年人口数已随计划冻结，不能修改") % {"year": year}})
    row.persons, row.source = persons, source
    with change(actor, "place.population", basis=source) as w:
        w.save(row)
    return row
