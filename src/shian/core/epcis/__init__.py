"""EPCIS 2.0: events about food, read, checked, identified and sealed (产品追溯事件).

Source: GS1 EPCIS 2.0 and CBV 2.0 (ISO/IEC 19987, 19988). Nothing here loads anything from the network.
"""

from .digest import canonical_bytes, digest_of, integrity_digest
from .document import read_document, read_for_identity, write_json
from .errors import EpcisError, Problem
from .hash import event_hash
from .jsonld import event_from_json, event_to_json
from .model import (
    EVENT_TYPES,
    BizTransaction,
    Document,
    ErrorDeclaration,
    Event,
    Party,
    PersistentDisposition,
    Place,
    QuantityElement,
    SensorElement,
    Timestamp,
)
from .number import Number
from .profiles import load_profile, profile_names
from .validate import validate
from .xml import write_xml
from .xml.names import bare

__all__ = [
    "EVENT_TYPES",
    "BizTransaction",
    "Document",
    "EpcisError",
    "ErrorDeclaration",
    "Event",
    "Number",
    "Party",
    "PersistentDisposition",
    "Place",
    "Problem",
    "QuantityElement",
    "SensorElement",
    "Timestamp",
    "bare",
    "canonical_bytes",
    "digest_of",
    "event_from_json",
    "event_hash",
    "event_to_json",
    "integrity_digest",
    "load_profile",
    "profile_names",
    "read_document",
    "read_for_identity",
    "validate",
    "write_json",
    "write_xml",
]
