"""The outer shell of an XLSX file: a zip of XML parts, opened with suspicion (ECMA-376 Part 2)."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from shian.core.words import say

from .cells import Converter, Dates, format_kind
from .errors import Limits, SheetError

CHUNK = 1 << 16
CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What zipfile raises for damaged directories, members and unknown compressions.
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
RESAVE = say("请用 WPS 或 Excel 打开后另存为 .xlsx 再上传")


@dataclass(frozen=True)
class SheetPart:
    """A visible worksheet: its name on the tab and the name of its part in the zip."""

    name: str
    part: str


def refuse_old_format(source: BinaryIO) -> None:
    """Raise for a compound file (MS-CFB): either an encrypted workbook or an XLS/ET of before 2007."""
    source.seek(0)
    if source.read(8) != CFB_MAGIC:
        return
    marker, tail = "EncryptedPackage".encode("utf-16-le"), b""
    while chunk := source.read(1 << 20):
        if marker in tail + chunk:
            raise SheetError("encrypted", say("文件设有打开密码，无法读取；请取消密码后再上传"))
        tail = chunk[-len(marker) :]
    raise SheetError("old_format", say("这是旧版表格格式（.xls 或 .et），%(hint)s", hint=RESAVE))


def new_parser(part: str, limits: Limits) -> XMLParserType:
    """An expat parser that refuses DTDs and entities, which workbooks never hold and attacks need."""
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: object) -> NoReturn:
        raise SheetError("xml_dtd", say("文件部件 %(part)s 含有 DTD 或实体定义，为防止攻击已拒绝读取", part=part))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]


def refuse_depth(part: str) -> NoReturn:
    raise SheetError("broken", say("文件部件 %(part)s 的 XML 嵌套过深，不是正常的表格文件", part=part))


def broken_xml(part: str, error: ExpatError) -> SheetError:
    return SheetError("broken", say("文件内容已损坏：%(part)s 第 %(line)s 行不是有效的 XML；%(hint)s", part=part, line=error.lineno, hint=RESAVE))


class Package:
    """An open XLSX zip. Raises :class:`SheetError` at once for bombs and for zips that are no workbook."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        refuse_old_format(source)
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(source)
        except _BROKEN_ZIP as error:
            raise SheetError("broken", say("文件不完整或已损坏，不是有效的 .xlsx；%(hint)s", hint=RESAVE)) from error
        infos = self._zip.infolist()
        self._check_sizes(infos)
        self._parts = {info.filename.replace("\\", "/").lower().lstrip("/"): info for info in infos}
        self.workbook_part = self._find_workbook()
        self.relations = self._relations()

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self.limits
        if len(infos) > limits.parts or sum(info.file_size for info in infos) > limits.total:
            raise SheetError("zip_bomb", say("文件解压后过大，疑似压缩炸弹，已拒绝读取"))
        for info in infos:
            if info.flag_bits & 1:
                raise SheetError("encrypted", say("文件设有压缩密码，无法读取；请取消密码后再上传"))
            swollen = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1)
            if swollen or info.file_size > limits.part:
                raise SheetError("zip_bomb", say("文件部件 %(part)s 的压缩比异常，疑似压缩炸弹，已拒绝读取", part=info.filename))

    def _find_workbook(self) -> str:
        named = [part for kind, part in self._relations_of("_rels/.rels", "").values() if kind == "officeDocument"]
        for part in (*named, "xl/workbook.xml", "workbook.xml"):
            if self.has(part) and part.endswith(".xml"):
                return part
        if self.has("xl/workbook.bin"):
            raise SheetError("old_format", say("这是二进制工作簿（.xlsb），%(hint)s", hint=RESAVE))
        if self.has("mimetype"):
            raise SheetError("old_format", say("这是 OpenDocument 文件（.ods），%(hint)s", hint=RESAVE))
        raise SheetError("not_a_table", say("这不是表格文件（压缩包里没有工作簿），请上传 .xlsx 或 .csv"))

    def _relations(self) -> dict[str, tuple[str, str]]:
        """Relation id → (kind of part, name of part)."""
        folder, name = posixpath.split(self.workbook_part)
        return self._relations_of(f"{folder}/_rels/{name}.rels".lstrip("/"), folder)

    def _relations_of(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        if self.has(part):
            for tag, attrs in self.elements(part):
                if tag == "Relationship" and attrs.get("TargetMode") != "External":
                    target = posixpath.normpath(posixpath.join("/" + folder, attrs.get("Target", ""))).lstrip("/")
                    found[attrs.get("Id", "")] = (attrs.get("Type", "").rpartition("/")[2], target)
        return found

    def has(self, part: str) -> bool:
        return part.lower() in self._parts

    def part_of_kind(self, kind: str) -> str | None:
        return next((part for found, part in self.relations.values() if found == kind and self.has(part)), None)

    def stream(self, part: str) -> Iterator[bytes]:
        """The inflated bytes of a part in chunks; every way a zip can be broken becomes a SheetError."""
        if not self.has(part):
            raise SheetError("broken", say("文件缺少部件 %(part)s，%(hint)s", part=part, hint=RESAVE))
        info = self._parts[part.lower()]
        allowed = min(self.limits.part, max(self.limits.ratio_from, self.limits.ratio * info.compress_size))
        try:
            with self._zip.open(info) as source:
                while chunk := source.read(CHUNK):
                    allowed -= len(chunk)
                    if allowed < 0:
                        raise SheetError("zip_bomb", say("文件部件 %(part)s 解压后过大，疑似压缩炸弹，已拒绝读取", part=part))
                    yield chunk
        except _BROKEN_ZIP as error:
            raise SheetError("broken", say("文件不完整或已损坏（部件 %(part)s），%(hint)s", part=part, hint=RESAVE)) from error

    def elements(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Start tags of a small part as (local name, attributes by local name)."""
        parser, depth, size = new_parser(part, self.limits), 0, 0
        found: list[tuple[str, dict[str, str]]] = []

        def start(name: str, attrs: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > self.limits.depth:
                refuse_depth(part)
            found.append((local(name), {local(key): value for key, value in attrs.items()}))

        def end(_: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        try:
            for chunk in self.stream(part):
                size += len(chunk)
                if size > self.limits.small_part:
                    raise SheetError("too_large", say("文件部件 %(part)s 过大，%(hint)s", part=part, hint=RESAVE))
                parser.Parse(chunk)
                yield from found
                found.clear()
            parser.Parse(b"", True)
        except ExpatError as error:
            raise broken_xml(part, error) from error

    def close(self) -> None:
        self._zip.close()


def read_workbook(package: Package) -> tuple[list[SheetPart], bool]:
    """The visible worksheets in tab order, and whether days count from 1904 instead of 1900."""
    sheets, epoch_1904 = [], False
    for tag, attrs in package.elements(package.workbook_part):
        if tag == "workbookPr":
            epoch_1904 = attrs.get("date1904", "0") not in ("0", "false")
        elif tag == "sheet" and attrs.get("state", "visible") == "visible":
            kind, part = package.relations.get(attrs.get("id", ""), ("", ""))
            if kind == "worksheet":
                sheets.append(SheetPart(attrs.get("name", ""), part))
    if not sheets:
        raise SheetError("no_sheet", say("工作簿里没有可见的工作表"))
    return sheets, epoch_1904


def read_styles(package: Package, epoch_1904: bool) -> dict[str, Converter]:
    """Style index (as written in ``s``) → converter, only for the styles that make a number a date or time."""
    part = package.part_of_kind("styles")
    if part is None:
        return {}
    codes: dict[int, str] = {}
    dated: dict[str, Converter] = {}
    section, index = "", 0
    for tag, attrs in package.elements(part):
        if tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = tag
        elif tag == "numFmt":
            codes[_number(attrs.get("numFmtId"))] = attrs.get("formatCode", "")
        elif tag == "xf" and section == "cellXfs":
            number = _number(attrs.get("numFmtId"))
            if kind := format_kind(number, codes.get(number)):
                dated[str(index)] = Dates(kind, epoch_1904).__getitem__
            index += 1
    return dated


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def as_binary(source: str | Path | bytes | BinaryIO) -> BinaryIO:
    """A seekable binary file over a path, bytes or an already open file."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, str | Path):
        return open(source, "rb")
    return source
