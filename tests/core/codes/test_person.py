from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.codes import (
    mask_address,
    mask_mobile,
    mask_name,
    mask_resident_id,
    mask_text,
    parse_mobile,
    parse_resident_id,
    resident_check,
)

VALID = "11010519491231002X"
BODIES = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["110105", "530115", "411721"]),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


def test_resident_id() -> None:
    code = parse_resident_id(VALID.lower())
    assert code.ok and code.parts["born"] == "19491231"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("110105194912310021", 18, "第 18 位校验码应为“X”，现为“1”"),
        ("11010519491331002X", 7, "不是有效日期"),
        ("99010519491231002X", 1, "不是省级行政区划代码"),
        ("110105491231002", 0, "15 位旧号码"),
        ("1101051949123100", 0, "现为 16 位"),
        ("1101051949I231002X", 11, "第 11 位“I”应为数字（是否应为“1”？）"),
    ],
)
def test_resident_id_errors(text: str, position: int, words: str) -> None:
    code = parse_resident_id(text)
    assert any(item.position == position and words in item.message for item in code.problems)


def test_birth_after_today_is_an_error_only_when_today_is_given() -> None:
    body = "53011520300101123"
    number = body + resident_check(body)
    assert parse_resident_id(number).ok
    assert "不合理" in parse_resident_id(number, today=date(2026, 11, 22)).message


@given(BODIES, st.integers(0, 16), st.sampled_from("0123456789"))
@settings(max_examples=80, deadline=None)
def test_every_single_error_is_found(body: str, place: int, digit: str) -> None:
    number = body + resident_check(body)
    assert parse_resident_id(number).ok
    changed = number[:place] + digit + number[place + 1 :]
    assert parse_resident_id(changed).ok is (changed == number)


@given(BODIES, st.integers(0, 15))
@settings(max_examples=80, deadline=None)
def test_every_swap_of_neighbours_is_found(body: str, place: int) -> None:
    number = body + resident_check(body)
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert parse_resident_id(changed).ok is (changed == number)


@pytest.mark.parametrize("text", ["13812345678", "+86 138-1234-5678", "8613812345678", "１３８１２３４５６７８"])
def test_mobiles(text: str) -> None:
    assert parse_mobile(text).parts == {"number": "13812345678"}


@pytest.mark.parametrize(("text", "words"), [("12812345678", "手机号段"), ("1381234567", "现为 10 位"), ("1381234567O", "第 11 位")])
def test_mobile_errors(text: str, words: str) -> None:
    assert words in parse_mobile(text).message


def test_masks() -> None:
    assert mask_mobile("138 1234 5678") == "138****5678"
    assert mask_mobile("0396-6221234") == "**********34"
    assert mask_resident_id(VALID) == "110*************2X"
    assert [mask_name(name) for name in ("张三丰", "欧阳修", "李四", "王", "")] == ["张**", "欧阳*", "李*", "*", ""]
    assert mask_address("西平县柏城街道解放路12号") == "西平县****"
    assert mask_address("某处") == "****"
    assert mask_text(f"联系人13812345678，身份证{VALID}；批次6901028075763") == (
        "联系人138****5678，身份证110*************2X；批次6901028075763"
    )


@given(BODIES, st.integers(10**8, 10**9 - 1), st.text("联系人，。 ", max_size=8))
@settings(max_examples=80, deadline=None)
def test_no_personal_number_survives_masking(body: str, rest: int, around: str) -> None:
    number, mobile = body + resident_check(body), f"13{rest}"
    masked = mask_text(f"{around}{number}{around}，{mobile}{around}")
    assert number not in masked and mobile not in masked
    assert body[6:14] not in masked
