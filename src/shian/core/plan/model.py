"""The ledger (任务台账): what a reader finds in a work plan, each item with its place in the text.

All spans are half-open ``(start, end)`` offsets into :attr:`Ledger.source`; a printed ``quote`` is
always ``source[start:end]``.  :meth:`Ledger.to_json` gives the exchange format.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

Span = tuple[int, int]
Role = Literal["lead", "support", "joint"]
Op = Literal[">=", "<=", ">", "<", "=="]
Level = Literal["national", "province", "city", "county", "township"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doc:
    """What the document says about itself; ``None`` where it does not say."""

    title: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    region: str | None = None
    level: Level | None = None
    year: int | None = None
    date: dt.date | None = None

    def to_json(self) -> Json:
        return {
            "title": self.title,
            "issuer": self.issuer,
            "doc_number": self.doc_number,
            "region": self.region,
            "level": self.level,
            "year": self.year,
            "date": self.date.isoformat() if self.date else None,
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A first-level heading (一级标题). ``no`` is empty where the heading is not numbered."""

    no: str
    title: str
    span: Span

    def to_json(self) -> Json:
        return {"no": self.no, "title": self.title, "span": list(self.span)}


@dataclass(frozen=True, slots=True)
class Unit:
    """A party of a responsibility note (责任单位): 牵头 ``lead``, 配合 ``support``, otherwise ``joint``.

    ``alt`` lists other readings, each a tuple of names (各乡镇党委政府 is also 各乡镇党委 and 政府);
    ``scope`` is a note on what part the unit answers for (种植环节).
    """

    name: str
    role: Role
    span: Span
    alt: tuple[tuple[str, ...], ...] = ()
    scope: str | None = None
    confidence: float = 1.0

    def to_json(self) -> Json:
        out: Json = {"name": self.name, "role": self.role, "span": list(self.span), "confidence": self.confidence}
        if self.alt:
            out["alt"] = [list(a) for a in self.alt]
        if self.scope:
            out["scope"] = self.scope
        return out


@dataclass(frozen=True, slots=True)
class Task:
    """A lowest-level numbered item. ``text`` is what follows the title, line breaks and note removed.

    ``recurrence`` is the printed period of a recurring task (每月, 每季度 …) or ``None``;
    ``note_span`` covers the first responsibility note; ``people`` are named persons (责任人).
    """

    id: str
    section: str
    no: str
    title: str
    text: str
    units: tuple[Unit, ...]
    span: Span
    title_span: Span
    note_span: Span | None = None
    confidence: float = 1.0
    recurrence: str | None = None
    people: tuple[str, ...] = ()

    @property
    def text_starts(self) -> str:
        return self.text[:12]

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "section": self.section,
            "no": self.no,
            "title": self.title,
            "text_starts": self.text_starts,
            "units": [u.to_json() for u in self.units],
            "span": list(self.span),
            "title_span": list(self.title_span),
            "note_span": list(self.note_span) if self.note_span else None,
            "confidence": self.confidence,
            "recurrence": self.recurrence,
            "people": list(self.people),
        }


@dataclass(frozen=True, slots=True)
class Target:
    """A printed number that states a requirement (指标). ``value`` … ``value_max`` of a range.

    ``bare``: no comparator is printed, so ``==`` and ``>=`` are both fair readings.  ``relative``: what the
    value is measured against (上年, 同期), where it is a change or a share of something else; ``about``: the
    printed qualifier of an approximate number (近, 约, 左右, 余).
    """

    task: str | None
    quote: str
    subject: str
    op: Op
    value: float
    unit: str
    span: Span
    value_max: float | None = None
    deadline: dt.date | None = None
    bare: bool = False
    confidence: float = 1.0
    relative: str = ""
    about: str = ""

    def to_json(self) -> Json:
        out: Json = {
            "task": self.task,
            "quote": self.quote,
            "subject": self.subject,
            "op": self.op,
            "value": plain_number(self.value),
            "unit": self.unit,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "span": list(self.span),
            "confidence": self.confidence,
        }
        if self.value_max is not None:
            out["value_max"] = plain_number(self.value_max)
        if self.bare:
            out["bare"] = True
        for name, words in (("relative", self.relative), ("about", self.about)):
            if words:
                out[name] = words
        return out


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date by which something is due (完成时限). ``task`` is ``None`` where it binds the whole plan.

    ``reading`` says in words how the date was read where the day is a convention (初, 五一前).
    """

    task: str | None
    quote: str
    date: dt.date
    what: str
    span: Span
    recurring: str | None = None
    confidence: float = 1.0
    reading: str = ""

    def to_json(self) -> Json:
        return {
            "task": self.task,
            "quote": self.quote,
            "date": self.date.isoformat(),
            "what": self.what,
            "span": list(self.span),
            "recurring": self.recurring,
            "confidence": self.confidence,
            **({"reading": self.reading} if self.reading else {}),
        }


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A piece a person should look at, with the reason in Chinese."""

    task: str | None
    quote: str
    reason: str
    span: Span

    def to_json(self) -> Json:
        return {"task": self.task, "quote": self.quote, "reason": self.reason, "span": list(self.span)}


@dataclass(frozen=True, slots=True)
class Ledger:
    """A plan as read. ``source`` is the text that all spans point into; ``notes`` is what whoever sent the file
    should know of it: tracked changes, signatures, parts that could not be read."""

    doc: Doc
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]
    targets: tuple[Target, ...]
    deadlines: tuple[Deadline, ...]
    not_understood: tuple[NotUnderstood, ...]
    source: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The ledger in the exchange schema: doc, sections, tasks, targets, deadlines."""
        return {
            "doc": self.doc.to_json(),
            "sections": [s.to_json() for s in self.sections],
            "tasks": [t.to_json() for t in self.tasks],
            "targets": [t.to_json() for t in self.targets],
            "deadlines": [d.to_json() for d in self.deadlines],
            "not_understood": [n.to_json() for n in self.not_understood],
        }


def plain_number(value: float) -> int | float:
    """97.0 prints as 97, 4.5 stays."""
    return int(value) if value == int(value) else value
