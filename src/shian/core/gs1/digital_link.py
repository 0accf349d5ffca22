"""GS1 Digital Link URIs, strict: the order of qualifiers is part of the grammar (Digital Link §4, §5)."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from shian.core.words import say

from .ai import TABLE, check_value
from .elements import Elements, check_key
from .errors import Gs1Error
from .keys import ALIASES, QUALIFIERS, in_order

DOMAIN = "https://id.gs1.org"
"""Domain of canonical Digital Links."""

_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]*")


def parse_link(uri: str, *, aliases: bool = False) -> Elements:
    """The identifiers in a Digital Link of any domain.

    The primary key is the rightmost pair of path segments that can be one; what stands before is the
    resolver's own path. ``aliases`` admits the withdrawn names (``/gtin/…/lot/…``). Raises :class:`Gs1Error`
    for anything else: wrong order or place of a qualifier, a wrong check digit, a numeric query key that is no
    AI, compressed links.
    """
    place, _, query = uri.partition("#")[0].partition("?")
    segments = place.split("/")  # scheme, nothing, domain, path
    if len(segments) < 4 or segments[0] not in ("https:", "http:") or segments[1] or not segments[2]:
        raise Gs1Error("uri", uri, "not_a_link", say("不是 http(s) 地址"))
    names = ALIASES if aliases else {}
    for at in range(len(segments) - 2, 2, -2):
        key = names.get(segments[at], segments[at])
        if key in QUALIFIERS:
            break
    else:
        raise Gs1Error("uri", uri, "no_key", say("路径中没有 GS1 主标识代码"))
    values = segments[at + 1 :: 2]
    if "%" in place:
        values = [_decoded(uri, text) for text in values]
    codes = tuple([names.get(name, name) for name in segments[at + 2 :: 2]])
    if codes and not in_order(key, codes):
        raise Gs1Error(
            "uri",
            uri,
            "qualifiers",
            say("(%(key)s) 之后的限定符 %(codes)s 不允许或次序不对", key=key, codes=tuple(codes)),
        )
    return Elements(
        (key, check_key(key, values[0])),
        tuple([(code, check_value(code, text)) for code, text in zip(codes, values[1:], strict=True)]),
        _attributes(uri, query, {key, *codes}) if query else (),
    )


def _decoded(uri: str, text: str) -> str:
    if "%" not in text:
        return text
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise Gs1Error("uri", uri, "percent_encoding", say("百分号编码不完整"))
    return unquote(text, errors="replace")


def _attributes(uri: str, query: str, taken: set[str]) -> tuple[tuple[str, str], ...]:
    out: dict[str, str] = {}
    for pair in re.split("[&;]", query):
        code, _, text = pair.partition("=")
        if not code.isdecimal() or not code.isascii():
            continue  # parameters of the web site, not of GS1
        if code not in TABLE:
            raise Gs1Error("uri", uri, "not_an_ai", say("查询参数 %(code)s 不是应用标识符", code=code))
        if code in taken or code in out:
            raise Gs1Error("uri", uri, "repeated_ai", say("应用标识符 (%(code)s) 重复", code=code))
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
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")
