"""A zip of XML parts (DOCX, ODT, OFD), opened with suspicion; relations as in ECMA-376 part 2."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from shian.core.words import say

from ..errors import PlanInputError

MAX_UNPACKED = 150 * 1024 * 1024
MAX_XML = 64 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 20_000
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What zipfile raises for damaged directories and members, and for compressions it does not know."""
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
)
"""Names of strict OOXML and of the transitional one that readers know (ISO/IEC 29500 parts 1 and 4)."""
Element = Any


class Package:
    """An open zip. Raises :class:`PlanInputError` at once for bombs, passwords and damage."""

    def __init__(self, data: bytes, filename: str) -> None:
        self.filename = filename
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except BROKEN_ZIP as e:
            raise self.broken() from e
        unpacked = sum(i.file_size for i in infos)
        if any(i.flag_bits & 1 for i in infos):
            raise encrypted(filename)
        if len(infos) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 10_000):
            raise self._bomb(unpacked)
        self._parts = {_part_name(i.filename): i for i in infos}

    def __contains__(self, part: str) -> bool:
        return _part_name(part) in self._parts

    @property
    def parts(self) -> list[str]:
        """Names in small letters, without a leading slash."""
        return list(self._parts)

    def _bomb(self, size: int) -> PlanInputError:
        return PlanInputError("zip_bomb", say("“%(filename)s”展开后有 %(size).0f MB，远大于正常文档，已拒绝打开。", filename=self.filename, size=size / 1048576))

    def broken(self) -> PlanInputError:
        return PlanInputError("broken", say("“%(filename)s”无法打开，文件可能已损坏或没有传完整。", filename=self.filename))

    def read(self, part: str) -> bytes | None:
        """The bytes of a part; ``None`` where there is none."""
        info = self._parts.get(_part_name(part))
        if info is None:
            return None
        try:
            return self._zip.read(info)
        except BROKEN_ZIP as e:
            raise self.broken() from e

    def xml(self, part: str) -> Element | None:
        """The root of an XML part, names of strict OOXML folded; ``None`` where the part is missing or empty."""
        data = self.read(part)
        if data is not None and len(data) > MAX_XML:
            raise self._bomb(len(data))
        if not data or not data.strip():
            return None
        if b"http://purl.oclc.org/ooxml/" in data:
            for strict, known in _STRICT:
                data = data.replace(strict, known)
        try:
            return parse(data)
        except etree.LxmlError as e:
            raise self.broken() from e

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → (last word of the type, part) of the relations of ``part`` that lead to a part that is there."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", name + ".rels"))
        found: dict[str, tuple[str, str]] = {}
        for node in root if root is not None else ():
            if not isinstance(node.tag, str) or node.get("TargetMode") == "External":
                continue
            target = unquote(node.get("Target", "").partition("#")[0])
            where = _part_name(posixpath.normpath(posixpath.join("/", folder, target)))
            if target and where in self._parts:
                found[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], where)
        return found

    def part_of_kind(self, relations: dict[str, tuple[str, str]], kind: str, usual: str = "") -> str | None:
        """The part a relation of this kind leads to, else the one of the usual name."""
        found = next((part for k, part in relations.values() if k == kind), None)
        return found or (usual if usual in self else None)


def parse(data: bytes) -> Element:
    """XML without entities, network and unbounded depth."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True))


def encrypted(filename: str) -> PlanInputError:
    return PlanInputError("encrypted", say("“%(filename)s”设有打开密码，请先去掉密码再导入。", filename=filename))


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
