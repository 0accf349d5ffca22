"""A document at the door: which of its events can be read, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from shian.core.epcis import EpcisError, Event, Problem, event_from_json, read_document
from shian.core.epcis.jsonld import parse_json, split_context
from shian.core.epcis.schema import check_document, check_event
from shian.core.epcis.xml import is_xml, read_xml

from .model import Behaviour


@dataclass(frozen=True)
class Intake:
    """``events`` that can be captured, with their index in the document, and the ``problems`` of the others."""

    events: tuple[tuple[int, Event], ...]
    problems: tuple[Problem, ...] = ()


def take_in(data: bytes, behaviour: Behaviour = Behaviour.ROLLBACK) -> Intake:
    """The events of a document. With ``PROCEED``, events that break a rule are set aside with their problems.

    Raises :class:`~shian.core.epcis.EpcisError` if the document as a whole cannot be read, or with ``ROLLBACK`` if any
    of its events cannot.
    """
    try:
        return Intake(tuple(enumerate(read_document(data).events)))
    except EpcisError as error:
        if behaviour is Behaviour.ROLLBACK or not all("eventList[" in p.path for p in error.problems):
            raise
        return _sound_part(data)


def _sound_part(data: bytes) -> Intake:
    """The document without its bad events, each looked at by itself: time grows with length, whatever is wrong."""
    tree, problems = _tree(data)
    body, path = _body(tree)
    listed: list[Any] = body["eventList"]
    if found := check_document(_without_events(tree)):
        raise EpcisError.of(list(found))
    namespaces, _ = split_context(tree["@context"])
    events: list[tuple[int, Event]] = []
    for index, raw in enumerate(listed):
        if raw is None and is_xml(data):
            continue  # its problem is known
        if wrong := check_event(raw):
            problems += [problem.below(f"{path}.eventList[{index}]") for problem in wrong]
            continue
        try:
            events.append((index, event_from_json(raw, namespaces)))
        except EpcisError as error:
            problems += [problem.below(f"{path}.eventList[{index}]") for problem in error.problems]
    return Intake(tuple(events), tuple(problems))


def _tree(data: bytes) -> tuple[dict[str, Any], list[Problem]]:
    """The document, unchecked, and what keeps single events of it from being read."""
    if is_xml(data):
        read = read_xml(data)
        return cast("dict[str, Any]", read.tree), list(read.problems)
    return cast("dict[str, Any]", parse_json(data)), []


def _body(tree: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The object that holds the event list, and its path."""
    body = tree["epcisBody"]
    if tree["type"] == "EPCISQueryDocument":
        return body["queryResults"]["resultsBody"], "epcisBody.queryResults.resultsBody"
    return body, "epcisBody"


def _without_events(tree: dict[str, Any]) -> dict[str, Any]:
    body = tree["epcisBody"]
    if tree["type"] == "EPCISQueryDocument":
        results = body["queryResults"]
        empty = {**results["resultsBody"], "eventList": []}
        return {**tree, "epcisBody": {**body, "queryResults": {**results, "resultsBody": empty}}}
    return {**tree, "epcisBody": {**body, "eventList": []}}
