"""JSON extension values to XML, the reverse of :mod:`shian.core.epcis.xml.extension_read`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from operator import and_
from typing import Any
from urllib.parse import quote, unquote

from shian.core.words import say

from ..errors import EpcisError, shown
from ..number import Number
from .names import CONSUMED_TYPES, ORDERED
from .parse import BLANK

_NCNAME = re.compile(r"[A-Za-z_\u00c0-\u02ff\u0370-\u1fff\u3001-\ud7ff][\w\-.\u00b7]*")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT = str.maketrans({char: _ESCAPES[char] for char in "&<>\r"})
_IN_ATTRIBUTE = str.maketrans(_ESCAPES)


def text(value: str) -> str:
    """Character data; raises :class:`EpcisError` for characters that XML cannot hold at all."""
    _check(value)
    return value.translate(_IN_TEXT)


def attribute(value: str) -> str:
    """An attribute value, quoted."""
    _check(value)
    return f'"{value.translate(_IN_ATTRIBUTE)}"'


def _check(value: str) -> None:
    if found := _ILLEGAL.search(value):
        raise EpcisError(
            "",
            "xml.character",
            say("XML 不能表示字符 U+%(code)04X：%(value)r", code=ord(found[0]), value=shown(value)),
        )


class ExtensionWriter:
    """Writes extension members; ``namespaces`` tells which prefixes may be used."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self.namespaces = namespaces

    def members(self, value: Mapping[str, Any], nested: bool = False) -> str:
        """Every member of an object; ``nested`` ones may have names without a prefix."""
        return "".join([self.member(name, member, nested) for name, member in value.items()])

    def member(self, name: str, value: Any, nested: bool = False) -> str:
        """One member: an element, or repeated elements for a list of two and more."""
        tag, named = self._tag(name, nested)
        if isinstance(value, list) and len(value) > 1 and not any(isinstance(item, list) for item in value):
            return "".join([self._element(tag, named, item) for item in value])
        return self._element(tag, named, value)

    def array(self, name: str, items: list[Any]) -> str:
        """One member that stays a list however many items it has."""
        tag, named = self._tag(name, nested=False)
        inner = "".join([self._element("json:item", "", item) for item in items])
        return f'<{tag}{named} json:type="array">{inner}</{tag}>'

    def _tag(self, name: str, nested: bool) -> tuple[str, str]:
        prefix, _, local = name.rpartition(":")
        decoded = unquote(local, errors="replace")
        exact = local == (decoded if decoded.isascii() else quote(decoded, safe=""))
        if exact and _NCNAME.fullmatch(decoded) and (prefix in self.namespaces if prefix else nested):
            return (f"{prefix}:{decoded}" if prefix else decoded), ""
        return "json:member", f" json:name={attribute(name)}"

    def _element(self, tag: str, named: str, value: Any) -> str:
        attributes, content = self.content(value)
        return f"<{tag}{named}{attributes}>{content}</{tag}>"

    def content(self, value: Any) -> tuple[str, str]:
        if isinstance(value, str):
            return "", text(value)
        if isinstance(value, bool):
            return ' xsi:type="xsd:boolean"', "true" if value else "false"
        if isinstance(value, Number):
            return f' xsi:type="xsd:{_number_type(value.text)}"', value.text
        if value is None:
            return ' xsi:nil="true"', ""
        if isinstance(value, list):
            return ' json:type="array"', "".join([self._element("json:item", "", item) for item in value])
        return self._object(value)

    def _object(self, value: Mapping[str, Any]) -> tuple[str, str]:
        attributes = {name: v for name, v in value.items() if self.is_attribute(name, v)}
        rest = {name: v for name, v in value.items() if name not in attributes}
        written = "".join([f" {self._attribute_name(name)}={attribute(v)}" for name, v in attributes.items()])
        if attributes and set(rest) == {"@value"} and not isinstance(rest["@value"], dict | list):
            kind, content = self.content(rest["@value"])
            if not (kind and "@xsi:type" in attributes):
                return written + kind, content
        if set(rest) == {ORDERED} and _is_ordered(rest[ORDERED]):
            return written, "".join([self._part(part) for part in rest[ORDERED]])
        if not rest:
            written += ' json:type="object"'
        return written, self.members(rest, nested=True)

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return text(part)
        ((name, value),) = part.items()
        tag, named = self._tag(name, nested=True)
        return self._element(tag, named, value)

    def is_attribute(self, name: str, value: Any) -> bool:
        prefix, _, local = name.removeprefix("@").rpartition(":")
        writable = not prefix or prefix in self.namespaces or prefix == "xsi"
        reserved = name == "@value" or (prefix == "xsi" and local != "type")
        plain = isinstance(value, str) and bool(_NCNAME.fullmatch(local)) and local.isascii()
        consumed = prefix == "xsi" and plain and value.rpartition(":")[2] in CONSUMED_TYPES
        return name.startswith("@") and writable and not reserved and plain and not consumed

    def _attribute_name(self, name: str) -> str:
        return name.removeprefix("@")


def _is_ordered(parts: Any) -> bool:
    """Whether reading would make this very list of the content: texts between objects of one member, with text that
    is not blank or names that take turns."""
    if not isinstance(parts, list):
        return False
    texts = [isinstance(part, str) and part != "" for part in parts]
    members = [part for part in parts if isinstance(part, dict) and len(part) == 1]
    if sum(texts) + len(members) < len(parts) or not members or any(map(and_, texts, texts[1:])):
        return False
    if any(isinstance(part, str) and part.strip(BLANK) for part in parts):
        return True
    names = [name for member in members for name in member]
    return not any(texts) and len(list(groupby(names))) > len(set(names))


def _number_type(spelled: str) -> str:
    if "e" in spelled or "E" in spelled:
        return "double"
    return "decimal" if "." in spelled else "integer"
