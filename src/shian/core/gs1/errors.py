"""Refusals of GS1 identifiers."""

from __future__ import annotations

from shian.core.errors import Told
from shian.core.words import say


class Gs1Error(Told, ValueError):
    """``field`` (an AI such as ``(01)``, or ``uri``), the ``value`` refused and the ``rule`` it breaks."""

    def __init__(self, field: str, value: str, code: str, rule: str) -> None:
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        super().__init__(code, say("%(field)s %(value)s：%(rule)s", field=field, value=shown, rule=rule))
        self.field = field
        self.value = value
        self.rule = rule
