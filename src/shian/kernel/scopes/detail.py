"""Personal values are masked unless the viewer's grant opens them."""

from __future__ import annotations

from . import verbs
from .actor import Actor
from .rights import can


def sees_personal(actor: Actor, obj) -> bool:
    """One's own row, or a grant of full detail that allows editing this model: where another grant masks, this row."""
    if actor.is_system or (obj._meta.label == "people.User" and obj.pk == actor.user_id):
        return True
    permission = f"{obj._meta.model_name}.edit"
    full = tuple(g for g in actor.grants if g.detail == "full" and g.allows(permission))
    if not full or all(g.detail != "masked" for g in actor.grants):
        return bool(full)
    return permission in verbs.known() and can(actor.holding(full), permission, obj)


def masked(text: str) -> str:
    """Keeps a third at each end, at most three characters: 138****0000, 周*."""
    keep = min(3, max(1, len(text) // 3))
    hidden = "*" * max(1, len(text) - 2 * keep)
    return text[:keep] + hidden + (text[-keep:] if len(text) > 2 else "")
