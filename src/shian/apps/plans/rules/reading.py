"""From a ledger as read (:mod:`shian.core.plan`) to the fields of a document and its drafts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from shian.core.plan.model import Deadline, Ledger, Target, Unit
from shian.core.plan.pieces import parse_deadlines, parse_targets, parse_units

from .names import Resolver

SOFT = re.compile("力争|争取|鼓励|倡导|探索|提倡")
"""Words that make a promise soft (倡导性): wished for, not owed."""
_LAST_NOTE = re.compile(r"[（(〔\[【][^（(〔\[【]*[）)〕\]】]\s*。?\s*$")
_BY = re.compile("[前底内末]")
"""What makes a printed date a deadline rather than the time of an event."""
_CLAUSE = re.compile("[，。；;,、]")

Row = dict[str, Any]


def document_fields(ledger: Ledger) -> Row:
    """What the text says about itself, under the names of the document's columns; unknown ones absent."""
    doc = ledger.doc
    said = {
        "title": (doc.title or "")[:200],
        "number": doc.doc_number or "",
        "issuer": doc.issuer or "",
        "year": doc.year,
        "date": doc.date,
    }
    return {name: value for name, value in said.items() if value}


def whole_deadlines(ledger: Ledger) -> list[Row]:
    """Deadlines of a closing paragraph: they bind every task."""
    return [deadline_row(d) for d in ledger.deadlines if d.task is None]


def unread(ledger: Ledger) -> list[Row]:
    return [
        {"quote": n.quote[:300], "reason": n.reason, "start": n.span[0], "end": n.span[1]}
        for n in ledger.not_understood
    ]


def draft_rows(ledger: Ledger, names: Resolver) -> list[Row]:
    """One row a task, in the order of the text, under the names of the draft's columns."""
    sections = {s.no: s.title for s in ledger.sections}
    return [
        {
            "sort": n,
            "section_no": task.section[:20],
            "section_title": sections.get(task.section, "")[:200],
            "no": task.no[:20],
            "title": task.title[:300],
            "text": task.text,
            "start": task.span[0],
            "end": task.span[1],
            "parties": [party_row(u, names) for u in task.units],
            "targets": [target_row(t, ledger.source) for t in ledger.targets if t.task == task.id],
            "deadlines": [deadline_row(d) for d in ledger.deadlines if d.task == task.id],
            "recurrence": period_code(task.recurrence or ""),
            "soft": bool(SOFT.match(task.title)),
            "confidence": task.confidence,
        }
        for n, task in enumerate(ledger.tasks, 1)
    ]


def party_row(unit: Unit, names: Resolver, shift: int = 0) -> Row:
    unit_id, group = names.resolve(unit.name)
    return {
        "name": unit.name,
        "role": unit.role,
        "start": unit.span[0] + shift,
        "end": unit.span[1] + shift,
        "unit_id": unit_id,
        "set": group,
        "part": unit.scope or "",
    }


def piece_fields(source: str, start: int, end: int, year: int, names: Resolver) -> Row:
    """Parties, figures and dates of a selection of the source, for an item added by hand."""
    piece = source[start:end]
    note = _LAST_NOTE.search(piece)
    units = parse_units(note.group()) if note else ()
    shift = start + (note.start() if note else 0)
    body = piece[: note.start()] if note else piece
    dues = [d for d in parse_deadlines(body, year) if _BY.search(d.quote)]
    return {
        "parties": [party_row(u, names, shift) for u in units],
        "targets": [target_row(t, source, start) for t in parse_targets(body, year)],
        "deadlines": [deadline_row(d, start) for d in dues],
    }


def target_row(target: Target, source: str, shift: int = 0) -> Row:
    start, end = target.span[0] + shift, target.span[1] + shift
    return {
        "subject": target.subject[:200],
        "op": target.op,
        "value": target.value,
        "value_max": target.value_max,
        "unit": target.unit[:20],
        "deadline": target.deadline.isoformat() if target.deadline else None,
        "quote": target.quote[:300],
        "start": start,
        "end": end,
        "soft": is_soft(source, (start, end)),
    }


def deadline_row(deadline: Deadline, shift: int = 0) -> Row:
    return {
        "quote": deadline.quote,
        "date": deadline.date.isoformat(),
        "what": deadline.what[:200],
        "start": deadline.span[0] + shift,
        "end": deadline.span[1] + shift,
    }


def is_soft(source: str, span: tuple[int, int]) -> bool:
    """Whether the clause of a figure wishes rather than demands: 力争合格率达到98%."""
    start, end = span
    before = _CLAUSE.split(source[max(0, start - 24) : start])[-1]
    return bool(SOFT.search(before + source[start:end]))


def period_code(printed: str) -> str:
    """每季度 → ``quarter``. A week is no accounting period of a yearly ledger and makes no instances."""
    for word, code in (("半年", "half"), ("季", "quarter"), ("月", "month")):
        if word in printed:
            return code
    return ""


def due_of(row: Row, whole: list[Row], year: int) -> dt.date:
    """Deadline of a task: set by the reviewer, else its last printed one, else the document's, else 31 December."""
    if row.get("due"):
        return row["due"]
    printed = [d["date"] for d in row.get("deadlines") or []] or [d["date"] for d in whole]
    return max(map(dt.date.fromisoformat, printed), default=dt.date(year, 12, 31))
