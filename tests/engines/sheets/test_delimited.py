from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.engines.sheets import SheetError, open_table

TEXT = '序号,企业名称,许可证号\n1,"西平县好味道食品厂（普通合伙）,分厂","SC1"\n2,晋宁区老街面馆,\n'
ROWS = [["序号", "企业名称", "许可证号"], ["1", "西平县好味道食品厂（普通合伙）,分厂", "SC1"], ["2", "晋宁区老街面馆"]]


def rows(content: bytes) -> list[list[object]]:
    with open_table(content, "企业名单.csv") as table:
        assert table.sheets == ["企业名单"]
        return [list(row) for row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    assert rows(TEXT.encode(encoding)) == ROWS


def test_gb18030_covers_rare_names() -> None:
    assert rows("姓名,单位\n㛃𠮷,㙍县\n".encode("gb18030")) == [["姓名", "单位"], ["㛃𠮷", "㙍县"]]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "，"])
def test_delimiters(delimiter: str) -> None:
    text = f"名称{delimiter}数量, 单位{delimiter}备注\n甲{delimiter}1{delimiter}无\n乙{delimiter}2{delimiter}无\n"
    assert rows(text.encode())[1] == ["甲", "1", "无"]


def test_one_column_and_excel_text_tricks() -> None:
    assert rows(b"a\nb\n") == [["a"], ["b"]]
    assert rows('编号,名称\n="00123",\t11010519491231002X\t\n'.encode())[1] == ["00123", "11010519491231002X"]


def test_undecodable_text_names_the_byte() -> None:
    with pytest.raises(SheetError, match="第 4 字节") as caught:
        rows(b"a,b\xff\xff")
    assert caught.value.code == "encoding"


def test_open_quote_of_a_huge_field_is_refused() -> None:
    with pytest.raises(SheetError, match="行无法解析") as caught:
        rows(b'a,b\n"' + b"x" * 200_000)
    assert caught.value.code == "broken"


def test_rows_can_be_read_twice_and_abandoned() -> None:
    with open_table(TEXT.encode()) as table:
        next(iter(table.rows()))
        assert list(table.rows()) == ROWS


@given(st.lists(st.lists(st.text("食品安全,\"'\n\r x", min_size=1, max_size=5), min_size=2, max_size=4), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_what_csv_writes_is_read_back(table: list[list[str]]) -> None:
    import csv
    import io

    target = io.StringIO(newline="")
    csv.writer(target).writerows([["甲", "乙"]] * 30 + table)
    assert rows(target.getvalue().encode("utf-8-sig"))[30:] == table
