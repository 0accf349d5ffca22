"""All that can be wrong with a document: form, contradictions, and what a profile asks for."""

from __future__ import annotations

from typing import Any, cast

from .document import document_from_json, read_document, read_tree
from .errors import EpcisError, Problem
from .model import Document
from .profiles import Profile, check_profile
from .query import query_problems
from .semantic import check_semantics
from .xml import is_xml, misplaced


def validate(data: bytes, profile: Profile | None = None) -> tuple[Problem, ...]:
    """The problems of the document in ``data``, none if it is fine.

    A document that breaks a schema rule is not looked at further: its events cannot be read. A query, which has no
    events, is checked against the rules of queries.
    """
    try:
        document, problems = _read(data)
        problems += check_semantics(document)
    except EpcisError as error:
        return _of_a_query(data, error)
    if profile is not None:
        problems += check_profile(document, profile)
    return tuple(problems)


def _read(data: bytes) -> tuple[Document, list[Problem]]:
    """The document, and what is wrong with the XML around what could be read of it."""
    if not is_xml(data):
        return read_document(data), []
    tree, source = read_tree(data)
    found = cast("dict[str, Any]", tree)
    return document_from_json(found, source), list(misplaced(found))


def _of_a_query(data: bytes, refusal: EpcisError) -> tuple[Problem, ...]:
    """The problems of ``data`` as a query where it is one, else those of ``refusal``."""
    try:
        problems = query_problems(data)
    except EpcisError:
        problems = None
    return refusal.problems if problems is None else tuple(problems)
