"""OFD (GB/T 33190): reading order, ruled tables, templates, signatures, and what is refused."""

from __future__ import annotations

import pytest

from shian.core.plan import PlanInputError, read_bytes
from shian.core.plan.files import read_file, text_of

from .made.ofd import grid, image, ofd, pages_of, stroke, text
from .test_files import check_table

LONG = "（一）健全机制。" + "加强检查，消除隐患。" * 60 + "合格率达到98%以上。（县消防救援大队、县公安局负责）"
PLAN = ["某县2024年消防工作要点", "一、压实责任", LONG, "（二）宣传。做。（各乡镇）"]


def test_paragraphs_run_on_over_lines_and_pages_without_heads_and_numbers() -> None:
    data = ofd(pages_of(PLAN, head="某县消防安全委员会文件"))
    found = text_of(data, "plan.ofd")
    assert "".join(found.split()) == "".join(PLAN)
    ledger = read_bytes(data, "plan.ofd")
    assert [(t.no, t.title) for t in ledger.tasks] == [("（一）", "健全机制"), ("（二）", "宣传")]
    assert [u.name for u in ledger.tasks[0].units] == ["县消防救援大队", "县公安局"] and ledger.targets[0].value == 98


TABLE = [
    [("完成时限", 1, 1), ("序号", 1, 1), ("重点任务", 1, 1), ("具体措施", 1, 1), ("责任单位", 1, 1)],
    [("一、压实责任", 5, 1)],
    [("2024年6月底前", 1, 1), ("1", 1, 1), ("健全机制", 1, 2), ("建立联席会议。每\n季度召开1次会议。", 1, 1), ("县公安局\n县应急局", 1, 1)],
    [("12月", 1, 1), ("2", 1, 1), ("检查单位不少于20\n0家。", 1, 1), ("县公安局牵头，各乡镇配合", 1, 1)],
]


def table_page() -> str:
    return text(60, 30, "某县2024年消防工作任务分解表") + grid(15, 40, [28, 14, 24, 36, 52], TABLE)


def test_ruled_table_with_cells_merged_both_ways() -> None:
    data = ofd([table_page()])
    assert text_of(data, "t.ofd").splitlines()[2:] == [
        "一、压实责任\t\t\t\t",
        "2024年6月底前\t1\t健全机制\t建立联席会议。每季度召开1次会议。\t县公安局、县应急局",
        "12月\t2\t健全机制\t检查单位不少于200家。\t县公安局牵头，各乡镇配合",
    ]
    check_table(read_bytes(data, "t.ofd"))


def test_objects_in_any_order_drawn_twice_in_blocks_and_templates() -> None:
    bold = text(30, 60, "一、重点工作") + text(30.1, 60, "一、重点工作")
    page = f'{text(30, 70, "（一）检查120家次。（县教体局）")}<ofd:PageBlock ID="5">{bold}</ofd:PageBlock>{text(30, 80, "看不见", more=chr(32) + "Visible=" + chr(34) + "false" + chr(34))}'
    data = ofd([page], template=text(60, 50, "样例县2026年食品安全工作计划"))
    assert [line.strip() for line in text_of(data, "x.ofd").splitlines()] == ["样例县2026年食品安全工作计划", "一、重点工作", "（一）检查120家次。（县教体局）"]


def test_matrix_and_short_deltas() -> None:
    """Characters set by a matrix and by ``g n step``; a wide step parts two runs, as between two cells."""
    node = (
        '<ofd:TextObject ID="1" Boundary="20 50 100 10" CTM="0.5 0 0 0.5 10 0" Font="2" Size="8">'
        '<ofd:TextCode X="0" Y="8" DeltaX="g 2 8 40 g 2 8">检查表抽检量</ofd:TextCode></ofd:TextObject>'
    )
    assert text_of(ofd([node]), "x.ofd") == "检查表 抽检量"


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行文字写满了这一栏的宽度" for n in "一二三四五六"]
    right = [f"右栏第{n}行文字写满了这一栏的宽度" for n in "一二三四五六"]
    page = text(40, 25, "通栏标题很长很长很长很长很长很长很长")
    page += "".join(text(20, 40 + 8 * i, a, 4.5) + text(110, 40 + 8 * i, b, 4.5) for i, (a, b) in enumerate(zip(left, right, strict=True)))
    assert [line.strip() for line in text_of(ofd([page]), "x.ofd").splitlines()][1:] == ["".join(left + right)]


def test_a_list_without_rules_keeps_its_rows() -> None:
    rows = [("1", "检查学校食堂", "县教体局"), ("2", "抽检粮油", "县市场监管局"), ("3", "培训从业人员", "县人社局"), ("4", "公布结果", "县食安办"), ("5", "办一期班", "县委组织部")]
    page = "".join(text(20, 40 + 8 * i, a) + text(40, 40 + 8 * i, b) + text(120, 40 + 8 * i, c) for i, (a, b, c) in enumerate(rows))
    assert [line.strip() for line in text_of(ofd([page]), "x.ofd").splitlines()] == [" ".join(row) for row in rows]


def test_a_signature_is_told_not_verified() -> None:
    found = read_file(ofd([table_page()], seal="样例签章公司"), "x.ofd")
    assert len(found.notes) == 1 and "1 处" in found.notes[0] and "样例签章公司 2026-03-02 10:15Z" in found.notes[0] and "没有验证" in found.notes[0]
    assert read_bytes(ofd([table_page()], seal="样例签章公司"), "x.ofd").notes == found.notes


def test_other_namespace_and_wrong_paths_are_read() -> None:
    data = ofd([text(30, 50, "一、重点工作")])
    assert text_of(data.replace(b"PK", b"PK"), "x.ofd").strip() == "一、重点工作"
    import io
    import zipfile

    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        for name in source.namelist():
            body = source.read(name).replace(b"http://www.ofdspec.org/2016", b"http://www.ofdspec.org").replace(b'BaseLoc="Pages', b'BaseLoc="/Doc_0/Pages')
            z.writestr(name.replace("/", "\\").upper(), body)
    assert text_of(buffer.getvalue(), "x.ofd").strip() == "一、重点工作"


@pytest.mark.parametrize(("data", "code"), [
    (ofd([image()]), "scanned"),
    (ofd([stroke(10, 10, 20, 10)]), "scanned"),
    (ofd([]), "empty"),
    (ofd([table_page()], extra={"Encryptions.xml": b"<x/>"}), "encrypted"),
    (ofd([table_page()], extra={"Doc_0/Res/bomb": b"0" * 200_000_000}), "zip_bomb"),
    (ofd([table_page()])[:-300], "broken"),
    (ofd(["<ofd:TextObject Boundary='a b c d'><ofd:TextCode X='x'>字</ofd:TextCode></ofd:TextObject>"]), "broken"),
    (ofd(["<unclosed>"]), "broken"),
    (ofd(["<ofd:PageBlock>" * 5000 + "</ofd:PageBlock>" * 5000]), "broken"),
])
def test_refused_with_a_chinese_message(data: bytes, code: str) -> None:
    with pytest.raises(PlanInputError) as e:
        text_of(data, "样例.ofd")
    assert e.value.code == code and "样例.ofd" in str(e.value)
