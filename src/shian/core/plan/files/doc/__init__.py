"""Word 97-2003 binary files (MS-DOC), which WPS writes too → text, without any office program."""

from __future__ import annotations

import struct

from shian.core.words import say

from ...errors import PlanInputError
from ..found import FileText, Lines
from .body import body_lines
from .fib import Fib
from .lists import Lists
from .pieces import Pieces
from .properties import Properties


def doc_text(streams: dict[str, bytes], filename: str) -> FileText:
    """The text of the streams of a DOC file: paragraphs with their automatic numbers, tables as tabbed lines."""
    try:
        fib = Fib(streams["worddocument"], streams)
        pieces = Pieces(fib)
        properties = Properties(fib, pieces, streams.get("data", b""))
        lists = Lists(fib, properties)
        lines = Lines()
        changes = body_lines(lines, pieces, properties, lists, (0, fib.main))
        start, length = fib.text_boxes
        body_lines(lines, pieces, properties, lists, (start, start + length))
    except (struct.error, ValueError, IndexError, KeyError, OverflowError, RecursionError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 Word 97-2003 文档打开，文件可能已损坏；请用 Word 或 WPS 打开后另存为 DOCX。", filename=filename)) from e
    notes = (say("文件里有未接受的修订 %(count)s 处，按全部接受后的文字读入。", count=changes),) if changes else ()
    return FileText(str(lines), notes)
