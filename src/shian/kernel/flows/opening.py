"""A case comes in: the clocks that the law starts with it, by whatever road it was entered (form, API, import)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shian.core.flow import Flow
from shian.kernel.changes.rows import Action
from shian.kernel.changes.writer import change
from shian.kernel.day import today
from shian.kernel.scopes.actor import Actor
from shian.kernel.scopes.entity import Entity

from .clocks import Calendars, new_clock, place_of


def opening(flow: Flow, save: Action) -> Action:
    """``save`` that also starts the clocks of new rows, in one transaction and under the same verb and batch."""

    def opened(*, actor: Actor, rows: Sequence[Entity], verb: str, reason: str = "", batch: Any = None) -> Sequence[Entity]:
        fresh = [row for row in rows if row._state.adding]
        with transaction.atomic():
            written = save(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)
            if fresh:
                with change(actor, verb, reason=reason, batch=batch) as w:
                    w.save_all(_clocks(flow, fresh))
        return written

    opened.opening = True
    return save if hasattr(save, "opening") or not flow.opens else opened


def _clocks(flow: Flow, rows: Sequence[Entity]) -> list[Entity]:
    calendars = Calendars()
    return [
        new_clock(row, rule, _("登记"), _came_in(flow, row), calendars.of(place_of(row))) for row in rows for rule in flow.opens
    ]


def _came_in(flow: Flow, row: Entity) -> dt.date:
    return (getattr(row, flow.since, None) if flow.since else None) or today()
