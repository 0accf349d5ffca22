from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.codes import (
    ancestors,
    credit_check,
    gtin_check,
    mod11_10,
    organisation_check,
    parse_credit_code,
    parse_division,
    parse_gtin,
    parse_licence,
)
from shian.core.codes.credit import ALPHABET

DIGITS = "0123456789"

# domain-facts.md 5.1-5.3: real numbers and synthetic ones
CREDIT = [
    "9144030071526726XG",
    "914403001922038216",
    "9152000071430580XT",
    "91110000802100433B",
    "91330100799655058B",
    "91440600722448755D",
    "91441900MA54XR353T",
]
CREDIT_SYNTHETIC = ["91530115MA6K000145", "92411721MA4000020B", "11120119000000019E", "93210503MA0X000318"]
SC = ["SC11834020305037", "SC10744030704994", "SC10811310111839", "SC12437010500152", "SC12441112200063", "SC10212011600523"]
SC_SYNTHETIC = ["SC12453011500014", "SC10441172100123", "SC11553011500073", "SC20121050300035"]
SC_WRONG = {"SC12442011202449": "0", "SC11453282248002": "4", "SC10935070200158": "7", "SC12345678901234": "2"}
JY = ["JY14419082492249", "JY11117051464030", "JY11201190001237", "JY21201190004566", "JY32105030007891", "JY24117210010017"]
JY_REAL_MISMATCH = ["JY11407020031943", "JY11105300065940"]


@pytest.mark.parametrize("code", CREDIT)
def test_real_credit_codes_have_no_problem(code: str) -> None:
    assert parse_credit_code(code).problems == ()
    assert organisation_check(code[8:16]) == code[16]


@pytest.mark.parametrize("code", CREDIT_SYNTHETIC)
def test_synthetic_credit_codes_are_accepted(code: str) -> None:
    assert parse_credit_code(code).ok


def test_credit_code_as_people_type_it() -> None:
    code = parse_credit_code(" ９１４４0300-71526726xg ")
    assert code.text == CREDIT[0] and code.ok
    assert code.parts["region"] == "440300"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("9144030071526726XA", 18, "第 18 位校验码应为“G”，现为“A”"),
        ("91530115MA6K000146", 18, "应为“5”"),
        ("91S30115MA6K000145", 3, "第 3 位“S”不允许（GB 32100 不使用 I、O、S、V、Z）（是否应为“5”？）"),
        ("9144030071526726X", 0, "应为 18 位（GB 32100），现为 17 位"),
        ("440301103097413", 0, "旧工商注册号"),
        ("", 0, "现为 0 位"),
    ],
)
def test_credit_code_errors_name_position_and_rule(text: str, position: int, words: str) -> None:
    code = parse_credit_code(text)
    assert not code.ok
    assert any(problem.position == position and words in problem.message for problem in code.problems)
    assert words in code.message and code.message.startswith("统一社会信用代码")


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
@settings(max_examples=80, deadline=None)
def test_every_single_error_in_a_credit_code_is_found(body: str, place: int, other: str) -> None:
    code = body + credit_check(body)
    assert parse_credit_code(code).ok
    changed = code[:place] + other + code[place + 1 :]
    assert parse_credit_code(changed).ok is (changed == code)


def test_the_worked_example_of_the_check_digit() -> None:
    assert mod11_10("1183402030503") == "7"


@given(st.text(DIGITS, min_size=13, max_size=13), st.integers(0, 13), st.sampled_from(DIGITS))
@settings(max_examples=80, deadline=None)
def test_mod11_10_finds_every_single_error(body: str, place: int, other: str) -> None:
    number = body + mod11_10(body)
    changed = number[:place] + other + number[place + 1 :]
    assert (mod11_10(changed[:-1]) == changed[-1]) is (changed == number)


def test_hybrid_check_digits_miss_few_swaps() -> None:
    missed = total = 0
    for start in range(0, 10**4, 7):
        body = f"11834{start:08d}"
        number = body + mod11_10(body)
        for place in range(12):
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            if swapped != number:
                total += 1
                missed += mod11_10(swapped[:-1]) == swapped[-1]
    assert total > 5000
    assert missed / total < 0.03


@pytest.mark.parametrize("number", SC + SC_SYNTHETIC)
def test_production_licences(number: str) -> None:
    assert parse_licence(number).problems == ()


@pytest.mark.parametrize(("number", "expected"), SC_WRONG.items())
def test_wrong_production_licences_are_errors_a_supervisor_may_accept(number: str, expected: str) -> None:
    code = parse_licence(number)
    assert not code.ok
    (problem,) = [item for item in code.problems if item.severity == "error"]
    assert problem.position == 16 and problem.overridable
    assert f"应为“{expected}”" in problem.message


@pytest.mark.parametrize("number", JY)
def test_operation_licences(number: str) -> None:
    assert parse_licence(number).problems == ()


@pytest.mark.parametrize("number", JY_REAL_MISMATCH)
def test_real_operation_licences_that_break_the_check_are_only_warned_about(number: str) -> None:
    code = parse_licence(number)
    assert code.ok
    assert any(item.position == 16 and item.severity == "warning" for item in code.problems)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("SC1183402030503", 0, "应为SC 加 14 位数字，现为 13 位"),
        ("SC1183402O305037", 10, "第 10 位“O”应为数字（是否应为“0”？）"),
        ("JY94117210010017", 3, "主体业态“9”无效"),
        ("YB34117210010017", 3, "1 批发、2 零售"),
        ("QS410101010101", 1, "QS 编号已停用"),
        ("许可证1号", 1, "应以 SC（生产）、JY（经营）或 YB（备案）开头"),
    ],
)
def test_licence_errors(text: str, position: int, words: str) -> None:
    code = parse_licence(text)
    assert not code.ok
    assert any(item.position == position and words in item.message for item in code.problems)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("53", "province"),
        ("530000", "province"),
        ("5301", "city"),
        ("530115", "county"),
        ("530115001", "township"),
        ("530115001000", "township"),
        ("411721003005", "village"),
        ("441900003000", "township"),
    ],
)
def test_division_levels(text: str, level: str) -> None:
    code = parse_division(text)
    assert code.ok and code.parts["level"] == level


@pytest.mark.parametrize(
    ("text", "words"),
    [("99", "不是省级"), ("53011", "2、4、6、9 或 12 位"), ("53A115", "第 3 位“A”应为数字"), ("530015", "其上级代码为 0")],
)
def test_division_errors(text: str, words: str) -> None:
    assert words in parse_division(text).message


def test_ancestors() -> None:
    assert ancestors("530115001003") == ("530115001", "530115", "5301", "53")
    assert ancestors("530115000000") == ("5301", "53")
    assert ancestors("441900003") == ("4419", "44")
    assert ancestors("53") == ()


@pytest.mark.parametrize("code", ["6948195800323", "6901028075763", "96385074", "036000291452", "10614141000415"])
def test_gtins(code: str) -> None:
    assert parse_gtin(code).ok


def test_gtin_parts_and_errors() -> None:
    assert parse_gtin("6901028075763").parts == {"gtin14": "06901028075763", "prefix": "690", "china": "1"}
    assert parse_gtin("036000291452").parts["china"] == ""
    assert "第 13 位校验码应为“3”，现为“4”" in parse_gtin("6901028075764").message
    assert "8、12、13 或 14 位" in parse_gtin("69010280757").message
    assert "第 1 位“A”" in parse_gtin("A901028075763").message


@given(st.sampled_from([7, 11, 12, 13]), st.data())
@settings(max_examples=80, deadline=None)
def test_every_single_error_in_a_gtin_is_found(length: int, data: st.DataObject) -> None:
    body = data.draw(st.text(DIGITS, min_size=length, max_size=length))
    code = body + gtin_check(body)
    place = data.draw(st.integers(0, length))
    changed = code[:place] + data.draw(st.sampled_from(DIGITS)) + code[place + 1 :]
    assert parse_gtin(changed).ok is (changed == code)


@given(st.text(max_size=25))
@settings(max_examples=120, deadline=None)
def test_any_text_is_read_without_exception_and_explained(text: str) -> None:
    for parse in (parse_credit_code, parse_licence, parse_gtin, parse_division):
        code = parse(text)
        assert code.ok or code.message
