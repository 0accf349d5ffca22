"""Files: encodings, DOCX with its automatic numbers and merged cells, PDF, and what is refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from shian.core.plan import Ledger, PlanInputError, read_bytes
from shian.core.plan.files import MAX_BYTES, text_of

PLAN = "某县2024年消防工作要点\n一、压实责任\n（一）健全机制。每季度召开1次会议。（县消防救援大队牵头，各乡镇配合）\n"
FONT = "STSong-Light"


def docx_bytes(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    ledger = read_bytes(PLAN.encode(encoding), "plan.txt")
    assert [u.name for u in ledger.tasks[0].units] == ["县消防救援大队", "各乡镇"]


def numbered_docx() -> bytes:
    d = Document()
    numbering = d.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/><w:lvlText w:val="{shape}"/></w:lvl>'
        for i, (fmt, shape) in enumerate([("chineseCounting", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")])
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    d.add_paragraph("某县2024年消防工作要点")
    for level, words in [(0, "压实责任"), (1, "健全机制。开会。（县公安局）"), (1, "加强检查。检查。（县应急局）"), (0, "加强宣传"), (1, "入户宣传。宣传。（各乡镇）")]:
        p = d.add_paragraph(words)
        p._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'))
    return docx_bytes(d)


def test_automatic_numbers_are_written_out() -> None:
    ledger = read_bytes(numbered_docx(), "plan.docx")
    assert [(t.section, t.no, t.title) for t in ledger.tasks] == [("一", "（一）", "健全机制"), ("一", "（二）", "加强检查"), ("二", "（一）", "入户宣传")]


def table_docx() -> bytes:
    d = Document()
    d.add_paragraph("某县2024年消防工作任务分解表")
    t = d.add_table(rows=1, cols=5)
    for cell, words in zip(t.rows[0].cells, ["完成时限", "序号", "重点任务", "具体措施", "责任单位"], strict=True):
        cell.text = words

    def row(*words: str) -> object:
        cells = t.add_row().cells
        for cell, w in zip(cells, words, strict=True):
            cell.text = w
        return cells

    whole = row("一、压实责任", "", "", "", "")
    whole[0].merge(whole[4])
    a = row("2024年6月底前", "1", "健全机制", "建立联席会议。每季度召开1次会议。", "县公安局\n县应急局")
    b = row("12月", "2", "", "检查单位不少于200家。", "县公安局牵头，各乡镇配合")
    a[2].merge(b[2])
    return docx_bytes(d)


def check_table(ledger: Ledger) -> None:
    assert [(s.no, s.title) for s in ledger.sections] == [("一", "压实责任")]
    assert [(t.section, t.no, t.title) for t in ledger.tasks] == [("一", "1", "建立联席会议"), ("一", "2", "检查单位不少于200家")]
    assert [[(u.name, u.role) for u in t.units] for t in ledger.tasks] == [[("县公安局", "joint"), ("县应急局", "joint")], [("县公安局", "lead"), ("各乡镇", "support")]]
    assert [(d.task, d.date.isoformat()) for d in ledger.deadlines] == [("1.1", "2024-06-30"), ("1.2", "2024-12-31")]
    assert [(x.task, x.value) for x in ledger.targets] == [("1.1", 1), ("1.2", 200)]


def test_table_with_merged_cells() -> None:
    check_table(read_bytes(table_docx(), "plan.docx"))


def test_pasted_table_with_empty_cells_under_a_merged_number() -> None:
    text = "某县2024年任务表\n序号\t任务\t牵头单位\t配合单位\n1\t甲。做。\t县公安局\t县应急局\n\t乙。做。\t\t各乡镇\n2\t丙。\t县财政局\t\n"
    ledger = read_bytes(text.encode(), "t.txt")
    assert [(t.no, [(u.name, u.role) for u in t.units]) for t in ledger.tasks] == [
        ("1", [("县公安局", "lead"), ("县应急局", "support"), ("各乡镇", "support")]), ("2", [("县财政局", "lead")])]


def test_text_box_and_deleted_words() -> None:
    d = Document()
    d.add_paragraph("某县2024年工作要点")
    p = d.add_paragraph("一、甲")
    p._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:pict><w:txbxContent><w:p><w:r><w:t>（一）乙。做。（县公安局）</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>'))
    p._p.append(parse_xml(f'<w:del {nsdecls("w")}><w:r><w:delText>删去</w:delText></w:r></w:del>'))
    ledger = read_bytes(docx_bytes(d), "x.docx")
    assert [t.title for t in ledger.tasks] == ["乙"] and "删去" not in ledger.source


def pdf_bytes(*story: object, encrypt: str | None = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()

    def foot(canvas: Canvas, doc: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawString(280, 20, f"— {doc.page} —")

    SimpleDocTemplate(buffer, encrypt=encrypt).build(list(story), onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


def paragraph(words: str) -> Paragraph:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return Paragraph(words, ParagraphStyle("p", fontName=FONT, fontSize=14, leading=22, firstLineIndent=28, wordWrap="CJK"))


def test_pdf_paragraphs_wrap_over_lines_and_pages() -> None:
    long = "（一）健全机制。" + "加强检查，消除隐患。" * 150 + "合格率达到98%以上。（县消防救援大队、县公安局负责）"
    data = pdf_bytes(*(paragraph(x) for x in ["某县2024年消防工作要点", "一、压实责任", long, "（二）宣传。做。（各乡镇）"]))
    ledger = read_bytes(data, "plan.pdf")
    assert [(t.no, t.title) for t in ledger.tasks] == [("（一）", "健全机制"), ("（二）", "宣传")]
    assert [u.name for u in ledger.tasks[0].units] == ["县消防救援大队", "县公安局"] and ledger.targets[0].value == 98


def test_pdf_table() -> None:
    rows = [["完成时限", "序号", "重点任务", "责任单位"], ["一、压实责任", "", "", ""], ["2024年6月底前", "1", "建立联席会议。每季度召开1次会议。", "县公安局、\n县应急局"],
            ["12月", "2", "检查单位不少于200家。", "县公安局牵头，\n各乡镇配合"]]
    style = [("GRID", (0, 0), (-1, -1), 1, colors.black), ("FONTNAME", (0, 0), (-1, -1), FONT), ("SPAN", (0, 1), (-1, 1))]
    check_table(read_bytes(pdf_bytes(paragraph("某县2024年消防任务分解表"), Table(rows, style=style)), "plan.pdf"))


def scanned_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/document.xml", b"0" * 200_000_000)
    return buffer.getvalue()


def package(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        z.writestr(name, "<x/>")
    return buffer.getvalue()


def compound(stream: str) -> bytes:
    """A compound file whose one stream has this name, taken from one that holds a document."""
    data, old = (Path(__file__).parents[2] / "data/documents/plan.doc").read_bytes(), "WordDocument".encode("utf-16-le")
    at = data.index(old)
    name = stream.encode("utf-16-le")
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2)
    return data[:at] + entry + data[at + 66 :]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(("make", "name", "code"), [
    (lambda: b"", "a.txt", "empty"),
    (lambda: b" \r\n\t", "a.txt", "empty"),
    (lambda: b"x" * (MAX_BYTES + 1), "a.txt", "too_large"),
    (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 99, "a.txt", "wrong_type"),
    (lambda: OLE + b"\0" * 999, "a.doc", "broken"),
    (lambda: compound("EncryptedPackage"), "a.docx", "encrypted"),
    (lambda: compound("PowerPoint Document"), "a.ppt", "wrong_type"),
    (lambda: package("xl/workbook.xml"), "a.xlsx", "wrong_type"),
    (lambda: package("other.txt"), "a.zip", "wrong_type"),
    (lambda: package("word/document.xml"), "a.docx", "broken"),
    (lambda: table_docx()[:2000], "a.docx", "broken"),
    (lambda: b"not a docx", "a.docx", "broken"),
    (zip_bomb, "a.docx", "zip_bomb"),
    (lambda: b"%PDF-1.4 broken", "a.pdf", "broken"),
    (scanned_pdf, "a.pdf", "scanned"),
    (lambda: pdf_bytes(paragraph("某县计划"), encrypt="secret"), "a.pdf", "encrypted"),
    (lambda: bytes(range(128, 256)) * 20, "a.txt", "encoding"),
])
def test_refused_with_a_chinese_message(make: object, name: str, code: str) -> None:
    with pytest.raises(PlanInputError) as e:
        read_bytes(make(), name)  # type: ignore[operator]
    assert e.value.code == code
    assert any("\u4e00" <= c <= "\u9fff" for c in str(e.value))


def test_text_of_gives_what_spans_point_into() -> None:
    ledger = read_bytes(table_docx(), "plan.docx")
    assert text_of(table_docx(), "plan.docx") == ledger.source
