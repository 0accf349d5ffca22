"""Values in their one form: UTC milliseconds, trimmed numbers, web addresses, canonical Digital Links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import unquote

from shian.core.gs1 import Gs1Error, parse, write_link

from ..schema import words

GS1_VOCABULARY = "https://ref.gs1.org/voc/"
"""Where the rules of 2026 put ``gs1:`` terms (until 2025: ``https://gs1.org/voc/``)."""

NAMESPACES: Mapping[str, str] = {
    "gs1": GS1_VOCABULARY,
    "cbv": "https://ref.gs1.org/cbv/",
    "epcis": "https://ref.gs1.org/epcis/",
    "cbvmda": "urn:epcglobal:cbv:mda",
}
"""Prefixes every document knows, as the hash spells them."""

_URNS = {
    "urn:epcglobal:cbv:bizstep:": "https://ref.gs1.org/cbv/BizStep-",
    "urn:epcglobal:cbv:disp:": "https://ref.gs1.org/cbv/Disp-",
    "urn:epcglobal:cbv:btt:": "https://ref.gs1.org/cbv/BTT-",
    "urn:epcglobal:cbv:sdt:": "https://ref.gs1.org/cbv/SDT-",
    "urn:epcglobal:cbv:er:": "https://ref.gs1.org/cbv/ER-",
}
_BARE: Mapping[str, tuple[frozenset[str], str]] = {
    "bizStep": (words.BIZ_STEPS, "https://ref.gs1.org/cbv/BizStep-"),
    "disposition": (words.DISPOSITIONS, "https://ref.gs1.org/cbv/Disp-"),
    "bizTransaction": (words.TRANSACTION_TYPES, "https://ref.gs1.org/cbv/BTT-"),
    "party": (words.PARTY_TYPES, "https://ref.gs1.org/cbv/SDT-"),
    "component": (words.COMPONENTS, "https://ref.gs1.org/cbv/Comp-"),
    "type": (words.MEASUREMENT_TYPES, GS1_VOCABULARY),
    "exception": (words.ALERT_TYPES, GS1_VOCABULARY),
}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_HALF_MILLISECOND = timedelta(microseconds=500)
_OTHER_KEYS = frozenset({"415", "8013"})  # rule 18 does not list them
_PLAIN_IN_URN = re.compile("%(?:21|27|28|29|2A|2B|2C|3A|3B|3D)")
"""Of the signs ``! ' ( ) * + , : ; =`` a Digital Link escapes all and an EPC URN none. The rules of 2026 keep them as
the URN has them; until 2025 all but ``'`` ``;`` ``=`` were escaped."""


def instant(moment: datetime) -> str:
    """UTC with milliseconds, rounded half up (rules 8 and 9)."""
    shifted = moment.astimezone(UTC) + _HALF_MILLISECOND
    return shifted.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def number(value: Decimal) -> str:
    """Plain digits without trailing zeros (rule 6)."""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain if plain != "-0" else "0"


@lru_cache(maxsize=1 << 14)  # places and parties recur in every event
def identifier(uri: str) -> str:
    """The constrained canonical Digital Link of a GS1 identifier, any other URI unchanged (rules 17 and 18)."""
    try:
        thing = parse(uri, aliases=True).identity()
    except Gs1Error:
        return uri
    if thing.key[0] in _OTHER_KEYS:
        return uri
    link = write_link(thing)
    return _PLAIN_IN_URN.sub(lambda found: unquote(found[0]), link) if "%" in link else link


def value(text: str) -> str:
    """A text in canonical form: trimmed; number, vocabulary address or identifier where it is one."""
    text = text.strip()
    if text.startswith(("urn:epc:", "http")):
        return identifier(text)
    if _NUMBER.fullmatch(text):
        return number(Decimal(text))
    prefix, colon, rest = text.partition(":")
    if not colon:
        return text
    if prefix == "urn":
        start = next((urn for urn in _URNS if text.startswith(urn)), None)
        return text if start is None else _URNS[start] + text[len(start) :]
    if prefix in ("gs1", "cbv", "epcis"):
        return NAMESPACES[prefix] + rest
    return text


def word(field: str, text: str) -> str:
    """A vocabulary word of ``field`` as its web address (rules 14 to 16)."""
    known, address = _BARE[field]
    return address + text if text in known else value(text)
