"""Checkpoints (检查点): origin, number of entries and root of a log at one moment, signed (C2SP tlog-checkpoint).

    example.gov.cn/trace
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

Whoever keeps one checkpoint can later prove that not one earlier record was changed, removed or reordered.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from shian.core.words import say

from .note import NoteError, SignedNote


def is_size(text: str) -> bool:
    """True for a number of entries as the C2SP formats write it: ASCII decimal, no leading zero, below 2^63."""
    plain = text.isascii() and text.isdecimal() and (text == "0" or not text.startswith("0"))
    return plain and len(text) < 20 and int(text) < 1 << 63


@dataclass(frozen=True)
class Checkpoint:
    """``size`` entries of the log ``origin`` hash to ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines)

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read the text of a note. Raises :class:`NoteError` naming the line that is wrong."""
        lines = body.removesuffix("\n").split("\n")
        if len(lines) < 3 or not body.endswith("\n") or not all(lines):
            raise NoteError("too_few_lines", say("checkpoint: 至少三行非空文本（来源、大小、根）"))
        origin, size, root, *extensions = lines
        if not is_size(size):
            raise NoteError(
                "size", say("checkpoint size=%(size)r: 应为无前导零的十进制数，小于 2^63", size=size[:30])
            )
        try:
            digest = base64.b64decode(root, validate=True)
        except binascii.Error as error:
            raise NoteError("root_base64", say("checkpoint root: 不是 base64")) from error
        if len(digest) != 32:
            raise NoteError(
                "root_length", say("checkpoint root: 应为 32 字节，实为 %(size)s 字节", size=len(digest))
            )
        return cls(origin, int(size), digest, tuple(extensions))

    @classmethod
    def of(cls, note: SignedNote) -> Checkpoint:
        """The checkpoint inside a signed note; signatures are not verified here."""
        return cls.parse(note.body)
