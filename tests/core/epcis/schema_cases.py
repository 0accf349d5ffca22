"""Positive and negative cases generated from the ratified JSON Schema itself.

A full example of each event type is walked beside the schema. Every keyword met (``required``, ``type``,
``enum``, ``format``, ``pattern``, ``minItems``, ``uniqueItems``, ``propertyNames``, ``additionalProperties``,
``anyOf``) yields edits of the example that keep or break it; what the edit *means* is left to the validator
that the case is compared with.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).parents[3] / "../shared/data/epcis/epcis2_0.json"

URI, TIME = "urn:ex:thing:1", "2026-02-28T23:59:59.25+08:00"
QUANTITY = {"epcClass": "urn:epc:class:lgtin:6901234.056789.L1", "quantity": 1.5, "uom": "KGM"}
REPORT: dict[str, Any] = {
    "type": "Temperature", "exception": "ALARM_CONDITION", "deviceID": URI, "deviceMetadata": URI, "rawData": URI,
    "dataProcessingMethod": URI, "bizRules": URI, "time": TIME, "microorganism": URI, "chemicalSubstance": URI,
    "coordinateReferenceSystem": URI, "value": 1.5, "component": "x", "stringValue": "s", "booleanValue": True,
    "hexBinaryValue": "F0", "uriValue": URI, "minValue": 1, "maxValue": 2, "meanValue": 1.5, "sDev": 0.1,
    "percRank": 50, "percValue": 1, "uom": "CEL", "ex:r": 1,
}  # fmt: skip
METADATA = {
    "time": TIME, "deviceID": URI, "deviceMetadata": URI, "rawData": URI, "startTime": TIME, "endTime": TIME,
    "dataProcessingMethod": URI, "bizRules": URI, "ex:m": "x",
}  # fmt: skip
COMMON: dict[str, Any] = {
    "@context": [URI, {"ex": "https://ns.example.cn/"}], "eventTime": TIME, "recordTime": TIME,
    "eventTimeZoneOffset": "+08:00", "eventID": URI, "certificationInfo": [URI],
    "errorDeclaration": {
        "declarationTime": TIME, "reason": "incorrect_data", "correctiveEventIDs": [URI], "ex:e": "x",
    },
    "bizStep": "shipping", "disposition": "in_transit", "persistentDisposition": {"set": ["active"], "unset": ["damaged"]},
    "readPoint": {"id": URI, "ex:p": "x"}, "bizLocation": {"id": URI, "ex:p": "x"},
    "bizTransactionList": [{"type": "po", "bizTransaction": URI}],
    "sourceList": [{"type": "owning_party", "source": URI}],
    "destinationList": [{"type": "location", "destination": URI}],
    "sensorElementList": [{"sensorMetadata": METADATA, "sensorReport": [REPORT], "ex:s": "x"}],
    "ex:note": {"ex:inner": [1, None]},
}  # fmt: skip
CHILDREN = {"parentID": URI, "childEPCs": [URI], "childQuantityList": [QUANTITY], "action": "ADD"}
EVENTS: dict[str, dict[str, Any]] = {
    "ObjectEvent": {"action": "ADD", "epcList": [URI], "quantityList": [QUANTITY], "ilmd": {"ex:i": "x"}},
    "AggregationEvent": CHILDREN,
    "AssociationEvent": CHILDREN,
    "TransactionEvent": {"action": "ADD", "parentID": URI, "epcList": [URI], "quantityList": [QUANTITY]},
    "TransformationEvent": {
        "inputEPCList": [URI], "inputQuantityList": [QUANTITY], "outputEPCList": [URI],
        "outputQuantityList": [QUANTITY], "transformationID": URI, "ilmd": {"ex:i": "x"},
    },
    "https://ns.example.cn/OwnEvent": {"free": 1},
}  # fmt: skip

VOCABULARY = {
    "type": URI,
    "vocabularyElementList": [{"id": URI, "attributes": [{"id": URI, "attribute": "x"}], "children": [URI]}],
}
STRANGE: list[Any] = [
    None, True, 0, "", "x", "urn:ex:b", [], {}, ["x"], [URI, URI], {"id": URI}, [None],
]  # fmt: skip
TIMES = [
    "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T23:59:60Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01",
    "2026-01-01t00:00:00.123456789z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-00:00", "2026-01-00T00:00:00Z",
    "2026-01-01T00:00:00,5Z",
]  # fmt: skip


LEAST = (
    "type", "eventTime", "eventTimeZoneOffset", "action", "epcList", "parentID", "childEPCs", "inputEPCList",
    "outputEPCList", "bizTransactionList",
)  # fmt: skip


def example(event_type: str) -> dict[str, Any]:
    return copy.deepcopy({"type": event_type, **COMMON, **EVENTS[event_type]})


def example_document(kind: str) -> dict[str, Any]:
    event = {k: v for k, v in example("ObjectEvent").items() if k in LEAST}
    head = {
        "@context": [URI, {"ex": "https://ns.example.cn/"}],
        "id": URI,
        "type": kind,
        "schemaVersion": "2.0",
        "creationDate": TIME,
        "ex:d": "x",
    }
    if kind == "EPCISDocument":
        header = {"epcisMasterData": {"vocabularyList": [VOCABULARY]}, "ex:h": "x"}
        named = {"instanceIdentifier": "1", "sender": "a", "receiver": "b"}
        return {**head, **named, "epcisHeader": header, "epcisBody": {"eventList": [event], "free": 1}}
    results = {"eventList": [event], "vocabularyList": [VOCABULARY], "ex:b": 1}
    query = {"queryName": "q", "subscriptionID": "s", "resultsBody": results, "ex:q": 1}
    return {**head, "epcisBody": {"queryResults": query, "ex:c": 1}}


class Walk:
    """Edits of one example, generated while walking the schema beside it."""

    def __init__(self, schema: dict[str, Any], whole: dict[str, Any], least: tuple[str, ...] = ()) -> None:
        """``least``: members every case keeps; the others are dropped unless the edit is about them."""
        self.definitions = schema["definitions"]
        self.whole = whole
        self.least = least
        self.seen: set[str] = set()

    def cases(self, node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """``(label, edited example)`` for every keyword of ``node`` and of what it refers to."""
        yield from self._visit(node, (), self.whole)

    def _visit(self, node: dict[str, Any], path: tuple[Any, ...], here: Any) -> Iterator[tuple[str, Any]]:
        if "$ref" in node:
            yield from self._visit(self.definitions[node["$ref"].rpartition("/")[2]], path, here)
            return
        for keyword, argument in node.items():
            for value in self._values(keyword, argument, here):
                yield from self._once(path, keyword, value)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in node.get(keyword, ()):
                yield from self._visit(part, path, here)
        for keyword in ("if", "then"):
            if keyword in node:
                yield from self._visit(node[keyword], path, here)
        for name, part in node.get("properties", {}).items():
            if isinstance(here, dict) and name in here:
                yield from self._edits_of_member(path, name)
                yield from self._visit(part, (*path, name), here[name])
        if "items" in node and isinstance(here, list) and here:
            yield from self._visit(node["items"], (*path, 0), here[0])

    def _edits_of_member(self, path: tuple[Any, ...], name: str) -> Iterator[tuple[str, Any]]:
        yield from self._once((*path, name), "removed", ...)
        for value in STRANGE:
            yield from self._once((*path, name), "type", value)

    def _values(self, keyword: str, argument: Any, here: Any) -> Iterator[Any]:
        if keyword == "enum":
            yield from argument
            yield str(argument[0]) + "x"
            yield f"https://ref.gs1.org/cbv/{argument[0]}"
            yield f"urn:epcglobal:cbv:bizstep:{argument[0]}"
            yield f"https://ns.gs1.org/cbv/{argument[0]}"
            yield f"http://www.gs1.org/voc/{argument[0]}"
        elif keyword == "format" and argument == "date-time":
            yield from TIMES
        elif keyword == "pattern":
            yield from [
                "+00:00",
                "-14:00",
                "+14:01",
                "+0800",
                "Z",
                "KGM",
                "kgm",
                "EA",
                "KGMM",
                "F",
                "G",
                "2",
                "2.",
                "2.0.1",
            ]
        elif keyword in ("minItems", "uniqueItems") and isinstance(here, list):
            yield []
            yield here + here
        elif keyword in ("propertyNames", "additionalProperties") and isinstance(here, dict):
            for name in ("ex:new", "https://ns.example.cn/new", "new", "@id", "a b:c", "", "id", "type"):
                yield {**here, name: "x"}
        elif keyword == "required" and isinstance(here, dict):
            yield {}
            yield {name: here[name] for name in argument if name in here}

    def _once(self, path: tuple[Any, ...], keyword: str, value: Any) -> Iterator[tuple[str, Any]]:
        shown = "removed" if value is ... else json.dumps(value, ensure_ascii=False)
        label = f"{'.'.join(map(str, path))} {keyword} {shown}"
        if label.partition(" ")[0] + shown in self.seen:
            return
        self.seen.add(label.partition(" ")[0] + shown)
        if not path:
            yield label, value
            return
        kept = (*self.least, path[0]) if self.least else tuple(self.whole)
        edited = copy.deepcopy({name: member for name, member in self.whole.items() if name in kept})
        parent = edited
        for step in path[:-1]:
            parent = parent[step]
        if value is ...:
            del parent[path[-1]]
        else:
            parent[path[-1]] = copy.deepcopy(value)
        yield label, edited


def fewer(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Combinations of what the ``anyOf`` rules look at: lists absent, empty or filled, under every action."""
    lists = [
        n
        for n in (
            "epcList", "quantityList", "childEPCs", "childQuantityList", "inputEPCList", "inputQuantityList",
            "outputEPCList", "outputQuantityList", "sensorElementList", "readPoint", "transformationID", "ilmd",
        )
        if n in event
    ]  # fmt: skip
    for chosen in range(2 ** len(lists)):
        for emptied in (chosen.bit_count() % 2 == 0,) if len(lists) > 6 else (False, True):
            for action in ("ADD", "OBSERVE", "DELETE") if "action" in event else (None,):
                out = {k: v for k, v in event.items() if k not in lists}
                if action:
                    out["action"] = action
                for i, name in enumerate(lists):
                    if chosen >> i & 1:
                        out[name] = event[name]
                    elif emptied and isinstance(event[name], list):
                        out[name] = []
                yield f"{event['type']} {action} {chosen:b} {emptied}", out
