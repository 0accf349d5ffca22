"""Documents: the envelope, the header with master data, the list of events (EPCIS 2.0 §9, §10)."""

from __future__ import annotations

from typing import Any

from shian.core.words import say

from ..errors import Problem
from ..number import Number
from .checks import (
    FINE,
    Problems,
    anything,
    array,
    date_time,
    fail,
    kind,
    matching,
    one_of,
    record,
    text,
    uri,
)
from .events import EVENTS, EXTENDED, MISNAMED, context
from .formats import VERSION, is_uri
from .labels import named

__all__ = ["check_document", "check_event"]


def check_event(value: Any) -> Problems:
    """The schema's problems of one event as it stands in an event list."""
    if type(value) is not dict:
        return kind(dict, value)
    if "type" not in value:
        return (Problem("type", "schema.required", say("缺少必填字段 %(named)s", named=named("type"))),)
    kind_of_event = value["type"]
    if type(kind_of_event) is not str:
        return [problem.below("type") for problem in text(kind_of_event)]
    check = EVENTS.get(kind_of_event)
    if check is None:
        check = EXTENDED if is_uri(kind_of_event) else MISNAMED
    return check(value)


def _attribute(value: Any) -> Problems:
    if isinstance(value, str | Number | dict):
        return FINE
    return fail("type", "主数据属性的值应为文本、数值或对象")


_attributes = array(record({"id": uri, "attribute": _attribute}, ("id",), anything))
_element = record({"id": uri, "attributes": _attributes, "children": array(uri)}, ("id",), anything)
_vocabularies = array(record({"type": uri, "vocabularyElementList": array(_element)}, ("type",), anything))
_master_data = record({"vocabularyList": _vocabularies}, (), anything)
_header = record({"epcisMasterData": _master_data}, (), uri)
_events = array(check_event)

_document = record(
    {
        "@context": context,
        "id": uri,
        "type": one_of(["EPCISDocument"]),
        "schemaVersion": matching(VERSION, "版本号（如 2.0）"),
        "creationDate": date_time,
        "instanceIdentifier": text,
        "sender": text,
        "receiver": text,
        "epcisHeader": _header,
        "epcisBody": record({"eventList": _events}, ("eventList",), anything),
    },
    ("@context", "type", "schemaVersion", "creationDate", "epcisBody"),
    uri,
)

_results_body = record({"eventList": _events, "vocabularyList": _vocabularies}, ("eventList",), uri)
_results = record(
    {"queryName": text, "subscriptionID": text, "resultsBody": _results_body},
    ("queryName", "resultsBody"),
    uri,
)
_query_document = record(
    {
        "@context": context,
        "id": uri,
        "type": one_of(["EPCISQueryDocument"]),
        "schemaVersion": matching(VERSION, "版本号（如 2.0）"),
        "creationDate": date_time,
        "epcisBody": record({"queryResults": _results}, ("queryResults",), uri),
    },
    ("@context", "type", "epcisBody"),
    uri,
)
_DOCUMENTS = {"EPCISDocument": _document, "EPCISQueryDocument": _query_document}


def check_document(value: Any) -> Problems:
    """The schema's problems of a whole document, or of an event that is a document of its own."""
    if type(value) is dict:
        kind_of_document = value.get("type")
        if type(kind_of_document) is str and kind_of_document in _DOCUMENTS:
            return _DOCUMENTS[kind_of_document](value)
        if "epcisBody" in value and not (type(kind_of_document) is str and is_uri(kind_of_document)):
            return _document(value)  # says what its type should be
    problems = list(check_event(value))
    if type(value) is dict and "@context" not in value:
        problems.append(
            Problem("@context", "schema.required", say("缺少必填字段 %(named)s", named=named("@context")))
        )
    return problems
