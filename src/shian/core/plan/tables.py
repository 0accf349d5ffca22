"""Tables (任务分解表): rows of cells parted by tabs, columns in any order, with or without merged cells.

A row is a task; a cell that fills its row alone is a heading; an empty number continues the row above.
Tables that lost their cells (one cell a line, as web pages are pasted) are read where the header
names stand on lines of their own and the rows are numbered 1, 2, 3 …
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from .leaf import Leaf, Range
from .model import Role, Section
from .notes import Note, read_note_body
from .numerals import ordinal
from .text import Text

KINDS: tuple[tuple[str, str], ...] = (
    ("no", r"序号|编号|序|项次|N[oO]\.?|项目编号|任务编号"),
    ("person", r".*(?:责任人|负责人|领导|联系人|联络员|包保).*"),
    ("lead", r".*(?:牵头|主办|主责|责任落实单位(?=牵头)).*"),
    ("support", r".*(?:配合|协办|参与|参加|协同|协助|联办).*"),
    ("joint", r".*(?:责任|负责|承办|落实|实施|执行|承担)(?:单位|部门|主体|科室|处室|股室|机构)?.*|单位|部门|任务分工|职责分工|分工"),
    ("due", r".*(?:时限|时间|期限|节点|进度|时序|完成日期|截止).*"),
    ("section", r".*(?:类别|类型|领域|板块|分类|大类|方面|任务来源|来源|一级(?:任务|指标)|环节).*"),
    ("target", r".*(?:目标|指标|量化|标准|成果|成效|要求|预期).*"),
    ("task", r".*(?:任务|事项|内容|工作|项目|举措|措施|要点|名称|行动|清单).*"),
    ("other", r"备注|说明|进展.*|完成情况|落实情况|附注|是否.*"),
)
_ROLE: dict[str, Role] = {"lead": "lead", "support": "support", "joint": "joint"}


@lru_cache(maxsize=8192)
def column_kind(cell: str) -> str | None:
    """What a header cell announces; ``None`` if it is no header."""
    words = re.sub(r"\s|（.*?）|\(.*?\)", "", cell)
    if not 1 <= len(words) <= 14:
        return None
    return next((kind for kind, shape in KINDS if re.fullmatch(shape, words)), None)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a row as ranges of ``norm``; an empty cell is an empty range."""

    cells: tuple[Range, ...]

    @property
    def span(self) -> Range:
        inked = [c for c in self.cells if c[0] < c[1]]
        return (inked[0][0], inked[-1][1]) if inked else (0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    kinds: tuple[str, ...]
    rows: tuple[Row, ...]


def find_tables(text: Text) -> list[Table]:
    """Tables in the text: blocks of lines with tabs (or ``|``), else cells on lines of their own."""
    blocks: list[list[Row]] = []
    open_block: list[Row] | None = None
    if "\t" in text.source or "|" in text.norm:
        for k in range(len(text.lines)):
            row = _tab_row(text, k)
            if row is None:
                open_block = None
            elif open_block is None:
                open_block = [row]
                blocks.append(open_block)
            else:
                open_block.append(row)
    tables = [t for block in blocks if (t := _with_header(text, block)) is not None]
    return tables or list(_one_cell_a_line(text))


def _tab_row(text: Text, k: int) -> Row | None:
    """The cells of line ``k``, or ``None`` if it is not a row of at least two cells."""
    line = text.lines[k]
    begin = text.source.rfind("\n", 0, text.at[line.start]) + 1
    stop = text.source.find("\n", text.at[line.end - 1])
    source = text.source[begin : stop if stop >= 0 else len(text.source)]
    mark = "\t" if "\t" in source else "|" if source.count("|") >= 2 else None
    if mark is None or len(source) > 20_000:
        return None
    cells: list[Range] = []
    pos = line.start
    inner = source.strip().strip("|") if mark == "|" else source.rstrip("\r\n")
    for cell in inner.split(mark):
        if mark == "|" and pos < line.end and text.norm[pos] == "|":
            pos += 1
        width = sum(1 for m in re.finditer(r"[^\s\u0000-\u001f\u200b-\u200f\u2028\u2029\u2060\ufeff]", cell))
        cells.append((pos, pos + width))
        pos += width
    return Row(tuple(cells)) if len(cells) >= 2 else None


def _with_header(text: Text, rows: list[Row]) -> Table | None:
    for i, row in enumerate(rows[:4]):
        kinds = [column_kind(text.norm[a:b]) or "" for a, b in row.cells]
        if sum(1 for k in kinds if k) >= 2 and ("task" in kinds or "target" in kinds) and len(rows) > i + 1:
            return Table(_one_task_column(kinds), tuple(rows[i + 1 :]))
    return None


def _one_task_column(kinds: list[str]) -> tuple[str, ...]:
    if "task" not in kinds:
        kinds = ["task" if k == "target" and "task" not in kinds[:i] else k for i, k in enumerate(kinds)]
    return tuple(kinds)


def _one_cell_a_line(text: Text) -> Iterator[Table]:
    """A table whose cells were pasted one a line."""
    kinds: list[str] = []
    k = 0
    while k < len(text.lines):
        line = text.lines[k]
        kind = column_kind(text.norm[line.start : line.end]) if line.width <= 14 else None
        if kind is not None and text.norm[line.start : line.start + 1] not in "一二三四五六七八九十（123456789":
            kinds.append(kind)
            k += 1
            continue
        if len(kinds) >= 3 and kinds[0] == "no" and "task" in kinds and text.norm[line.start : line.end] in ("1", "1.", "一"):
            rows = _numbered_rows(text, k, kinds)
            if len(rows) >= 2:
                yield Table(tuple(kinds), tuple(rows))
                k = text.line_at(rows[-1].span[1] - 1)
        kinds = []
        k += 1


MAX_LINES_OF_A_ROW = 60
_DUE_CELL = re.compile(r"^.{0,12}(?:[年月日底前季度旬]|长期|持续|全年|常态)(?:完成|坚持|推进)?$")


def _numbered_rows(text: Text, k: int, kinds: list[str]) -> list[Row]:
    width = len(kinds)
    rows: list[Row] = []
    groups: list[list[Range]] = []
    for j in range(k, len(text.lines)):
        line = text.lines[j]
        words = text.norm[line.start : line.end].rstrip(".、")
        if line.width <= 4 and ordinal(words) == len(groups) + 1:
            groups.append([(line.start, line.end)])
        elif len(groups[-1]) >= MAX_LINES_OF_A_ROW:
            break
        else:
            groups[-1].append((line.start, line.end))
    for cells in groups:
        if len(cells) < width and kinds[-1] == "due" and _DUE_CELL.search(text.norm[cells[-1][0] : cells[-1][1]]):
            gap = (cells[-1][0], cells[-1][0])
            cells = [*cells[:-1], *[gap] * (width - len(cells)), cells[-1]]
        elif len(cells) < width:
            cells = cells + [(cells[-1][1], cells[-1][1])] * (width - len(cells))
        elif len(cells) > width and len(rows) + 1 < len(groups):
            spare = len(cells) - width
            cells = [cells[0], (cells[1][0], cells[1 + spare][1]), *cells[2 + spare :]]
        rows.append(Row(tuple(cells[:width])))
    return rows


def read_table(text: Text, table: Table, first: int = 1) -> tuple[list[Section], list[Leaf]]:
    """Tasks of a table. ``first`` is the number of the first section."""
    sections: list[Section] = []
    leaves: list[Leaf] = []
    heading, headed = "", False
    section_columns = _section_columns(text, table)
    position = 0
    for row in table.rows:
        filled = [(c, k) for c, k in zip(row.cells, [*table.kinds, *[""] * 20], strict=False) if c[0] < c[1]]
        words = {text.norm[a:b] for (a, b), _ in filled}
        if not filled or ([column_kind(w) for w in words].count(None) == 0 and len(words) > 1):
            continue
        if len(words) == 1 and len(table.kinds) > 2 and _is_heading(text, filled):
            heading, position, headed = _open_section(text, filled[0][0], sections), 0, True
            continue
        group = next((c for c, k in filled if k == "section" or (c in section_columns and not headed)), None)
        if group is not None and text.raw[group[0] : group[1]] != heading:
            heading, position = _open_section(text, group, sections), 0
        leaf = _row_leaf(text, filled, section_columns, sections[-1].no if sections else "")
        if leaf is None:
            continue
        if leaves and _continues(text, leaves[-1], leaf, "no" in table.kinds):
            leaves[-1] = _joined(leaves[-1], leaf)
            continue
        position += 1
        leaves.append(replace(leaf, id=f"{max(1, len(sections)) + first - 1}.{position}"))
    return sections, leaves


_HEADING_MARK = re.compile(r"第?[一二三四五六七八九十]{1,3}(?:、|部分|章|\.)|（[一二三四五六七八九十]{1,3}）")


def _is_heading(text: Text, filled: list[tuple[Range, str]]) -> bool:
    """A row of one cell, or of one text repeated, unless that cell is but a merged unit or date."""
    (a, b), kind = filled[0]
    return len(filled) > 1 or kind not in (*_ROLE, "due", "target", "person") or _HEADING_MARK.match(text.norm, a, b) is not None


def _open_section(text: Text, cell: Range, sections: list[Section]) -> str:
    words = text.raw[cell[0] : cell[1]]
    m = re.match(r"(?P<no>第?[一二三四五六七八九十]{1,3}|（[一二三四五六七八九十]{1,3}）|\d{1,2})(?:部分)?[、.．]?(?P<t>.*)", words)
    no, title = (m.group("no"), m.group("t")) if m and m.group("t") else ("", words)
    sections.append(Section(no, title, text.span(*cell)))
    return words


def _section_columns(text: Text, table: Table) -> set[Range]:
    """Cells of a first task column whose words repeat row after row while a second tells them apart."""
    columns = [i for i, k in enumerate(table.kinds) if k == "task"]
    if len(columns) < 2:
        return set()
    cells = [row.cells[columns[0]] for row in table.rows if columns[0] < len(row.cells)]
    words = [text.norm[a:b] for a, b in cells]
    repeats = any(a and a == b for a, b in itertools.pairwise(words))
    return set(cells) if repeats else set()


def _row_leaf(text: Text, filled: list[tuple[Range, str]], section_cells: set[Range], section: str) -> Leaf | None:
    tasks = [c for c, k in filled if k == "task" and c not in section_cells]
    targets = [c for c, k in filled if k == "target"]
    if not tasks and not targets:
        tasks = [c for c, k in filled if k == "task"]
    no = next((text.raw[a:b].strip("、.．") for (a, b), k in filled if k == "no"), "")
    if not tasks and not targets and not any(k in _ROLE for _, k in filled):
        return None
    notes, people = _cell_notes(text, filled)
    body = [*tasks, *targets]
    title = _title(text, body[0]) if body else (filled[0][0][0], filled[0][0][0])
    words = "".join([text.raw[title[1] : body[0][1]].lstrip("。")] + [text.raw[a:b] for a, b in body[1:]]) if body else ""
    if people:
        notes = [*notes, Note(filled[0][0][0], filled[0][0][0], (), tuple(people))]
    span = (filled[0][0][0], filled[-1][0][1])
    return Leaf("", section, no, span, title, words, tuple(notes), tuple(body), tuple(c for c, k in filled if k == "due"))


def _title(text: Text, cell: Range) -> Range:
    """Up to the first 。 of the cell, its own number taken off."""
    m = re.compile(r"(?:\d{1,3}[、.](?!\d)|（[一二三四五六七八九十\d]{1,3}）|[一二三四五六七八九十]{1,3}、)").match(text.norm, *cell)
    start = m.end() if m else cell[0]
    stop = text.norm.find("。", start, cell[1])
    return start, stop if stop >= 0 else cell[1]


def _cell_notes(text: Text, filled: list[tuple[Range, str]]) -> tuple[list[Note], list[str]]:
    notes: list[Note] = []
    people: list[str] = []
    for (a, b), kind in filled:
        if kind in _ROLE:
            units, named = read_note_body(text, a, b, _ROLE[kind])
            people += named
            notes.append(Note(a, b, tuple(units), (), "cell"))
        elif kind == "person":
            people += [p for p in re.split("[、，；/]", text.raw[a:b]) if p]
    return notes, people


def _continues(text: Text, above: Leaf, row: Leaf, numbered: bool) -> bool:
    return numbered and (not row.no or row.no == above.no)


def _joined(above: Leaf, row: Leaf) -> Leaf:
    """A row under a merged number belongs to the task above."""
    return replace(
        above, span=(above.span[0], row.span[1]), words=above.words + row.words,
        notes=above.notes + tuple(n for n in row.notes if n not in above.notes),
        clauses=above.clauses + tuple(c for c in row.clauses if c not in above.clauses),
        due_values=above.due_values + tuple(d for d in row.due_values if d not in above.due_values),
    )
