"""Every write of grants by a person; the console's own are in ``people.actions``."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shian.kernel.changes.rows import restore_rows, retire_rows, save_rows, set_relations
from shian.kernel.changes.writer import change
from shian.kernel.notices.actions import notify
from shian.kernel.people.models import User
from shian.kernel.scopes import bounds
from shian.kernel.scopes.actor import Actor, GrantView
from shian.kernel.scopes.models import Grant, Role
from shian.kernel.scopes.rights import can_at
from shian.kernel.scopes.verbs import INSTALLATION


def save_grants(*, actor: Actor, rows: Sequence[Grant], verb: str, reason: str = "", batch=None) -> Sequence[Grant]:
    """Creates or edits grants of others; one with power waits for a second person, an edited one again."""
    for row in rows:
        _refuse_beyond(actor, row, verb)
        _refuse_outside(actor, row, verb)
        row.domains = bounds.narrowed(actor, row, verb)
        _await_second(actor, row)
    written = save_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)
    _tell(actor, rows)
    return written


def retire_grants(*, actor: Actor, rows: Sequence[Grant], verb: str, reason: str = "", batch=None) -> Sequence[Grant]:
    """Ends grants with the next request of whoever holds them; those that reach no further than one's own."""
    for row in rows:
        _refuse_outside(actor, row, verb)
    written = retire_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)
    _tell(actor, rows)
    return written


def restore_grants(*, actor: Actor, rows: Sequence[Grant], verb: str, reason: str = "", batch=None) -> Sequence[Grant]:
    """Brings grants back, within the bounds of giving them anew."""
    for row in rows:
        _refuse_beyond(actor, row, verb)
        _refuse_outside(actor, row, verb)
        row.domains = bounds.narrowed(actor, row, verb)
        _await_second(actor, row)
    written = restore_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)
    _tell(actor, rows)
    return written


def confirm(*, actor: Actor, obj: Grant, version: int | None = None) -> None:
    """The second person's word; he too must hold what is given, in every place (复核通过)."""
    _refuse_first(actor, obj)
    _refuse_beyond(actor, obj, "grant.confirm")
    _refuse_outside(actor, obj, "grant.confirm")
    with transaction.atomic():
        # Written down, so that neither the person's next unit nor a unit's next place widens what was confirmed.
        set_relations(actor=actor, row=obj, chosen={"places": _places(obj)}, verb="grant.confirm")
        _move(actor, obj, "given", "grant.confirm")


def decline(*, actor: Actor, obj: Grant, reason: str, version: int | None = None) -> None:
    """The second person's no (不予通过)."""
    _refuse_first(actor, obj)
    _refuse_outside(actor, obj, "grant.decline")
    _move(actor, obj, "declined", "grant.decline", reason)


def _move(actor: Actor, row: Grant, state: str, verb: str, reason: str = "") -> None:
    row.state = state
    with change(actor, verb, reason=reason) as w:
        w.save(row)
    _tell(actor, [row])


def _refuse_beyond(actor: Actor, row: Grant, verb: str) -> None:
    found = bounds.problems(actor, row, verb)
    if found:
        raise ValidationError(found)


def _refuse_outside(actor: Actor, row: Grant, verb: str) -> None:
    """A stored grant is touched by whoever could give it in each of its places."""
    if actor.is_system or row.pk is None:
        return
    outside = [p for p in _places(row) if not can_at(actor, verb, p.path)]
    if outside:
        names = "、".join(str(p) for p in outside)
        raise ValidationError({"places": _("超出您的权限范围：%(names)s") % {"names": names}})


def _refuse_first(actor: Actor, row: Grant) -> None:
    if actor.user_id is not None and actor.user_id == row.asked_by_id:
        raise ValidationError(_("这项授权由您提出，须由另一名管理员复核"))


def _await_second(actor: Actor, row: Grant) -> None:
    waits = settings.SECOND_PERSON and not actor.is_system and bounds.powerful(row.role)
    row.state, row.asked_by_id = ("asked", actor.user_id) if waits else ("given", None)


def _places(row: Grant) -> list:
    return list(row.places.all()) or ([row.user.unit.place] if row.user.unit else [])


# -- who hears of it ------------------------------------------------------------------------------------
def _tell(actor: Actor, rows: Sequence[Grant]) -> None:
    """The person, and the administrators above: nobody's rights change unseen."""
    if actor.is_system:
        return
    for row in rows:
        state = _("已停用") if row.retired_at else row.get_state_display()
        facts = {"person": row.user, "role": row.role, "state": state, "actor": actor.name}
        title = _("%(person)s的授权“%(role)s”：%(state)s") % facts
        body = _("办理人：%(actor)s") % facts
        notify([row.user, *_above(row, but=actor.user_id)], title, body, url=f"/grants/{row.pk}/", kind="grant")


def _above(row: Grant, *, but: int | None) -> list[User]:
    """Administrators whose grant covers the place above the person's; at the top, who looks after the installation."""
    place = row.user.unit.place.parent if row.user.unit else None
    verb = "grant.edit" if place else INSTALLATION
    roles = [r for r in Role.unscoped.live() if GrantView(tuple(r.permissions), ()).allows(verb)]
    held = Grant.unscoped.live().filter(role__in=roles, state="given").exclude(user_id=but)
    found = {}
    for grant in held.select_related("user__unit__place").prefetch_related("places"):
        if place is None or any(place.path.startswith(p.path) for p in _places(grant)):
            found[grant.user_id] = grant.user
    found.pop(row.user_id, None)
    return list(found.values())
