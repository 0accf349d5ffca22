"""CSV and TSV as Chinese offices produce them: UTF-8 with or without BOM, GB18030, UTF-16; comma, tab, semicolon, bar."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from shian.core.words import say

from .cells import Cell
from .errors import SheetError

DELIMITERS = ",\t;|，"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 1 << 16


def detect_encoding(source: BinaryIO) -> str:
    """The Python name of the encoding; the whole file is decoded once, so that reading it later cannot fail."""
    source.seek(0)
    head = source.read(_SAMPLE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _first_that_decodes(source, (name,))
    if b"\0" in head:
        odd, even = head[1::2].count(0), head[::2].count(0)
        if max(odd, even) < len(head) // 8:
            raise SheetError("not_a_table", say("文件是二进制数据，不是文本表格，请上传 .xlsx 或 .csv"))
        return _first_that_decodes(source, ("utf-16-le" if odd > even else "utf-16-be",))
    return _first_that_decodes(source, ("utf-8", "gb18030"))


def _first_that_decodes(source: BinaryIO, names: tuple[str, ...]) -> str:
    for name in names:
        source.seek(0)
        decoder, offset = codecs.getincrementaldecoder(name)(), 0
        try:
            while chunk := source.read(1 << 20):
                decoder.decode(chunk)
                offset += len(chunk)
            decoder.decode(b"", final=True)
            return name
        except UnicodeDecodeError as error:
            where = offset + error.start
    raise SheetError("encoding", say("文件编码无法识别（按 %(encoding)s 解码在第 %(byte)s 字节处失败），请另存为 UTF-8 的 CSV", encoding=names[-1], byte=where + 1))


def sniff_delimiter(sample: str) -> str:
    """The delimiter that cuts most lines of ``sample`` into the same number (over one) of fields; else a comma."""
    best, best_score = ",", (0, 0)
    for delimiter in DELIMITERS:
        try:
            lines = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 30))
        except csv.Error:
            continue
        widths = Counter(len(line) for line in lines if len(line) > 1)
        if widths:
            width, lines_of_width = widths.most_common(1)[0]
            if (lines_of_width, width) > best_score:
                best, best_score = delimiter, (lines_of_width, width)
    return best


def clean_field(text: str) -> Cell:
    """A field as text, without the tricks that keep Excel from eating leading zeros: ``="001"`` and tabs around."""
    text = text.strip("\t")
    if len(text) > 3 and text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text or None


def delimited_rows(source: BinaryIO) -> Iterator[list[Cell]]:
    """Rows of the file; every value is text or None."""
    encoding = detect_encoding(source)
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        sample = text.read(_SAMPLE)
        refuse_markup(sample)
        delimiter = sniff_delimiter(sample)
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for fields in reader:
                row = [clean_field(field) for field in fields]
                while row and row[-1] is None:
                    row.pop()
                yield row
        except csv.Error as error:
            raise SheetError("broken", say("第 %(line)s 行无法解析（%(error)s），请检查引号是否成对", line=reader.line_num, error=error)) from error
    finally:
        if not source.closed:
            text.detach()  # the file belongs to the table, which may be read again


def refuse_markup(sample: str) -> None:
    """HTML or XML saved under a table's name is usual for exports of older systems; say how to repair it."""
    head = sample.lstrip("\ufeff \t\r\n")[:200].lower()
    if head.startswith(("<html", "<!doctype", "<table", "<?xml", "<head", "<meta", "mime-version:")):
        raise SheetError("not_a_table", say("文件内容是网页或 XML，不是真正的表格；请用 WPS 或 Excel 打开后另存为 .xlsx"))
    if head.startswith(("%pdf", "{\\rtf")):
        raise SheetError("not_a_table", say("文件是 PDF 或 RTF 文档，不是表格，请上传 .xlsx 或 .csv"))
