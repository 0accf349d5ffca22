"""Master data of businesses: what is taken, what is refused, and why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.trace import events as ev

from shian.core.gs1 import check_digit
from shian.core.recall import Party, Refused, party_id, unknown
from shian.engines.recall import read_parties
from shian.engines.sheets import SheetError, write_table

GLN = ev.place("A")[-13:]


def table(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows(rows)
    return path


def test_a_table_as_an_office_keeps_it(tmp_path: Path) -> None:
    rows = [
        ("GLN", "企业名称", "住所", "联系人", "联系电话", "食品经营许可证编号", "备注"),
        (GLN, "甲商行（演示）", "示例路 1 号", "某某", "0871-1234567、13800000000", "JY15301020012344", "无"),
        ("", "", "", "", "", "", ""),
        (ev.place("B"), "乙厂（演示）", "", "", "", "", ""),
        ("本地编号7", "丙摊（演示）", "", "", "0871-1234567转12", "", ""),
    ]
    path = table(tmp_path / "p.csv", *rows)
    expected = {
        ev.place("A"): Party("甲商行（演示）", "示例路 1 号", "某某 0871-1234567、13800000000", "JY15301020012344"),
        ev.place("B"): Party("乙厂（演示）"),
        "本地编号7": Party("丙摊（演示）", "", "0871-1234567转12"),
    }
    assert read_parties(path).known == expected and read_parties(path).problems == ()
    book = tmp_path / "p.xlsx"
    write_table(book, rows[0], rows[1:], title="主体名录")
    assert read_parties(book).known == expected, "a heading below a title, and GLNs that stay text"


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        (0, GLN[:-1] + str((int(GLN[-1]) + 1) % 10), "gln.check_digit"),
        (0, "urn:epc:id:sgln:95200.1", "gs1.identifier"),
        (0, "", "parties.required"),
        (1, "", "parties.required"),
        (2, "请打电话", "parties.phone"),
        (3, "JY123", "licence.form"),
        (3, "许字第 5 号", "licence.form"),
    ],
)
def test_a_bad_row_is_refused_by_row_column_value_and_rule(tmp_path: Path, column: int, value: str, rule: str) -> None:
    row = [GLN, "甲", "0871-1234567", "JY15301020012344"]
    row[column] = value
    good = (ev.place("B"), "乙", "", "")
    found = read_parties(table(tmp_path / "p.csv", ("主体标识", "名称", "电话", "许可证号"), tuple(row), good))
    (problem,) = found.problems
    heading = ("主体标识", "名称", "电话", "许可证号")[column]
    assert (problem.row, problem.column, problem.value, problem.rule) == (2, heading, value, rule)
    assert problem.message and list(found.known) == [ev.place("B")]


def test_one_business_told_twice(tmp_path: Path) -> None:
    head, first, again, other = ("主体标识", "名称"), (GLN, "甲"), (ev.place("A"), "甲"), (GLN, "丁")
    found = read_parties(table(tmp_path / "p.csv", head, first, again, other))
    assert [(p.row, p.rule) for p in found.problems] == [(4, "parties.duplicate")]
    assert found.known == {ev.place("A"): Party("甲")}


def test_a_file_that_is_no_table_of_businesses(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="没有“名称”列"):
        read_parties(table(tmp_path / "p.csv", ("GLN", "备注"), (GLN, "x")))
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(SheetError):
        read_parties(tmp_path / "empty.csv")


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_gln_in_any_form_is_one_party(body: str) -> None:
    gln = body + check_digit(body)
    assert party_id(gln) == party_id(f" {gln} ") == f"https://id.gs1.org/414/{gln}"
    wrong = body + str((int(gln[-1]) + 1) % 10)
    with pytest.raises(Refused, match=gln[-1]):
        party_id(wrong)


def test_who_is_unknown() -> None:
    assert list(unknown(["b", "#load", "a", "", "b", "c"], {"a": Party()})) == ["b", "c"]
