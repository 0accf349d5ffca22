"""The starter roles (角色): what the installed apps add to each, put together."""

from __future__ import annotations

from ..app import installed
from ..changes.writer import change
from ..scopes import SYSTEM
from ..scopes.models import Role


def starter() -> dict[str, tuple[str, list[str]]]:
    """code → (name, patterns), in the order in which the apps name them; an unnamed role is called by its code."""
    roles: dict[str, tuple[str, list[str]]] = {}
    for part in (part for app in installed() for part in app.roles):
        name, patterns = roles.get(part.code, ("", []))
        patterns += [p for p in part.permissions if p not in patterns]
        roles[part.code] = (name or str(part.name), patterns)
    return {code: (name or code, patterns) for code, (name, patterns) in roles.items()}


def load_roles() -> dict[str, Role]:
    """The starter roles, created or brought up to date."""
    roles = {}
    with change(SYSTEM, "role.load") as w:
        for code, (name, patterns) in starter().items():
            role = Role.unscoped.filter(code=code).first() or Role(code=code)
            role.name, role.permissions = name, patterns
            w.save(role)
            roles[code] = role
    return roles
