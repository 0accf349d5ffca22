"""The rows of one worksheet, lazily and in little memory (ECMA-376 18.3.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers.expat import XMLParserType

from shian.core.words import say

from .cells import MEMORY, Cell, Converter, parse_number, typed_converter
from .errors import SheetError
from .package import Package, local, new_parser, refuse_depth
from .scan import scan
from .strings import SharedStrings

Row = list[Cell]
NumberedRow = tuple[int, Row]

_REF = r'<c r="([A-Z]{1,3})\d{1,7}"((?: s="\d+")?(?: t="\w+")?)'
_TEXT = r"([^<&\x00-\x1f]*)"
_CELL = (
    _REF + r'(?:/>|>(?:<v>|<is><t(?: xml:space="preserve")?>)' + _TEXT + r"(?:</v>|</t></is>)</c>|></c>)"
)
_ROW = r'\s*<row r="(\d{1,7})"[^<>/]*>'
_find_cells = re.compile(_CELL).findall
_find_values = re.compile(f"{_REF}><v>{_TEXT}</v></c>").findall
_match_head = re.compile(_ROW).match
_match_row = re.compile(_ROW + "(?:" + re.sub(r"\((?!\?)", "(?:", _CELL) + ")*").fullmatch
_HEAD = re.compile(r'(?: s="(\d+)")?(?: t="(\w+)")?')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_RELEASE_EVERY = 128  # chunks, i.e. 8 MiB of XML


class Columns(dict[str, int]):
    """Column letters → index from 0, learned as they come; refuses columns beyond ``limit``."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def __missing__(self, letters: str) -> int:
        index = 0
        for letter in letters:
            index = index * 26 + ord(letter) - 64
        if not 0 < index <= self.limit:
            raise SheetError("too_large", say("数据出现在第 %(column)s 列，超过 %(most)s 列的上限，请删除多余的列", column=letters or "?", most=self.limit))
        self[letters] = index - 1
        return index - 1


class Texts(dict[str, Cell]):
    """Number of a shared string (as text) → the string, or None where empty; the recent ones are remembered."""

    def __init__(self, strings: SharedStrings) -> None:
        super().__init__()
        self.strings = strings

    def __missing__(self, number: str) -> Cell:
        if len(self) >= MEMORY:
            self.clear()
        if not number.isdigit():
            raise SheetError("broken", say("共享字符串编号“%(number)s”不是数字，请重新保存后再上传", number=number))
        value = self[number] = self.strings[int(number)] or None
        return value


class CellReader(dict[str, Converter]):
    """The style and type attributes of a cell, as spelt (`` s="1" t="s"``) → the converter of its text."""

    def __init__(self, strings: SharedStrings, dated: Mapping[str, Converter], columns: Columns) -> None:
        super().__init__()
        self.strings, self.dated, self.columns = strings, dated, columns
        self._shared = Texts(strings).__getitem__

    def __missing__(self, head: str) -> Converter:
        found = _HEAD.fullmatch(head)
        style, kind = found.groups("") if found else ("", "")
        converter = self[head] = self.converter(style, kind)
        return converter

    def converter(self, style: str, kind: str) -> Converter:
        if kind == "s":
            return self._shared
        return self.dated.get(style, parse_number) if kind in ("", "n") else typed_converter(kind)

    def value(self, style: str, kind: str, text: str, ref: str) -> Cell:
        try:
            return self.converter(style, kind)(text) if text else None
        except ValueError as error:
            raise bad_cell(ref, kind, text) from error

    def fast_row(self, stretch: bytes) -> NumberedRow | None:
        """The row in ``stretch`` (without its closing tag) if it is spelt canonically, else None."""
        try:
            source = stretch.decode()
        except UnicodeDecodeError:
            return None  # expat will say where
        found = _match_head(source)
        cells = canonical_cells(source)
        if found is None or cells is None:
            return None
        row: Row = []
        columns = self.columns
        letters = head = text = ""
        try:
            for letters, head, text in cells:
                if text and (value := self[head](text)) is not None:
                    column = columns[letters]
                    if column == len(row):
                        row.append(value)
                    else:
                        place(row, column, value)
        except ValueError as error:
            raise bad_cell(letters + found[1], head, text) from error
        return int(found[1]), row


def canonical_cells(source: str) -> list[tuple[str, str, str]] | None:
    """(column, head, text) of each cell of a row, if the row holds nothing else.

    In a row of plain values each has four tags: where the cells found account for every ``<``, there is nothing else.
    Other rows (empty or inline cells) are matched as a whole, which takes longer.
    """
    tags = source.count("<")
    if tags == 4 * source.count("<v>") + 1:
        values: list[tuple[str, str, str]] = _find_values(source)
        if tags == 4 * len(values) + 1:
            return values
    return _find_cells(source) if _match_row(source) else None


def bad_cell(ref: str, kind: str, text: str) -> SheetError:
    return SheetError("broken", say("单元格 %(ref)s 的值“%(text)s”与其类型“%(kind)s”不符，请用 WPS 或 Excel 重新保存后再试", ref=ref, text=text, kind=kind.strip()))


def place(row: Row, column: int, value: Cell) -> None:
    gap = column - len(row)
    if gap < 0:
        row[column] = value
        return
    if gap:
        row.extend([None] * gap)
    row.append(value)


def expat_rows(package: Package, part: str, reader: CellReader) -> Iterator[NumberedRow]:
    """(row number from 1, cells) of every row that holds a value."""
    rows: list[NumberedRow] = []
    last = seen = 0

    def emit(number: int, row: Row) -> None:
        nonlocal last, seen
        seen += 1
        last = number if number > last else last + 1
        if row:
            rows.append((last, row))

    def fast(stretch: bytes) -> bool:
        found = reader.fast_row(stretch)
        if found is None:
            return False
        emit(*found)
        return True

    parser = new_parser(part, package.limits)
    _handle_cells(parser, part, package.limits.depth, reader, emit)
    chunks = package.stream(part)
    for count, _ in enumerate(scan(part, chunks, parser, b"</row>", lambda: seen, fast)):
        if not count % _RELEASE_EVERY:
            reader.strings.release()
        yield from rows
        rows.clear()


def _handle_cells(
    parser: XMLParserType, part: str, deepest: int, reader: CellReader, emit: Callable[[int, Row], None]
) -> None:
    """Expat handlers for rows in any spelling: prefixes, formulas, rich inline text, cells without reference."""
    attributes: dict[str, str] = {}
    row: Row = []
    text: list[str] = []
    number = position = depth = phonetic = 0

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal attributes, row, number, position, depth, phonetic
        depth += 1
        if depth > deepest:
            refuse_depth(part)
        tag = local(name)
        if tag == "c":
            attributes = attrs
            text.clear()
        elif tag == "row":
            row, position = [], 0
            number = int(attrs["r"]) if attrs.get("r", "").isdigit() else 0
        elif tag == "rPh":
            phonetic += 1
        elif (tag == "v" or tag == "t") and not phonetic:
            parser.CharacterDataHandler = text.append

    def end(name: str) -> None:
        nonlocal position, depth, phonetic
        depth -= 1
        tag = local(name)
        if tag == "v" or tag == "t":
            parser.CharacterDataHandler = None
        elif tag == "rPh":
            phonetic -= 1
        elif tag == "c":
            ref = attributes.get("r", "")
            value = reader.value(attributes.get("s", ""), attributes.get("t", ""), "".join(text), ref)
            if value is not None:
                position = reader.columns[ref.rstrip("0123456789")] if ref else position
                place(row, position, value)
            position += 1
        elif tag == "row":
            emit(number, row)

    parser.StartElementHandler, parser.EndElementHandler = start, end


def with_gaps(rows: Iterable[NumberedRow]) -> Iterator[Row]:
    """Rows so that the n-th one is row n of the sheet: gaps become empty lists, nothing follows the last value."""
    expected = 1
    for number, row in rows:
        while expected < number:
            yield []
            expected += 1
        yield row
        expected += 1


@dataclass(frozen=True)
class Merge:
    """A merged range: rows from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def read_merges(package: Package, part: str, columns: Columns) -> list[Merge]:
    """The merged ranges, which the file lists only after all rows."""
    tail, merges = b"", []
    for chunk in package.stream(part):
        text = tail + chunk
        cut = text.rfind(b">") + 1
        for left, top, right, bottom in _MERGE.findall(text[:cut]):
            merges.append(Merge(int(top), columns[left.decode()], int(bottom), columns[right.decode()]))
        tail = text[cut:][-4096:]
    return sorted(merges, key=lambda merge: merge.top)


def fill_merges(rows: Iterable[Row], merges: list[Merge]) -> Iterator[Row]:
    """Repeat the value of a merged range (which only its first cell holds) in all its cells."""
    waiting = list(reversed(merges))
    active: list[tuple[Merge, Cell]] = []
    for number, row in enumerate(rows, start=1):
        active = [(merge, value) for merge, value in active if merge.bottom >= number]
        while waiting and waiting[-1].top <= number:
            merge = waiting.pop()
            active.append((merge, row[merge.left] if merge.left < len(row) else None))
        for merge, value in active:
            if value is not None:
                for column in range(merge.left, merge.right + 1):
                    place(row, column, value)
        yield row
