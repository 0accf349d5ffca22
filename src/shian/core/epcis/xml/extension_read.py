"""Extension elements to JSON: names with their prefix, attributes as ``@`` names, repeated elements as lists.

Where that would lose the order, because text stands beside elements or elements of different names take turns, the
whole content becomes the list ``@*``: texts, and objects of one member each, as they came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote

from shian.core.errors import Invalid
from shian.core.words import say

from ..errors import EpcisError, shown
from ..jsonld.context import STANDARD_PREFIXES
from ..model import Json, JsonObject
from ..number import Number
from .names import JSON, MASTER_DATA, NUMBER_TYPES, ORDERED, XSI
from .parse import Node

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*")
_TAKEN = frozenset({"http", "https", "urn", *STANDARD_PREFIXES})


class Prefixes:
    """Prefixes of the namespaces of a document: those of the standard as it binds them, others as the sender wrote
    them where that is possible."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.repeats = False  # has any extension been met twice, so that something is to be settled?
        self._standard = {uri: p for p, uri in STANDARD_PREFIXES.items() if p != "cbvmda"}
        self._standard[MASTER_DATA] = (
            "cbvmda"  # with the colon of JSON-LD it is declared, as another namespace
        )
        self._known: dict[tuple[str, str], str] = {}  # (namespace, prefix written) → prefix
        self._first: dict[str, str] = {}  # namespace → prefix it was first given
        self._numbers: dict[str, int] = {}  # last number given behind a prefix

    def name(self, space: str, prefix: str, local: str) -> str:
        """``prefix:local``, declared; characters that a URI cannot hold are percent-encoded."""
        text = local if local.isascii() else quote(local, safe="")
        if not space:
            return text
        known = self._known.get((space, prefix))
        if known is None:
            known = self._known[space, prefix] = self._standard.get(space) or self._declare(space, prefix)
        return f"{known}:{text}"

    def _declare(self, space: str, wanted: str) -> str:
        """``wanted`` if it may and does not mean another namespace; else the one the namespace has, or a numbered."""
        free = wanted not in _TAKEN or STANDARD_PREFIXES.get(wanted) == space
        usable = free and _PREFIX.fullmatch(wanted) is not None
        if usable and self.declared.get(wanted, space) == space:
            prefix = wanted
        elif space in self._first:
            return self._first[space]
        else:
            prefix = self._numbered(wanted if usable else "ns")
        self.declared[prefix] = space
        self._first.setdefault(space, prefix)
        return prefix

    def _numbered(self, stem: str) -> str:
        prefix = "ns1" if stem == "ns" else stem
        while prefix in self.declared:
            self._numbers[stem] = self._numbers.get(stem, 1) + 1
            prefix = f"{stem}{self._numbers[stem]}"
        return prefix


def extension_name(node: Node, prefixes: Prefixes) -> str:
    """The JSON name of an extension element."""
    if node.space == JSON and node.name == "member":
        return node.attributes.get((JSON, "name"), "")
    return prefixes.name(node.space, node.prefix, node.name)


def add_extension(target: JsonObject, node: Node, prefixes: Prefixes) -> None:
    """Put ``node`` into ``target``; a name met again makes a list, in document order. A refusal names the element."""
    name = extension_name(node, prefixes)
    try:
        value = extension_value(node, prefixes)
    except EpcisError as error:
        raise EpcisError.of([problem.below(name) for problem in error.problems]) from None
    if name not in target:
        target[name] = value
        return
    earlier = target[name]
    if isinstance(earlier, _Repeated):
        earlier.append(value)
    else:
        prefixes.repeats = True
        target[name] = _Repeated([earlier, value])


class _Repeated(list["Json"]):
    """A list that came from repeated elements, to which one more may be added."""


def settle(value: Json) -> Json:
    """``value`` with plain lists only."""
    if isinstance(value, dict):
        return {name: settle(member) for name, member in value.items()}
    return [settle(member) for member in value] if isinstance(value, list) else value


def extension_value(node: Node, prefixes: Prefixes) -> Json:
    """The content of an extension element as a JSON value."""
    attributes = dict(node.attributes)
    shape = attributes.pop((JSON, "type"), "")
    attributes.pop((JSON, "name"), None)
    if shape == "array":
        return [extension_value(child, prefixes) for child in node]
    if node.children:
        out: JsonObject = _attributes(node, attributes, prefixes)
        if node.mixed or _take_turns(node, prefixes):
            return {**out, ORDERED: _in_order(node.mixed or node.children, prefixes)}
        for child in node:
            add_extension(out, child, prefixes)
        return out
    if shape == "object":
        return _attributes(node, attributes, prefixes)
    if shape == "number":
        attributes[XSI, "type"] = "xsd:decimal"
    value = _leaf(node, attributes)
    rest = _attributes(node, attributes, prefixes)
    return {**rest, "@value": value} if rest else value


def _take_turns(node: Node, prefixes: Prefixes) -> bool:
    """Does a name come back after another one?"""
    names = [extension_name(child, prefixes) for child in node.children]
    return len(names) > 2 and sum(1 for _ in groupby(names)) > len(set(names))


def _in_order(parts: Sequence[Node | str], prefixes: Prefixes) -> list[Json]:
    out: list[Json] = []
    for part in parts:
        if isinstance(part, Node):
            member: JsonObject = {}
            add_extension(member, part, prefixes)
            out.append(member)
        elif out and isinstance(last := out[-1], str):  # the parser hands long texts over in pieces
            out[-1] = last + part
        else:
            out.append(part)
    return out


def _attributes(node: Node, attributes: dict[tuple[str, str], str], prefixes: Prefixes) -> JsonObject:
    out: JsonObject = {}
    for (space, local), value in attributes.items():
        out["@" + prefixes.name(space, node.prefixes.get(space, ""), local)] = value
    return out


def _leaf(node: Node, attributes: dict[tuple[str, str], str]) -> Json:
    """The text as its ``xsi:type`` says; the types that JSON itself has are consumed from ``attributes``."""
    if attributes.get((XSI, "nil")) in ("true", "1") and not node.text:
        del attributes[XSI, "nil"]
        return None
    kind = attributes.get((XSI, "type"), "").rpartition(":")[2]
    try:
        if kind in NUMBER_TYPES:
            value: Json = Number.from_xsd(node.text)
        elif kind == "boolean":
            value = xsd_boolean(node.text)
        elif kind == "string":
            value = node.text
        else:
            return node.text
    except ValueError as error:
        raise EpcisError(
            "", "xml.value", say("%(name)s：%(error)s", name=shown(node.name), error=error)
        ) from None
    del attributes[XSI, "type"]
    return value


def xsd_boolean(text: str) -> bool:
    """An ``xsd:boolean``; raises ``ValueError``."""
    bare = text.strip()
    if bare not in ("true", "false", "1", "0"):
        raise Invalid("boolean", say("不是布尔值：%(bare)s", bare=shown(bare)))
    return bare in ("true", "1")
