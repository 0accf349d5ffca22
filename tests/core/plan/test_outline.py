"""Numbering schemes, headings, lost and forced line breaks."""

from __future__ import annotations

import pytest

from shian.core.plan import read_text

NOTE = "（县财政局负责）"


def tree(text: str) -> list[str]:
    ledger = read_text("某县2024年工作要点\n" + text)
    return [f"{t.section}/{t.no} {t.title}" for t in ledger.tasks]


@pytest.mark.parametrize(("text", "expected"), [
    ("一、甲\n（一）乙。做。\n（二）丙。做。\n二、丁\n（三）戊。做。", ["一/（一） 乙", "一/（二） 丙", "二/（三） 戊"]),
    ("一、甲\n1、乙。做。\n2．丙。做。\n3. 丁。做。", ["一/1 乙", "一/2 丙", "一/3 丁"]),
    ("第一章 甲\n第一条 乙。做。\n第二条 丙。做。\n第二章 丁\n第三条 戊。做。", ["第一章/第一条 乙", "第一章/第二条 丙", "第二章/第三条 戊"]),
    ("一、甲\n第一条 乙。做。\n第二条 丙。做。\n二、丁\n第三条 戊。做。", ["一/第一条 乙", "一/第二条 丙", "二/第三条 戊"]),
    ("第一部分 甲\n（1）乙。做。\n（2）丙。做。", ["第一部分/（1） 乙", "第一部分/（2） 丙"]),
    ("一、甲\n①乙。做。\n②丙。做。", ["一/① 乙", "一/② 丙"]),
    ("一、甲\n（一）乙\n1.丙。做。\n2.丁。做。\n（二）戊。做。", ["一/1 丙", "一/2 丁", "一/（二） 戊"]),
    ("任务一：甲\n1.1 乙。做。\n1.2 丙。做。\n任务二：丁\n2.1 戊。做。", ["任务一/1.1 乙", "任务一/1.2 丙", "任务二/2.1 戊"]),
    ("一、甲\n做这些。\n二、乙\n做那些。", ["一/一 甲", "二/二 乙"]),
    ("１．甲。做。\n２．乙。做。", ["１/１ 甲", "２/２ 乙"]),
    ("1 甲事。做。\n2 乙事。做。\n3 丙事。做。", ["1/1 甲事", "2/2 乙事", "3/3 丙事"]),
])
def test_numbering(text: str, expected: list[str]) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("一、甲乙丙（一）丁。做。" + NOTE + "（二）戊。做。" + NOTE + "二、己庚辛（三）壬。做。" + NOTE, ["一/（一） 丁", "一/（二） 戊", "二/（三） 壬"]),
    ("一、甲 1.乙。做。 2.丙。做。 二、丁事 1.戊。做。", ["一/1 乙", "一/2 丙", "二/1 戊"]),
])
def test_lost_line_breaks(text: str, expected: list[str]) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize("line", ["3个工作日以内办结。", "2024年完成。", "4.5批次。", "一、二、三产业融合。", "12.8亿元。", "3、4月份开展。", "三季度完成。", "（含托幼机构）完成。"])
def test_lines_that_only_look_numbered(line: str) -> None:
    assert tree("一、甲\n（一）乙。推进\n" + line + NOTE + "\n（二）丙。做。" + NOTE) == ["一/（一） 乙", "一/（二） 丙"]


def test_enumerations_inside_a_paragraph_are_no_items() -> None:
    assert tree("一、甲\n1.乙。做好：（1）某事；（2）某事；①细节。\n2.丙。一是做；二是做。") == ["一/1 乙", "一/2 丙"]


def test_headings_without_numbers_are_sections() -> None:
    ledger = read_text("某街道2024年工作清单\n压实责任链条\n1.甲。做。（平安办）\n2.乙。做。（平安办）\n防范化解风险\n3.丙。做。（平安办）")
    assert [s.title for s in ledger.sections] == ["压实责任链条", "防范化解风险"]
    assert [t.id for t in ledger.tasks] == ["1.1", "1.2", "2.1"]


def test_titles_end_at_a_stop_or_with_the_heading_line() -> None:
    ledger = read_text("某县2024年计划\n一、甲\n（一）压实责任\n    各级要落实责任。（县财政局）\n（二）加强监管。开展检查。（县财政局）\n（三）抽检达到98%以上，处置率100%（县财政局）")
    assert [(t.title, t.text_starts) for t in ledger.tasks] == [("压实责任", "各级要落实责任。"), ("加强监管", "开展检查。"), ("抽检达到98%以上，处置率100%", "")]


def test_forced_line_breaks_are_joined() -> None:
    lines = "一、工作目标\n" + "    （一）整治隐患路段，完善交通安全设施，提升农村公路的安全水\n平。做好各项工作，落实各项责任，完善各项制度，健全各项机制。\n"
    more = "    （二）管控重点车辆。对客运车辆开展检查，对货运车辆开展检查，\n对校车开展检查，消除隐患，确保安全，实现目标，完成任务。\n"
    assert tree(lines + more * 4)[0] == "一/（一） 整治隐患路段，完善交通安全设施，提升农村公路的安全水平"


def test_page_numbers_and_contents_are_passed_over() -> None:
    text = "目录\n一、甲……1\n二、乙……2\n一、甲\n（一）丙。合格率达到9\n— 2 —\n8%以上。（县财政局）\n二、乙\n（二）丁。做。（县财政局）"
    assert tree(text) == ["一/（一） 丙", "二/（二） 丁"]
    assert read_text("某县2024年要点\n" + text).targets[0].value == 98


def test_closing_paragraphs_belong_to_no_task() -> None:
    ledger = read_text("某县2024年计划\n一、甲\n（一）乙。做。（县财政局）\n各乡镇要抓好落实。\n某县人民政府\n2024年3月1日")
    assert ledger.source[slice(*ledger.tasks[-1].span)] == "（一）乙。做。（县财政局）"
