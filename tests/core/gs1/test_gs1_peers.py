"""URNs, Digital Links and element strings as independent implementations write them; skipped where they are absent."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.gs1.test_gs1 import KEYS, elements

from shian.core.gs1 import Elements, canonical_id, parse_urn, write_elements, write_urn

pytestmark = pytest.mark.peer

# 17 digits and a check digit: the peer's check digit package cuts them to 14 (SSCC, GSRN, GSIN), so it cannot be asked.
CUT = ("00", "402", "8017", "8018")


def _urn(thing: Elements, company: int) -> str:
    code, value = thing.key
    assume(code in KEYS and (thing.qualifiers or code not in ("01", "8006", "8010")))  # no class patterns
    assume(all(qualifier in ("10", "21", "235", "254", "8011") for qualifier, _ in thing.qualifiers))
    assume(code not in ("253", "255", "8003") or len(value) > 14)  # a serial follows
    assume(code != "8006" or thing.qualifiers[0][0] == "21")
    assume(code not in ("401", "8004", "8010") or value[:company].isdecimal())
    assume(code != "8010" or not thing.qualifiers[0][1].startswith("0"))
    assume(len(value) > company and thing.qualifiers != (("254", "0"),))
    return write_urn(thing, company)


@given(elements(), st.integers(6, 11))
@settings(max_examples=200, deadline=None)
def test_epcdltranslator_writes_the_same_link(given_elements: Elements, company: int) -> None:
    peer = pytest.importorskip("epcdltranslator", reason="pip install epcdltranslator gtin")
    thing = given_elements.identity()
    assume(thing.key[0] not in CUT)
    urn = _urn(thing, company)
    theirs = peer.epcDLTranslator(urn)
    assume(theirs.startswith("http"))
    assert unquote(theirs) == unquote(canonical_id(urn))


@given(elements(), st.integers(6, 11))
@settings(max_examples=200, deadline=None)
def test_epcpy_reads_and_writes_the_same_urn(given_elements: Elements, company: int) -> None:
    peer = pytest.importorskip("epcpy.utils.parsers", reason="pip install epcpy")
    thing = given_elements.identity()
    urn = _urn(thing, company)
    assume("%" not in urn and thing.key[0] in ("00", "01", "402", "414", "417", "8017", "8018"))
    text = peer.epc_pure_identity_to_gs1_element_string(urn).removesuffix("(254)0")
    assert text == write_elements(parse_urn(urn))
    if thing.key[0] != "414" or thing.qualifiers:
        assert peer.gs1_element_string_to_gs1_element(text, company).epc_uri == urn
