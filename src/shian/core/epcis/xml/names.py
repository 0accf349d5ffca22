"""Namespaces, and the two spellings of a vocabulary word: bare in JSON, an address in XML."""

from __future__ import annotations

from collections.abc import Mapping

from ..schema import words

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
JSON = "urn:shian:epcis:json"
"""Our namespace for JSON shapes that XML has no form for: ``type``, ``name``, ``member``, ``item``; and for words as
JSON spelled them: ``spelled``, ``field``."""

ORDERED = "@*"
"""The JSON name of all content in order, where members by name would lose it. No XML attribute can be called so."""

DOCUMENT = {"urn:epcglobal:epcis:xsd:1": "1.2", "urn:epcglobal:epcis:xsd:2": "2.0"}
QUERY = {"urn:epcglobal:epcis-query:xsd:1": "1.2", "urn:epcglobal:epcis-query:xsd:2": "2.0"}
"""Namespace of the root element → version."""

MASTER_DATA = "urn:epcglobal:cbv:mda"
"""Namespace of CBV master data attributes in XML; JSON-LD binds ``cbvmda`` to the same with a colon."""

NUMBER_TYPES = frozenset(
    ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger"]
)
CONSUMED_TYPES = NUMBER_TYPES | {"boolean", "string"}
"""``xsi:type`` names that JSON says with its own types; others are kept as an attribute."""

_CBV = ("ns.gs1.org/cbv/", "ref.gs1.org/cbv/", "cbv:")
_VOC = ("gs1.org/voc/", "www.gs1.org/voc/", "ref.gs1.org/voc/", "gs1:")
"""Where GS1 has kept its vocabularies, and the prefixes that published XML writes without declaring them."""


def _at(kind: str) -> tuple[str, ...]:
    return tuple(base + kind for base in _CBV)


# field → (words, address written before a bare word, further addresses read)
_FIELDS: Mapping[str, tuple[frozenset[str], str, tuple[str, ...]]] = {
    "bizStep": (words.BIZ_STEPS, "urn:epcglobal:cbv:bizstep:", _at("BizStep-")),
    "disposition": (words.DISPOSITIONS, "urn:epcglobal:cbv:disp:", _at("Disp-")),
    "bizTransaction": (words.TRANSACTION_TYPES, "urn:epcglobal:cbv:btt:", _at("BTT-")),
    "party": (words.PARTY_TYPES, "urn:epcglobal:cbv:sdt:", _at("SDT-")),
    "reason": (words.ERROR_REASONS, "urn:epcglobal:cbv:er:", _at("ER-")),
    "component": (words.COMPONENTS, "https://ref.gs1.org/cbv/Comp-", _at("Comp-")),
    "type": (words.MEASUREMENT_TYPES, "https://gs1.org/voc/", _VOC),
    "exception": (words.ALERT_TYPES, "https://gs1.org/voc/", _VOC),
}

FIELDS = frozenset(_FIELDS)
"""Names under which :func:`bare` and :func:`address` know the vocabularies."""


def bare(field: str, address: str) -> str:
    """The JSON spelling: the bare word for a CBV address, anything else unchanged."""
    known, written, others = _FIELDS[field]
    if address in known:
        return address
    word = address.removeprefix(written)
    if word == address:
        host_path = address.removeprefix("https://").removeprefix("http://")
        word = next(
            (host_path.removeprefix(other) for other in others if host_path.startswith(other)), address
        )
    return word if word in known else address


def address(field: str, word: str) -> str:
    """The XML spelling: the address of a bare CBV word, anything else unchanged."""
    known, written, _ = _FIELDS[field]
    return written + word if word in known else word
