"""PDF with a text layer: glyphs drawn twice, running heads, fonts without a mapping, columns."""

from __future__ import annotations

import io

import pytest
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from shian.core.plan import PlanInputError
from shian.core.plan.files import read_file, text_of
from shian.core.plan.files.page import Line, flowed, without_margins

FONT = "STSong-Light"
Piece = tuple[float, float, str]


def pdf(*pages: list[Piece], size: float = 14) -> bytes:
    """Pages of (x, y from the top, words)."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for page in pages:
        canvas.setFont(FONT, size)
        for x, y, words in page:
            canvas.drawString(x, 842 - y, words)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(data: bytes) -> list[str]:
    return [line.strip() for line in text_of(data, "a.pdf").splitlines()]


@pytest.mark.parametrize(("dx", "dy"), [(0.3, 0), (0, 0.4), (1.2, 0), (0.5, 0.5), (0, 0)])
def test_glyphs_drawn_twice_count_once(dx: float, dy: float) -> None:
    words = "检查学校食堂1122家次，每111人1次……（（一）"
    assert lines(pdf([(80, 100, words), (80 + dx, 100 + dy, words), (80, 130, "二、宣传")])) == [words, "二、宣传"]


BODY = ["一、重点工作", "（一）检查120家次。", "（二）抽检200批次。", "（三）培训500人次。"]


def page(head: str, *body: str, foot: str = "") -> list[Piece]:
    return [(200, 40, head)] * bool(head) + [(80, 100 + 26 * i, words) for i, words in enumerate(body)] + [(200, 800, foot)] * bool(foot)


def test_running_heads_of_two_pages_and_of_odd_and_even_ones() -> None:
    assert lines(pdf(page("样例县食安委文件", *BODY, foot="— 1 —"), page("样例县食安委文件", "续文。", "再续。", foot="— 2 —"))) == [*BODY, "续文。", "再续。"]
    odd, even = "样例县食品安全委员会", "工作计划"
    assert lines(pdf(*(page(even if n % 2 else odd, f"{n}号甲文。", f"{n}号乙文。", f"{n}号丙文。") for n in range(4)))) == [f"{n}号{c}文。" for n in range(4) for c in "甲乙丙"]


def test_bare_page_numbers_go_and_numbers_of_a_list_stay() -> None:
    assert lines(pdf(page("", *BODY, foot="1"), page("", "续文。", "再续。", "三续。", foot="2"))) == [*BODY, "续文。", "再续。", "三续。"]
    assert lines(pdf(page("", *BODY, foot="7"), page("", "续文。", "再续。", "三续。", foot="9")))[-1] == "9"
    assert lines(pdf(page("", *BODY, "4"), page("", "5", "甲", "乙"))) == [*BODY, "4", "5", "甲", "乙"]


def test_what_only_looks_like_a_head_stays() -> None:
    """The same words at another height, a sentence, a line not set apart, a row of a table."""
    apart = [Line(100 + 26 * i, 114 + 26 * i, words) for i, words in enumerate(BODY)]
    for first, second in [("题目", 20.0), ("附件", 90.0)]:
        pages = [[Line(40, 54, first), *apart], [Line(second, second + 14, first), *apart[:2], Line(400, 414, "x")]]
        assert [line.text for page in without_margins(pages) for line in page].count(first) == 2
    for words, top in [("由县局负责。", 40.0), ("附件", 74.0), ("甲\t乙", 40.0), ("（责任单位：县局）", 40.0)]:
        found = without_margins([[Line(top, top + 14, words), *apart], [Line(top, top + 14, words), *apart]])
        assert [line.text for page in found for line in page].count(words) == 2


def test_two_columns_and_a_title_over_both() -> None:
    left = [f"左栏第{n}行的文字写满一栏的宽度了" for n in "一二三四五六"]
    right = [f"右栏第{n}行的文字写满一栏的宽度了" for n in "一二三四五六"]
    data = pdf([(150, 60, "样例县二〇二六年食品安全工作要点")] + [(50, 100 + 20 * i, a) for i, a in enumerate(left)] + [(320, 100 + 20 * i, b) for i, b in enumerate(right)])
    assert lines(data) == ["样例县二〇二六年食品安全工作要点", "".join(left + right)]


def test_a_list_without_rules_keeps_its_rows() -> None:
    rows = [("1", "检查学校食堂", "县教体局"), ("2", "抽检", "县市场监管局"), ("3", "培训从业人员", "县人社局"), ("4", "公布", "县食安办"), ("5", "办一期班", "县委组织部")]
    assert lines(pdf([(x, 100 + 24 * i, w) for i, row in enumerate(rows) for x, w in zip((80, 140, 400), row, strict=True)])) == [" ".join(r) for r in rows]


def test_a_list_of_two_columns_without_rules_keeps_its_rows() -> None:
    rows = [("检查学校食堂一百二十家次", "县教体局"), ("抽检", "县市场监管局"), ("培训从业人员", "县人力资源社会保障局"), ("公布结果", "县食安办"), ("办班", "县委组织部")]
    assert lines(pdf([(x, 100 + 24 * i, w) for i, row in enumerate(rows) for x, w in zip((60, 330), row, strict=True)])) == [" ".join(r) for r in rows]


def test_a_title_as_wide_as_the_page_does_not_run_into_the_text() -> None:
    def line(top: float, words: str, right: float, size: float = 14, left: float = 80) -> Line:
        return Line(top, top + size, words, left, right)

    title, body = line(50, "题", 500, 20), [line(100, "一", 500), line(120, "二", 300), line(140, "三", 500, left=108), line(160, "四", 480), line(180, "五", 200), line(200, "六", 200, left=108)]
    assert flowed([[title, *body]], [595]) == ["题", "一二", "　　三四五", "　　六"]
    assert flowed([[title], [line(100, "甲", 500, 20)]], [595, 595]) == ["题甲"], "over the end of a page"


def without_mapping(share: float) -> bytes:
    """A PDF whose second font has no way back to characters; ``share`` of the glyphs are in it."""
    words = "一、全年检查学校食堂一百二十家次，公布结果四次，合格率达到百分之九十八以上。" * 2
    cut = int(len(words) * share)
    known, unknown = words[: len(words) - cut], words[len(words) - cut :]
    content = f"BT /F1 10 Tf 1 0 0 1 50 700 Tm <{known.encode('utf-16-be').hex()}> Tj ET BT /F2 10 Tf 1 0 0 1 50 660 Tm <{unknown.encode('utf-16-be').hex()}> Tj ET"
    fonts = [
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+Sim/Encoding/Identity-H/DescendantFonts[7 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/AAAAAA+Sim/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>",
    ]
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 1200 842]/Resources<</Font<</F1 4 0 R/F2 5 0 R>>>>/Contents 8 0 R>>",
        *fonts, f"<</Length {len(content)}>>stream\n{content}\nendstream",
    ]  # fmt: skip
    out, places = b"%PDF-1.5\n", []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{i} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()


def test_glyphs_without_a_mapping() -> None:
    few = read_file(without_mapping(0.05), "a.pdf")
    assert "□" * 3 in few.text and "cid" not in few.text and "3 个字" in few.notes[0]
    with pytest.raises(PlanInputError) as e:
        read_file(without_mapping(0.5), "样例.pdf")
    assert e.value.code == "unmapped" and "样例.pdf" in str(e.value) and "文字识别" in str(e.value)


def table(rows: list[list[str]], style: list[tuple[object, ...]], widths: list[float] | None = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    grid = [("GRID", (0, 0), (-1, -1), 1, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 12)]
    SimpleDocTemplate(buffer).build([Table(rows, widths, style=[*grid, *style])])
    return buffer.getvalue()


def test_names_under_each_other_are_a_list_and_broken_lines_are_not() -> None:
    rows = [["序号", "具体措施", "责任单位"], ["1", "全年检查学校食\n堂120家次。", "县教体局\n县市场监管局"], ["2", "公布结果。", "县农业农村和水\n务局"]]
    assert lines(table(rows, [], [40, 12 * 7 + 14, 12 * 7 + 14])) == ["序号\t具体措施\t责任单位", "1\t全年检查学校食堂120家次。\t县教体局、县市场监管局", "2\t公布结果。\t县农业农村和水务局"]


def test_cells_merged_down_and_across_and_touching_text() -> None:
    rows = [["任务", "措施", "单位"], ["一、总则", "", ""], ["甲", "检查120家次", "县局"], ["", "抽检", "市局"]]
    spans = [("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 2), (0, 3)), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    assert lines(table(rows, spans, [48, 60 + 6, 48])) == ["任务\t措施\t单位", "一、总则", "甲\t检查120家次\t县局", "甲\t抽检\t市局"]


def test_a_page_turned_to_lie_across_is_read_as_it_is_shown() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setPageRotation(90)
    canvas.translate(595, 0)
    canvas.rotate(90)  # drawn so that the turned page shows it upright
    canvas.setFont(FONT, 14)
    for i, words in enumerate(BODY):
        canvas.drawString(80, 500 - 26 * i, words)
    canvas.save()
    assert lines(buffer.getvalue()) == BODY
