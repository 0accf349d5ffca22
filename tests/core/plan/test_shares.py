"""Fractions, multiples, approximate and relative figures, operators, subjects: each kind with what must not match."""

from __future__ import annotations

import datetime as dt

import pytest

from shian.core.plan import parse_targets
from shian.core.plan.model import Target

YEAR = 2026


def shown(t: Target) -> str:
    top = f"~{t.value_max:g}" if t.value_max is not None else ""
    marks = "".join((f" rel={t.relative}" if t.relative else "", f" about={t.about}" if t.about else ""))
    return f"{t.op}{t.value:.4g}{top}{t.unit}{marks}"


def read(sentence: str) -> str:
    return "; ".join(shown(t) for t in parse_targets(sentence, YEAR))


@pytest.mark.parametrize(("sentence", "expected"), [
    ("三分之二以上的学校达标", ">=66.67%"), ("4/5以上的餐饮单位达标", ">=80%"), ("覆盖四分之三的乡镇", ">=75%"), ("十分之九以上达标", ">=90%"),
    ("不低于五分之三", ">=60%"), ("覆盖率过半", ">50%"), ("半数以上村居建站", ">=50%"), ("一半以上的门店达标", ">=50%"), ("超半数乡镇达标", ">50%"),
    ("每半年检查", ""), ("2/3月份", ""), ("版本1/2", ""), ("过半年再查", ""),
])
def test_fractions(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("产值翻一番", ">=1番 rel=原有水平"), ("产值翻两番", ">=2番 rel=原有水平"), ("抽检量增长一倍", ">=1倍 rel=原有水平"), ("抽检量增长2倍以上", ">=2倍 rel=原有水平"),
    ("合格率不低于上年水平", ">=100% rel=上年"), ("投诉量与去年同期持平", "==100% rel=去年同期"), ("满意度高于全省平均水平", ">100% rel=全省平均"),
    ("合格率较上年提高2个百分点", ">=2个百分点 rel=上年"), ("投诉同比下降5%以上", ">=5% rel=上年同期"), ("抽检量比2025年增加10%", ">=10% rel=2025年"),
    ("合格率提高到98%", ">=98%"), ("合格率不低于98%", ">=98%"), ("不低于国家标准", ""), ("处货值十倍以上罚款", ""), ("加倍努力", ""),
])
def test_relative(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("开展两三次检查", ">=2~3次"), ("培育七八家示范店", ">=7~8家"), ("建成三五个快检点", ">=3~5个"), ("检查十五六次", ">=15~16次"), ("建成七八十个快检点", ">=70~80个"),
    ("培育近50家", "==50家 about=近"), ("抽检约200批次", "==200批次 about=约"), ("建成10个左右", "==10个 about=左右"), ("检查120余家", ">=120家 about=余"), ("覆盖率接近90%", ">=90% about=接近"),
    ("预约20人", "==20人"), ("节约20吨", "==20吨"), ("建成三四十", ""), ("二三产业融合", ""), ("第一二批", ""),
])
def test_approximate(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("投入伍拾万元", "==50万元"), ("落实资金壹佰贰拾万元", "==120万元"), ("奖励叁仟元", "==3000元"), ("伍先生带队", ""), ("队伍拾遗补缺", ""),
])
def test_capital_numerals(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("拥有2个以上的科普点", ">=2个"), ("每个乡镇建有3个以上的快检室", ">=3个"), ("参与人数5万以上", ">=5e+04"), ("达到5大类20项", "==5大类; ==20项"), ("床位达到100张以上", ">=100张"),
    ("100张床位以上的医院全部达标", ""), ("500名学生以上的学校全部达标", ""), ("对拥有2个以上门店的企业开展检查", ""), ("人口5万以上的乡镇设站", ""),
])
def test_so_many_and_more(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("每季度至少专题研究一次", ">=1次"), ("每年至少组织开展两次演练", ">=2次"), ("最高20万元", "<=20万元"), ("给予最高奖励5万元", "<=5万元"), ("奖励封顶10万元", "<=10万元"), ("补助上限为3万元", "<=3万元"),
    ("最高人民法院3项", "==3项"), ("至少要重视", ""), ("最高检发布案例", ""),
])
def test_operators(sentence: str, expected: str) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(("sentence", "subjects"), [
    ("报告率100%、及时率95%以上", ["报告率", "及时率"]), ("建档率达到100%，公示率达到98%", ["建档率", "公示率"]), ("抽检完成率100%和处置完成率98%", ["抽检完成率", "处置完成率"]),
    ("抽检合格率分别达到97%、98%以上", ["抽检合格率", "抽检合格率"]), ("每季度至少专题研究一次", ["专题研究"]), ("拥有2个以上的科普点", ["科普点"]),
])
def test_subjects(sentence: str, subjects: list[str]) -> None:
    assert [t.subject for t in parse_targets(sentence, YEAR)] == subjects


@pytest.mark.parametrize(("sentence", "months"), [
    ("上半年新增3~5个，三年内建成10个左右", [6, None]), ("年底前，建成5个，今后覆盖率达到80%", [12, None]), ("6月底前检查20家，9月底前检查30家", [6, 9]), ("年底前，学校达到80%以上，幼儿园达到100%", [12, 12]),
    ("年底前，每季度召开2次会议", [12]),
])
def test_a_date_belongs_to_its_clause(sentence: str, months: list[int | None]) -> None:
    dates = [t.deadline for t in parse_targets(sentence, YEAR)]
    assert dates == [m and dt.date(YEAR, m, 31 if m == 12 else 30) for m in months]
