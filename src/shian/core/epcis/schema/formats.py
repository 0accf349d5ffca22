"""Formats: URI (RFC 3986), date-time (RFC 3339 §5.6, no leap seconds) and the patterns of EPCIS."""

from __future__ import annotations

import re
from calendar import monthrange
from ipaddress import AddressValueError, IPv6Address

# Possessive (++, *+): what follows a run is never in it, and a hostile text costs linear time.
_PCHARS = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@{more}]++|%[0-9A-Fa-f]{{2}})*+"
_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]++|%[0-9A-Fa-f]{2})*+"
_USER = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:]++|%[0-9A-Fa-f]{2})*+"
_TAIL = rf"(?:\?{_PCHARS.format(more='/?')})?(?:\#{_PCHARS.format(more='/?')})?"
_PATH = _PCHARS.format(more="/")
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*:"

plain_uri = re.compile(
    rf"{_SCHEME}(?://(?:{_USER}@)?{_NAME}(?::[0-9]*)?(?:/{_PATH})?|(?!//){_PATH}){_TAIL}"
).fullmatch
"""Matches every URI but those with an address in brackets."""

_BRACKETED_URI = re.compile(
    rf"{_SCHEME}//(?:{_USER}@)?\[(?P<literal>[0-9A-Za-z:.\-_~!$&'()*+,;=]+)\](?::[0-9]*)?(?:/{_PATH})?{_TAIL}"
)
_IPV_FUTURE = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+")

_DATE_TIME = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)

OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
UNIT = re.compile(r"[A-Z0-9]{2,3}")
HEX = re.compile(r"[A-Fa-f0-9]+")
VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_uri(text: str) -> bool:
    """Whether ``text`` is a URI with a scheme (RFC 3986, appendix A); ``example:name`` is one."""
    if plain_uri(text):
        return True
    found = _BRACKETED_URI.fullmatch(text)
    return found is not None and _is_ip_literal(found["literal"])


def _is_ip_literal(text: str) -> bool:
    if _IPV_FUTURE.fullmatch(text):
        return True
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def is_date_time(text: str) -> bool:
    """Whether ``text`` is an RFC 3339 date-time of a day that exists."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    day = int(found[3])
    if day <= 28:
        return day > 0 and found[1] != "0000"
    year = int(found[1])
    return year > 0 and day <= monthrange(year, int(found[2]))[1]
