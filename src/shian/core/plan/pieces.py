"""A selected piece of a plan read as units, targets or deadlines, for the person who reviews it.

Spans are offsets into the piece given.
"""

from __future__ import annotations

from .deadlines import find_due, what_is_due
from .model import Deadline, Target, Unit
from .notes import read_note_body
from .running import find_notes
from .targets import find_targets
from .text import fold


def parse_units(text: str) -> tuple[Unit, ...]:
    """Parties of a selection: a whole note, a list of names, or one name."""
    t = fold(text)
    noted = [u for n in find_notes(t, 0, len(t.norm)) if n.shape != "running" for u in n.units]
    units = noted or read_note_body(t, 0, len(t.norm))[0]
    return tuple({u.name: u for u in reversed(units)}.values())[::-1]


def parse_targets(text: str, year: int | None = None) -> tuple[Target, ...]:
    """Targets of a selection."""
    t = fold(text)
    dues = find_due(t, 0, len(t.norm), year)
    return tuple(find_targets(t, 0, len(t.norm), year, dues)[0])


def parse_deadlines(text: str, year: int | None = None) -> tuple[Deadline, ...]:
    """Deadlines of a selection, read as the value of 完成时限: bare months and years count."""
    t = fold(text)
    return tuple(
        Deadline(None, t.quote(d.start, d.end), d.date, what_is_due(t, d, len(t.norm)), t.span(d.start, d.end), d.recurring, d.confidence, d.reading)
        for d in find_due(t, 0, len(t.norm), year, label=True)
    )
