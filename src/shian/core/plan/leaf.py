"""A task before it enters the ledger, whether it was read from an outline or from a table row."""

from __future__ import annotations

from dataclasses import dataclass

from .notes import Note

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A lowest-level item. Offsets are into ``Text.norm``.

    ``clauses`` are the stretches that may state targets and dates; ``due_values`` are the values of
    完成时限 labels and columns, where a bare month counts as a date.
    """

    id: str
    section: str
    no: str
    span: Range
    title: Range
    words: str
    notes: tuple[Note, ...]
    clauses: tuple[Range, ...]
    due_values: tuple[Range, ...] = ()

    @property
    def has_units(self) -> bool:
        return any(n.units for n in self.notes)
