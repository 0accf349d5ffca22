"""Who may: the capacities in which an actor stands to rows, and why a verb is not his."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import models

from ..scopes.actor import Actor
from ..scopes.rights import refusals
from .declare import Case


def capacities(case: Case, actor: Actor, rows: Sequence[models.Model], verb: str) -> list[Collection[str]]:
    """For each row the capacities in which ``actor`` may ask for ``verb``."""
    return held(case, actor, rows, verb, stances(case, actor, rows))


def stances(case: Case, actor: Actor, rows: Sequence[models.Model]) -> Sequence[Collection[str]] | None:
    """What the case itself says of the actor, whatever the verb; None where it says nothing."""
    return case.capacities(actor, rows) if case.capacities and not actor.is_system else None


def held(
    case: Case, actor: Actor, rows: Sequence[models.Model], verb: str, given: Sequence[Collection[str]] | None
) -> list[Collection[str]]:
    """:func:`capacities` for one more verb of rows whose ``given`` stances are known."""
    asked = frozenset(case.flow.verb[verb].actors)
    if actor.is_system:
        return [asked] * len(rows)
    refused = refusals(actor, case.permission(verb), rows)
    whos = [asked] * len(rows) if given is None else given
    return [frozenset() if n in refused else who for n, who in enumerate(whos)]
