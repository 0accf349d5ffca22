"""Any text in: no exception, every span inside the source, every quote what the source says there."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.plan import Ledger, parse_deadlines, parse_targets, parse_units, read_text

PIECES = st.sampled_from(
    """一、|二、|（一）|（二）|1.|2．|（1）|①|第一条|第二章|任务一：|1.1|附件|附件1|抄送：|\n|\n\n|　　|\t| |序号\t任务\t责任单位\t时限\n|
    关于印发《|》的通知|（|）|〔2020〕1号|【|】|“|”|《|》|责任单位：|牵头单位：|完成时限：|县市场监管局|各乡（镇，街道）|、|，|；|。|：|和|及|等单位|
    按职责分工负责|牵头|配合|负责|由|会同|98%|以上|不少于|4批次/千人|百分之九十八|九成|万分之二|以内|由45%提高到65%|5%－10%|6~8所|三次|年底前|
    9月底前|12月3日前|2020年|每季度|上半年|“十四五”末|千人|十百千万亿|两|点|零|1,000|1，000|0.5|〇|%|‰|—|-3-|第 2 页|某县|人民政府|99999999999999999999|万|亿|月|日|年|31月32日前|第|条|每""".split("|")  # noqa: SIM905
)
PLANS = st.lists(PIECES, max_size=60).map("".join)


def assert_sound(ledger: Ledger) -> None:
    source = ledger.source
    spans = [s.span for s in ledger.sections]
    for task in ledger.tasks:
        spans += [task.span, task.title_span, *([task.note_span] if task.note_span else [])]
        for unit in task.units:
            spans.append(unit.span)
            assert unit.name == re.sub(r"[\s\x00-\x1f\u200b-\u200f\u2028\u2029\u2060\ufeff]", "", source[slice(*unit.span)])
    for item in (*ledger.targets, *ledger.deadlines, *ledger.not_understood):
        spans.append(item.span)
        assert item.quote == source[slice(*item.span)]
    assert all(0 <= a <= b <= len(source) for a, b in spans)
    ids = [t.id for t in ledger.tasks]
    assert len(ids) == len(set(ids))
    assert all(x.task is None or x.task in ids for x in (*ledger.targets, *ledger.deadlines))
    assert all(0 <= x.confidence <= 1 for x in (*ledger.tasks, *ledger.targets, *ledger.deadlines))
    json.dumps(ledger.to_json(), allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(PLANS)
def test_scrambled_plans(text: str) -> None:
    assert_sound(read_text(text, hint_year=2024))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_unicode(text: str) -> None:
    ledger = read_text(text)
    assert ledger.source == text
    assert_sound(ledger)


@settings(max_examples=60, deadline=None)
@given(PLANS)
def test_selected_pieces(text: str) -> None:
    for unit in parse_units(text):
        assert 0 <= unit.span[0] < unit.span[1] <= len(text)
    for item in (*parse_targets(text, 2024), *parse_deadlines(text, 2024)):
        assert item.quote == text[slice(*item.span)]


@pytest.mark.parametrize("piece", ["（", "）", "（）", "1.1.1.1", "、", "9", "1%", "1月底前", "县局、", "责任单位：", "一", "一、\n", "“", "a\t", "（局负责）", "由县局牵头", "百分之", "第一条", "各县、", "关于印发", "序号\t任务\n", "（责任单位：", "局 ", "1、"])
def test_long_repetitions_are_read(piece: str) -> None:
    assert_sound(read_text(piece * (8_000 // len(piece))))


def test_deep_brackets() -> None:
    assert_sound(read_text("一、题。" + "（" * 9_000 + "局负责" + "）" * 9_000))
