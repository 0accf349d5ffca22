"""GS1 identifiers: worked examples of the standards, then both ways on generated ones."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shian.core.gs1 import (
    TABLE,
    Elements,
    Gs1Error,
    canonical_id,
    check_characters,
    check_digit,
    check_value,
    gather,
    pad_gtin,
    parse,
    parse_elements,
    parse_link,
    parse_urn,
    scan_elements,
    write_elements,
    write_link,
    write_urn,
)
from shian.core.gs1.elements import SEPARATOR
from shian.core.gs1.epc import SCHEMES
from shian.core.gs1.keys import QUALIFIERS

# EPC Tag Data Standard §6.3 and CBV 2.0 §8: URN, canonical Digital Link.
WORKED = [
    ("urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/21/400"),
    ("urn:epc:id:sgtin:0614141.112345.32a%2Fb", "https://id.gs1.org/01/10614141123459/21/32a%2Fb"),
    ("urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"),
    ("urn:epc:id:sgln:0614141.12345.400", "https://id.gs1.org/414/0614141123452/254/400"),
    ("urn:epc:id:sgln:0614141.12345.0", "https://id.gs1.org/414/0614141123452"),
    ("urn:epc:id:grai:0614141.12345.400", "https://id.gs1.org/8003/00614141123452400"),
    ("urn:epc:id:giai:0614141.12345400", "https://id.gs1.org/8004/061414112345400"),
    ("urn:epc:id:gsrn:0614141.0123456789", "https://id.gs1.org/8018/061414101234567892"),
    ("urn:epc:id:gsrnp:0614141.0123456789", "https://id.gs1.org/8017/061414101234567892"),
    ("urn:epc:id:gdti:0614141.12345.400", "https://id.gs1.org/253/0614141123452400"),
    ("urn:epc:id:cpi:0614141.123ABC.123456789", "https://id.gs1.org/8010/0614141123ABC/8011/123456789"),
    ("urn:epc:id:sgcn:4012345.67890.04711", "https://id.gs1.org/255/401234567890104711"),
    ("urn:epc:id:ginc:0614141.xyz47%2F11", "https://id.gs1.org/401/0614141xyz47%2F11"),
    ("urn:epc:id:gsin:0614141.123456789", "https://id.gs1.org/402/06141411234567890"),
    ("urn:epc:id:itip:4012345.012345.01.02.987", "https://id.gs1.org/8006/040123451234560102/21/987"),
    ("urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7", "https://id.gs1.org/01/01234567894560/235/51qIgY%29%3C%26Jp3%2Aj7"),
    ("urn:epc:id:pgln:1234567.89012", "https://id.gs1.org/417/1234567890128"),
    ("urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877"),
    ("urn:epc:idpat:sgtin:4012345.012345.*", "https://id.gs1.org/01/04012345123456"),
    ("urn:epc:id:sgln:401234512345..0", "https://id.gs1.org/414/4012345123456"),
]  # fmt: skip


@pytest.mark.parametrize(("urn", "link"), WORKED)
def test_worked_examples_both_ways(urn: str, link: str) -> None:
    elements = parse_urn(urn)
    assert write_link(elements) == link
    assert parse_link(link) == elements
    assert canonical_id(urn) == canonical_id(link) == link
    company = urn.split(":")[4].split(".")[0]
    assert write_urn(elements, len(company)) == urn


def test_check_digits_of_the_general_specifications() -> None:
    assert check_digit("629104150021") == "3"  # GTIN-13 example of §7.9
    assert check_digit("37610425002123456") == "9"  # SSCC example of §7.9
    assert check_characters("1987654Ad4X4bL5ttr2310c") == "2K"  # GMN example of §7.9.5
    assert check_value("8013", "1987654Ad4X4bL5ttr2310c2K")


@pytest.mark.parametrize("spelling", [
    "https://id.gs1.org/01/06901234567892/10/A1",
    "http://shop.example.cn:8080/p/x/01/06901234567892/10/A1?17=261231&lang=zh#top",
    "https://example.cn/01/6901234567892/10/A1",
    "https://example.cn/gtin/06901234567892/lot/A1",
    "https://example.cn/01/06901234567892/22/2B/10/%41%31",
    "urn:epc:class:lgtin:6901234.056789.A1",
    "urn:epc:class:lgtin:690123.0456789.A1",
    "(01)06901234567892(10)A1(17)261231",
    "(01)6901234567892(10)A1(17)261231",
    "0106901234567892" "17261231" "10A1",
])  # fmt: skip
def test_every_spelling_of_a_lot_meets_in_one_key(spelling: str) -> None:
    assert canonical_id(spelling) == "https://id.gs1.org/01/06901234567892/10/A1"


def test_the_serial_number_makes_the_lot_superfluous() -> None:
    assert canonical_id("https://a.cn/01/06901234567892/10/A1/21/7") == canonical_id(
        "urn:epc:id:sgtin:6901234.056789.7"
    )


def test_lots_that_differ_in_leading_zeros_stay_apart() -> None:
    assert canonical_id("urn:epc:class:lgtin:6901234.056789.00123") != canonical_id(
        "urn:epc:class:lgtin:6901234.056789.123"
    )


@pytest.mark.parametrize("other", [
    "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "https://example.cn/about", "urn:epc:id:gid:95100000.12345.400",
    "https://id.gs1.org/01/06901234567893/10/A1", "urn:epc:id:sgtin:6901234.56789.1", "", "urn:epc:id:sscc:6901234.1",
])  # fmt: skip
def test_what_is_no_gs1_identifier_is_its_own_key(other: str) -> None:
    assert canonical_id(other) == other


@pytest.mark.parametrize(("text", "rule"), [
    ("https://id.gs1.org/01/06901234567892/21/S1/10/L", "次序不对"),
    ("https://id.gs1.org/01/06901234567892/10/L/22/V", "次序不对"),
    ("https://id.gs1.org/01/06901234567892/10/L/235/T", "次序不对"),
    ("https://id.gs1.org/01/06901234567892/10/L/10/M", "次序不对"),
    ("https://id.gs1.org/00/106141412345678908/10/L", "不允许"),
    ("https://id.gs1.org/gtin/06901234567892", "主标识"),
    ("https://id.gs1.org/01/06901234567893", "校验位"),
    ("https://id.gs1.org/01/0690123456789", "校验位"),
    ("https://id.gs1.org/01/069012345678921", "14 位"),
    ("https://id.gs1.org/01/06901234567892/", "主标识"),
    ("https://id.gs1.org/01/06901234567892/10", "主标识"),
    ("https://id.gs1.org/01/06901234567892/10/A%2", "百分号"),
    ("https://id.gs1.org/01/06901234567892/10/%E7%89%9B", "格式"),
    ("https://id.gs1.org/01/06901234567892/10/" + "A" * 21, "格式"),
    ("https://id.gs1.org/01/06901234567892?9999=1", "不是应用标识符"),
    ("https://id.gs1.org/01/06901234567892?17=260230", "日期"),
    ("https://id.gs1.org/01/06901234567892?17=261231;17=261231", "重复"),
    ("ftp://id.gs1.org/01/06901234567892", "主标识|开头|应用标识符"),
    ("urn:epc:id:sgtin:69012.0567890.1", "厂商识别代码"),
    ("urn:epc:id:sgtin:6901234.056789", "段"),
    ("urn:epc:id:sgtin:6901234.05678.1", "13 位"),
    ("urn:epc:id:sgtin:6901234.056789.a b", "字符"),
    ("urn:epc:id:sgtin:6901234.056789.a&b", "字符"),
    ("urn:epc:id:sgtin:６９０１２３４.056789.1", "厂商识别代码"),
    ("urn:epc:idpat:sgtin:6901234.056789.1", r"\.\*"),
    ("urn:epc:id:itip:4012345.012345.03.02.987", "件序号"),
    ("urn:isbn:1", "不是 GS1"),
    ("(01)06901234567892(01)06901234567892", "重复"),
    ("(10)A1", "主标识"),
    ("(01)06901234567892(00)106141412345678908", "主标识"),
    ("990", "应用标识符|主标识"),
])  # fmt: skip
def test_refusals_name_the_rule(text: str, rule: str) -> None:
    with pytest.raises(Gs1Error, match=rule) as refusal:
        parse(text)
    assert refusal.value.field and refusal.value.rule


def test_gtin_padding() -> None:
    assert pad_gtin("6901234567892") == "06901234567892"
    assert pad_gtin("96385074") == "00000096385074"
    for bad in ("690123456789", "690123456789X", "1" * 15):
        with pytest.raises(Gs1Error):
            pad_gtin(bad)


def test_the_table_holds_what_food_needs() -> None:
    assert TABLE["10"].format == "X..20" and TABLE["17"].title.startswith("USE BY")
    assert TABLE["3103"].size == 6 and not TABLE["10"].size
    assert (
        check_value("3103", "001250")
        and check_value("7007", "260301260305")
        and check_value("8008", "26030112")
    )
    assert all(code in TABLE for code in QUALIFIERS)


X82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def texts(size: int, letters: str = X82) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=size)


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


def with_check(size: int) -> st.SearchStrategy[str]:
    return digits(size - 1).map(lambda d: d + check_digit(d))


KEYS = {
    "00": with_check(18),
    "01": with_check(14),
    "253": st.tuples(with_check(13), texts(17)).map("".join),
    "255": st.tuples(with_check(13), digits(12)).map("".join),
    "401": st.tuples(digits(7), texts(20)).map("".join),
    "402": with_check(17),
    "414": with_check(13),
    "417": with_check(13),
    "8003": st.tuples(st.just("0"), with_check(13), texts(16)).map("".join),
    "8004": st.tuples(digits(7), texts(20)).map("".join),
    "8006": st.tuples(with_check(14), st.sampled_from(["0101", "0102", "9999"])).map("".join),
    "8010": st.tuples(digits(7), texts(20, "#-/0123456789ABCXYZ")).map("".join),
    "8017": with_check(18),
    "8018": with_check(18),
}
VALUES = {
    "22": texts(20), "10": texts(20), "21": texts(20), "235": texts(28), "254": texts(20), "8011": digits(9),
    "8019": digits(7), "7040": st.just("1ABC"), "8020": texts(25),
}  # fmt: skip
ATTRIBUTES = {"11": "260301", "17": "271200", "3103": "001250", "37": "12", "400": "PO/7&8", "7008": "COD"}


@st.composite
def elements(draw: st.DrawFn) -> Elements:
    key = draw(st.sampled_from(sorted(KEYS)))
    allowed = draw(st.sampled_from(QUALIFIERS[key]))
    chosen = [code for code in allowed if draw(st.booleans())]
    attributes = draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True, max_size=3))
    return Elements(
        (key, draw(KEYS[key])),
        tuple((code, draw(VALUES[code])) for code in chosen),
        tuple(sorted((code, ATTRIBUTES[code]) for code in attributes)),
    )


@given(elements(), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_link_and_scanned_string_return_the_elements(given_elements: Elements, random: object) -> None:
    assert parse_link(write_link(given_elements)) == given_elements
    assert parse_link(write_link(given_elements, "http://x.example.cn/a/b")) == given_elements
    assert parse_elements(scan_elements(given_elements)) == given_elements
    shuffled = list(given_elements.pairs())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert gather(shuffled) == given_elements


@given(elements())
@settings(max_examples=100, deadline=None)
def test_bracketed_string_returns_the_elements_unless_values_hold_brackets(given_elements: Elements) -> None:
    assume(not any("(" in value for _, value in given_elements.pairs()))
    assert parse_elements(write_elements(given_elements)) == given_elements


@given(elements(), st.integers(6, 12))
@settings(max_examples=120, deadline=None)
def test_urn_and_link_name_one_thing(given_elements: Elements, company: int) -> None:
    thing = given_elements.identity()
    try:
        urn = write_urn(thing, company)
    except Gs1Error:
        assert thing.key[0] == "8006" and thing.qualifiers[0][0] == "10"  # the one key without a URN
        return
    assume(thing.key[0] not in ("401", "8004", "8010") or thing.key[1][:company].isdecimal())
    assume(thing.qualifiers != (("254", "0"),))  # TDS: extension 0 means no extension
    assume(len(thing.key[1]) > company)
    assert parse_urn(urn) == thing
    assert canonical_id(urn) == canonical_id(write_link(given_elements))
    assert urn.split(":")[2] + ":" + urn.split(":")[3] in SCHEMES


@given(
    st.text(max_size=60)
    | st.tuples(st.sampled_from(["https://a.cn/01/", "urn:epc:id:", "(01)", "01"]), st.text(max_size=40)).map(
        "".join
    )
)
@settings(max_examples=100, deadline=None)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    key = canonical_id(text)
    assert canonical_id(key) == key


@given(texts(20))
@settings(max_examples=100, deadline=None)
def test_separator_never_passes_into_a_value(lot: str) -> None:
    with pytest.raises(Gs1Error):
        check_value("10", lot[:10] + SEPARATOR)
