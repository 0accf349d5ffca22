"""Who may see and do what (条块): an actor's grants compiled to WHERE clauses.

A row is visible by territory × business domain, or by participation (lead, joint, assigned, shared,
transferred), or as one's own unit's, or because it is public. See architecture, point 12.
"""

from .actor import SYSTEM, Actor, GrantView
from .context import UnguardedWrite, UnscopedQuery, system
from .scope import Scope

__all__ = ["SYSTEM", "Actor", "GrantView", "Scope", "UnguardedWrite", "UnscopedQuery", "system"]
