"""An XML document to the JSON-LD tree that the schema rules check (EPCIS 2.0 §9, EPCIS 1.2 §9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shian.core.epcis.errors import EpcisError, shown
from shian.core.epcis.jsonld.context import EPCIS_CONTEXT
from shian.core.epcis.model import Json, JsonObject
from shian.core.epcis.number import Number
from shian.core.epcis.xml.extension_read import Prefixes, add_extension, extension_value, settle, xsd_boolean
from shian.core.epcis.xml.names import DOCUMENT, JSON, QUERY, XSI, bare
from shian.core.epcis.xml.parse import Node, parse_xml

_NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")


def tree_from_xml(data: bytes) -> tuple[JsonObject, str]:
    """The document in ``data`` as a JSON-LD tree, and its version (``1.2`` or ``2.0``); not yet checked.

    Raises :class:`EpcisError` for XML that is no EPCIS document or that the JSON form cannot hold.
    """
    root = parse_xml(data)
    kinds = {"EPCISDocument": DOCUMENT, "EPCISQueryDocument": QUERY}
    version = kinds.get(root.name, {}).get(root.space)
    if version is None:
        named = f"{{{shown(root.space, 60)}}}{shown(root.name, 40)}"
        raise EpcisError("", "xml.namespace", f"根元素不是 EPCIS 1.2 或 2.0 的文档：{named}")
    reader = _Reader()
    tree = reader.query(root) if root.name == "EPCISQueryDocument" else reader.document(root)
    context: list[Json] = [EPCIS_CONTEXT]
    kept = tree.pop("@context", None)
    context += kept if isinstance(kept, list) else []
    if reader.prefixes.declared:
        context.append(dict(reader.prefixes.declared))
    return {"@context": context, **tree}, version


class _Reader:
    def __init__(self) -> None:
        self.prefixes = Prefixes()

    def head(self, root: Node) -> JsonObject:
        out: JsonObject = {"type": root.name}
        for name in ("schemaVersion", "creationDate"):
            if ("", name) in root.attributes:
                out[name] = root.attributes["", name]
        for child in root:
            if child.space:
                add_extension(out, child, self.prefixes)
        return out

    def document(self, root: Node) -> JsonObject:
        out = self.head(root)
        if header := root.child("EPCISHeader"):
            out["epcisHeader"] = self.header(header)
        if body := root.child("EPCISBody"):
            out["epcisBody"] = self.body(body)
        return out

    def query(self, root: Node) -> JsonObject:
        out = self.head(root)
        body = root.child("EPCISBody")
        if body is None:
            return out
        results = next((child for child in body if child.name == "QueryResults"), None)
        if results is None:
            raise EpcisError("epcisBody", "xml.query", "查询文档里没有 QueryResults")
        found: JsonObject = {}
        for child in results:
            if child.name == "resultsBody":
                found["resultsBody"] = self.body(child)
            elif child.space:
                add_extension(found, child, self.prefixes)
            else:
                found[child.name] = child.text.strip()
        whole: JsonObject = {"queryResults": found}
        for child in body:
            if child is not results:
                add_extension(whole, child, self.prefixes)
        out["epcisBody"] = whole
        return out

    def body(self, body: Node) -> JsonObject:
        out: JsonObject = {}
        for child in body:
            if child.space:
                add_extension(out, child, self.prefixes)
            elif child.name == "EventList":
                out["eventList"] = [self.event(node) for node in _events(child)]
        return out

    def header(self, header: Node) -> JsonObject:
        out: JsonObject = {}
        for child in _unwrapped(header):
            if child.name == "EPCISMasterData" and not child.space:
                out["epcisMasterData"] = self.master_data(child)
            else:
                add_extension(out, child, self.prefixes)
        settled = settle(out)
        assert isinstance(settled, dict)
        return settled

    def master_data(self, node: Node) -> JsonObject:
        lists = [self.vocabulary(v) for child in node if child.name == "VocabularyList" for v in child]
        return {"vocabularyList": [*lists]}

    def vocabulary(self, node: Node) -> JsonObject:
        out: JsonObject = {"type": node.attributes.get(("", "type"))}
        elements = node.child("VocabularyElementList")
        if elements is not None:
            out["vocabularyElementList"] = [self.vocabulary_element(child) for child in elements]
        return out

    def vocabulary_element(self, node: Node) -> JsonObject:
        out: JsonObject = {"id": node.attributes.get(("", "id"))}
        attributes: list[Json] = []
        for child in node:
            if child.name == "attribute":
                named = child.attributes.pop(("", "id"), None)
                attributes.append({"id": named, "attribute": settle(extension_value(child, self.prefixes))})
            elif child.name == "children":
                out["children"] = [entry.text.strip() for entry in child]
        if attributes:
            out["attributes"] = attributes
        return out

    def event(self, node: Node) -> JsonObject:
        if kept := [name for space, name in node.attributes if space != XSI]:
            raise EpcisError("eventList", "xml.attribute", f"事件元素上的属性 {shown(kept[0])} 无法保留")
        out: JsonObject = {"type": node.name}
        for child in _unwrapped(node):
            if child.space:
                add_extension(out, child, self.prefixes)
            else:
                _put(out, child, self.field(child))
        settled = settle(out)
        assert isinstance(settled, dict)
        return _observed_quantity(settled) if node.name == "QuantityEvent" else settled

    def field(self, node: Node) -> Json:
        read = _FIELDS.get(node.name)
        return read(self, node) if read else node.text.strip()

    def extended(self, node: Node, known: dict[str, Callable[[Node], Json]]) -> JsonObject:
        """Children called as in ``known`` by their reader, the rest as extensions."""
        out: JsonObject = {}
        for child in _unwrapped(node):
            if not child.space and child.name in known:
                _put(out, child, known[child.name](child))
            else:
                add_extension(out, child, self.prefixes)
        return out

    def place(self, node: Node) -> Json:
        return self.extended(node, {"id": _text})

    def ilmd(self, node: Node) -> Json:
        return self.extended(node, {})

    def error(self, node: Node) -> Json:
        known: dict[str, Callable[[Node], Json]] = {
            "declarationTime": _text,
            "reason": lambda child: bare("reason", _text(child)),
            "correctiveEventIDs": lambda child: [_text(entry) for entry in child],
        }
        return self.extended(node, known)

    def sensors(self, node: Node) -> Json:
        return [self.sensor(child) for child in node if child.name == "sensorElement"]

    def sensor(self, node: Node) -> JsonObject:
        reports: list[Json] = []
        out: JsonObject = {}
        for child in _unwrapped(node):
            if child.space:
                add_extension(out, child, self.prefixes)
            elif child.name == "sensorMetadata":
                out["sensorMetadata"] = self.readings(child)
            elif child.name == "sensorReport":
                reports.append(self.readings(child))
            else:
                out[child.name] = child.text
        out["sensorReport"] = reports
        return out

    def readings(self, node: Node) -> JsonObject:
        out: JsonObject = {}
        for (space, name), value in node.attributes.items():
            if space == XSI:
                continue
            key = self.prefixes.name(space, node.prefixes.get(space, ""), name)
            out[key] = value if space else _reading(name, value)
        for child in node:
            add_extension(out, child, self.prefixes)
        return out


def _observed_quantity(event: JsonObject) -> JsonObject:
    """A QuantityEvent (deprecated since EPCIS 1.1) as the ObjectEvent that replaced it."""
    element: JsonObject = {}
    if "epcClass" in event:
        element["epcClass"] = event.pop("epcClass")
    if "quantity" in event:
        try:
            element["quantity"] = Number.from_xsd(str(event.pop("quantity")))
        except ValueError as error:
            raise EpcisError("quantity", "xml.value", str(error)) from None
    return {**event, "type": "ObjectEvent", "action": "OBSERVE", "quantityList": [element]}


def _events(node: Node) -> list[Node]:
    """The events of an EventList; 1.2 hides the later types in ``extension``."""
    found: list[Node] = []
    for child in node:
        found += _events(child) if child.name == "extension" and not child.space else [child]
    return found


def _unwrapped(node: Node) -> list[Node]:
    """Children, those in the ``extension`` and ``baseExtension`` wrappers of 1.x in their place."""
    found: list[Node] = []
    for child in node:
        wrapper = not child.space and child.name in ("extension", "baseExtension")
        found += _unwrapped(child) if wrapper else [child]
    return found


def _put(out: JsonObject, node: Node, value: Json) -> None:
    if node.name in out:
        raise EpcisError(node.name, "xml.duplicate", f"元素 {shown(node.name)} 重复")
    out[node.name] = value


def _text(node: Node) -> str:
    return node.text.strip()


def _reading(name: str, value: str) -> Json:
    try:
        if name in _NUMBERS:
            return Number.from_xsd(value)
        if name == "booleanValue":
            return xsd_boolean(value)
    except ValueError as error:
        raise EpcisError(name, "xml.value", str(error)) from None
    return bare(name, value) if name in ("type", "component", "exception") else value


def _quantities(_: _Reader, node: Node) -> Json:
    return [_quantity(child) for child in node if child.name == "quantityElement"]


def _quantity(node: Node) -> Json:
    out: JsonObject = {}
    for child in node:
        if child.name != "quantity":
            _put(out, child, _text(child))
        elif child.attributes.get((XSI, "nil")) not in ("true", "1"):
            try:
                _put(out, child, Number.from_xsd(child.text))
            except EpcisError:
                raise
            except ValueError as error:
                raise EpcisError("quantity", "xml.value", str(error)) from None
    return out


def _typed(name: str, field: str) -> Callable[[_Reader, Node], Json]:
    def read(_: _Reader, node: Node) -> Json:
        out: list[Json] = []
        for child in node:
            kind = child.attributes.get(("", "type"))
            typed: JsonObject = {} if kind is None else {"type": bare(field, kind)}
            out.append({**typed, name: _text(child)})
        return out

    return read


def _texts(_: _Reader, node: Node) -> Json:
    return [_text(child) for child in node]


def _dispositions(_: _Reader, node: Node) -> Json:
    out: dict[str, Any] = {}
    for child in node:
        out.setdefault(child.name, []).append(bare("disposition", _text(child)))
    return out


def _word(field: str) -> Callable[[_Reader, Node], Json]:
    return lambda _, node: bare(field, _text(node))


def _certification(_: _Reader, node: Node) -> Json:
    if (JSON, "type") in node.attributes:
        return [_text(child) for child in node]
    return _text(node)


_FIELDS: dict[str, Callable[[_Reader, Node], Json]] = {
    "bizStep": _word("bizStep"),
    "disposition": _word("disposition"),
    "persistentDisposition": _dispositions,
    "readPoint": _Reader.place,
    "bizLocation": _Reader.place,
    "bizTransactionList": _typed("bizTransaction", "bizTransaction"),
    "sourceList": _typed("source", "party"),
    "destinationList": _typed("destination", "party"),
    "sensorElementList": _Reader.sensors,
    "ilmd": _Reader.ilmd,
    "errorDeclaration": _Reader.error,
    "certificationInfo": _certification,
    **dict.fromkeys(["epcList", "childEPCs", "inputEPCList", "outputEPCList"], _texts),
    **dict.fromkeys(
        ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"], _quantities
    ),
}
