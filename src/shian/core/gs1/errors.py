"""Refusals of GS1 identifiers."""

from __future__ import annotations


class Gs1Error(ValueError):
    """``field`` (an AI such as ``(01)``, or ``uri``), the ``value`` refused and the ``rule`` it breaks."""

    def __init__(self, field: str, value: str, rule: str) -> None:
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        super().__init__(f"{field} {shown}：{rule}")
        self.field = field
        self.value = value
        self.rule = rule
