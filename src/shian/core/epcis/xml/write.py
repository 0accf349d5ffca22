"""A :class:`Document` to XML 2.0 or 1.2, fields in the order of the XML schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from shian.core.words import say

from ..errors import EpcisError, shown
from ..jsonld.context import EPCIS_CONTEXT, STANDARD_PREFIXES, split_context
from ..jsonld.write import document_to_json, event_to_json
from ..model import EVENT_TYPES, Document, Event, Json
from ..number import Number
from ..schema.formats import is_uri
from .extension_write import ExtensionWriter, attribute, text
from .names import JSON, MASTER_DATA, SBDH, XSD, XSI, address
from .order import BASE, DECLARED, NEW, ORDER_12, ORDER_20
from .spelling import spellings

_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_RESERVED = frozenset({"epcis", "epcisq", "xsi", "xsd", "json", "xml", "xmlns"})
_XML = frozenset({"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"})

_REQUIRED_12 = {"ObjectEvent": "epcList", "AggregationEvent": "childEPCs", "TransactionEvent": "epcList"}


def write_xml(document: Document, version: str = "2.0") -> bytes:
    """``document`` as XML in UTF-8; ``version`` is ``2.0`` or ``1.2``.

    Raises :class:`EpcisError` for what that XML has no place for: in 1.2 the AssociationEvent, sensor data,
    persistent dispositions and certification; in both, event types of other vocabularies.
    """
    if version not in ("1.2", "2.0"):
        raise EpcisError(
            "", "xml.version", say("XML 版本应为 1.2 或 2.0，实为：%(version)s", version=version)
        )
    return _Writer(document, version).document().encode()


class _Writer:
    def __init__(self, document: Document, version: str) -> None:
        self.source, self.version = document, version
        self.bound = dict(document.namespaces)
        for event in document.events:
            self._adopt(event)
        own = {p: uri for p, uri in self.bound.items() if _is_bindable(p, uri)}
        standard = {p: uri for p, uri in STANDARD_PREFIXES.items() if p not in _RESERVED}
        self.namespaces = {**standard, "cbvmda": MASTER_DATA, **own}
        self.extensions = ExtensionWriter(self.namespaces)

    def _adopt(self, event: Event) -> None:
        for prefix, uri in event.namespaces.items():
            if self.bound.setdefault(prefix, uri) != uri:
                raise EpcisError(
                    "",
                    "xml.prefix",
                    say("同一文档内前缀 %(prefix)s 指向不同的命名空间，无法写成 XML", prefix=prefix),
                )

    def document(self) -> str:
        tree = document_to_json(self.source) if self.source.envelope else _envelope(self.source.events[0])
        query = tree["type"] == "EPCISQueryDocument"
        major = "2" if self.version == "2.0" else "1"
        tag, space = ("epcisq:EPCISQueryDocument", "-query") if query else ("epcis:EPCISDocument", "")
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns:{tag[:6].rstrip(":")}="urn:epcglobal:epcis{space}:xsd:{major}"'
        for prefix, uri in {**self.namespaces, "xsi": XSI, "xsd": XSD, "json": JSON}.items():
            head += f" xmlns:{prefix}={attribute(uri)}"
        head += f' schemaVersion="{self.version}"'
        if "creationDate" in tree:
            head += f" creationDate={attribute(str(tree['creationDate']))}"
        known = ("@context", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody")
        rest = {name: value for name, value in tree.items() if name not in known}
        body = self.query_body(tree["epcisBody"]) if query else self.body(tree["epcisBody"])
        header = self.header(tree["epcisHeader"]) if "epcisHeader" in tree else ""
        return f"{head}>\n{header}{body}{self.context(tree['@context'])}{self.extensions.members(rest)}</{tag}>\n"

    def context(self, context: Any) -> str:
        """What ``@context`` holds besides the EPCIS context and prefixes that XML declares itself."""
        _, others = split_context(context)
        kept = [entry for entry in others if entry != EPCIS_CONTEXT]
        if hidden := {p: uri for p, uri in self.bound.items() if p not in self.namespaces}:
            kept.append(cast(Json, hidden))
        return self.extensions.array("@context", kept) if kept else ""

    def body(self, body: Any, tag: str = "EPCISBody") -> str:
        listed = "".join([self.event(event, i) + "\n" for i, event in enumerate(self.source.events)])
        rest = {name: value for name, value in body.items() if name != "eventList"}
        return f"<{tag}><EventList>\n{listed}</EventList>{self.extensions.members(rest)}</{tag}>\n"

    def query_body(self, body: Any) -> str:
        results = body["queryResults"]
        named = "".join([_simple(n, results[n]) for n in ("queryName", "subscriptionID") if n in results])
        rest = {n: v for n, v in results.items() if n not in ("queryName", "subscriptionID", "resultsBody")}
        inner = named + self.body(results["resultsBody"], "resultsBody") + self.extensions.members(rest)
        more = self.extensions.members({n: v for n, v in body.items() if n != "queryResults"})
        return f"<EPCISBody><epcisq:QueryResults>{inner}</epcisq:QueryResults>{more}</EPCISBody>\n"

    def header(self, header: Any) -> str:
        business = {name: value for name, value in header.items() if self._is_business_header(name)}
        data = header.get("epcisMasterData")
        inner = ""
        if data is not None:
            lists = ""
            if "vocabularyList" in data:
                lists = _wrapped("VocabularyList", [self.vocabulary(v) for v in data["vocabularyList"]])
            lists += self.others(data, "vocabularyList")
            inner = f"<extension><EPCISMasterData>{lists}</EPCISMasterData></extension>"
        rest = self.others(header, "epcisMasterData", *business)
        return f"<EPCISHeader>{self.extensions.members(business)}{inner}{rest}</EPCISHeader>\n"

    def _is_business_header(self, name: str) -> bool:
        """The StandardBusinessDocumentHeader, which precedes all else in a header."""
        prefix, _, local = name.rpartition(":")
        return local == "StandardBusinessDocumentHeader" and self.namespaces.get(prefix) == SBDH

    def vocabulary(self, vocabulary: Any) -> str:
        out = f"<Vocabulary type={attribute(vocabulary['type'])}>"
        if "vocabularyElementList" in vocabulary:
            elements = "".join([self.vocabulary_element(e) for e in vocabulary["vocabularyElementList"]])
            out += f"<VocabularyElementList>{elements}</VocabularyElementList>"
        return out + self.others(vocabulary, "type", "vocabularyElementList") + "</Vocabulary>"

    def others(self, value: Mapping[str, Any], *known: str) -> str:
        """The members not called as in ``known``, as extensions."""
        return self.extensions.members({name: member for name, member in value.items() if name not in known})

    def vocabulary_element(self, element: Any) -> str:
        out = f"<VocabularyElement id={attribute(element['id'])}>"
        for entry in element.get("attributes", ()):
            if more := sorted(entry.keys() - {"id", "attribute"}):
                raise EpcisError(
                    "epcisHeader",
                    "xml.unsupported",
                    say("主数据属性在 XML 中没有字段 %(name)s", name=shown(more[0])),
                )
            value = entry.get("attribute", "")
            kind, content = self.extensions.content(value)
            if isinstance(value, Number):  # the schema derives no number from its type of attributes
                kind = ' json:type="number"'
            out += f"<attribute id={attribute(entry['id'])}{kind}>{content}</attribute>"
        if "children" in element:
            out += _wrapped("children", [_simple("id", child) for child in element["children"]])
        return out + self.others(element, "id", "attributes", "children") + "</VocabularyElement>"

    def event(self, event: Event, index: int) -> str:
        if event.type not in EVENT_TYPES:
            raise EpcisError(
                f"eventList[{index}].type", "xml.type", say("XML 无法表示事件类型 %(type)s", type=event.type)
            )
        tree = event_to_json(event, {**self.bound, **self.namespaces})
        if self.version == "2.0":
            order = (*BASE, *DECLARED, "certificationInfo", *ORDER_20[event.type])
            inner = self.fields(tree, order)
        else:
            self._fits_12(tree, index)
            order, nested = ORDER_12[event.type]
            inner = self._fields_12(tree, order, nested)
            order = ("certificationInfo", *BASE, *DECLARED, *order, *nested)
        rest = {name: value for name, value in tree.items() if name not in order and name != "type"}
        written = f"<{event.type}>{inner}{self.extensions.members(rest)}{_spelled(tree)}</{event.type}>"
        hidden = self.version == "1.2" and event.type == "TransformationEvent"
        return f"<extension>{written}</extension>" if hidden else written

    def _fits_12(self, tree: Mapping[str, Any], index: int) -> None:
        for name in (*NEW, "certificationInfo"):
            if name in tree:
                raise EpcisError(
                    f"eventList[{index}].{name}", "xml12.unsupported", say("XML 1.2 没有 %(name)s", name=name)
                )
        if tree["type"] not in ORDER_12:
            raise EpcisError(
                f"eventList[{index}].type",
                "xml12.unsupported",
                say("XML 1.2 没有 %(type)s", type=tree["type"]),
            )

    def _fields_12(self, tree: dict[str, Any], order: tuple[str, ...], nested: tuple[str, ...]) -> str:
        if required := _REQUIRED_12.get(tree["type"]):
            tree.setdefault(required, [])
        declared, extension = self.fields(tree, DECLARED), self.fields(tree, nested)
        return (
            self.fields(tree, BASE)
            + (f"<baseExtension>{declared}</baseExtension>" if declared else "")
            + self.fields(tree, order)
            + (f"<extension>{extension}</extension>" if extension else "")
        )

    def fields(self, tree: Mapping[str, Any], order: tuple[str, ...]) -> str:
        return "".join([_FIELDS.get(name, _plain)(self, name, tree[name]) for name in order if name in tree])

    def place(self, name: str, value: Any) -> str:
        return f"<{name}>{_simple('id', value['id'])}{self.others(value, 'id')}</{name}>"

    def ilmd(self, name: str, value: Any) -> str:
        return f"<{name}>{self.extensions.members(value)}</{name}>"

    def error(self, name: str, value: Any) -> str:
        known = ("declarationTime", "reason", "correctiveEventIDs")
        out = _simple("declarationTime", value["declarationTime"])
        if "reason" in value:
            out += _simple("reason", address("reason", value["reason"]))
        if "correctiveEventIDs" in value:
            ids = [_simple("correctiveEventID", entry) for entry in value["correctiveEventIDs"]]
            out += _wrapped("correctiveEventIDs", ids)
        return f"<{name}>{out}{self.others(value, *known)}</{name}>"

    def sensors(self, name: str, value: Any) -> str:
        return _wrapped(name, [self.sensor(element) for element in value])

    def sensor(self, element: Mapping[str, Any]) -> str:
        out = (
            self.readings("sensorMetadata", element["sensorMetadata"]) if "sensorMetadata" in element else ""
        )
        out += "".join([self.readings("sensorReport", report) for report in element["sensorReport"]])
        return f"<sensorElement>{out}{self.others(element, 'sensorMetadata', 'sensorReport')}</sensorElement>"

    def readings(self, name: str, value: Mapping[str, Any]) -> str:
        attributes, inner = "", ""
        for key, member in value.items():
            if ":" not in key:
                attributes += f" {key}={attribute(_reading(key, member))}"
            elif isinstance(member, str) and self._is_attribute_name(key):
                attributes += f" {key}={attribute(member)}"
            else:
                inner += self.extensions.member(key, member)
        return f"<{name}{attributes}>{inner}</{name}>"

    def _is_attribute_name(self, key: str) -> bool:
        return self.extensions.is_attribute("@" + key, "")


def _is_bindable(prefix: str, uri: str) -> bool:
    """May XML bind this prefix to this text? (Namespaces in XML 1.0 §2, §3; others travel in the context.)"""
    return bool(_PREFIX.fullmatch(prefix)) and prefix not in _RESERVED and uri not in _XML and is_uri(uri)


def _envelope(event: Event) -> dict[str, Any]:
    body = {"eventList": [None]}
    time = event.record_time or event.event_time
    return {"@context": [], "type": "EPCISDocument", "creationDate": time.text, "epcisBody": body}


def _spelled(tree: Mapping[str, Any]) -> str:
    return "".join(
        [f'<json:spelled json:field="{field}">{text(word)}</json:spelled>' for field, word in spellings(tree)]
    )


def _simple(name: str, value: str) -> str:
    return f"<{name}>{text(value)}</{name}>"


def _plain(_: _Writer, name: str, value: Any) -> str:
    return _simple(name, value)


def _wrapped(name: str, items: list[str]) -> str:
    return f"<{name}>{''.join(items)}</{name}>"


def _reading(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return value.text
    return address(name, value) if name in ("type", "component", "exception") else str(value)


def _epcs(_: _Writer, name: str, value: Any) -> str:
    return _wrapped(name, [_simple("epc", epc) for epc in value])


def _quantities(_: _Writer, name: str, value: Any) -> str:
    return _wrapped(name, [_wrapped("quantityElement", _quantity(item)) for item in value])


def _quantity(item: Mapping[str, Any]) -> list[str]:
    out = [_simple("epcClass", item["epcClass"])]
    if "quantity" in item:
        out.append(_simple("quantity", item["quantity"].text))
    elif "uom" in item:
        out.append('<quantity xsi:nil="true"/>')
    if "uom" in item:
        out.append(_simple("uom", item["uom"]))
    return out


def _typed(element: str, field: str) -> Callable[[_Writer, str, Any], str]:
    def write(_: _Writer, name: str, value: Any) -> str:
        out = ""
        for item in value:
            kind = f" type={attribute(address(field, item['type']))}" if "type" in item else ""
            out += f"<{element}{kind}>{text(item[element])}</{element}>"
        return f"<{name}>{out}</{name}>"

    return write


def _word(_: _Writer, name: str, value: Any) -> str:
    return _simple(name, address(name, value))


def _dispositions(_: _Writer, name: str, value: Any) -> str:
    words = [
        _simple(part, address("disposition", w)) for part in ("unset", "set") for w in value.get(part, ())
    ]
    return _wrapped(name, words)


def _certification(_: _Writer, name: str, value: Any) -> str:
    if isinstance(value, str):
        return _simple(name, value)
    return f'<{name} json:type="array">{"".join([_simple("json:item", entry) for entry in value])}</{name}>'


_FIELDS: dict[str, Callable[[_Writer, str, Any], str]] = {
    "bizStep": _word,
    "disposition": _word,
    "persistentDisposition": _dispositions,
    "readPoint": _Writer.place,
    "bizLocation": _Writer.place,
    "bizTransactionList": _typed("bizTransaction", "bizTransaction"),
    "sourceList": _typed("source", "party"),
    "destinationList": _typed("destination", "party"),
    "sensorElementList": _Writer.sensors,
    "ilmd": _Writer.ilmd,
    "errorDeclaration": _Writer.error,
    "certificationInfo": _certification,
    **dict.fromkeys(["epcList", "childEPCs", "inputEPCList", "outputEPCList"], _epcs),
    **dict.fromkeys(
        ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"], _quantities
    ),
}
