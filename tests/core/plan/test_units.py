"""Parties and roles of responsibility notes: brackets of all kinds, labels, running text."""

from __future__ import annotations

import pytest

from shian.core.plan import parse_units, read_text

MARK = {"lead": "*", "support": "+", "joint": ""}


def noted(note: str) -> str:
    """Units of an item that ends with ``note``; * lead, + support."""
    ledger = read_text(f"某县2024年工作要点\n一、甲\n（一）题目。开展工作。{note}\n（二）题目。工作。（县财政局负责）")
    return " ".join(u.name + MARK[u.role] for u in ledger.tasks[0].units)


@pytest.mark.parametrize(("note", "expected"), [
    ("（县教育局、民政局按职责分工负责）", "县教育局 民政局"),
    ("〔各乡（镇，街道）、工业园区管委会、区食安委各成员单位按职责分工负责〕", "各乡（镇，街道） 工业园区管委会 区食安委各成员单位"),
    ("【责任单位：市消防救援支队、各县（区）人民政府】", "市消防救援支队 各县（区）人民政府"),
    ("[责任股室:营林股；责任人:张三]", "营林股"),
    ("（海关牵头，省公安厅、省畜牧局等单位按职责分工配合）", "海关* 省公安厅+ 省畜牧局+"),
    ("（省财政厅、省审计厅等单位按职责分工负责，相关部门配合）", "省财政厅 省审计厅 相关部门+"),
    ("（牵头单位：市发展和改革委员会；责任单位：市商务局，各县（市、区）；配合单位：市统计局）", "市发展和改革委员会* 市商务局 各县（市、区） 市统计局+"),
    ("（责任单位：县市场监管局（牵头）、县公安局）", "县市场监管局* 县公安局"),
    ("（市发展改革委会同市财政局、市商务局负责）", "市发展改革委* 市财政局+ 市商务局+"),
    ("（县住建局牵头，县自然资源和规划局以及各乡镇人民政府参与）", "县住建局* 县自然资源和规划局+ 各乡镇人民政府+"),
    ("（县食安委各成员单位、各乡镇（街道）；县融媒体中心配合）", "县食安委各成员单位 各乡镇（街道） 县融媒体中心+"),
    ("（区卫生健康局负责，区疾控中心、各社区卫生服务中心协助）", "区卫生健康局 区疾控中心+ 各社区卫生服务中心+"),
    ("（市市场监管局、市教育局等19个部门按职责分工负责）", "市市场监管局 市教育局"),
    ("（县市场监管局、县农业农村局等部门在各自职责范围内负责）", "县市场监管局 县农业农村局"),
])
def test_roles(note: str, expected: str) -> None:
    assert noted(note) == expected


@pytest.mark.parametrize(("note", "expected"), [
    ("（区发展改革局和各乡（镇，街道）负责）", "区发展改革局 各乡（镇，街道）"),
    ("（区商务和投促局、省文化和旅游厅、县住房和城乡建设局负责）", "区商务和投促局 省文化和旅游厅 县住房和城乡建设局"),
    ("（区教育体育和科技局、区农业农村和水务局负责落实）", "区教育体育和科技局 区农业农村和水务局"),
    ("（省食安办及省食安委成员单位负责）", "省食安办 省食安委成员单位"),
    ("（街道党工委和办事处、县司法局与县信访局负责）", "街道党工委 办事处 县司法局 县信访局"),
    ("（县法院、检察院、公安局负责）", "县法院 检察院 公安局"),
    ("（各市、县、区人民政府，市各相关部门）", "各市、县、区人民政府 市各相关部门"),
    ("（省财政厅，各市（州）、县（市、区）人民政府负责）", "省财政厅 各市（州）、县（市、区）人民政府"),
    ("（和平区政府、县商务局负责）", "和平区政府 县商务局"),
    ("（县教育局 县公安局 县司法局）", "县教育局 县公安局 县司法局"),
    ("（各乡镇党委、政\n\n府、街道办事处按职责分\n工负责）", "各乡镇党委 政府 街道办事处"),
    ("（省委宣传部（省政府新闻办）、省委网信办）", "省委宣传部（省政府新闻办） 省委网信办"),
])
def test_names(note: str, expected: str) -> None:
    assert noted(note) == expected


@pytest.mark.parametrize(("note", "expected"), [
    ("（区市场监管局负责流通环节，区农业农村局负责种养环节）", "区市场监管局 区农业农村局"),
    ("（第1至3项由县市场监管局负责，第4项由县公安局负责）", "县市场监管局 县公安局"),
    ("（县市场监管局、县教育局按职责分工负责，限学校食堂部分）", "县市场监管局 县教育局"),
    ("（长期坚持，县食安办牵头落实）", "县食安办*"),
    ("（责任领导：王某；责任单位：法规科；责任人：李某）", "法规科"),
])
def test_scope_notes_and_persons(note: str, expected: str) -> None:
    assert noted(note) == expected


def test_scope_of_a_unit_is_kept_apart() -> None:
    (a, b) = parse_units("市教育局（学校食堂）、市民政局（养老机构食堂）")
    assert (a.name, a.scope, b.name, b.scope) == ("市教育局", "学校食堂", "市民政局", "养老机构食堂")


def test_two_bodies_without_separator_have_another_reading() -> None:
    (u,) = parse_units("各乡镇党委政府")
    assert (u.name, u.alt) == ("各乡镇党委政府", (("各乡镇党委", "政府"),))


def test_labels_on_their_own_lines() -> None:
    assert noted("\n牵头单位：县发改局\n责任单位：县工信局、\n县商务局\n完成时限：6月底") == "县发改局* 县工信局 县商务局"


@pytest.mark.parametrize(("sentence", "expected"), [
    ("由县教育局牵头，县公安局、县卫健局配合，开展排查。", "县教育局* 县公安局+ 县卫健局+"),
    ("县应急局牵头，各乡镇配合，对企业开展检查。", "县应急局* 各乡镇+"),
    ("由县应急局会同县自然资源局、县公安局开展打非治违。", "县应急局* 县自然资源局+ 县公安局+"),
    ("由社保中心、医保中心共同负责，县政务服务中心协助。", "社保中心 医保中心 县政务服务中心+"),
])
def test_running_text(sentence: str, expected: str) -> None:
    assert noted(sentence) == expected


def test_a_note_outranks_running_text() -> None:
    assert noted("由县教育局牵头，开展排查。（县教育局、县公安局负责）") == "县教育局 县公安局"


@pytest.mark.parametrize("text", ["（以下简称《意见》）", "（含快检）", "（园长）负责制", "（站、所）建设"])
def test_other_brackets_are_no_notes(text: str) -> None:
    assert noted("开展" + text) == ""


def test_chance_units_of_running_text_where_the_plan_prints_notes() -> None:
    ledger = read_text("某县2024年计划\n一、甲\n1.乙。做。（县财政局）\n2.丙。做。（县教育局）\n3.丁。县食安办、县委督查室要开展督查。\n4.戊。由县公安局牵头，县司法局配合。")
    assert [[u.name for u in t.units] for t in ledger.tasks][2:] == [[], ["县公安局", "县司法局"]]


def test_a_note_under_several_items_holds_for_all() -> None:
    ledger = read_text("某市2024年计划\n一、甲\n1.新建管网。\n2.修复管网。\n（责任单位：市住建局）\n二、乙\n1.做。（市水利局）\n2.做完。")
    assert [[u.name for u in t.units] for t in ledger.tasks] == [["市住建局"], ["市住建局"], ["市水利局"], []]


def test_a_bracketed_level_name_does_not_swallow_the_bureau_after_it() -> None:
    for last in ("区市场监管局", "县市政管理局"):
        found = [u.name for u in parse_units(f"各乡（镇，街道）、{last}牵头，区财政局配合")]
        assert found == ["各乡（镇，街道）", last, "区财政局"]
    assert [u.name for u in parse_units("各县（市）、区人民政府负责")] == ["各县（市）、区人民政府"]
