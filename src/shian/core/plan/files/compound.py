"""Compound files (MS-CFB): the shell of DOC, WPS, XLS, PPT and of everything Office encrypts."""

from __future__ import annotations

import io
import struct

import olefile  # type: ignore[import-untyped]

from shian.core.errors import Told
from shian.core.words import say

from ..errors import PlanInputError
from .docx import docx_text
from .found import FileText, Office
from .package import encrypted

MAX_ENTRIES = 4000
_OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError, MemoryError, OverflowError)
"""What olefile raises for damaged files."""


def compound_text(data: bytes, filename: str, office: Office | None) -> FileText:
    """The text of a DOC or WPS: by LibreOffice where there is one, else from the file itself."""
    streams = _streams(data, filename)
    if "encryptedpackage" in streams or "encryptioninfo" in streams:
        raise encrypted(filename)
    word = streams.get("worddocument")
    if word is None:
        raise PlanInputError("wrong_type", _other(filename, streams))
    if len(word) >= 12 and struct.unpack_from("<H", word, 10)[0] & 0x100:
        raise encrypted(filename)
    from .doc import doc_text

    if office is None:
        return doc_text(streams, filename)
    try:
        made = docx_text(office(data, "doc"), filename)
    except Told as error:
        own = doc_text(streams, filename)
        return FileText(own.text, (say("LibreOffice 没有转换成功（%(why)s），已改用内置的读取方法，请核对编号和表格。", why=error), *own.notes))
    return _fuller(made, streams, filename)


def _fuller(made: FileText, streams: dict[str, bytes], filename: str) -> FileText:
    """LibreOffice runs the cells of a table together where no paragraph follows it: then our own reading counts."""
    from .doc import doc_text

    try:
        own = doc_text(streams, filename)
    except PlanInputError:
        return made
    return own if own.text.count("\t") > made.text.count("\t") else made


def _streams(data: bytes, filename: str) -> dict[str, bytes]:
    """Streams of the root by name in small letters; those of Word, others empty."""
    try:
        _refuse_bomb(data)
        with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL) as ole:
            names = [entry[0] for entry in ole.listdir() if len(entry) == 1]
            wanted = {"worddocument", "0table", "1table", "data"}
            return {n.lower(): ole.openstream(n).read() if n.lower() in wanted else b"" for n in names}
    except _OLE_ERRORS as e:
        raise PlanInputError("broken", say("“%(filename)s”无法打开，文件可能已损坏或没有传完整；请用 Word 或 WPS 打开后另存为 DOCX。", filename=filename)) from e


def _refuse_bomb(data: bytes) -> None:
    """A header that promises more than the file can hold would keep a reader busy for hours (MS-CFB 2.2)."""
    if len(data) < 512:
        raise ValueError("header")
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError("sector size")
    sectors, words = (len(data) >> shift) + 1, (1 << shift) // 4
    tables, _, _, _, _, minis, _, more = struct.unpack_from("<8I", data, 44)
    if tables > sectors // words + 2 or more > tables // (words - 1) + 2 or minis > sectors:
        raise ValueError("more tables than sectors")


def _other(filename: str, streams: dict[str, bytes]) -> str:
    if "workbook" in streams or "book" in streams:
        return say("“%(filename)s”是旧版表格（.xls 或 .et）；请复制表格内容后粘贴导入，或另存为 .xlsx。", filename=filename)
    if "powerpoint document" in streams:
        return say("“%(filename)s”是演示文稿，不是工作计划文档。", filename=filename)
    if any(name.startswith(("__substg1.0", "__properties")) for name in streams):
        return say("“%(filename)s”是邮件，不是文档；请把附件另存后导入。", filename=filename)
    return say("“%(filename)s”里没有 Word 或 WPS 文字文档；请用原软件打开后另存为 DOCX 再导入。", filename=filename)
