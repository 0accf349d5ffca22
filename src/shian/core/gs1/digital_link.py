"""GS1 Digital Link URIs, strict: the order of qualifiers is part of the grammar (Digital Link §4, §5)."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from shian.core.gs1.ai import TABLE, check_value
from shian.core.gs1.elements import Elements, pad_gtin
from shian.core.gs1.errors import Gs1Error
from shian.core.gs1.keys import ALIASES, QUALIFIERS, in_order

DOMAIN = "https://id.gs1.org"
"""Domain of canonical Digital Links."""

_PARTS = re.compile(r"https?://[^/?#]+(/[^?#]*)(?:\?([^#]*))?(?:#.*)?")


def parse_link(uri: str, *, aliases: bool = False) -> Elements:
    """The identifiers in a Digital Link of any domain.

    The primary key is the rightmost pair of path segments that can be one; what stands before is the
    resolver's own path. ``aliases`` admits the withdrawn names (``/gtin/…/lot/…``). Raises :class:`Gs1Error`
    for anything else: wrong order or place of a qualifier, a wrong check digit, a numeric query key that is no
    AI, compressed links.
    """
    found = _PARTS.fullmatch(uri)
    if found is None:
        raise Gs1Error("uri", uri, "不是 http(s) 地址")
    segments = found[1].split("/")[1:]
    if aliases:
        segments[-2::-2] = [ALIASES.get(name, name) for name in segments[-2::-2]]
    for at in range(len(segments) - 2, -1, -2):
        if segments[at] in QUALIFIERS:
            break
    else:
        raise Gs1Error("uri", uri, "路径中没有 GS1 主标识代码")
    key = segments[at]
    value = _decoded(uri, segments[at + 1])
    codes = tuple(segments[at + 2 :: 2])
    if codes and not in_order(key, codes):
        raise Gs1Error("uri", uri, f"({key}) 之后的限定符 {'、'.join(codes)} 不允许或次序不对")
    checked = pad_gtin(value) if key == "01" else check_value(key, value)
    qualifiers = [
        (code, check_value(code, _decoded(uri, text)))
        for code, text in zip(codes, segments[at + 3 :: 2], strict=True)
    ]
    attributes = _attributes(uri, found[2], {key, *codes}) if found[2] else ()
    return Elements((key, checked), tuple(qualifiers), attributes)


def _decoded(uri: str, text: str) -> str:
    if "%" not in text:
        return text
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise Gs1Error("uri", uri, "百分号编码不完整")
    return unquote(text, errors="replace")


def _attributes(uri: str, query: str, taken: set[str]) -> tuple[tuple[str, str], ...]:
    out: dict[str, str] = {}
    for pair in re.split("[&;]", query):
        code, _, text = pair.partition("=")
        if not code.isdecimal() or not code.isascii():
            continue  # parameters of the web site, not of GS1
        if code not in TABLE:
            raise Gs1Error("uri", uri, f"查询参数 {code} 不是应用标识符")
        if code in taken or code in out:
            raise Gs1Error("uri", uri, f"应用标识符 ({code}) 重复")
        out[code] = check_value(code, _decoded(uri, text))
    return tuple(sorted(out.items()))


def write_link(elements: Elements, domain: str = DOMAIN) -> str:
    """The Digital Link of ``elements``: key and qualifiers in the path, attributes in the query, sorted by AI.

    With the default ``domain`` it is the canonical one (Digital Link §4.11). All but unreserved characters
    are percent-encoded.
    """
    path = f"{domain}/{elements.key[0]}/{_encoded(elements.key[1])}"
    for code, value in elements.qualifiers:
        path += f"/{code}/{_encoded(value)}"
    if not elements.attributes:
        return path
    return path + "?" + "&".join([f"{code}={_encoded(value)}" for code, value in elements.attributes])


def _encoded(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote(text, safe="")
