"""From a signed-in user to an actor."""

from __future__ import annotations

import datetime as dt

from shian.kernel.day import today

from .actor import Actor, GrantView
from .models import Grant


def actor_for(user, *, request_id: str = "", on: dt.date | None = None) -> Actor:
    """The actor of ``user`` with the grants in force ``on`` that day (default: today)."""
    if not user.is_authenticated:
        return Actor(user_id=None, name="")
    day = on or today()
    field = user._meta.get_field("unit")
    if user.unit_id and not field.is_cached(user):  # unit and place in one query, on every page
        user.unit = field.related_model._base_manager.select_related("place").get(pk=user.unit_id)
    if not user.may_sign_in:
        return Actor(user_id=None, name="")
    unit = user.unit
    grants = []
    rows = Grant.unscoped.live().filter(user=user, state="given", role__retired_at=None).select_related("role").prefetch_related("places")
    for grant in rows:
        if (grant.valid_from and day < grant.valid_from) or (grant.valid_to and day > grant.valid_to):
            continue
        roots = tuple(sorted(p.path for p in grant.places.all())) or ((unit.place.path,) if unit else ())
        grants.append(
            GrantView(
                permissions=tuple(grant.role.permissions),
                roots=roots,
                domains=frozenset(grant.domains),
                detail=grant.detail,
                role=grant.role.code,
            )
        )
    return Actor(
        user_id=user.pk,
        name=user.name or user.username,
        unit_id=unit.pk if unit else None,
        unit_name=unit.name if unit else "",
        place_id=unit.place_id if unit else None,
        place_path=unit.place.path if unit else "",
        grants=tuple(grants),
        request_id=request_id,
    )
