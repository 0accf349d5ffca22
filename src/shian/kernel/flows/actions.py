"""``perform``: one verb on any number of rows, the one road that pages, API, bulk and jobs take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from shian.core.flow import INTERNAL, Refused, Transition
from shian.kernel.changes.writer import StaleObject, change
from shian.kernel.files.actions import attach
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

from .capacities import capacities
from .clocks import Move, turn
from .declare import Case
from .words import error


@dataclass
class Outcome:
    """What a verb did to a selection: rows done, and every other row with the reason."""

    done: list[models.Model] = field(default_factory=list)
    refused: list[tuple[models.Model, Exception]] = field(default_factory=list)


def perform(
    *,
    actor: Actor,
    case: Case,
    verb: str,
    rows: Sequence[models.Model],
    said: Mapping[str, Any] | None = None,
    version: int | None = None,
    batch: uuid.UUID | None = None,
) -> Outcome:
    """Takes ``verb`` on each of ``rows``; a row that refuses is reported and keeps nobody else waiting.

    ``said``: what was handed in (needs of the table, ``files``); ``version``: the one the page showed,
    for a single row. Default handling, and a declared action over sets: one change. Another action: row by row.
    """
    said = dict(said or {})
    if case.offered(verb) is None and not actor.is_system:
        raise ValidationError(_("没有“%(verb)s”这一操作") % {"verb": verb})
    look = case.look(verb)
    if look.together is not None:
        return _together(actor, case, verb, rows, said, version, batch)
    if look.action is not None:
        return _each(actor, case, verb, rows, said, version, look.action)
    return _all(actor, case, verb, rows, said, version, batch)


def perform_one(*, actor: Actor, case: Case, verb: str, obj: models.Model, **more: Any) -> models.Model:
    """:func:`perform` on one row; raises what it was refused for."""
    outcome = perform(actor=actor, case=case, verb=verb, rows=[obj], **more)
    for _obj, why in outcome.refused:
        raise why
    return obj


# --- a declared action, row by row ----------------------------------------------------------------
def _each(actor: Actor, case: Case, verb: str, rows, said: dict, version: int | None, own) -> Outcome:
    """Whether the actor may, and whether the state allows it, is asked here too, so that no action can forget."""
    out = Outcome()
    for obj, who in zip(rows, capacities(case, actor, rows, verb), strict=True):
        try:
            if not case.look(verb).adds:
                fresh(obj, version)
            may(case, verb, obj, who)
            with transaction.atomic():
                own(actor=actor, obj=obj, version=version, **said)
            out.done.append(obj)
        except (ValidationError, PermissionDenied, StaleObject) as why:
            out.refused.append((obj, why))
    return out


# --- a declared action over the set ---------------------------------------------------------------
def _together(actor: Actor, case: Case, verb: str, rows, said: dict, version: int | None, batch) -> Outcome:
    out, ready = Outcome(), []
    for obj, who in zip(rows, capacities(case, actor, rows, verb), strict=True):
        try:
            if not case.look(verb).adds:
                fresh(obj, version)
            may(case, verb, obj, who)
            ready.append(obj)
        except (ValidationError, PermissionDenied, StaleObject) as why:
            out.refused.append((obj, why))
    if ready:
        _take(actor, case, verb, ready, said, batch or (uuid.uuid4() if len(ready) > 1 else None), out)
    return out


def _take(actor: Actor, case: Case, verb: str, rows: list, said: dict, batch, out: Outcome) -> None:
    """The action on ``rows``. Where it fails as a whole (somebody was faster), each row is read again and taken by itself."""
    versions = {obj.pk: obj.version for obj in rows}
    try:
        with transaction.atomic():
            took = case.look(verb).together(actor=actor, rows=rows, batch=batch, **said)
        out.done += took.done
        out.refused += took.refused
    except (ValidationError, PermissionDenied, StaleObject) as why:
        if len(rows) == 1:
            out.refused.append((rows[0], why))
            return
        for obj in case.read(case.model.unscoped.filter(pk__in=versions).order_by("pk")):
            if obj.version != versions[obj.pk]:
                out.refused.append((obj, StaleObject(obj, obj)))
            else:
                _take(actor, case, verb, [obj], said, batch, out)


def fresh(obj: Entity, version: int | None) -> None:
    """Refuses a page that shows an older ``version`` than the stored one (None: not asked)."""
    if version is not None and version != obj.version:
        raise StaleObject(obj, type(obj).unscoped.get(pk=obj.pk))


def may(case: Case, verb: str, obj: models.Model, who) -> Transition:
    """The row of the table, if its actor and state fit; needs and guards are asked by the action itself."""
    row = case.flow.verb[verb]
    reduced = dict.fromkeys(row.needs, "·")
    try:
        case.flow.step(case.state(obj), verb, who, reduced)
    except Refused as refused:
        if refused.code in ("actor", "state"):
            raise error(case.flow, refused) from refused
    return row


# --- the default handling, all rows at once -------------------------------------------------------
def _all(actor: Actor, case: Case, verb: str, rows, said: dict, version: int | None, batch) -> Outcome:
    out, row = Outcome(), case.flow.verb[verb]
    moves: list[Move] = []
    for obj, who in zip(rows, capacities(case, actor, rows, verb), strict=True):
        try:
            moves.append(_move(case, row, obj, who, said, version))
        except (ValidationError, PermissionDenied, StaleObject) as why:
            out.refused.append((obj, why))
    while moves:
        try:
            _write(actor, case, row, moves, said, batch)
            break
        except StaleObject as stale:  # somebody was faster between reading and writing: everyone else goes on
            moves = _without(case, row, moves, stale, said, out)
        except (ValidationError, PermissionDenied) as why:  # e.g. the working days of a year are not known
            out.refused += [(m.obj, why) for m in moves]
            moves = []
    out.done = [m.obj for m in moves]
    return out


def _move(case: Case, row: Transition, obj, who, said: dict, version: int | None) -> Move:
    fresh(obj, version)
    before = case.standing(obj)
    try:
        after = case.flow.step(before.code, row.verb, who, said)
    except Refused as refused:
        raise error(case.flow, refused) from refused
    setattr(obj, case.field, after)
    for name in row.needs:
        if _is_field(obj, name):
            setattr(obj, name, said[name])
    return Move(obj, row, before, case.flow.state[after])


def _is_field(obj: models.Model, name: str) -> bool:
    try:
        return bool(obj._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def _write(actor: Actor, case: Case, row: Transition, moves: list[Move], said: dict, batch) -> None:
    basis = str(said.get("number") or ("" if row.article == INTERNAL else row.article))[:200]
    reason = str(said.get("reason") or said.get("note") or "").strip()
    if batch is None and len(moves) > 1:
        batch = uuid.uuid4()
    with change(actor, case.permission(row.verb), basis, reason, batch=batch) as w:
        written = {id(obj) for obj in w.save_all([m.obj for m in moves])}
        for move in moves:
            if id(move.obj) not in written:  # the state stays: the verb is recorded all the same
                w.note(move.obj)
        turn(w, moves, said)
        for move in moves:
            for file in said.get("files") or ():
                attach(w, move.obj, file, kind="evidence")


def _without(case: Case, row: Transition, moves: list[Move], stale: StaleObject, said: dict, out: Outcome):
    """The remaining rows, read again: the failed transaction has left its marks on them in memory."""
    out.refused.append((stale.obj, stale))
    left = [m.obj.pk for m in moves if m.obj.pk != stale.obj.pk]
    stored = {o.pk: o for o in case.read(case.model.unscoped.filter(pk__in=left))}
    again = []
    for move in moves:
        obj = stored.get(move.obj.pk)
        if obj is None:
            continue
        try:
            again.append(_move(case, row, obj, row.actors, said, None))
        except (ValidationError, PermissionDenied) as why:
            out.refused.append((obj, why))
    return again
