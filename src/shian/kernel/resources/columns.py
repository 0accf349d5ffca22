"""Which columns a person sees of a list, and takes away in an export."""

from __future__ import annotations

from django.http import HttpRequest

from . import tables
from .models import Preference
from .resource import Resource


def shown_columns(request: HttpRequest, resource: Resource) -> list:
    """Columns asked for in this request (then remembered), else those chosen earlier."""
    mine = Preference.unscoped.filter(user_id=request.actor.user_id, resource=resource.name)
    if "cols" in request.GET:
        names = [n for n in request.GET.getlist("cols") if n]
        Preference.unscoped.update_or_create(
            user_id=request.actor.user_id, resource=resource.name, defaults={"columns": names}
        )
    else:
        row = mine.first()
        names = row.columns if row else []
    return tables.chosen_columns(resource, names)
