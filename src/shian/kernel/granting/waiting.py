"""Grants that wait for a second person, on the landing page of who may be it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shian.kernel.inbox.waiting import Item, Waiting
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.models import Grant
from shian.kernel.scopes.rights import can


def asked(actor: Actor, day: dt.date) -> QuerySet[Grant]:
    rows = Grant.objects.for_actor(actor, "grant.confirm").live().filter(state="asked")
    if not can(actor, "grant.confirm"):
        return rows.none()
    return rows.exclude(Q(asked_by=actor.user_id) | Q(user=actor.user_id)).select_related("user", "role", "asked_by")


def item(row: Grant) -> Item:
    return Item(str(row), f"/grants/{row.pk}/", str(row.asked_by or ""))


waiting = Waiting("grants", _("待复核的授权"), asked, "/grants/", "warning", "lock", 40, item)
