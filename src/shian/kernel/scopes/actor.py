"""The person (or the system) on whose behalf something is read or written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache


@lru_cache(maxsize=4096)
def _matches(pattern: str, permission: str) -> bool:
    return fnmatchcase(permission, pattern)


@dataclass(frozen=True)
class GrantView:
    """One grant in force: role × territory × business domains × level of detail."""

    permissions: tuple[str, ...]
    """Patterns such as ``task.*`` or ``*.view``."""
    roots: tuple[str, ...]
    """Paths of the subtrees of places it covers."""
    domains: frozenset[str] = frozenset()
    """Business domains; empty means all."""
    detail: str = "full"
    """``full``, ``masked`` (personal data hidden) or ``counts`` (numbers only, no rows)."""
    role: str = ""

    def allows(self, permission: str) -> bool:
        return any(_matches(p, permission) for p in self.permissions)

    def covers(self, path: str) -> bool:
        return any(path.startswith(root) for root in self.roots)


@dataclass(frozen=True)
class Actor:
    user_id: int | None
    name: str
    unit_id: int | None = None
    unit_name: str = ""
    place_id: int | None = None
    place_path: str = ""
    grants: tuple[GrantView, ...] = field(default=())
    is_system: bool = False
    request_id: str = ""

    def holding(self, grants: tuple[GrantView, ...]) -> Actor:
        """The same person with these grants only. A request's actor is lazy, which ``replace`` would not see through."""
        return replace(self, grants=grants)

    def roles(self) -> frozenset[str]:
        return frozenset(g.role for g in self.grants)


SYSTEM = Actor(user_id=None, name="系统", is_system=True)
"""Jobs, imports of sample data and migrations act as this; it appears in the change log as 系统."""
