from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.engines.sheets import Column, Layout, SheetError, find_header, open_table, write_table

KNOWN = {"name": {"企业名称", "单位名称"}, "code": {"统一社会信用代码", "信用代码"}, "area": {"经营面积"}, "lead": {"牵头"}}


def test_header_below_a_title_with_asterisks_and_units() -> None:
    rows = [
        ["西平县食品生产企业名单"],
        ["填报单位：西平县市场监管局", None, "2026年3月"],
        [],
        ["序号", "*企业名称", "信用代码（必填）", "经营 面积(㎡)", "备注"],
        [1, "甲", "9", 12, None],
    ]
    match = find_header(iter(rows), KNOWN)
    assert (match.first, match.last) == (4, 4)
    assert match.columns == {"name": 1, "code": 2, "area": 3}
    assert match.unknown == {0: "序号", 4: "备注"}
    assert match.missing == {"lead"}


def test_two_row_header_and_no_header() -> None:
    rows = [["任务", None], ["单位名称", "责任单位", None], [None, "牵头", "配合"], ["甲", "乙", "丙"]]
    match = find_header(rows, KNOWN)
    assert (match.first, match.last) == (2, 3)
    assert match.columns == {"name": 0, "lead": 1}
    assert not find_header([["甲", "乙"]], KNOWN).found


def test_first_column_of_a_repeated_heading_wins() -> None:
    match = find_header([["企业名称", "单位名称"]], KNOWN)
    assert match.columns == {"name": 0}
    assert match.unknown == {1: "单位名称"}


def test_round_trip_keeps_text_text() -> None:
    rows = [
        ["=1+1", "+86", "-", "@a", "http://a.cn", "001"],
        ["110105194912310021", 110105194912310021, Decimal("12.50"), Decimal("0.1234567890123456789"), True, None],
        [date(2026, 2, 28), datetime(2026, 2, 28, 9, 30), 0, -5, "甲\n乙", "x" * 40_000],
    ]
    target = io.BytesIO()
    assert write_table(target, ["一", "二", "三", "四", "五", "六"], rows, title="任务分解表") == 3
    content = target.getvalue()
    with open_table(content) as table:
        title, head, *found = list(table.rows())
    assert title == ["任务分解表"]
    assert head == ["一", "二", "三", "四", "五", "六"]
    assert found[0] == rows[0]
    assert found[1] == ["110105194912310021", "110105194912310021", Decimal("12.5"), "0.1234567890123456789", "是"]
    assert found[2][:5] == rows[2][:5]
    last = found[2][5]
    assert isinstance(last, str) and len(last) == 32_767 and last.endswith("后文已截断）")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert {cell.data_type for cell in sheet[3]} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in sheet[3])


def test_page_set_up_for_printing() -> None:
    target = io.BytesIO()
    write_table(target, [Column("序号", 6, centred=True), Column("任务", 40)], [[1, "抽检"]], layout=Layout(title="表", note="单位：批次"))
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet is not None
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet["A1"].font.name == "宋体"
    assert sheet["B4"].font.name == "仿宋"
    assert sheet.column_dimensions["B"].width == pytest.approx(40, abs=1)


def test_long_tables_go_on_in_a_further_sheet_with_headings() -> None:
    target = io.BytesIO()
    seen: list[int] = []
    rows = ([n] for n in range(2500))
    assert write_table(target, ["号"], rows, layout=Layout(sheet="名单[1]", rows_per_sheet=1501), progress=seen.append) == 2500
    assert seen == [500, 1000, 1500, 2000, 2500]
    with open_table(target.getvalue()) as table:
        assert table.sheets == ["名单_1_", "名单_1_(2)"]
        first, second = (list(table.rows(sheet)) for sheet in table.sheets)
    assert first[0] == second[0] == ["号"]
    assert [row[0] for row in first[1:] + second[1:]] == list(range(2500))


@given(st.text(max_size=12))
@settings(max_examples=80, deadline=None)
def test_any_text_comes_back(text: str) -> None:
    target = io.BytesIO()
    write_table(target, ["名", "末"], [[text, "末"]])
    with open_table(target.getvalue()) as table:
        assert (list(table.rows())[1][0] or "") == text.encode("utf-8", "replace").decode()


def test_a_row_longer_than_the_headings_is_refused() -> None:
    with pytest.raises(SheetError, match="第 2 行有 2 个值，多于 1 个列标题"):
        write_table(io.BytesIO(), ["名"], [["甲"], ["乙", "丙"]])


def test_an_export_that_fails_midway_leaves_no_half_file_open() -> None:
    def rows() -> object:
        yield ["甲"]
        raise RuntimeError("查询中断")

    target = io.BytesIO()
    with pytest.raises(RuntimeError, match="查询中断"):
        write_table(target, ["名"], rows())  # type: ignore[arg-type]


def test_our_own_files_are_read_on_the_fast_path(monkeypatch: pytest.MonkeyPatch) -> None:
    from shian.engines.sheets.worksheet import CellReader

    hits: list[bool] = []
    original = CellReader.fast_row

    def spy(self: CellReader, stretch: bytes) -> object:
        found = original(self, stretch)
        hits.append(found is not None)
        return found

    monkeypatch.setattr(CellReader, "fast_row", spy)
    target = io.BytesIO()
    write_table(target, ["名", "数", "日"], [["甲", n, date(2026, 1, 1)] for n in range(50)])
    with open_table(target.getvalue()) as table:
        assert len(list(table.rows())) == 51
    assert sum(hits) == 50
    assert zipfile.is_zipfile(target)
