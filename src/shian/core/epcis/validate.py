"""All that can be wrong with a document: form, contradictions, and what a profile asks for."""

from __future__ import annotations

from shian.core.epcis.document import read_document
from shian.core.epcis.errors import EpcisError, Problem
from shian.core.epcis.profiles import Profile, check_profile
from shian.core.epcis.semantic import check_semantics


def validate(data: bytes, profile: Profile | None = None) -> tuple[Problem, ...]:
    """The problems of the document in ``data``, none if it is fine.

    A document that breaks a schema rule is not looked at further: its events cannot be read.
    """
    try:
        document = read_document(data)
        problems = check_semantics(document)
    except EpcisError as error:
        return error.problems
    if profile is not None:
        problems += check_profile(document, profile)
    return tuple(problems)
