"""Every write of units and users."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.changes.rows import restore_rows, retire_rows
from shian.kernel.changes.standing import refuse_below_retired, refuse_while_used
from shian.kernel.changes.writer import change
from shian.kernel.scopes import bounds, verbs
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.models import Grant, Role
from shian.kernel.scopes.rights import can_at, require_at

from .models import Succession, Unit, UnitAlias, User

verbs.declare(
    {
        "unit.save": gettext_lazy("保存单位"),
        "unit.alias": gettext_lazy("登记别称"),
        "unit.succeed": gettext_lazy("机构承接"),
        "user.save": gettext_lazy("保存用户"),
        "user.password": gettext_lazy("重置密码"),
        "user.grant": gettext_lazy("授权"),
        "role.load": gettext_lazy("载入角色"),
    }
)


def save_unit(*, actor: Actor, unit: Unit, reason: str = "", batch=None) -> Unit:
    with change(actor, "unit.save", reason=reason, batch=batch) as w:
        w.save(unit)
    return unit


def retire_units(
    *, actor: Actor, rows: Sequence[Unit], verb: str = "unit.retire", reason: str = "", batch=None
) -> Sequence[Unit]:
    """Takes units out of use; one with live users or live units below it stays."""
    refuse_while_used(rows, "children", "users")
    return retire_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def restore_units(
    *, actor: Actor, rows: Sequence[Unit], verb: str = "unit.restore", reason: str = "", batch=None
) -> Sequence[Unit]:
    """Brings units back; not below a unit or in a place that is out of use."""
    refuse_below_retired(rows, "parent", "place")
    return restore_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def save_users(*, actor: Actor, rows: Sequence[User], verb: str, reason: str = "", batch=None) -> list[User]:
    """Creates or edits people; a new one cannot sign in until a password is set.

    A unit brings its rows, and its place to grants that name none: whoever moves a person there needs the place.
    """
    for user in rows:
        moved = user.pk and user.unit is not None and user.loaded.get("unit_id") != user.unit_id
        if moved and not can_at(actor, verb, user.unit.place.path):
            raise ValidationError({"unit": _("您没有在“%(place)s”的权限，不能把用户调入“%(unit)s”")
                                   % {"place": user.unit.place, "unit": user.unit}})  # fmt: skip
        _refuse_takeover(actor, user, verb)
        if not user.password:
            user.set_unusable_password()
    with change(actor, verb, reason=reason, batch=batch) as w:
        return w.save_all(rows)


def retire_users(
    *, actor: Actor, rows: Sequence[User], verb: str = "user.retire", reason: str = "", batch=None
) -> Sequence[User]:
    """Takes accounts out of use; not those of who reaches further."""
    for user in rows:
        _require_reach(actor, user, verb, opens=False)
    return retire_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def restore_users(
    *, actor: Actor, rows: Sequence[User], verb: str = "user.restore", reason: str = "", batch=None
) -> Sequence[User]:
    """Brings accounts back, with the grants they had."""
    refuse_below_retired(rows, "unit")
    for user in rows:
        _require_reach(actor, user, verb, opens=False)
    return restore_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)


def remember_alias(*, actor: Actor, unit: Unit, name: str) -> UnitAlias:
    """Documents of the unit's place that say ``name`` mean ``unit``; a later choice replaces an earlier one."""
    name = name.strip()
    alias = UnitAlias.unscoped.live().filter(place=unit.place, name=name).first()
    alias = alias or UnitAlias(place=unit.place, name=name)
    alias.unit = unit
    with change(actor, "unit.alias") as w:
        w.save(alias)
    return alias


def save_successions(
    *, actor: Actor, rows: Sequence[Succession], verb: str = "unit.succeed", reason: str = "", batch=None
) -> list[Succession]:
    """Records reforms of government bodies (机构改革); each body replaced ends on that day."""
    with change(actor, verb, basis=rows[0].document if rows else "", reason=reason, batch=batch) as w:
        written = w.save_all(rows)
        for row in rows:
            row.before.valid_to = row.on
            w.save(row.before)
    return written


def succeed(*, actor: Actor, before: Unit, after: Unit, on: dt.date, document: str = "") -> Succession:
    """``after`` takes over from ``before`` on that day."""
    row = Succession(before=before, after=after, on=on, document=document)
    save_successions(actor=actor, rows=[row])
    return row


def save_user(*, actor: Actor, user: User, password: str | None = None, reason: str = "") -> User:
    """Creates or edits a person; ``password`` is checked against the rules and stored as argon2."""
    if password is not None:
        validate_password(password, user)
        user.set_password(password)
    elif not user.password:
        user.set_unusable_password()
    with change(actor, "user.save", reason=reason) as w:
        w.save(user)
    return user


OPENS = ("email",)
"""Fields by which one could sign in as the person: a new password is sent there."""
NAMES = ("username", "is_active")
"""Fields by which the person is kept out, or let in again."""


def _refuse_takeover(actor: Actor, user: User, verb: str) -> None:
    """An account of who reaches further is not opened, renamed or switched; his own is everybody's."""
    changed = {n for n in (*OPENS, *NAMES) if user.pk and getattr(user, n) != user.loaded.get(n, getattr(user, n))}
    if changed and user.pk != actor.user_id:
        opens = bool(changed & set(OPENS))
        _require_reach(actor, user, "user.password" if opens else verb, opens=opens)


def _require_reach(actor: Actor, user: User, verb: str, *, opens: bool) -> None:
    """Who has a hand on the account of ``user`` could give each grant of that person, in force or not, where it holds.

    ``opens``: he could sign in as that person. Then a grant of power, which two people gave, is not to be had
    from one of them: it takes somebody above, or the console.
    """
    if actor.is_system:
        return
    unit = Unit.unscoped.filter(pk=user.loaded.get("unit_id", user.unit_id)).select_related("place__parent").first()
    home = [unit.place] if unit else []
    for place in home if opens else ():
        require_at(actor, verb, place.path)
    rows = Grant.unscoped.live().filter(user=user).select_related("role").prefetch_related("places__parent")
    for grant in rows:
        places = list(grant.places.all()) or home
        for place in places:
            require_at(actor, verb, place.path)
        wider = sorted(bounds.narrowed(actor, grant, verb)) != sorted(grant.domains)
        if wider or bounds.problems(actor, grant, verb):
            raise PermissionDenied(_("“%(person)s”的授权超出您的权限，其账号须由上级管理员办理") % {"person": user})
        above = all(p.parent is not None and can_at(actor, verb, p.parent.path) for p in places)
        if opens and settings.SECOND_PERSON and bounds.powerful(grant.role) and not above:
            said = _("“%(person)s”是管理员，其密码和邮箱须由上级管理员或在服务器上办理")
            raise PermissionDenied(said % {"person": user})


def reset_password(*, actor: Actor, user: User) -> str:
    """A new random password, told once to the administrator; the person changes it after signing in."""
    _require_reach(actor, user, "user.password", opens=True)
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    with change(actor, "user.password", reason="重置密码") as w:
        w.save(user)
    return password


def grant(
    *,
    actor: Actor,
    user: User,
    role: Role,
    places: Iterable = (),
    domains: Iterable[str] = (),
    detail: str = "full",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    reason: str = "",
) -> Grant:
    """Gives ``user`` a role over the subtrees ``places`` (none: the unit's own place), from the console or a package.

    A person's grants go through ``kernel.granting``, which knows what he may give.
    """
    if not actor.is_system:
        raise PermissionDenied(_("授权须在“授权”页面办理"))
    row = Grant(
        user=user, role=role, domains=list(domains), detail=detail, valid_from=valid_from, valid_to=valid_to
    )
    places = list(places)
    with change(actor, "user.grant", reason=reason) as w:
        w.save(row)
        row.places.set(places)
        w.note(row, {"places": [None, [p.pk for p in places]]})
    return row
