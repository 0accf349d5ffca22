"""The CBV event hash: an identifier that any party can compute for an event without one.

It is no proof of integrity, see :mod:`shian.core.epcis.digest`. Source: Core Business Vocabulary 2.0 §8.9 and
its reference implementation. Two generations of the 2.0 rules exist under one label; this is the order of 2026
(``epcList`` before ``parentID``, sources before destinations, ``certificationInfo`` left out, exact numbers,
milliseconds rounded half up, signs escaped as in EPC URNs), and CBV 2.1 (extensions inside their field,
``sensorElementList`` named).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from ..model import Event
from .prehash import prehash

Version = Literal["CBV2.0", "CBV2.1"]

__all__ = ["Version", "event_hash", "prehash"]


def event_hash(event: Event, version: Version = "CBV2.0") -> str:
    """``ni:///sha-256;<64 hex digits>?ver=<version>`` (RFC 6920) of ``event``."""
    digest = sha256(prehash(event, version).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver={version}"
