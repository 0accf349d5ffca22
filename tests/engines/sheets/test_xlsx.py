from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.engines.sheets import CellError, Limits, SheetError, open_table
from shian.engines.sheets.cells import format_kind, parse_number

from .workbooks import MAIN, PACKAGE_RELS, relation, workbook, worksheet

STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/>'
    '<numFmt numFmtId="177" formatCode="[$-804]#,##0.00&quot;元（day）&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="176"/><xf numFmtId="177"/>'
    '<xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="31"/></cellXfs>'
)


def read(data: str, **parts: str) -> list[list[object]]:
    with open_table(workbook({"表": worksheet(data)}, **parts)) as table:  # type: ignore[arg-type]
        return [list(row) for row in table.rows()]


def test_shared_strings_join_runs_and_skip_phonetic_guides() -> None:
    strings = (
        "<si><t>食品</t></si>"
        "<si><r><rPr><b/></rPr><t>抽</t></r><r><t xml:space='preserve'>检 </t></r>"
        "<rPh sb='0' eb='1'><t>chou</t></rPh></si>"
        "<si><t>A&amp;B_x000D_</t></si><si><t></t></si><si><t/></si>"
    )
    row = "<row r='1'>" + "".join(f"<c r='{c}1' t='s'><v>{i}</v></c>" for i, c in enumerate("ABCDEF"[:5])) + "</row>"
    assert read(row, strings=strings) == [["食品", "抽检 ", "A&B\r"]]


def test_the_fast_and_the_general_spelling_mean_the_same() -> None:
    strings = "<si><t>甲</t></si><si><t>乙</t></si>"
    fast = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1"><v>12.50</v></c></row><row r="4"><c r="B4" t="b"><v>1</v></c></row>'
    slow = (
        "<row r='1'><c t='s' r='A1'><v>1</v></c><c r='C1'><f>A2*1</f><v>12.50</v></c></row>"
        "<!-- <row r='2'><c r='A2'><v>99</v></c></row> --><row r='4'><c r='B4' t='b'><v>1</v></c></row>"
    )
    expected = [["乙", None, Decimal("12.50")], [], [], [None, True]]
    assert read(fast, strings=strings) == expected
    assert read(slow, strings=strings) == expected


def test_a_row_inside_a_comment_or_cdata_is_no_row() -> None:
    plain = '<row r="1"><c r="A1"><v>1</v></c></row>'
    hidden = '<!-- <row r="2"><c r="A2"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row> -->'
    assert read(plain + hidden + '<row r="4"><c r="A4"><v>4</v></c></row>') == [[1], [], [], [4]]


def test_prefixed_and_strict_documents_are_read() -> None:
    prefixed = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="B1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    strict = worksheet("<row r='1'><c r='A1'><v>8</v></c></row>", namespace="http://purl.oclc.org/ooxml/spreadsheetml/main")
    with open_table(workbook({"甲": prefixed, "乙": strict})) as table:
        assert table.sheets == ["甲", "乙"]
        assert list(table.rows("甲")) == [[None, 7]]
        assert list(table.rows("乙")) == [[8]]


def test_cells_without_references_follow_each_other() -> None:
    assert read("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>") == [[1, None, 3], [4]]


def test_dates_times_and_numbers_by_style() -> None:
    row = (
        '<row r="1"><c r="A1" s="1"><v>46023</v></c><c r="B1" s="2"><v>46023.5</v></c><c r="C1" s="3"><v>46023</v></c>'
        '<c r="D1" s="4"><v>46023</v></c><c r="E1" s="5"><v>0.75</v></c><c r="F1" s="6"><v>1.5</v></c>'
        '<c r="G1" s="7"><v>1</v></c><c r="H1" s="1"><v>60</v></c><c r="I1" t="d"><v>2026-03-01</v></c></row>'
    )
    day = date(2026, 1, 1)
    assert read(row, styles=STYLES) == [
        [day, datetime(2026, 1, 1, 12), day, 46023, "18:00:00", "36:00:00", date(1900, 1, 1), 60, date(2026, 3, 1)]
    ]


def test_1904_workbooks_count_from_another_day() -> None:
    row = '<row r="1"><c r="A1" s="1"><v>44561</v></c></row>'
    assert read(row, styles=STYLES, properties='<workbookPr date1904="1"/>') == [[date(2026, 1, 1)]]


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (0, None, None),
        (14, None, "date"),
        (58, None, "date"),
        (46, None, "elapsed"),
        (170, "General", None),
        (170, "0.00E+00", None),
        (170, '0"day"', None),
        (170, "[红色]0.0", None),
        (170, "[Red]#,##0", None),
        (170, "yyyy/m/d;@", "date"),
        (170, 'm"月"d"日"', "date"),
        (170, "mm:ss", "time"),
        (170, "[h]:mm", "elapsed"),
        (170, "[$-F800]dddd, mmmm dd, yyyy", "date"),
        (170, "\\d0", None),
    ],
)
def test_formats_that_make_dates(number: int, code: str | None, kind: str | None) -> None:
    assert format_kind(number, code) == kind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("007", 7),
        ("12.50", Decimal("12.50")),
        ("0.30000000000000004", Decimal("0.3")),
        ("1.1000000000000001", Decimal("1.1")),
        ("1E3", 1000),
        ("1.10105194912310E+17", 110105194912310000),
        ("1E+999999", "1E+999999"),
        ("NaN", "NaN"),
        ("十", "十"),
    ],
)
def test_numbers_are_what_was_typed(text: str, value: object) -> None:
    assert parse_number(text) == value
    assert type(parse_number(text)) is type(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
@settings(max_examples=80, deadline=None)
def test_the_binary_print_of_a_typed_decimal_reads_back_exactly(value: Decimal) -> None:
    assert parse_number(f"{float(value):.17g}") == value


def test_booleans_errors_inline_and_formula_text() -> None:
    row = (
        '<row r="1"><c r="A1" t="b"><v>0</v></c><c r="B1" t="e"><v>#N/A</v></c>'
        '<c r="C1" t="inlineStr"><is><t>内联</t></is></c><c r="D1" t="str"><f>A1&amp;"x"</f><v>结果</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> a</t></is></c></row>'
    )
    first, second = read(row)
    assert first == [False, "#N/A", "内联", "结果"]
    assert isinstance(first[1], CellError)
    assert second == [" a"]


def test_merged_ranges_are_repeated_on_request_only() -> None:
    data = '<row r="1"><c r="A1"><v>5</v></c><c r="C1"><v>1</v></c></row><row r="2"><c r="C2"><v>2</v></c></row>'
    xml = worksheet(data, after='<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>')
    with open_table(workbook({"表": xml})) as table:
        assert list(table.rows()) == [[5, None, 1], [None, None, 2]]
        assert list(table.rows(merged=True)) == [[5, 5, 1], [5, 5, 2]]


def test_hidden_sheets_are_left_out_and_unknown_names_explained() -> None:
    one = worksheet("<row r='1'><c r='A1'><v>1</v></c></row>")
    with open_table(workbook({"数据": one, "字典": one}, states={"字典": "veryHidden"})) as table:
        assert table.sheets == ["数据"]
        with pytest.raises(SheetError, match="没有名为“字典”的工作表；现有：数据"):
            list(table.rows("字典"))


def test_trailing_blank_rows_and_cells_vanish() -> None:
    data = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    assert read(data) == [[1]]


def test_a_value_in_a_far_column_is_refused() -> None:
    with pytest.raises(SheetError) as caught:
        read('<row r="1"><c r="XFD1"><v>1</v></c></row>')
    assert caught.value.code == "too_large"
    assert "XFD" in caught.value.message


@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.integers(-(10**14), 10**14), st.text("食品 安全&<>'\"\n=_x", min_size=1, max_size=6)),
            max_size=6,
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 40),
)
@settings(max_examples=60, deadline=None)
def test_any_cut_of_the_stream_gives_the_same_rows(rows: list[list[object]], cut: int) -> None:
    from xml.sax.saxutils import escape

    from shian.engines.sheets import package

    strings, data = [], []
    for number, row in enumerate(rows, start=1):
        cells = []
        for column, value in zip("ABCDEF", row, strict=False):
            if isinstance(value, str):
                cells.append(f'<c r="{column}{number}" t="s"><v>{len(strings)}</v></c>')
                strings.append(f'<si><t xml:space="preserve">{escape(value)}</t></si>')
            elif value is not None:
                cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
        data.append(f'<row r="{number}">{"".join(cells)}</row>')
    content = workbook({"表": worksheet("".join(data))}, strings="".join(strings))
    before, package.CHUNK = package.CHUNK, cut
    try:
        with open_table(content) as table:
            found = list(table.rows())
    finally:
        package.CHUNK = before
    trimmed = []
    for row in rows:
        while row and row[-1] is None:
            row = row[:-1]
        trimmed.append(row)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    assert found == trimmed


def test_many_strings_survive_the_spill(monkeypatch: pytest.MonkeyPatch) -> None:
    from shian.engines.sheets import strings as module

    monkeypatch.setattr(module, "_BUFFER", 7)
    texts = [f"企业{n}" * (n % 3) for n in range(100)]
    data = "".join(f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c><c r="B{n + 1}"><v>{n}</v></c></row>' for n in range(100))
    rows = read(data, strings="".join(f"<si><t>{text}</t></si>" for text in texts))
    assert [row[0] or "" for row in rows] == texts


@given(st.lists(st.sampled_from(["<si>", "</si>", "<t>", "</t>", "食品", "&amp;", "<r>", "</r>", " ", "]"]), max_size=14))
@settings(max_examples=120, deadline=None)
def test_a_plain_block_is_what_expat_reads(pieces: list[str]) -> None:
    from xml.etree import ElementTree

    from shian.engines.sheets.strings import plain_block

    block = "".join(pieces)
    texts = plain_block(block.encode())
    if texts:
        root = ElementTree.fromstring(f"<sst>{block}</sst>")
        assert [item[0].text or "" for item in root] == [text.decode() for text in texts]
        assert all(len(item) == 1 and len(item[0]) == 0 for item in root)


def test_plain_blocks_are_recognised() -> None:
    from shian.engines.sheets.strings import plain_block

    assert plain_block(b"<si><t>a</t></si><si><t></t></si>") == [b"a", b""]
    assert plain_block(b"<si><t>a</t></si> <si><t></t></si>") == []


def test_limits_can_be_set() -> None:
    content = workbook({"表": worksheet('<row r="1"><c r="C1"><v>1</v></c></row>')})
    with pytest.raises(SheetError, match="第 C 列，超过 2 列"):
        list(open_table(content, limits=Limits(columns=2)).rows())


@pytest.mark.parametrize("name", ["workbook22.xml", "book.xml"])
def test_the_workbook_is_named_by_its_relation(name: str) -> None:
    """Part names are free (ECMA-376 part 2, 9.3); only the relation of the package says which is the workbook."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook({"表": worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')}))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        for part in source.namelist():
            zipped.writestr(part.replace("workbook.xml", name), source.read(part))
        zipped.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE_RELS}">{relation(1, "officeDocument", f"/xl/{name}")}</Relationships>')
    with open_table(target.getvalue()) as table:
        assert list(table.sheets) == ["表"] and [list(row) for row in table.rows()] == [[1]]
