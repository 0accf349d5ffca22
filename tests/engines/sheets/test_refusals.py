"""Every file that is not a readable table: a typed error with a Chinese message, never a stack trace."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.engines.sheets import Limits, SheetError, open_table
from shian.engines.sheets.package import CFB_MAGIC

from .workbooks import workbook, worksheet

ONE = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
GOOD = workbook({"表": ONE}, strings="<si><t>甲</t></si>")


def code_of(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught, open_table(content, "上传.xlsx", limits=limits or Limits()) as table:
        for sheet in table.sheets:
            list(table.rows(sheet))
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.message)
    return caught.value.code


def test_empty_file() -> None:
    assert code_of(b"") == "empty"


def test_old_binary_and_encrypted_workbooks_are_told_apart() -> None:
    assert code_of(CFB_MAGIC + b"\0" * 600 + "Workbook".encode("utf-16-le")) == "old_format"
    assert code_of(CFB_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")) == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>1</td></tr></table></html>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        b"%PDF-1.7 \n",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    ],
)
def test_other_files_under_a_tables_name(content: bytes) -> None:
    assert code_of(content) == "not_a_table"


@pytest.mark.parametrize(
    ("part", "code"), [("word/document.xml", "not_a_table"), ("xl/workbook.bin", "old_format"), ("mimetype", "old_format")]
)
def test_other_zips(part: str, code: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        zipped.writestr(part, "x")
    assert code_of(target.getvalue()) == code


def test_dtd_and_entities_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><worksheet><sheetData/></worksheet>'
    assert code_of(workbook({"表": bomb})) == "xml_dtd"


def test_zip_bomb_by_declared_ratio() -> None:
    assert code_of(workbook({"表": ONE}, extra={"xl/media/a.bin": b"\0" * (33 << 20)})) == "zip_bomb"


def test_zip_bomb_by_total_and_by_number_of_parts() -> None:
    assert code_of(GOOD, Limits(total=100)) == "zip_bomb"
    assert code_of(GOOD, Limits(parts=2)) == "zip_bomb"


def test_a_part_that_inflates_beyond_its_limit_while_read() -> None:
    # more than the least allowance, less than its declared size: what a forged central directory would amount to
    padded = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 200_000)
    assert code_of(workbook({"表": padded}), Limits(ratio=1, ratio_from=1 << 17, part=1 << 30)) == "zip_bomb"


def test_a_forged_size_is_a_broken_file() -> None:
    content = bytearray(GOOD)
    start = content.rfind(b"PK\x01\x02", 0, content.find(b"xl/worksheets/sheet1.xml", content.find(b"PK\x01\x02")))
    content[start + 24 : start + 28] = (40).to_bytes(4, "little")
    assert code_of(bytes(content)) == "broken"


def test_truncated_and_password_protected_zips() -> None:
    assert code_of(GOOD[: len(GOOD) // 2]) == "broken"
    content = bytearray(GOOD)
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    assert code_of(bytes(content)) == "encrypted"


def test_broken_xml_names_part_and_line() -> None:
    with pytest.raises(SheetError, match=r"xl/worksheets/sheet1\.xml 第 1 行"):
        list(open_table(workbook({"表": ONE.replace("</c>", "")})).rows())


def test_nesting_bombs_are_refused() -> None:
    deep = worksheet("<row>" + "<a>" * 1000 + "</a>" * 1000 + "</row>")
    assert code_of(workbook({"表": deep})) == "broken"


def test_dangling_and_wrong_string_references() -> None:
    assert code_of(workbook({"表": worksheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>')})) == "broken"
    assert code_of(workbook({"表": worksheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')})) == "broken"
    assert code_of(workbook({"表": worksheet('<row r="1"><c r="A1" t="zz"><v>1</v></c></row>')})) == "broken"
    assert code_of(workbook({"表": worksheet('<row r="1"><c r="A1" t="d"><v>昨天</v></c></row>')})) == "broken"


def test_no_visible_sheet() -> None:
    assert code_of(workbook({"表": ONE}, states={"表": "hidden"})) == "no_sheet"


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_damage_is_a_sheet_error_or_still_a_table(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        with open_table(bytes(content)) as table:
            for sheet in table.sheets:
                list(table.rows(sheet))
    except SheetError:
        pass


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_a_sheet_error_or_a_table(content: bytes) -> None:
    try:
        with open_table(content) as table:
            list(table.rows())
    except SheetError:
        pass


def test_a_path_is_closed_again_after_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "旧.xls"
    path.write_bytes(CFB_MAGIC)
    with pytest.raises(SheetError):
        open_table(path)
    path.unlink()
    assert not path.exists()
