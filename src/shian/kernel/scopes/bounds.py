"""What somebody may give: what he holds himself, as far as he holds it, and the roles he was trusted to hand out.

Several grants of his are judged by the narrowest: what is held in one place is never lent to another.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.kernel.app import installed

from . import verbs
from .actor import Actor, GrantView
from .models import Grant, Role
from .rights import counting
from .verbs import INSTALLATION

POWERS = ("grant.create", "grant.edit", "grant.confirm", "user.password", INSTALLATION)
"""Verbs by which rights multiply: a role with one of them is given by two people."""
RANK = {"counts": 0, "masked": 1, "full": 2}


def declare() -> None:
    """``give.<role>``: the right to hand out a role without holding its verbs oneself."""
    names = {part.code: str(part.name) for app in installed() for part in app.roles if part.name}
    codes = {part.code for app in installed() for part in app.roles}
    verbs.declare({f"give.{c}": gettext_lazy("授予角色“%(role)s”") % {"role": names.get(c, c)} for c in sorted(codes)})


def powerful(role: Role) -> bool:
    return any(_allows(role.permissions, verb) for verb in POWERS)


def _allows(patterns: Iterable[str], verb: str) -> bool:
    return GrantView(tuple(patterns), ()).allows(verb)


def problems(actor: Actor, row: Grant, verb: str) -> dict[str, str]:
    """Field → why ``actor`` may not give ``row``; places are bounded by the form and again at the confirmation."""
    if actor.is_system:
        return {}
    if actor.user_id in {row.user_id, row.loaded.get("user_id")}:
        return {"user": _("不能给自己授权，也不能修改自己的授权；请由其他管理员办理")}
    found, mine = {}, counting(actor, verb)
    if RANK[row.detail] > min((RANK[g.detail] for g in mine), default=-1):
        found["detail"] = _("您自己看不到个人信息，不能授予“全部”")
    if not gives(actor, row.role, verb):
        found["role"] = _("您没有角色“%(role)s”的权限，也未被授权授予它") % {"role": row.role}
    return found


def narrowed(actor: Actor, row: Grant, verb: str) -> list[str]:
    """The domains of ``row`` as ``actor`` can vouch for them: whoever works in some gives nothing beyond those."""
    bound = [g.domains for g in counting(actor, verb) if g.domains]
    if actor.is_system or not bound:
        return row.domains
    held = frozenset.intersection(*bound)
    return sorted(held & set(row.domains) or held)


def gives(actor: Actor, role: Role, verb: str) -> bool:
    """Whether the grants by which ``actor`` does ``verb`` hold ``give.<role>``, or every pattern of the role."""
    own = counting(actor, verb)
    if any(g.allows(f"give.{role.code}") for g in own):
        return True
    return all(any(g.allows(pattern) for g in own) for pattern in role.permissions)
