"""Integrity digest: did anyone touch this event since it was captured? (完整性摘要)

Never the CBV event hash, which is an identifier: it maps lots ``00123`` and ``123`` to one value and joins
fields without separators, so that one field can forge two. Here SHA-256 runs over the exact canonical bytes,
behind a domain tag and the length of what follows, so that no other record of the platform and no
concatenation of two can have the same input.
"""

from __future__ import annotations

from hashlib import sha256

from .jsonld.write import canonical_json, event_to_json
from .model import Event

DOMAIN = b"shian/epcis-event/v1\x00"


def canonical_bytes(event: Event) -> bytes:
    """``event`` as strict canonical JSON with the prefixes it uses: what the journal stores and the digest covers."""
    return canonical_json(event_to_json(event))


def digest_of(canonical: bytes) -> bytes:
    """SHA-256 (32 bytes) of stored canonical bytes: ``DOMAIN ‖ length as 8 bytes big-endian ‖ bytes``."""
    return sha256(DOMAIN + len(canonical).to_bytes(8, "big") + canonical).digest()


def integrity_digest(event: Event) -> bytes:
    """SHA-256 (32 bytes) over :func:`canonical_bytes`, domain-separated and length-delimited."""
    return digest_of(canonical_bytes(event))
