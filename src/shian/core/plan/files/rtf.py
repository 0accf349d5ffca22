"""RTF (specification 1.9.1) → text: paragraphs, tables, the numbers that writers leave beside their lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from shian.core.words import say

from ..errors import PlanInputError
from .found import FileText, Lines
from .grid import Cell, table_lines

MAX_DEPTH = 2000
_TOKEN = re.compile(rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+", re.S)
_SILENT = frozenset(
    b"colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf listtable listoverridetable "
    b"revtbl rsidtbl generator xmlnstbl themedata colorschememapping datastore latentstyles nonshppict objdata fldinst ftnsep "
    b"ftnsepc aftnsep aftnsepc annotation atnid atnauthor sn sv pgptbl mmathPr filetbl template bkmkstart bkmkend".split()
)
_SPOKEN = frozenset(b"shppict shpinst shptxt ud".split())
_SIGNS = {
    b"line": "\n", b"tab": "　", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": "　", b"enspace": " ", b"qmspace": " ",
}  # fmt: skip
_CODEPAGES = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254", 204: "cp1251", 238: "cp1250", 0: "cp1252"}
"""Character set of a font → encoding of its bytes."""


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    silent: bool = False
    label: bool = False
    fonts: bool = False
    hidden: bool = False
    deleted: bool = False
    encoding: str = ""
    skip: int = 1  # characters after \u that stand for it in older readers
    in_table: bool = False


@dataclass
class _Reader:
    encoding: str = "cp1252"
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    starting: bool = False  # right after {
    starred: bool = False
    to_skip: int = 0
    font: int = 0
    charsets: dict[int, str] = field(default_factory=dict)
    raw: bytearray = field(default_factory=bytearray)
    high: int = 0
    words: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    row: list[list[str]] = field(default_factory=list)
    edges: list[tuple[int, bool]] = field(default_factory=list)  # right edge, merged down
    merged: bool = False
    rows: list[list[Cell]] = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    changes: int = 0

    def read(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            m = _TOKEN.match(data, at)
            if m is None:
                break
            at = m.end()
            byte, word, number, sign, brace, text = m.groups()
            if brace:
                self.group(brace)
                continue
            if byte:
                self.put_bytes(bytes([int(byte, 16)]))
            elif text:
                self.put_bytes(text)
            elif sign:
                self.symbol(sign)
            elif word:
                if word == b"bin":
                    at += max(0, int(number or 0))
                self.control(word, int(number) if number else None)
            self.starting = False
        self.flush()
        if self.words:
            self.paragraph()
        self.end_table()

    def group(self, brace: bytes) -> None:
        self.flush()
        self.to_skip = 0
        if brace == b"{":
            if len(self.stack) >= MAX_DEPTH:
                raise ValueError("depth")
            self.stack.append(self.state)
            self.starting, self.starred = True, False
        elif self.stack:
            self.state = self.stack.pop()
            self.starting = False

    def put_bytes(self, data: bytes) -> None:
        if self.to_skip:
            cut = min(self.to_skip, len(data))
            self.to_skip -= cut
            data = data[cut:]
        self.raw += data

    def put(self, text: str) -> None:
        s = self.state
        if not (s.silent or s.hidden or s.deleted or s.fonts):
            self.words.append(text.strip() if s.label else text)

    def flush(self) -> None:
        if self.raw:
            data = bytes(self.raw)
            self.raw.clear()
            self.put(data.decode(self.state.encoding or self.encoding, "replace"))

    def symbol(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
            self.starting = True
            return
        self.flush()
        if sign in b"\\{}":
            self.put(sign.decode())
        elif sign == b"~":
            self.put(" ")
        elif sign == b"_":
            self.put("-")
        elif sign in b"\r\n":
            self.paragraph()

    def control(self, word: bytes, number: int | None) -> None:
        if word != b"u" or self.raw:
            self.flush()
        if word in _SIGNS:
            self.put("" if word == b"tab" and self.state.label else _SIGNS[word])
        elif (act := _ACTS.get(word)) is not None:
            act(self, number)
        elif word in _SILENT or (self.starred and word not in _SPOKEN):
            self.state = replace(self.state, silent=True)
        self.starred = False

    def unicode(self, number: int | None) -> None:
        code = (number or 0) & 0xFFFF
        self.to_skip = self.state.skip
        if 0xD800 <= code < 0xDC00:
            self.high = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((self.high - 0xD800) << 10) + (code - 0xDC00) if self.high else 0xFFFD
        self.high = 0
        self.put(chr(code))

    def set_font(self, number: int | None) -> None:
        self.font = number or 0
        self.state = replace(self.state, encoding=self.charsets.get(self.font, ""))

    def set_charset(self, number: int | None) -> None:
        if self.state.fonts and number in _CODEPAGES and number:
            self.charsets[self.font] = _CODEPAGES[number]

    def paragraph(self) -> None:
        if self.state.silent or self.state.fonts:
            return
        words, self.words = "".join(self.words), []
        if self.state.in_table or self.row:
            self.cell.append(words)
        else:
            self.end_table()
            self.lines.add([words])

    def end_cell(self) -> None:
        self.cell.append("".join(self.words))
        self.words = []
        self.row.append(self.cell)
        self.cell = []

    def end_row(self) -> None:
        cells: list[Cell] = []
        left = self.edges[0][0] - 1 if self.edges else 0
        for i, lines in enumerate(self.row):
            right, down = self.edges[i] if i < len(self.edges) else (left + 1000, False)
            cells.append(Cell(left, right, lines, down))
            left = right
        if cells:
            cells[0].left = min(0, cells[0].left) if self.edges and self.edges[0][0] > 0 else cells[0].left
            self.rows.append(cells)
        self.row, self.cell = [], []

    def end_table(self) -> None:
        if self.rows:
            self.lines.add(table_lines(self.rows, near=60))
            self.rows = []

    def edge(self, number: int | None) -> None:
        self.edges.append((number or 0, self.merged))
        self.merged = False


def _set(**fields: object) -> Callable[[_Reader, int | None], None]:
    def act(reader: _Reader, number: int | None) -> None:
        reader.state = replace(reader.state, **fields)  # type: ignore[arg-type]

    return act


def _deleted(reader: _Reader, number: int | None) -> None:
    reader.changes += number != 0
    reader.state = replace(reader.state, deleted=number != 0)


def _plain(reader: _Reader, number: int | None) -> None:
    reader.state = replace(reader.state, hidden=False, deleted=False, encoding="")


def _row_begins(reader: _Reader, number: int | None) -> None:
    reader.edges, reader.merged = [], False


def _codepage(reader: _Reader, number: int | None) -> None:
    reader.encoding = {936: "gb18030", 54936: "gb18030", 65001: "utf-8"}.get(number or 1252, f"cp{number or 1252}")
    try:
        b"".decode(reader.encoding)
    except LookupError:
        reader.encoding = "cp1252"


_ACTS: dict[bytes, Callable[[_Reader, int | None], None]] = {
    b"par": lambda r, _: r.paragraph(),
    b"sect": lambda r, _: r.paragraph(),
    b"page": lambda r, _: r.put("\n"),
    b"u": _Reader.unicode,
    b"uc": lambda r, n: _set(skip=1 if n is None else max(0, min(n, 8)))(r, n),
    b"ansicpg": _codepage,
    b"f": _Reader.set_font,
    b"fcharset": _Reader.set_charset,
    b"fonttbl": _set(fonts=True),
    b"v": lambda r, n: _set(hidden=n != 0)(r, n),
    b"deleted": _deleted,
    b"revised": lambda r, n: setattr(r, "changes", r.changes + (n != 0)),
    b"plain": _plain,
    b"pard": lambda r, _: _set(in_table=False)(r, None),
    b"intbl": lambda r, _: _set(in_table=True)(r, None),
    b"listtext": _set(label=True),
    b"pntext": _set(label=True),
    b"trowd": _row_begins,
    b"clvmrg": lambda r, _: setattr(r, "merged", True),
    b"cellx": _Reader.edge,
    b"cell": lambda r, _: r.end_cell(),
    b"nestcell": lambda r, _: r.put(" "),
    b"row": lambda r, _: r.end_row(),
}


def rtf_text(data: bytes, filename: str) -> FileText:
    """The text of an RTF file."""
    reader = _Reader()
    try:
        reader.read(data)
    except (ValueError, OverflowError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 RTF 打开，文件可能已损坏；请用 Word 或 WPS 打开后另存为 DOCX。", filename=filename)) from e
    notes = (say("文件里有未接受的修订 %(count)s 处，按全部接受后的文字读入。", count=reader.changes),) if reader.changes else ()
    return FileText(str(reader.lines), notes)
