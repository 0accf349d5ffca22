"""Files → text: plain text in the usual encodings, documents of Word, WPS and OpenDocument, OFD, PDF with a text layer.

The kind of a file is told by its content, not by its name.
"""

from __future__ import annotations

from dataclasses import replace

from shian.core.words import say

from ..errors import PlanInputError
from ..model import Ledger
from ..reader import read_text
from .decode import decode
from .found import MAX_CHARACTERS, FileText, Office, TooLong
from .package import Package

__all__ = ["MAX_BYTES", "SUFFIXES", "FileText", "Office", "is_plain", "read_bytes", "read_file", "text_of"]

MAX_BYTES = 30 * 1024 * 1024
SUFFIXES = (".txt", ".csv", ".tsv", ".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".ott", ".ofd", ".pdf")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = {b"\x89PNG": say("图片"), b"\xff\xd8\xff": say("图片"), b"GIF8": say("图片"), b"II*\0": say("图片"), b"MM\0*": say("图片"), b"BM": say("图片"), b"Rar!": say("压缩包"), b"7z\xbc\xaf": say("压缩包"), b"\x7fELF": say("程序"), b"MZ": say("程序")}
_NAMED = ("docx", "pdf", "doc", "wps", "ofd", "odt", "rtf")


def read_bytes(data: bytes, filename: str, office: Office | None = None, *, hint_year: int | None = None) -> Ledger:
    """Read a file into a ledger; what the sender should know of the file stands in ``notes``.

    ``office`` turns DOC and WPS into DOCX where LibreOffice is installed (:mod:`shian.engines.office`); without it
    they are read from their own bytes. ``hint_year`` is used where the text states no year. Raises
    :class:`~shian.core.plan.PlanInputError` with a Chinese message and one of the codes
    ``empty too_large wrong_type broken encrypted scanned zip_bomb encoding``.
    """
    found = read_file(data, filename, office)
    return replace(read_text(found.text, hint_year=hint_year), notes=found.notes)


def text_of(data: bytes, filename: str) -> str:
    """The text of a file, tables as lines of cells parted by tabs."""
    return read_file(data, filename).text


def read_file(data: bytes, filename: str, office: Office | None = None) -> FileText:
    """The text of a file and what its sender should know."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise PlanInputError("empty", say("“%(filename)s”是空文件，没有可读的内容。", filename=filename))
    if len(data) > MAX_BYTES:
        raise PlanInputError("too_large", say("“%(filename)s”有 %(size).0f MB，超过 %(most)s MB 的上限；工作计划不会这样大，请检查是否选错了文件。", filename=filename, size=len(data) / 1048576, most=MAX_BYTES // 1048576))
    try:
        found = _by_kind(data, filename, office)
    except TooLong as e:
        raise _too_long(filename, MAX_CHARACTERS) from e
    if not found.text.strip():
        raise PlanInputError("empty", say("“%(filename)s”里没有文字。", filename=filename))
    if len(found.text) > MAX_CHARACTERS:
        raise _too_long(filename, len(found.text))
    return found


def _too_long(filename: str, size: int) -> PlanInputError:
    return PlanInputError("too_large", say("“%(filename)s”有 %(size)s 个字以上，超过 %(most)s 字的上限。", filename=filename, size=size, most=MAX_CHARACTERS))


def _by_kind(data: bytes, filename: str, office: Office | None) -> FileText:
    """Readers load only when needed."""
    if data.startswith(b"PK"):
        return _packed(data, filename)
    if b"%PDF-" in data[:1024]:
        from .pdf import pdf_text

        return pdf_text(data, filename)
    if data.startswith(_OLE):
        from .compound import compound_text

        return compound_text(data, filename, office)
    if _is_rtf(data):
        from .rtf import rtf_text

        return rtf_text(data, filename)
    for magic, kind in _KNOWN.items():
        if data.startswith(magic):
            raise PlanInputError("wrong_type", say("“%(filename)s”是%(kind)s，不是文字文件；请提供 TXT、DOCX 或带文字层的 PDF。", filename=filename, kind=kind))
    suffix = filename.lower().rpartition(".")[2]
    if _is_page(data, suffix):
        from .html import html_text

        return FileText(html_text(data))
    if suffix in _NAMED:
        raise PlanInputError("broken", say("“%(filename)s”的内容不是 %(kind)s，文件可能已损坏或改过后缀。", filename=filename, kind=suffix.upper()))
    return FileText(decode(data))


def _is_rtf(data: bytes) -> bool:
    return data.lstrip()[:5] == b"{\\rtf"


def _is_page(data: bytes, suffix: str) -> bool:
    """HTML, or a web archive."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return head.startswith((b"<html", b"<!doctype html", b"mime-version:")) and suffix not in ("txt", "csv", "tsv", "md")


def is_plain(data: bytes, filename: str) -> bool:
    """Whether no reader of a format is needed: the bytes are text, or refused at sight."""
    formats = data.startswith((b"PK", _OLE)) or b"%PDF-" in data[:1024] or _is_rtf(data)
    return not formats and not _is_page(data, filename.lower().rpartition(".")[2])


def _packed(data: bytes, filename: str) -> FileText:
    package = Package(data, filename)
    if "OFD.xml" in package:
        from .ofd import ofd_text

        return ofd_text(package)
    kind = (package.read("mimetype") or b"")[:100]
    if b"opendocument" in kind:
        from .odt import odt_text

        return odt_text(package, kind.decode("ascii", "replace"))
    from .docx import docx_text, main_part

    if main_part(package) is None:
        raise PlanInputError("wrong_type", _other_package(filename, package.parts))
    return docx_text(data, filename)


def _other_package(filename: str, names: list[str]) -> str:
    if any(name.startswith("xl/") for name in names):
        return say("“%(filename)s”是 Excel 表格；请复制表格内容后粘贴导入，或另存为 DOCX。", filename=filename)
    if any(name.startswith("ppt/") for name in names):
        return say("“%(filename)s”是演示文稿，不是工作计划文档。", filename=filename)
    return say("“%(filename)s”是压缩包，不是 DOCX 文档；请先解压。", filename=filename)
