"""任务分解表 as an official would send it: DOCX and XLSX from plain rows.

Fonts and type sizes follow the habit of 党政机关公文格式 (GB/T 9704—2012): title in 小标宋 22 pt (二号),
table heads in 黑体, body in 仿宋, page number "— 1 —" in 宋体 14 pt outside. Fonts are named, not
embedded: the offices that open the file have them.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from docx import Document as NewDocx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from shian.kernel.ui.language import record_language

TITLE, HEAD, BODY, NOTE, PAGE = "方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312", "宋体"

SIZE = 10.5
"""五号: what a table of seven columns on A4 takes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One task as printed."""

    section: str
    title: str
    content: str
    targets: str
    lead: str
    owners: str
    due: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole 任务分解表. ``number`` and ``date`` of the document it breaks down."""

    title: str
    number: str
    date: dt.date | None
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[tuple[str, float, Callable[[Row], str], bool]]:
        """(head, width in cm, cell of a row, centred); one owner column where nobody leads."""
        led = any(r.lead for r in self.rows)
        owners: list[tuple[str, float, Callable[[Row], str], bool]] = (
            [("牵头单位", 2.5, lambda r: r.lead, True), ("责任（配合）单位", 3.5, lambda r: r.owners, False)]
            if led
            else [("责任单位", 4.6, lambda r: r.owners, False)]
        )
        return [
            ("重点任务", 3.5, lambda r: r.title, False),
            ("工作内容", 8.4 if led else 9.2, lambda r: r.content, False),
            ("量化指标", 3.7, lambda r: r.targets, False),
            *owners,
            ("完成时限", 2.6, lambda r: r.due, True),
        ]

    @property
    def line(self) -> str:
        """The line below the title: number and date."""
        day = f"{self.date.year}年{self.date.month}月{self.date.day}日" if self.date else ""
        return "　　".join(filter(None, (self.number, day)))


def sheet_of(tasks: Iterable, *, title: str, number: str, date: dt.date | None) -> Sheet:
    """From tasks with their parties, targets and milestones loaded (:func:`queries.ledger`)."""
    with record_language():  # the official table, whoever asks for it
        return Sheet(title, number, date, tuple(_row(t) for t in tasks if t.status != "dropped"))


def _row(task) -> Row:
    by_role: dict[str, list[str]] = {"lead": [], "joint": [], "support": []}
    for party in task.parties.all():
        name = party.label + (f"（{party.part}）" if party.part else "")
        if name not in by_role[party.role]:
            by_role[party.role].append(name)
    if not by_role["lead"] and len(by_role["joint"]) == 1:
        by_role["lead"], by_role["joint"] = by_role["joint"], []  # the only one that answers leads
    joint, support = "、".join(by_role["joint"]), "、".join(by_role["support"])
    owners = "\n".join(filter(None, (joint, f"配合：{support}" if support else "")))
    targets = [t for t in task.targets.all() if t.state == "active"]
    return Row(
        section=f"{task.section_no}、{task.section_title}" if task.section_no else task.section_title,
        title=task.title,
        content=task.text or task.title,
        targets="\n".join(f"{t.subject}{t.demand}" for t in targets),
        lead="、".join(by_role["lead"]),
        owners=owners,
        due=_due(task),
    )


def _due(task) -> str:
    """每季度；9月底前；年底前: earlier printed dates stand before the last."""
    words = [task.get_recurrence_display()] if task.recurrence else []
    dates = {m.due for m in task.milestones.all() if task.due and m.due < task.due}
    dates |= {task.due} if task.due else set()
    return "\n".join(words + [day_words(d, task.year) for d in sorted(dates)])


def day_words(day: dt.date, year: int) -> str:
    """2026-09-30 → 9月底前, 2026-12-03 → 12月3日前, of another year with the year before it."""
    last = calendar.monthrange(day.year, day.month)[1]
    start = "" if day.year == year else f"{day.year}年"
    return f"{start}{day.month}月底前" if day.day == last else f"{start}{day.month}月{day.day}日前"


def numbered(rows: Iterable[Row]) -> list[tuple[str, int, Row | None]]:
    """(section, 0, None) before the first row of each section, ("", n, row) for each row."""
    out: list[tuple[str, int, Row | None]] = []
    section = ""
    for n, row in enumerate(rows, 1):
        if row.section and row.section != section:
            section = row.section
            out.append((section, 0, None))
        out.append(("", n, row))
    return out


# --- DOCX -----------------------------------------------------------------------------------------
def docx_bytes(sheet: Sheet) -> bytes:
    doc = NewDocx()
    _page(doc)
    _line(doc.add_paragraph(), sheet.title, TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER, after=6)
    if sheet.line:
        _line(doc.add_paragraph(), sheet.line, NOTE, 14, WD_ALIGN_PARAGRAPH.CENTER, after=8)
    heads = [("序号", 1.3, None, True), *sheet.columns]
    table = doc.add_table(rows=1, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for cell, (head, _width, _value, _centred) in zip(table.rows[0].cells, heads, strict=True):
        _cell(cell, head, HEAD, SIZE, centred=True)
    _mark_row(table.rows[0], "w:tblHeader")
    for section, n, row in numbered(sheet.rows):
        cells = table.add_row().cells
        if row is None:
            _cell(cells[0].merge(cells[-1]), section, HEAD, SIZE)
            _keep_with_next(cells[0])
            continue
        _cell(cells[0], str(n), BODY, SIZE, centred=True)
        for cell, (_head, _width, value, centred) in zip(cells[1:], sheet.columns, strict=True):
            _cell(cell, value(row), BODY, SIZE, centred=centred)
    for row in table.rows:
        _mark_row(row, "w:cantSplit", on=max((len(c.text) for c in row.cells), default=0) < 260)
        for cell, (_head, width, _value, _centred) in zip(row.cells, heads, strict=True):
            cell.width = Cm(width)
    for column, (_head, width, _value, _centred) in zip(table.columns, heads, strict=True):
        column.width = Cm(width)
    out = BytesIO()
    doc.core_properties.title, doc.core_properties.author = sheet.title, ""
    doc.save(out)
    return out.getvalue()


def _page(doc) -> None:
    section = doc.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin, section.bottom_margin, section.footer_distance = Cm(2.4), Cm(2.2), Cm(1.2)
    style = doc.styles["Normal"]
    style.font.size = Pt(12)
    _font(style.element.get_or_add_rPr(), BODY)
    language = OxmlElement("w:lang")  # punctuation of the mainland, whatever the reader's machine prefers
    for slot in ("w:val", "w:eastAsia"):
        language.set(qn(slot), "zh-CN")
    style.element.rPr.append(language)
    doc.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(paragraph, align) -> None:
    """— 1 —, on the outer side, one character in."""
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    for part in ("— ", None, " —"):
        run = paragraph.add_run(part or "")
        run.font.size = Pt(14)
        _font(run._element.get_or_add_rPr(), PAGE)
        if part is None:
            for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
                node = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    node.set(qn("w:fldCharType"), kind)
                else:
                    node.text = text
                run._element.append(node)


def _line(paragraph, text: str, font: str, size: float, align, after: int = 0) -> None:
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(after)
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _font(run._element.get_or_add_rPr(), font)


def _cell(cell, text: str, font: str, size: float, *, centred: bool = False) -> None:
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    align = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    for n, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(16)
        _line(paragraph, line, font, size, align)


def _font(properties, name: str) -> None:
    """East Asian and Latin text alike; without ``w:eastAsia`` Word falls back to its default font."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for slot in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(slot), name if slot == "w:eastAsia" or name != TITLE else "Times New Roman")


def _mark_row(row, name: str, on: bool = True) -> None:
    if on:
        row._tr.get_or_add_trPr().append(OxmlElement(name))


def _keep_with_next(cell) -> None:
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.keep_with_next = True


# --- XLSX -----------------------------------------------------------------------------------------
CM_TO_CHARS = 4.6
"""Column width in characters of the default font, per centimetre."""


def xlsx_bytes(sheet: Sheet) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("任务分解表")
    _print_setup(page)
    edge = {"border": 1, "valign": "vcenter", "text_wrap": True}
    title = book.add_format({"font_name": TITLE, "font_size": 22, "align": "center", "valign": "vcenter"})
    note = book.add_format({"font_name": NOTE, "font_size": 14, "align": "center"})
    head = book.add_format({"font_name": HEAD, "font_size": SIZE, "align": "center", **edge})
    section_format = book.add_format({"font_name": HEAD, "font_size": SIZE, **edge})
    left = book.add_format({"font_name": BODY, "font_size": SIZE, **edge})
    centred = book.add_format({"font_name": BODY, "font_size": SIZE, "align": "center", **edge})
    columns = sheet.columns
    page.set_column(0, 0, 6)
    for n, (_name, width, _value, _centred) in enumerate(columns, 1):
        page.set_column(n, n, width * CM_TO_CHARS)
    page.merge_range(0, 0, 0, len(columns), sheet.title, title)
    page.set_row(0, 42)
    page.merge_range(1, 0, 1, len(columns), sheet.line, note)
    page.set_row(1, 24)
    for n, name in enumerate(["序号", *(c[0] for c in columns)]):
        page.write_string(2, n, name, head)
    page.set_row(2, 32)
    at = 3
    for section, n, row in numbered(sheet.rows):
        if row is None:
            page.merge_range(at, 0, at, len(columns), section, section_format)
            page.set_row(at, 24)
        else:
            page.write_number(at, 0, n, centred)
            for c, (_name, _width, value, middle) in enumerate(columns, 1):
                page.write_string(at, c, value(row), centred if middle else left)
            page.set_row(at, _height(row, columns))
        at += 1
    book.set_properties({"title": sheet.title})
    book.close()
    return out.getvalue()


def _print_setup(page) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.freeze_panes(3, 0)
    page.set_footer('&C&"宋体"&14— &P —')


def _height(row: Row, columns) -> float:
    """Points for the tallest cell: merged and wrapped cells do not grow by themselves. At most 409."""
    lines = 1
    for _name, width, value, _centred in columns:
        room = max(1, int(width * CM_TO_CHARS / 2.0))
        lines = max(lines, sum(max(1, -(-len(part) // room)) for part in value(row).split("\n")))
    return min(409.0, 8 + lines * 15)


FORMATS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx_bytes),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
}
