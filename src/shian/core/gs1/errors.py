"""Refusals of GS1 identifiers."""

from __future__ import annotations

from shian.core.errors import Told
from shian.core.words import Words, say


class Gs1Error(Told, ValueError):
    """``field`` (an AI such as ``(01)``, or ``uri``), the ``value`` refused and the ``rule`` it breaks.

    Most are caught at once, for any private URI is none of GS1's: the whole sentence is made only when asked for.
    """

    def __init__(self, field: str, value: str, code: str, rule: str) -> None:
        super().__init__(code, rule)
        self.field = field
        self.value = value
        self.rule = rule

    @property
    def words(self) -> Words:
        value = self.value if len(self.value) <= 60 else f"{self.value[:60]}…"
        return say("%(field)s %(value)s：%(rule)s", field=self.field, value=value, rule=self.rule)
