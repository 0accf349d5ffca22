"""A document at the door: which of its events can be read, and why the others cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from shian.core.epcis import EpcisError, Event, Problem, read_document
from shian.core.epcis.document import document_from_json
from shian.core.epcis.jsonld.read import parse_json
from shian.core.epcis.schema import check_document
from shian.core.epcis.xml import tree_from_xml
from shian.core.journal.model import Behaviour

_INDEX = re.compile(r".*?eventList\[(\d+)\]")


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
        if behaviour is Behaviour.ROLLBACK or not _indices(error.problems):
            raise
        return _sound_part(data, error)


def _sound_part(data: bytes, first: EpcisError) -> Intake:
    """The document without its bad events. Checked again after each removal: a checker may stop at its first finds."""
    tree = cast("dict[str, Any]", tree_from_xml(data)[0] if data.lstrip()[:1] == b"<" else parse_json(data))
    listed = _event_list(tree)
    left = dict(enumerate(list(listed)))
    problems: list[Problem] = []
    found: tuple[Problem, ...] = first.problems
    while found:
        bad = _indices(found)
        if not bad:
            raise EpcisError.of(list(found))
        kept = list(left)
        for problem in found:
            match = _INDEX.match(problem.path)
            number = kept[int(match[1])] if match else -1
            path = problem.path.replace(f"eventList[{match[1]}]", f"eventList[{number}]", 1) if match else problem.path
            problems.append(Problem(path, problem.rule, problem.message))
        for at in bad:
            del left[kept[at]]
        listed[:] = list(left.values())
        found = tuple(check_document(tree))
        if not found:
            try:
                events = document_from_json(tree).events
            except EpcisError as error:
                found = error.problems
    return Intake(tuple(zip(left, events, strict=True)), tuple(problems))


def _indices(problems: tuple[Problem, ...]) -> set[int]:
    """Indices of the events that ``problems`` are about; empty if one of them is about the document itself."""
    matches = [_INDEX.match(p.path) for p in problems]
    return {int(m[1]) for m in matches if m} if all(matches) else set()


def _event_list(tree: dict[str, Any]) -> list[Any]:
    body = tree["epcisBody"]
    if "queryResults" in body:
        body = body["queryResults"]["resultsBody"]
    return cast("list[Any]", body["eventList"])
