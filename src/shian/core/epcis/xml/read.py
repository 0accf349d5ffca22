"""An XML document to the JSON-LD tree that the schema rules check (EPCIS 2.0 §9, EPCIS 1.2 §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from shian.core.words import say

from ..errors import EpcisError, Problem, shown
from ..jsonld.context import EPCIS_CONTEXT
from ..jsonld.read import check_depth
from ..model import EVENT_TYPES, Json, JsonObject
from .extension_read import Prefixes, add_extension, extension_value, settle
from .fields import (
    FIELDS,
    below,
    children_of,
    each,
    observed_quantity,
    put,
    reading,
    refuse_attributes,
    refuse_text,
    text_of,
    word,
)
from .names import DOCUMENT, JSON, QUERY, XSI
from .parse import Node, parse_xml
from .spelling import respell, spelling

MOST_PROBLEMS = 100
"""A refusal lists at most so many events that cannot be read."""


_VERSIONS = {
    "EPCISDocument": DOCUMENT,
    "EPCISQueryDocument": QUERY,
    **{name: {"": "2.0", **DOCUMENT} for name in EVENT_TYPES},
}
"""Root element → its namespace → version. A single event may stand in no namespace, as it does in a list."""


@dataclass(frozen=True)
class XmlTree:
    """``tree`` is the document as JSON-LD, not yet checked; an event that could not be read is ``None`` there, and
    ``problems`` tell why, event by event. ``version`` is ``1.2`` or ``2.0``."""

    tree: JsonObject
    version: str
    problems: tuple[Problem, ...]


def tree_from_xml(data: bytes) -> tuple[JsonObject, str]:
    """The document in ``data`` as a JSON-LD tree, and its version (``1.2`` or ``2.0``); not yet checked.

    Raises :class:`EpcisError` for XML that is no EPCIS document or that the JSON form cannot hold.
    """
    read = read_xml(data)
    if read.problems:
        raise EpcisError.of(list(read.problems[:MOST_PROBLEMS]))
    return read.tree, read.version


def read_xml(data: bytes) -> XmlTree:
    """As :func:`tree_from_xml`, but an event that cannot be read does not keep the others from being read."""
    root = parse_xml(data)
    version = _VERSIONS.get(root.name, {}).get(root.space)
    if version is None:
        named = f"{{{shown(root.space, 60)}}}{shown(root.name, 40)}"
        raise EpcisError(
            "", "xml.namespace", say("根元素不是 EPCIS 1.2 或 2.0 的文档或事件：%(named)s", named=named)
        )
    if root.name in EVENT_TYPES and ("", "creationDate") in root.attributes:
        root = _enclosed(root)
    reader = _Reader()
    readers = {"EPCISDocument": reader.document, "EPCISQueryDocument": reader.query}
    tree = readers.get(root.name, reader.event)(root)
    context: list[Json] = [EPCIS_CONTEXT]
    kept = tree.pop("@context", None)
    context += kept if isinstance(kept, list) else []
    if reader.prefixes.declared:
        context.append(dict(reader.prefixes.declared))
    check_depth({name: value for name, value in tree.items() if name != "epcisBody"})
    return XmlTree({"@context": context, **tree}, version, tuple(reader.problems))


class _Reader:
    def __init__(self) -> None:
        self.prefixes = Prefixes()
        self.problems: list[Problem] = []
        self.path = "epcisBody"
        self.fields: dict[str, Callable[[Node], Json]] = {
            **FIELDS,
            "readPoint": self.place,
            "bizLocation": self.place,
            "sensorElementList": self.sensors,
            "ilmd": self.ilmd,
            "errorDeclaration": self.error,
        }

    def extensions(self, node: Node, out: JsonObject, *known: str) -> Iterator[Node]:
        """The children of ``node`` called as in ``known`` and of no namespace; the others go into ``out``, if they
        have a namespace, and are refused if they have none."""
        refuse_text(node)
        for child in _unwrapped(node):
            if child.space:
                _refuse_qualified(child)
                add_extension(out, child, self.prefixes)
            elif child.name in known:
                yield child
            else:
                message = say(
                    "元素 %(name)s 中不应有 %(child)s；扩展元素须有命名空间",
                    name=shown(node.name),
                    child=shown(child.name),
                )
                raise EpcisError("", "xml.element", message)

    def settled(self, out: JsonObject) -> JsonObject:
        """``out`` with plain lists only."""
        if not self.prefixes.repeats:
            return out
        settled = settle(out)
        assert isinstance(settled, dict)
        return settled

    def head(self, root: Node) -> JsonObject:
        refuse_attributes(root, "schemaVersion", "creationDate")
        out: JsonObject = {"type": root.name}
        for name in ("schemaVersion", "creationDate"):
            if ("", name) in root.attributes:
                out[name] = root.attributes["", name]
        return out

    def document(self, root: Node) -> JsonObject:
        out = self.head(root)
        for child in self.extensions(root, out, "EPCISHeader", "EPCISBody"):
            if child.name == "EPCISHeader":
                _once(out, "epcisHeader", child, self.header)
            else:
                _once(out, "epcisBody", child, self.body)
        return self.settled(out)

    def query(self, root: Node) -> JsonObject:
        self.path = "epcisBody.queryResults.resultsBody"
        out = self.head(root)
        for child in self.extensions(root, out, "EPCISHeader", "EPCISBody"):
            if child.name == "EPCISBody":
                _once(out, "epcisBody", child, self.query_body)
            elif child.children:
                raise EpcisError("epcisHeader", "xml.query", say("JSON 的查询文档没有文档头，无法保留"))
        return self.settled(out)

    def query_body(self, body: Node) -> JsonObject:
        whole: JsonObject = {}
        refuse_text(body)
        for child in body:
            if child.name == "QueryResults":
                whole["queryResults"] = self.results(child)
            else:
                add_extension(whole, child, self.prefixes)
        if "queryResults" not in whole:
            raise EpcisError("queryResults", "xml.query", say("查询文档里没有查询结果 QueryResults"))
        return whole

    def results(self, results: Node) -> JsonObject:
        found: JsonObject = {}
        for child in self.extensions(results, found, "queryName", "subscriptionID", "resultsBody"):
            put(found, child, self.body(child) if child.name == "resultsBody" else text_of(child))
        return found

    def body(self, body: Node) -> JsonObject:
        out: JsonObject = {}
        for child in self.extensions(body, out, "EventList"):
            refuse_text(child)
            _once(
                out, "eventList", child, lambda node: [self.listed(i, e) for i, e in enumerate(_events(node))]
            )
        return out

    def listed(self, index: int, node: Node) -> Json:
        try:
            _refuse_qualified(node)
            event = self.event(node)
            check_depth(event)  # lists are levels in JSON that XML does not have
            return event
        except EpcisError as error:
            self.problems += below(error, f"{self.path}.eventList[{index}]").problems
            return None

    def header(self, header: Node) -> JsonObject:
        out: JsonObject = {}
        for child in self.extensions(header, out, "EPCISMasterData"):
            _once(out, "epcisMasterData", child, self.master_data)
        return self.settled(out)

    def master_data(self, node: Node) -> JsonObject:
        out: JsonObject = {}
        for child in self.extensions(node, out, "VocabularyList"):
            read = each(children_of(child, "Vocabulary"), self.vocabulary)
            out["vocabularyList"] = [*cast("list[Json]", out.get("vocabularyList", [])), *read]
        return out

    def vocabulary(self, node: Node) -> JsonObject:
        refuse_attributes(node, "type")
        out: JsonObject = {"type": node.attributes.get(("", "type"))}
        for child in self.extensions(node, out, "VocabularyElementList"):
            elements = children_of(child, "VocabularyElement")
            _once(out, "vocabularyElementList", child, lambda _, e=elements: each(e, self.vocabulary_element))  # type: ignore[misc]
        return out

    def vocabulary_element(self, node: Node) -> JsonObject:
        refuse_attributes(node, "id")
        out: JsonObject = {"id": node.attributes.get(("", "id"))}
        attributes: list[Json] = []
        for child in self.extensions(node, out, "attribute", "children"):
            if child.name == "children":
                out["children"] = each(children_of(child, "id"), text_of)
                continue
            named = child.attributes.pop(("", "id"), None)
            attributes.append({"id": named, "attribute": settle(extension_value(child, self.prefixes))})
        if attributes:
            out["attributes"] = attributes
        return out

    def event(self, node: Node) -> JsonObject:
        refuse_attributes(node)
        refuse_text(node)
        out: JsonObject = {"type": node.name}
        spelled: dict[tuple[str, str], str] = {}
        for child in _unwrapped(node):
            if child.space == JSON and child.name == "spelled":
                spelled |= spelling(child.attributes.get((JSON, "field"), ""), text_of(child))
            elif child.space:
                _refuse_qualified(child)
                add_extension(out, child, self.prefixes)
            else:
                try:
                    put(out, child, self.fields.get(child.name, text_of)(child))
                except EpcisError as error:
                    raise below(error, child.name) from None
        settled = self.settled(out)
        if spelled:
            respell(settled, spelled)
        return observed_quantity(settled) if node.name == "QuantityEvent" else settled

    def place(self, node: Node) -> Json:
        out: JsonObject = {}
        for child in self.extensions(node, out, "id"):
            put(out, child, text_of(child))
        return out

    def ilmd(self, node: Node) -> Json:
        refuse_attributes(node)
        refuse_text(node)
        out: JsonObject = {}
        for child in _unwrapped(node):
            add_extension(out, child, self.prefixes)
        return out

    def error(self, node: Node) -> Json:
        known: dict[str, Callable[[Node], Json]] = {
            "declarationTime": text_of,
            "reason": word("reason"),
            "correctiveEventIDs": lambda child: each(children_of(child, "correctiveEventID"), text_of),
        }
        out: JsonObject = {}
        for child in self.extensions(node, out, *known):
            put(out, child, known[child.name](child))
        return out

    def sensors(self, node: Node) -> Json:
        return each(children_of(node, "sensorElement"), self.sensor)

    def sensor(self, node: Node) -> JsonObject:
        reports: list[Node] = []
        out: JsonObject = {}
        for child in self.extensions(node, out, "sensorMetadata", "sensorReport"):
            if child.name == "sensorReport":
                reports.append(child)
            else:
                _once(out, "sensorMetadata", child, self.readings)
        try:
            return {**out, "sensorReport": each(reports, self.readings)}
        except EpcisError as error:
            raise below(error, "sensorReport") from None

    def readings(self, node: Node) -> JsonObject:
        out: JsonObject = {}
        for (space, name), value in node.attributes.items():
            if space == XSI:
                continue
            key = self.prefixes.name(space, node.prefixes.get(space, ""), name)
            out[key] = value if space else reading(name, value)
        for child in self.extensions(node, out):
            raise AssertionError(child)  # none is known, so none is yielded
        return out


def _enclosed(event: Node) -> Node:
    """The document that an event stands for which is sent alone and carries what only documents have."""
    document, body, events = Node("EPCISDocument"), Node("EPCISBody"), Node("EventList")
    alone = Node(event.name)
    alone.children, alone.text, alone.mixed = event.children, event.text, event.mixed
    head = ("schemaVersion", "creationDate")
    document.attributes = {
        key: value for key, value in event.attributes.items() if key[1] in head and not key[0]
    }
    alone.attributes = {
        key: value for key, value in event.attributes.items() if key not in document.attributes
    }
    alone.prefixes = event.prefixes
    document.children, body.children, events.children = [body], [events], [alone]
    return document


def _refuse_qualified(node: Node) -> None:
    """The standard's own elements inside a document stand in no namespace (``elementFormDefault`` of its schema)."""
    if node.space in DOCUMENT or node.space in QUERY:
        message = say("元素 %(name)s 不应带 EPCIS 的命名空间：只有根元素带", name=shown(node.name))
        raise EpcisError(node.name, "xml.namespace", message)


def _once(out: JsonObject, name: str, node: Node, read: Callable[[Node], Json]) -> None:
    """``out[name]``, read once; a refusal names it."""
    if name in out:
        raise EpcisError(name, "xml.duplicate", say("元素 %(name)s 重复", name=shown(node.name)))
    try:
        out[name] = read(node)
    except EpcisError as error:
        raise below(error, name) from None


def _events(node: Node) -> list[Node]:
    """The events of an EventList; 1.2 hides the later types in ``extension``."""
    found: list[Node] = []
    for child in node:
        found += _events(child) if child.name == "extension" and not child.space else [child]
    return found


def _unwrapped(node: Node) -> Sequence[Node]:
    """Children, those in the ``extension`` and ``baseExtension`` wrappers of 1.x in their place."""
    if not any(child.name in ("extension", "baseExtension") and not child.space for child in node.children):
        return node.children
    found: list[Node] = []
    for child in node:
        wrapper = not child.space and child.name in ("extension", "baseExtension")
        if wrapper:
            refuse_text(child)
        found += _unwrapped(child) if wrapper else [child]
    return found
