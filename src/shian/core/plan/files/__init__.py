"""Files → text: plain text in the usual encodings, DOCX, PDF with a text layer."""

from __future__ import annotations

from shian.core.words import say

from ..errors import PlanInputError
from ..model import Ledger
from ..reader import read_text
from .decode import decode

__all__ = ["MAX_BYTES", "SUFFIXES", "read_bytes", "text_of"]

MAX_BYTES = 30 * 1024 * 1024
MAX_CHARACTERS = 8_000_000
SUFFIXES = (".txt", ".csv", ".tsv", ".docx", ".pdf")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = {b"\x89PNG": say("图片"), b"\xff\xd8\xff": say("图片"), b"GIF8": say("图片"), b"Rar!": say("压缩包"), b"7z\xbc\xaf": say("压缩包"), b"\x7fELF": say("程序"), b"MZ": say("程序")}


def read_bytes(data: bytes, filename: str) -> Ledger:
    """Read a file into a ledger; the kind of file is told by its content, not its name.

    Raises :class:`~shian.core.plan.PlanInputError` with a Chinese message and one of the codes
    ``empty too_large wrong_type broken encrypted scanned zip_bomb encoding``.
    """
    return read_text(text_of(data, filename))


def text_of(data: bytes, filename: str) -> str:
    """The text of a file, tables as lines of cells parted by tabs."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise PlanInputError("empty", say("“%(filename)s”是空文件，没有可读的内容。", filename=filename))
    if len(data) > MAX_BYTES:
        raise PlanInputError("too_large", say("“%(filename)s”有 %(size).0f MB，超过 %(most)s MB 的上限；工作计划不会这样大，请检查是否选错了文件。", filename=filename, size=len(data) / 1048576, most=MAX_BYTES // 1048576))
    text = _by_kind(data, filename)
    if not text.strip():
        raise PlanInputError("empty", say("“%(filename)s”里没有文字。", filename=filename))
    if len(text) > MAX_CHARACTERS:
        raise PlanInputError("too_large", say("“%(filename)s”有 %(size)s 个字，超过 %(most)s 字的上限。", filename=filename, size=len(text), most=MAX_CHARACTERS))
    return text


def _by_kind(data: bytes, filename: str) -> str:
    if data.startswith(b"PK"):
        from .docx import docx_text

        return docx_text(data, filename)
    if b"%PDF-" in data[:1024]:
        from .pdf import pdf_text

        return pdf_text(data, filename)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise PlanInputError("encrypted", say("“%(filename)s”设有打开密码，请先去掉密码再导入。", filename=filename))
        raise PlanInputError("wrong_type", say("“%(filename)s”是旧版 Office 或 WPS 格式（.doc/.xls/.wps），请另存为 DOCX 后再导入。", filename=filename))
    if data.startswith(b"{\\rtf"):
        raise PlanInputError("wrong_type", say("“%(filename)s”是 RTF 格式，请另存为 DOCX 后再导入。", filename=filename))
    for magic, kind in _KNOWN.items():
        if data.startswith(magic):
            raise PlanInputError("wrong_type", say("“%(filename)s”是%(kind)s，不是文字文件；请提供 TXT、DOCX 或带文字层的 PDF。", filename=filename, kind=kind))
    suffix = filename.lower().rpartition(".")[2]
    if suffix in ("docx", "pdf"):
        raise PlanInputError("broken", say("“%(filename)s”的内容不是 %(kind)s，文件可能已损坏或改过后缀。", filename=filename, kind=suffix.upper()))
    return decode(data)
