"""What a file really is, from its first bytes and, for containers, its table of contents.

Signatures: ISO 32000-1 7.5.2 (PDF), PKWARE APPNOTE (zip), MS-CFB 2.2 (compound file), PNG 5.2, JPEG B.1.1.1,
GIF89a, RFC 9649 (WebP), ISO/IEC 14496-12 (ftyp), RTF 1.9.1; parts of a package: ECMA-376 Part 2, GB/T 33190 (OFD), ODF 1.3 part 2.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HEAD = 4096

WORD = frozenset({"docx", "docm", "dotx"})
DOCUMENTS = WORD | {"pdf", "txt", "doc", "wps", "ofd", "rtf", "odt"}
TABLES = frozenset({"xlsx", "csv", "xls", "et"})
PICTURES = frozenset({"jpg", "png", "webp", "gif", "heic"})
ANYTHING = DOCUMENTS | TABLES | PICTURES | {"pptx", "ppt", "zip", "json", "mp4"}
"""No HTML, SVG or program is ever taken: they could act in the browser of whoever opens them."""

NAMES = {".jpeg": "jpg", ".text": "txt", ".md": "txt", ".heif": "heic", ".dps": "ppt"}
RENAMED = frozenset({"doc", "wps"})
"""Word and WPS open RTF and DOCX under these names too, and offices keep them so."""
COMPOUND = frozenset({"doc", "xls", "ppt", "wps", "et"})
TEXTS = frozenset({"txt", "csv", "json"})
PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx", "OFD.xml": "ofd", "content.xml": "odt"}

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
}
"""For downloads; the rest is handed out as octets."""

MOST_PARTS = 10_000
MOST_UNPACKED = 6 << 30
RATIO, RATIO_FROM = 200, 32 << 20
"""A part swollen beyond both is a bomb: office parts pack 8 to 40 times, deflate can reach 1,030."""


def claimed_kind(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return NAMES.get(suffix, suffix[1:])


def sniff(path: Path, name: str) -> str:
    """The kind of the file at ``path`` (``docx``, ``pdf``, ``jpg`` …), checked against ``name``.

    Raises :class:`ValidationError` when the kind is none we take, is not what the name says, is encrypted,
    is broken, or is a zip bomb.
    """
    claimed = claimed_kind(name)
    if claimed not in ANYTHING:
        raise ValidationError(
            _("“%(name)s”：不接受 .%(kind)s 类型的文件") % {"name": name, "kind": claimed or "?"}, code="type"
        )
    with path.open("rb") as source:
        head = source.read(HEAD)
    found = _kinds(head, path, name)
    if claimed not in found:
        raise ValidationError(
            _("“%(name)s”：内容与扩展名不符（扩展名 .%(claimed)s，内容是 %(found)s），请用原软件另存后再上传")
            % {"name": name, "claimed": claimed, "found": "/".join(sorted(found)) or _("无法识别的格式")},
            code="mismatch",
        )
    return claimed


def _kinds(head: bytes, path: Path, name: str) -> frozenset[str]:
    """Every kind these bytes may be."""
    if b"%PDF-" in head[:1024]:
        return frozenset({"pdf"})
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _package(path, name)
        return (WORD | RENAMED if found == "docx" else frozenset({found})) | {"zip"}
    if head.startswith(b"{\\rtf"):
        return RENAMED | {"rtf"}
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _refuse_encrypted(path, name)
        return COMPOUND
    for magic, kind in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif")):
        if head.startswith(magic):
            return frozenset({kind})
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return frozenset({"webp"})
    if head[4:8] == b"ftyp":
        return frozenset({"heic" if head[8:12] in {b"heic", b"heix", b"mif1", b"msf1"} else "mp4"})
    return TEXTS if _is_text(head) else frozenset()


def _is_text(head: bytes) -> bool:
    """UTF-8, UTF-16 with a mark, or GB18030, without control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1a" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the block may end inside a character
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _package(path: Path, name: str) -> str:
    """Kind of a zip by the parts it lists; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise ValidationError(
            _("“%(name)s”：文件不完整或已损坏，无法打开") % {"name": name}, code="broken"
        ) from error
    swollen = any(p.file_size > RATIO_FROM and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)
    if swollen or len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
        raise ValidationError(
            _("“%(name)s”：解压后过大，疑似压缩炸弹，已拒绝") % {"name": name}, code="zip_bomb"
        )
    if any(p.flag_bits & 1 for p in parts):
        raise ValidationError(
            _("“%(name)s”：设有密码，无法读取；请取消密码后再上传") % {"name": name}, code="encrypted"
        )
    names = [p.filename.replace("\\", "/") for p in parts]
    for prefix, kind in PARTS.items():
        if any(n.startswith(prefix) for n in names):
            return kind
    return "zip"


def _refuse_encrypted(path: Path, name: str) -> None:
    """An office file with a password is a compound file with a stream EncryptedPackage (MS-OFFCRYPTO)."""
    marker, tail = "EncryptedPackage".encode("utf-16-le"), b""
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            if marker in tail + chunk:
                raise ValidationError(
                    _("“%(name)s”：设有打开密码，无法读取；请取消密码后再上传") % {"name": name},
                    code="encrypted",
                )
            tail = chunk[-len(marker) :]
