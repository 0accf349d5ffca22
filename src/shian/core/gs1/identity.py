"""One key for one thing, however it is written (同一标识，同一键)."""

from __future__ import annotations

from .digital_link import parse_link, write_link
from .elements import Elements, parse_elements
from .epc import parse_urn
from .errors import Gs1Error


def parse(text: str, *, aliases: bool = False) -> Elements:
    """The identifiers in an EPC URN, a Digital Link or an element string; raises :class:`Gs1Error`."""
    if text.startswith("urn:"):
        return parse_urn(text)
    if text.startswith("http"):
        return parse_link(text, aliases=aliases)
    return parse_elements(text)


def canonical_id(epc: str) -> str:
    """The constrained canonical Digital Link of ``epc`` (CBV 2.0 §8): one key for URN, link and element string.

    GTINs are padded to 14 digits, other domains and the query dropped, of several qualifiers the finest kept.
    What is no GS1 identifier (a private URI, a malformed one) is its own key and returns unchanged: two spellings
    are never joined on a guess.

    >>> canonical_id("urn:epc:class:lgtin:6901234.056789.A1")
    'https://id.gs1.org/01/06901234567892/10/A1'
    >>> canonical_id("https://shop.example.cn/p/01/6901234567892/10/A1?17=261231")
    'https://id.gs1.org/01/06901234567892/10/A1'
    """
    try:
        return write_link(parse(epc, aliases=True).identity())
    except Gs1Error:
        return epc
