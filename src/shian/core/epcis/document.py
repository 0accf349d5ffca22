"""Bytes in, :class:`Document` out: JSON-LD 2.0, XML 2.0 or XML 1.2, told apart by their first byte."""

from __future__ import annotations

from typing import Any, cast

import orjson

from shian.core.collector import collector_paused
from shian.core.words import say

from .errors import EpcisError, Problem
from .jsonld.context import split_context
from .jsonld.read import event_from_json, parse_json
from .jsonld.write import _exact, document_to_json
from .model import Document, Event, JsonObject
from .schema import check_document
from .xml import is_xml, tree_from_xml

MAX_BYTES = 64 * 2**20
"""Largest JSON document accepted, in bytes; larger loads come as several documents."""

MAX_XML_BYTES = 96 * 2**20
"""The same of XML, which says the same in half as many bytes again: what was accepted can be converted and read back."""

MAX_VALUES = 6_000_000
"""Most values of a JSON document, so that none takes more than a gigabyte of memory: a number of one digit takes
seventy times its length. Counted by the signs around them, also those within texts."""


def read_document(data: bytes) -> Document:
    """The document in ``data``, checked against the schema rules.

    Raises :class:`EpcisError` with the path, rule and message of the first problem (all in ``.problems``).
    """
    with collector_paused():
        tree, source = read_tree(data)
        return document_from_json(cast("dict[str, Any]", tree), source)


def read_for_identity(data: bytes) -> tuple[Document, tuple[Problem, ...]]:
    """The document in ``data`` for computing event hashes, and what the schema has against it.

    An identifier is computable for events that the schema refuses for a word or an address (drafts and older
    documents spell CBV words as URNs in JSON, for instance). Raises :class:`EpcisError` where a problem touches
    the shape of the document, so that a value would have to be guessed.
    """
    tree, source = _parsed(data)
    problems = tuple(check_document(tree))
    if any(problem.rule not in _HARMLESS for problem in problems):
        raise EpcisError.of(list(problems))
    try:
        return document_from_json(cast("dict[str, Any]", tree), source), problems
    except (KeyError, TypeError):  # a required member that the event cannot do without
        raise EpcisError.of(list(problems)) from None


_HARMLESS = frozenset(
    f"schema.{rule}"
    for rule in ("vocabulary", "format.uri", "anyOf", "ilmd", "name", "pattern", "unique", "required")
)


def read_tree(data: bytes) -> tuple[JsonObject, str]:
    """The document as a JSON-LD tree that has passed the schema rules, and what it was read from."""
    tree, source = _parsed(data)
    if problems := check_document(tree):
        raise EpcisError.of(list(problems))
    return tree, source


def _parsed(data: bytes) -> tuple[JsonObject, str]:
    most = MAX_XML_BYTES if is_xml(data) else MAX_BYTES
    if len(data) > most:
        size = say(
            "文档 %(size).0f MiB，超过上限 %(most)s MiB，请分为几份（每份几千个事件为宜）",
            size=len(data) / 2**20,
            most=most // 2**20,
        )
        raise EpcisError("", "limit.size", size)
    if is_xml(data):
        tree, version = tree_from_xml(data)
        return tree, f"xml-{version}"
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise EpcisError("", "limit.values", say("值超过 %(most)s 个，请分为几份文档", most=MAX_VALUES))
    return cast(JsonObject, parse_json(data)), "json-2.0"


def document_from_json(raw: dict[str, Any], source: str = "json-2.0") -> Document:
    """A checked JSON-LD tree as a :class:`Document`."""
    kind = raw["type"]
    if kind not in ("EPCISDocument", "EPCISQueryDocument"):
        event = _event(raw, {}, "")
        return Document(kind, (event,), namespaces=event.namespaces, source=source)
    namespaces, _ = split_context(raw["@context"])
    envelope = dict(raw)
    body = envelope["epcisBody"] = dict(envelope["epcisBody"])
    path = "epcisBody"
    if kind == "EPCISQueryDocument":
        results = body["queryResults"] = dict(body["queryResults"])
        results["resultsBody"] = body = dict(results["resultsBody"])
        path = "epcisBody.queryResults.resultsBody"
    listed = body.pop("eventList")
    events = tuple([_event(item, namespaces, f"{path}.eventList[{i}]") for i, item in enumerate(listed)])
    return Document(kind, events, envelope, namespaces, source)


def _event(raw: dict[str, Any], namespaces: dict[str, str], path: str) -> Event:
    try:
        return event_from_json(raw, namespaces)
    except EpcisError as error:
        raise EpcisError.of(
            [problem.below(path) if path else problem for problem in error.problems]
        ) from None


def write_json(document: Document) -> bytes:
    """``document`` as indented JSON-LD 2.0 in UTF-8; numbers as received."""
    return orjson.dumps(document_to_json(document), default=_exact, option=orjson.OPT_INDENT_2)
