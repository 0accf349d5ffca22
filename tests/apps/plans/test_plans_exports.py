"""The 任务分解表 in Word and Excel: what an official looks for on the page."""

import datetime as dt
import io

from docx import Document as ReadDocx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from openpyxl import load_workbook

from shian.apps.plans import actions, queries
from shian.apps.plans.exports import Row, Sheet, day_words, docx_bytes, sheet_of, xlsx_bytes

TITLE = "演示县2026年食品安全重点工作计划任务分解表"


def sheet(*rows: Row) -> Sheet:
    return Sheet(TITLE, "演食安委〔2026〕2号", dt.date(2026, 3, 6), rows)


FIRST = Row(
    "一、压实责任", "加强抽检", "完成抽检任务。", "合格率≥98%", "县市场监管局", "配合：县财政局", "6月底前"
)
SECOND = Row("一、压实责任", "评议考核", "开展评议。", "", "", "县食安办", "10月底前")


def test_docx_page_fonts_header_row_and_page_numbers():
    doc = ReadDocx(io.BytesIO(docx_bytes(sheet(FIRST, SECOND))))
    section = doc.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE and round(section.page_width.cm, 1) == 29.7
    run = doc.paragraphs[0].runs[0]
    assert run.text == TITLE and run.font.size.pt == 22
    assert run._element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert doc.paragraphs[1].text == "演食安委〔2026〕2号　　2026年3月6日"
    table = doc.tables[0]
    heads = [c.text for c in table.rows[0].cells]
    assert heads == ["序号", "重点任务", "工作内容", "量化指标", "牵头单位", "责任（配合）单位", "完成时限"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert (
        len({id(c._tc) for c in table.rows[1].cells}) == 1 and table.rows[1].cells[0].text == "一、压实责任"
    )
    assert [r.cells[0].text for r in table.rows[2:]] == ["1", "2"]
    body = table.rows[2].cells[2].paragraphs[0].runs[0]
    assert body._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    footer = section.footer.paragraphs[0]._p.xml
    assert "PAGE" in footer and "— " in footer
    assert doc.settings.odd_and_even_pages_header_footer


def test_xlsx_prints_on_a4_across_with_repeated_heads():
    page = load_workbook(io.BytesIO(xlsx_bytes(sheet(FIRST, SECOND)))).active
    assert (
        page["A1"].value == TITLE and page["A1"].font.name == "方正小标宋简体" and page["A1"].font.size == 22
    )
    assert page.page_setup.orientation == "landscape" and int(page.page_setup.paperSize) == 9
    assert page.print_title_rows == "$3:$3" and "— &P —" in page.oddFooter.center.text
    assert {"A1:G1", "A4:G4"} <= {str(r) for r in page.merged_cells.ranges}
    assert [c.value for c in page[5]] == [
        1,
        "加强抽检",
        "完成抽检任务。",
        "合格率≥98%",
        "县市场监管局",
        "配合：县财政局",
        "6月底前",
    ]


def test_a_cell_that_looks_like_a_formula_stays_text():
    row = Row("", "=HYPERLINK(1)", "+1", "-1", "@x", "", "")
    page = load_workbook(io.BytesIO(xlsx_bytes(sheet(row)))).active
    assert [c.data_type for c in page[4][1:5]] == ["s"] * 4


def test_one_owner_column_where_nobody_leads():
    assert [c[0] for c in sheet(SECOND).columns] == [
        "重点任务",
        "工作内容",
        "量化指标",
        "责任单位",
        "完成时限",
    ]


def test_rows_follow_the_tasks(office, plan):
    rows = sheet_of(queries.ledger(office, document=plan), title=TITLE, number="", date=None).rows
    assert [r.title for r in rows] == ["落实属地责任", "加强抽检", "开展科普宣传", "推进明厨亮灶"]
    first, second, third, fourth = rows
    assert first.lead == "各乡镇人民政府、街道办事处" and first.owners == "配合：县食安办"
    assert first.due == "每季度\n12月底前" and second.due == "6月底前"
    assert second.lead == "县市场监督管理局" and second.owners == "配合：县农业农村局、县卫生健康局"
    assert second.targets == "全年食品抽检量≥4批次/千人\n食品安全抽检合格率≥98%"
    assert (third.lead, third.owners) == ("县食安委各成员单位", "")
    assert (fourth.lead, fourth.owners) == ("", "县教育体育局、县市场监督管理局")


def test_a_dropped_task_and_target_leave_the_table(office, plan):
    task = plan.tasks.get(no="（二）")
    said = {"reason": "调整", "number": "2号"}
    actions.decide_target(actor=office, target=task.targets.first(), kind="drop", **said)
    actions.decide(actor=office, task=plan.tasks.get(no="（三）"), kind="drop", **said)
    rows = sheet_of(queries.ledger(office, document=plan), title=TITLE, number="", date=None).rows
    assert [r.title for r in rows] == ["落实属地责任", "加强抽检", "推进明厨亮灶"]
    assert rows[1].targets == "食品安全抽检合格率≥98%"


def test_days_in_words():
    assert day_words(dt.date(2026, 9, 30), 2026) == "9月底前"
    assert day_words(dt.date(2026, 12, 3), 2026) == "12月3日前"
    assert day_words(dt.date(2027, 2, 28), 2026) == "2027年2月底前"
