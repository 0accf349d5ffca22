"""Which columns a person sees of a list, and takes away in an export."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from ..resources import tables
from ..resources.parts import Column
from ..resources.resource import Resource
from ..scopes.actor import Actor
from .models import Preference


def shown_columns(request: HttpRequest, resource: Resource) -> list[Column]:
    """Columns asked for in this request, else those chosen earlier. Reading never writes."""
    if "cols" in request.GET:
        names = request.GET.getlist("cols")
    else:
        row = Preference.unscoped.filter(user_id=request.actor.user_id, resource=resource.name).first()
        names = row.columns if row else []
    return tables.chosen_columns(resource, names)


def keep_columns(actor: Actor, resource: Resource, names: Sequence[str]) -> None:
    """Remembers the choice of ``actor``; no known name: the declared columns again."""
    known = {c.name for c in resource.columns}
    Preference.unscoped.update_or_create(
        user_id=actor.user_id,
        resource=resource.name,
        defaults={"columns": [n for n in names if n in known]},
    )
