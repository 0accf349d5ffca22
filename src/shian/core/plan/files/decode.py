"""Bytes → text: UTF-8 (with or without BOM), UTF-16, GB18030."""

from __future__ import annotations

import codecs

from shian.core.words import say

from ..errors import PlanInputError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """The text of ``data``; refuses what is none of the encodings Chinese offices use."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") <= len(text) // 100:
            return text
    if len(data) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, "replace")
            if sum("\u4e00" <= c <= "\u9fff" for c in text[:2000]) * 3 >= len(text[:2000]):
                return text
    raise PlanInputError("encoding", say("认不出文字编码：请另存为 UTF-8 或 GB18030 编码的文本，或改用 DOCX。"))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise PlanInputError("encoding", say("文件开头标明了 Unicode 编码，但内容与之不符，可能已损坏。")) from None
