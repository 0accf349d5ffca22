"""The lines of an import's rows, written and taken back with their parents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shian.kernel.lines.sheet import SheetLines
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.actor import Actor

from .fields import lined
from .models import Session, SessionRow

Pairs = Sequence[tuple[SessionRow, Any]]
"""(first row of a group, its parent)"""


class NoLines:
    """An import of parents alone."""

    def write(self, pairs: Pairs) -> None:
        return None

    def untouched(self, rows: Sequence[SessionRow]) -> list[bool]:
        return [True] * len(rows)

    def take_back(self, pairs: Pairs) -> None:
        return None


class WithLines(NoLines):
    def __init__(self, resource: Resource, session: Session, lines: SheetLines):
        self.resource, self.batch, self.lines = resource, session.batch, lines

    def write(self, pairs: Pairs) -> None:
        plans = self.lines.write(
            [(obj, row.lines) for row, obj in pairs],
            verb=self.resource.permission("import"), batch=self.batch, fresh=_fresh(pairs),
        )  # fmt: skip
        for (row, _obj), plan in zip(pairs, plans, strict=True):
            row.lines = plan

    def untouched(self, rows: Sequence[SessionRow]) -> list[bool]:
        return self.lines.untouched([row.lines for row in rows])

    def take_back(self, pairs: Pairs) -> None:
        self.lines.take_back(
            [(obj, row.lines) for row, obj in pairs],
            verb=self.resource.permission("undo"), batch=self.batch, fresh=_fresh(pairs),
        )  # fmt: skip


def _fresh(pairs: Pairs) -> set[int]:
    return {obj.pk for row, obj in pairs if row.kind == "new"}


def below(resource: Resource, session: Session, actor: Actor) -> NoLines:
    kinds = lined(resource, session.mapping)
    return WithLines(resource, session, SheetLines(resource, kinds[0], actor)) if kinds else NoLines()


def refuse_rest(session: Session, heads: Sequence[SessionRow]) -> None:
    """What refuses the first row of a group refuses them all: the error file gives back every one."""
    for head in heads:
        if head.kind == "refused":
            SessionRow.unscoped.filter(session=session, head=head.number).update(
                kind="refused", errors=head.errors
            )
