"""The shared-strings table, kept on disk (ECMA-376 18.4).

WPS and Excel store every text once and refer to it by number.  The table can be larger than memory allows, so the
UTF-8 text and the offsets go to unnamed temporary files, are mapped, and the touched pages are given back regularly.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import IO

from shian.core.words import say

from .cells import unescape
from .errors import SheetError
from .package import Package, local, new_parser, refuse_depth
from .scan import scan

_plain = re.compile(rb'\s*<si><t(?: xml:space="preserve")?>([^<&\r]*)</t>').fullmatch
_BUFFER = 1 << 16


class SharedStrings:
    """Texts by number. Append with :meth:`add`, then :meth:`seal`, then index."""

    def __init__(self) -> None:
        self._text: IO[bytes] = tempfile.TemporaryFile(prefix="shian-strings-")  # noqa: SIM115
        self._ends: IO[bytes] = tempfile.TemporaryFile(prefix="shian-strings-")  # noqa: SIM115
        self._buffer: list[bytes] = []
        self._pending = array("Q", [0])
        self._size = 0
        self._count = 0
        self._maps: list[mmap.mmap] = []
        self._offsets = memoryview(b"")

    def __len__(self) -> int:
        return self._count

    def add(self, texts: Sequence[bytes]) -> None:
        if not texts:
            return
        ends = list(accumulate(map(len, texts), initial=self._size))
        self._buffer.extend(texts)
        self._pending.extend(ends[1:])
        self._size = ends[-1]
        self._count += len(texts)
        if len(self._pending) >= _BUFFER:
            self._spill()

    def _spill(self) -> None:
        self._text.write(b"".join(self._buffer))
        self._pending.tofile(self._ends)
        self._buffer.clear()
        del self._pending[:]

    def seal(self) -> None:
        if not self._size:
            self._text.write(b"\0")  # an empty file cannot be mapped
        self._spill()
        for file in (self._text, self._ends):
            file.flush()
            self._maps.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self._offsets = memoryview(self._maps[1]).cast("Q")

    def __getitem__(self, number: int) -> str:
        offsets = self._offsets
        try:
            text = self._maps[0][offsets[number] : offsets[number + 1]].decode()
        except IndexError as error:
            raise SheetError("broken", say("工作簿引用了不存在的共享字符串（第 %(number)s 项），请重新保存后再上传", number=number)) from error
        except UnicodeDecodeError as error:
            raise SheetError("broken", say("共享字符串第 %(number)s 项不是有效的 UTF-8 文本", number=number)) from error
        return unescape(text) if "_x" in text else text

    def release(self) -> None:
        """Give the touched pages back: they stay in the page cache but no longer count as this process's memory."""
        for mapped in self._maps:
            if hasattr(mapped, "madvise"):
                mapped.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        self._offsets.release()
        for mapped in self._maps:
            mapped.close()
        self._text.close()
        self._ends.close()


def read_strings(package: Package) -> SharedStrings:
    """Spill the shared strings of ``package``; rich-text runs are joined, phonetic guides left out."""
    strings = SharedStrings()
    part = package.part_of_kind("sharedStrings")
    if part is not None:
        _fill(strings, package, part)
    strings.seal()
    return strings


def _fill(strings: SharedStrings, package: Package, part: str) -> None:
    parser = new_parser(part, package.limits)
    runs: list[str] = []
    depth = phonetic = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth, phonetic
        depth += 1
        if depth > package.limits.depth:
            refuse_depth(part)
        tag = local(name)
        if tag == "si":
            runs.clear()
        elif tag == "rPh":
            phonetic += 1
        elif tag == "t" and not phonetic:
            parser.CharacterDataHandler = runs.append

    def end(name: str) -> None:
        nonlocal depth, phonetic
        depth -= 1
        tag = local(name)
        if tag == "t":
            parser.CharacterDataHandler = None
        elif tag == "rPh":
            phonetic -= 1
        elif tag == "si":
            strings.add(["".join(runs).encode("utf-8", "replace")])

    def fast(stretch: bytes) -> bool:
        found = _plain(stretch)
        if found is not None:
            strings.add([found[1]])
        return found is not None

    def fast_block(block: bytes) -> bool:
        texts = plain_block(block)
        strings.add(texts)
        return bool(texts)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in scan(part, package.stream(part), parser, b"</si>", strings.__len__, fast, fast_block):
        pass


def plain_block(block: bytes) -> list[bytes]:
    """The texts of ``block`` if it is nothing but ``<si><t>text</t></si>`` repeated, else an empty list.

    Each ``<`` is accounted for: n openings and n closings of two tags each, and between them n - 1 junctions.
    """
    opening, closing = b"<si><t>", b"</t></si>"
    number = block.count(closing)
    if (
        not number
        or b"&" in block
        or b"\r" in block
        or block.count(b"<") != 4 * number
        or block.count(closing + opening) != number - 1
        or not (block.startswith(opening) and block.endswith(closing))
    ):
        return []
    return block[len(opening) : -len(closing)].split(closing + opening)
