"""From text to ledger: frame, outline, items, then units, deadlines and targets of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from shian.core.words import say

from .deadlines import Due, find_due, find_periods, what_is_due
from .head import find_frame, read_head
from .items import Layout, Read, layout_of, read_item, tells_of_the_past, words_of
from .leaf import Leaf, Range
from .model import Deadline, Ledger, NotUnderstood, Section, Target, Task, Unit
from .notes import Note
from .outline import Item, build, find_marks, with_headings
from .sharing import share_notes
from .signs import Frame
from .tables import Table, find_tables, read_table
from .targets import find_targets
from .text import Text, fold
from .unread import Doubt, Taken, left_over


@dataclass
class Draft:
    """What has been read so far."""

    text: Text
    year: int | None
    sections: list[Section] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    unclear: list[NotUnderstood] = field(default_factory=list)

    def doubt(self, task: str | None, start: int, end: int, reason: str) -> None:
        self.unclear.append(NotUnderstood(task, self.text.quote(start, end), reason, self.text.span(start, end)))

    def doubt_all(self, task: str | None, doubts: Iterable[Doubt]) -> None:
        for start, end, why in doubts:
            self.doubt(task, start, end, why)


def read_text(text: str, *, hint_year: int | None = None) -> Ledger:
    """Read a plan. Any text is accepted; what is not understood is listed, never raised.

    ``hint_year`` is used where the text states no year.
    """
    t = fold(text)
    frame = find_frame(t)
    tables = find_tables(t)
    zones = [(table.rows[0].span[0], table.rows[-1].span[1]) for table in tables]
    marks = [m for m in find_marks(t, frame.body_start, frame.body_end) if not any(a <= m.start < b for a, b in zones)]
    roots = with_headings(t, build(marks, frame.body_end), frame.body_start)
    layout = layout_of(t, frame.body_start, frame.body_end)
    past = [root for root in roots if tells_of_the_past(t, root, layout)]
    roots = [root for root in roots if root not in past]
    leaves = _leaves(t, roots, layout, frame.body_start)
    sections = [_section(t, root, layout) for root in roots]
    tabled = _tabled(t, tables)
    if tabled[1] and sum(x.has_units for x in leaves) * 2 < len(tabled[1]):
        sections, leaves = tabled
    names = [u.name for leaf in leaves for n in leaf.notes for u in n.units]
    doc = read_head(t, frame, hint_year, names)
    draft = Draft(t, doc.year, sections)
    for leaf in leaves:
        _add_task(draft, leaf)
    for root in past:
        draft.doubt(None, root.mark.start, read_item(t, root, layout, last=False).title[1], say("这一部分读作以往情况，没有列为任务"))
    _add_between(draft, frame, [*(leaf.span for leaf in leaves), *((root.mark.start, root.end) for root in past)])
    _add_closing(draft, frame, leaves)
    return Ledger(doc, tuple(sections), tuple(draft.tasks), tuple(draft.targets), tuple(draft.deadlines), tuple(draft.unclear), text)


def _tabled(t: Text, tables: list[Table]) -> tuple[list[Section], list[Leaf]]:
    """Tasks of all tables of the text, sections numbered on."""
    sections: list[Section] = []
    leaves: list[Leaf] = []
    for table in tables:
        more, rows = read_table(t, table, max(1, len(sections) + 1))
        sections += more
        leaves += rows
    return sections, leaves


def _section(t: Text, root: Item, layout: Layout) -> Section:
    read = read_item(t, root, layout, last=False)
    start, end = read.title
    return Section(root.mark.no, t.raw[start:end], t.span(root.mark.start, max(end, root.mark.body)))


def _leaves(t: Text, roots: list[Item], layout: Layout, body_start: int) -> list[Leaf]:
    out: list[Leaf] = []
    for i, root in enumerate(roots, 1):
        for j, item in enumerate(root.leaves(), 1):
            last = i == len(roots) and item.end == root.end
            out.append(_outline_leaf(t, item, read_item(t, item, layout, last), f"{i}.{j}", root.mark.no))
    return share_notes(t, roots, out, layout, body_start)


def _outline_leaf(t: Text, item: Item, read: Read, place: str, section: str) -> Leaf:
    end = max(read.text_end, item.mark.body)
    printed = [n for n in read.notes if n.shape != "running"]
    clauses, pos = [], item.mark.body
    if not any(n.start < read.text_start for n in printed):
        clauses.append((pos, read.title[1]))
        pos = read.title[1]
    for n in printed:
        clauses.append((pos, max(pos, n.start)))
        pos = max(pos, n.end)
    clauses.append((pos, max(pos, end)))
    return Leaf(place, section, item.mark.no, (item.mark.start, end), read.title, words_of(t, read.text_start, end, read.notes),
                read.notes, tuple(clauses), tuple((n.start, n.end) for n in printed))


def _add_task(draft: Draft, leaf: Leaf) -> None:
    t = draft.text
    start, end = leaf.span
    units = _all_units(leaf.notes)
    title = t.raw[slice(*leaf.title)]
    period = next((p.printed for a, b in (*leaf.clauses, *leaf.due_values) for p in find_periods(t, a, b)), None)
    noted = [n for n in leaf.notes if n.units]
    people = tuple(p for n in leaf.notes for p in n.people)
    sure = 0.95 if noted and title else 0.7 if title else 0.4
    draft.tasks.append(Task(leaf.id, leaf.section, leaf.no, title, leaf.words, units, t.span(start, end), t.span(*leaf.title),
                            t.span(noted[0].start, noted[0].end) if noted else None, sure, period, people))
    if not units:
        draft.doubt(leaf.id, start, max(leaf.title[1], start), say("没有找到责任单位"))
    for u in units:
        if u.confidence < 0.7:
            draft.unclear.append(NotUnderstood(leaf.id, t.source[u.span[0] : u.span[1]], say("不能确定是不是单位名称"), u.span))
    _add_numbers(draft, leaf, [u.name for u in units])


def _all_units(notes: tuple[Note, ...]) -> tuple[Unit, ...]:
    seen: dict[str, Unit] = {}
    for n in notes:
        for u in n.units:
            old = seen.get(u.name)
            if old is None or (old.role == "joint" != u.role):
                seen[u.name] = u if old is None else replace(old, role=u.role)
    return tuple(seen.values())


def _add_numbers(draft: Draft, leaf: Leaf, names: list[str]) -> None:
    """Deadlines and targets of one task; a deadline may stand in the note, a target may not."""
    t = draft.text
    ranges = sorted([(r, False) for r in leaf.clauses] + [(r, True) for r in leaf.due_values])
    running = [(n.start, n.end) for n in leaf.notes if n.shape == "running"]
    for (start, end), is_value in ranges:
        taken = Taken(start, end, [(p.start, p.end) for p in find_periods(t, start, end)] + running)
        dues = find_due(t, start, end, draft.year, label=is_value)
        draft.deadlines += [_deadline(t, due, leaf.id, end) for due in dues]
        taken.add((due.start, due.end) for due in dues)
        if is_value:
            draft.doubt_all(leaf.id, left_over(t, start, end, draft.year, taken))
            continue
        targets, seen, left_out = find_targets(t, start, end, draft.year, dues, leaf.id)
        draft.targets += targets
        taken.add(seen)
        draft.doubt_all(leaf.id, left_over(t, start, end, draft.year, taken, left_out, names))


def _add_between(draft: Draft, frame: Frame, spans: list[Range]) -> None:
    """Numbers and dates of introductions: they bind no item, so they are shown as not understood."""
    t = draft.text
    edges = [frame.body_start, *(x for span in sorted(spans) for x in span)]
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        if end - start < 4:
            continue
        dues = find_due(t, start, end, draft.year)
        targets, _, _ = find_targets(t, start, end, draft.year, dues)
        draft.doubt_all(None, [(d.start, d.end, say("有时限，但不在任何条目中")) for d in dues])
        draft.unclear += [NotUnderstood(None, x.quote, say("有数字要求，但不在任何条目中"), x.span) for x in targets]


def _deadline(t: Text, due: Due, task: str | None, end: int) -> Deadline:
    return Deadline(task, t.quote(due.start, due.end), due.date, what_is_due(t, due, end), t.span(due.start, due.end), due.recurring, due.confidence, due.reading)


def _add_closing(draft: Draft, frame: Frame, leaves: list[Leaf]) -> None:
    """Deadlines of the notice and of closing paragraphs bind the whole plan."""
    t = draft.text
    zones = [frame.notice] if frame.notice is not None else []
    if leaves:
        zones.append((leaves[-1].span[1], frame.body_end))
    for start, end in zones:
        for due in find_due(t, start, max(start, end), draft.year):
            if due.rule in ("day", "month end", "year end", "part of month"):
                draft.deadlines.append(_deadline(t, due, None, end))
