"""Prefixes: what ``example:`` stands for."""

from __future__ import annotations

from collections.abc import Mapping

from shian.core.words import say

from ..errors import EpcisError
from ..model import Json

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""Address of the EPCIS 2.0 context; named in documents, never fetched."""

STANDARD_PREFIXES: Mapping[str, str] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
"""Prefixes the EPCIS context itself binds, and protects (EPCIS 2.0 §10.3; CBV 2.0 §2)."""


MAX_PREFIXES = 1000
"""Most prefixes of one ``@context``: each is looked for in every event that is written."""


def is_epcis_context(entry: Json) -> bool:
    """Whether a context entry is the address of the EPCIS context, of whatever version or host."""
    return isinstance(entry, str) and "epcis-context" in entry


def split_context(context: Json) -> tuple[dict[str, str], tuple[Json, ...]]:
    """The prefixes an ``@context`` declares, and its other entries (addresses, term definitions) in order.

    Raises :class:`EpcisError` for more than :data:`MAX_PREFIXES`.
    """
    prefixes: dict[str, str] = {}
    others: list[Json] = []
    for entry in context if isinstance(context, list) else [context]:
        if not isinstance(entry, dict):
            others.append(entry)
            continue
        rest: dict[str, Json] = {}
        for key, value in entry.items():
            if isinstance(value, str) and not key.startswith("@"):
                prefixes[key] = value
            else:
                rest[key] = value
        if rest:
            others.append(rest)
    if len(prefixes) > MAX_PREFIXES:
        raise EpcisError(
            "@context",
            "limit.prefixes",
            say("前缀 %(count)s 个，超过上限 %(most)s 个", count=len(prefixes), most=MAX_PREFIXES),
        )
    return prefixes, tuple(others)
