"""JSON-LD 2.0 in and out, without ever loading a context from the network.

The meaning of the standard terms is fixed by the standard (its context is protected), so only the prefixes a
document adds have to be read from its ``@context``.
"""

from .context import EPCIS_CONTEXT, split_context
from .read import event_from_json, parse_json
from .write import canonical_json, document_to_json, event_to_json

__all__ = [
    "EPCIS_CONTEXT",
    "canonical_json",
    "document_to_json",
    "event_from_json",
    "event_to_json",
    "parse_json",
    "split_context",
]
