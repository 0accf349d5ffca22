"""DOCX of every make: parts under other names, dangling relations, tracked changes, merged cells, lists as Word shows them."""

from __future__ import annotations

import pytest

from shian.core.plan.files import read_file, text_of

from .made.docx import NAMES, REL, docx, levels, numbering, p, run, tbl, tc, tr

BY = 'w:id="1" w:author="甲" w:date="2026-01-05T08:00:00Z"'
MOVED = f'<w:moveFrom {BY}>{run("（二）培训500人次。")}</w:moveFrom>'


def lines(*body: str, **more: object) -> list[str]:
    return text_of(docx(*body, **more), "a.docx").splitlines()  # type: ignore[arg-type]


@pytest.mark.parametrize("main", ["word/document2.xml", "word/document.xml", "doc/text.xml"])
def test_the_main_part_is_named_by_its_relation(main: str) -> None:
    assert lines("一、甲", main=main) == ["一、甲"]


@pytest.mark.parametrize("target", ["../NULL", "#_top", "header9.xml", "", "%zz", "/word/media/none.png"])
def test_relations_that_lead_nowhere_do_not_matter(target: str) -> None:
    assert lines("一、甲", rels=f'<Relationship Id="x" Type="{REL}/header" Target="{target}"/>') == ["一、甲"]


def test_strict_names() -> None:
    strict = f"<w:document {NAMES}><w:body>{p('一、甲')}</w:body></w:document>".replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert lines(parts={"word/document.xml": strict}) == ["一、甲"]


def test_templates_and_macros_are_documents() -> None:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.template.macroEnabledTemplate.main+xml"/></Types>'
    assert lines("一、甲", parts={"[Content_Types].xml": types, "word/vbaProject.bin": b"\0"}) == ["一、甲"]


def test_changes_are_read_as_accepted_and_counted() -> None:
    deleted = f'<w:del {BY}><w:r><w:delText>删</w:delText></w:r></w:del>'
    found = read_file(docx(
        p("（一）甲。"), p(MOVED, mark=f"<w:moveFrom {BY}/>"), p(deleted + f'<w:ins {BY}>{run("（三）乙。")}</w:ins>'),
        p(f'<w:moveTo {BY}>{run("（二）培训500人次。")}</w:moveTo>', mark=f"<w:moveTo {BY}/>"),
    ), "a.docx")  # fmt: skip
    assert found.text.splitlines() == ["（一）甲。", "（三）乙。", "（二）培训500人次。"]
    assert [n for n in found.notes if "插入 1 处、删除 1 处、移动 1 处" in n] and len(found.notes) == 1
    assert read_file(docx("甲"), "a.docx").notes == ()


def test_a_deleted_paragraph_mark_joins_and_a_deleted_row_goes() -> None:
    gone = f"<w:del {BY}/>"
    table = tbl(tr("甲", "1"), tr("乙", "2", more=gone), tr("丙", "3"), columns=2)
    assert lines(p("开展", mark=gone), p("检查", num=(1, 0)), p("抽检", num=(1, 0)), table, lists=numbering("")) == ["一、开展检查", "二、抽检", "甲\t1", "丙\t3"]


@pytest.mark.parametrize(("inner", "right"), [
    ("<m:oMath><m:r><m:t>≥98%</m:t></m:r></m:oMath>", "≥98%"),
    ("<m:oMathPara><m:oMath><m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f></m:oMath></m:oMathPara>", "3/4"),
    ("<m:oMath><m:f><m:num><m:r><m:t>合格数+1</m:t></m:r></m:num><m:den><m:r><m:t>总数</m:t></m:r></m:den></m:f></m:oMath>", "(合格数+1)/总数"),
    ("<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>4</m:t></m:r></m:sup></m:sSup></m:oMath>", "10^4"),
    ("<m:oMath><m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:r><m:t>x</m:t></m:r></m:e></m:d></m:oMath>", "[x]"),
])
def test_equations_speak(inner: str, right: str) -> None:
    assert lines(p(run("合格率") + inner + run("。"))) == [f"合格率{right}。"]


def test_ruby_and_hidden_words_are_no_text() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('bó')}</w:rt><w:rubyBase>{run('亳')}</w:rubyBase></w:ruby></w:r>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
    assert lines(p(ruby + run("州") + hidden)) == ["亳州"]


def alternate(choice: str, fallback: str) -> str:
    return f'<mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>'


def test_alternate_content_once() -> None:
    boxed = "<w:txbxContent>" + p("（一）框内。") + "</w:txbxContent>"
    box = f"<w:r>{alternate(f'<w:drawing><wps:txbx>{boxed}</wps:txbx></w:drawing>', f'<w:pict><v:textbox>{boxed}</v:textbox></w:pict>')}</w:r>"
    assert lines(p(run("一、甲") + box)) == ["一、甲", "（一）框内。"]
    assert lines(alternate(p("乙"), p("乙"))) == ["乙"]
    assert lines(p(alternate("<w:drawing/>", run("只有旧写法")))) == ["只有旧写法"]


def test_rows_that_begin_later_and_cells_merged() -> None:
    before, after = '<w:gridBefore w:val="1"/>', '<w:gridAfter w:val="1"/>'
    table = tbl(
        tr("序号", "任务", "责任单位"), tr("1", tc("甲", '<w:vMerge w:val="restart"/>'), "县教体局"), tr(tc("", "<w:vMerge/>"), "县局", more=before),
        tr(tc("乙", '<w:gridSpan w:val="2"/>'), more=after), columns=3,
    )  # fmt: skip
    assert lines(table) == ["序号\t任务\t责任单位", "1\t甲\t县教体局", "\t甲\t县局", "乙\t\t"]


@pytest.mark.parametrize(("name", "data", "right"), [
    ("a.html", "<html><head><title>题</title><meta charset='gb2312'></head><body><p>一、甲<br>乙</p><table><tr><td>1</td><td><p>二</p></td></tr></table></body></html>".encode("gb18030"), ["一、甲", "乙", "1\t二"]),
    ("a.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n5LiA44CB55Sy\n--b--\n", ["一、甲"]),
    ("a.rtf", rb"{\rtf1\ansicpg936 \'d2\'bb\par}", ["一"]),
    ("a.docx", docx("里面的"), ["里面的"]),
])
def test_parts_in_other_formats_where_the_document_shows_them(name: str, data: bytes, right: list[str]) -> None:
    rel = f'<Relationship Id="h" Type="{REL}/aFChunk" Target="{name}"/>'
    assert lines(p("前"), '<w:altChunk r:id="h"/>', p("后"), rels=rel, parts={f"word/{name}": data}) == ["前", *right, "后"]


def test_an_unknown_part_is_told_and_a_missing_one_passed_over() -> None:
    rel = f'<Relationship Id="h" Type="{REL}/aFChunk" Target="a.bin"/>'
    found = read_file(docx(p("前"), '<w:altChunk r:id="h"/><w:altChunk r:id="none"/>', rels=rel, parts={"word/a.bin": b"\0\1"}), "a.docx")
    assert found.text == "前" and "a.bin" in found.notes[0]


RESTART = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'


def test_lists_that_share_numbers_restart_where_they_say_so() -> None:
    body = [p("甲", num=(1, 0)), p("乙", num=(1, 1)), p("丙", num=(2, 1)), p("丁", num=(3, 0)), p("戊", num=(1, 0)), p("己", num=(1, 1))]
    assert lines(*body, lists=numbering("", "", RESTART)) == ["一、甲", "（一）乙", "（二）丙", "五、丁", "六、戊", "（一）己"]


@pytest.mark.parametrize(("more", "right"), [
    ("", ["一、a", "（一）b", "二、c", "（一）d"]),
    ('<w:lvlRestart w:val="0"/>', ["一、a", "（一）b", "二、c", "（二）d"]),
])
def test_a_deeper_level_begins_again_unless_it_says_never(more: str, right: list[str]) -> None:
    own = f'<w:abstractNum w:abstractNumId="0">{levels([("chineseCounting", "%1、"), ("chineseCounting", "（%2）")], more)}</w:abstractNum>'
    assert lines(p("a", num=(1, 0)), p("b", num=(1, 1)), p("c", num=(1, 0)), p("d", num=(1, 1)), lists=numbering("", abstract=own)) == right


def test_levels_of_a_list_of_its_own_digits_by_law_and_styles() -> None:
    own = '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:lvlOverride>'
    assert lines(p("甲", num=(1, 0)), lists=numbering(own)) == ["C)甲"]
    legal = f'<w:abstractNum w:abstractNumId="0">{levels([("chineseCounting", "第%1章"), ("decimal", "%1.%2")], "<w:isLgl/>")}</w:abstractNum>'
    assert lines(p("甲", num=(1, 0)), p("乙", num=(1, 1)), lists=numbering("", abstract=legal)) == ["第1章甲", "1.1乙"]
    linked = '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:pStyle w:val="h2"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
    styles = f'<w:styles {NAMES}><w:style w:styleId="h2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:styleId="h3"><w:basedOn w:val="h2"/></w:style></w:styles>'
    assert lines(p("甲", style="h2"), p("乙", style="h3"), p("丙", style="h2", num=(0, 0)), lists=numbering("", abstract=linked), styles=styles)[0] == "（一）甲"


@pytest.mark.parametrize(("kind", "right"), [("ideographLegalSimplified", "壹、"), ("ideographTraditional", "甲、"), ("decimalEnclosedCircle", "①、"), ("lowerRoman", "i、"), ("decimalZero", "01、"), ("none", ""), ("bullet", "")])
def test_ways_to_write_a_number(kind: str, right: str) -> None:
    own = f'<w:abstractNum w:abstractNumId="0">{levels([(kind, "%1、")])}</w:abstractNum>'
    assert lines(p("x", num=(1, 0)), lists=numbering("", abstract=own)) == [right + "x"]
