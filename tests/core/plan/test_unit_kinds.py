"""Who does it, in the shapes that notes and running text take besides the plain ones: each kind with what must not match."""

from __future__ import annotations

import pytest

from shian.core.plan import read_text
from shian.core.text import collective

MARK = {"lead": "*", "support": "+", "joint": ""}
HEAD = "样例县2026年食品安全工作要点\n一、重点工作\n"


def of_text(words: str) -> str:
    """Units of an item of a plan that prints no notes."""
    ledger = read_text(f"{HEAD}1.题目。{words}\n2.题目二。做。\n3.题目三。做。")
    return " ".join(u.name + MARK[u.role] for u in ledger.tasks[0].units)


def of_note(note: str) -> str:
    ledger = read_text(f"{HEAD}1.题目。开展工作。{note}\n2.题目二。做。（县财政局负责）")
    return " ".join(u.name + MARK[u.role] for u in ledger.tasks[0].units)


@pytest.mark.parametrize(("words", "expected"), [
    ("①县公安局负责打击；②市食安办牵头开展评估", "县公安局 市食安办*"),
    ("（1）县公安局负责打击；（2）县民政局配合", "县公安局 县民政局+"),
    ("县教育局会同县公安局、县民政局开展检查", "县教育局* 县公安局+ 县民政局+"),
    ("县教育局要开展检查，县公安局协助", "县教育局 县公安局+"),
    ("县农业农村局应加强监管；县检察院提前介入", "县农业农村局 县检察院"),
    ("各乡镇（街道）落实属地责任", "各乡镇（街道）"),
    ("各县（市、区）做好摸底", "各县（市、区）"),
    ("县财政局做好保障", "县财政局+"),
    ("县市场监管局牵头开展检查，县教育局、县卫生健康局配合，县财政局做好经费保障", "县市场监管局* 县教育局+ 县卫生健康局+ 县财政局+"),
    ("县委宣传部要组织媒体宣传，各有关部门要配合", "县委宣传部 各有关部门+"),
    ("向县卫健局通报情况", ""), ("加强县市场监管局能力建设", ""), ("学校要落实主体责任", ""), ("县市场监管局的检查结果要公开", ""), ("食用农产品要附证", ""),
])
def test_running_text(words: str, expected: str) -> None:
    assert of_text(words) == expected


@pytest.mark.parametrize(("note", "expected"), [
    ("（县教育局、县公安局等部门和单位负责）", "县教育局 县公安局"),
    ("（县教育局、县公安局等部门、单位按职责分工负责）", "县教育局 县公安局"),
    ("（县教育局、县公安局等单位与部门）", "县教育局 县公安局"),
    ("（县教育局、县公安局等县级相关部门负责）", "县教育局 县公安局 县级相关部门"),
    ("（市教育局等市直有关单位配合）", "市教育局+ 市直有关单位+"),
    ("（县教育局等有关部门负责）", "县教育局"),
    ("（市高等院校管理局、县公安局等部门负责）", "市高等院校管理局 县公安局"),
])
def test_and_others(note: str, expected: str) -> None:
    assert of_note(note) == expected


@pytest.mark.parametrize(("note", "expected"), [
    ("（县教育局（牵头）；县公安局、县民政局（配合））", "县教育局* 县公安局+ 县民政局+"),
    ("（县教育局、县财政局（牵头）；县民政局（配合））", "县教育局* 县财政局* 县民政局+"),
    ("（县教育局（牵头）、县公安局、县民政局）", "县教育局* 县公安局 县民政局"),
    ("（县教育局（牵头）、县公安局、县民政局（配合））", "县教育局* 县公安局 县民政局+"),
    ("（牵头：县教育局；县公安局、县民政局配合）", "县教育局* 县公安局+ 县民政局+"),
    ("（县农业农村局（县农产品质检中心）负责）", "县农业农村局（县农产品质检中心）"),
    ("\n责任单位：县农业农村局（县质检中心）、县水利局（县河长办）", "县农业农村局（县质检中心） 县水利局（县河长办）"),
])
def test_roles_and_brackets(note: str, expected: str) -> None:
    assert of_note(note) == expected


@pytest.mark.parametrize(("said", "expected"), [
    ("以下各项均需各县落实。", ["市教育局 各县", "市公安局 各县"]),
    ("下列任务均由各县（市、区）负责。", ["市教育局 各县（市、区）", "市公安局 各县（市、区）"]),
    ("以下工作，全部由市财政局配合。", ["市教育局 市财政局+", "市公安局 市财政局+"]),
    ("以下工作由市财政局配合。", ["市教育局", "市公安局"]),
    ("以下各项均需认真落实。", ["市教育局", "市公安局"]),
])
def test_said_of_all_items_of_a_heading(said: str, expected: list[str]) -> None:
    ledger = read_text(f"样例市2026年工作要点\n一、重点\n{said}\n1.检查。做。（市教育局负责）\n2.抽检。做。（市公安局负责）\n二、其他\n1.总结。做。（市财政局负责）")
    assert [" ".join(u.name + MARK[u.role] for u in t.units) for t in ledger.tasks] == [*expected, "市财政局"]


@pytest.mark.parametrize(("name", "expected"), [("县级相关部门", "departments"), ("市直各单位", "departments"), ("县直部门", "departments"), ("县直机关工委", None), ("县教育局", None)])
def test_sets_are_known_as_sets(name: str, expected: str | None) -> None:
    assert collective(name) == expected
