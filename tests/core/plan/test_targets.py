"""Which numbers are requirements, and what they require. Every exclusion rule has its own sentences."""

from __future__ import annotations

import datetime as dt

import pytest

from shian.core.plan import parse_targets
from shian.core.plan.deadlines import find_due
from shian.core.plan.exclusions import EXCLUSIONS, Exclusion, around, excluded_by
from shian.core.plan.quantities import find_quantities
from shian.core.plan.text import fold

YEAR = 2020


def short(sentence: str) -> str:
    """``>=97.5%`` a target, ``b`` where the comparator is only implied, ``~`` before the top of a range."""
    return " ".join(
        f"{t.op}{t.value:g}{f'~{t.value_max:g}' if t.value_max is not None else ''}{t.unit}{'b' if t.bare else ''}" for t in parse_targets(sentence, YEAR)
    )


@pytest.mark.parametrize(("sentence", "expected"), [
    ("监测总体合格率稳定在97.5%以上", ">=97.5%"),
    ("满意度＞80%，合格率≥98%", ">80% >=98%"),
    ("不合格率控制在2%以下", "<=2%"),
    ("死亡人数不超过3人，事故少于5起", "<=3人 <5起"),
    ("平均达标率超过六成", ">60%"),
    ("合格率达到98%", ">=98%b"),
    ("新建3个快检室", "==3个b"),
    ("处置率达到100%", "==100%b"),
    ("企业开办时间压缩至1个工作日以内", "<=1个工作日"),
    ("投诉举报5个工作日内办结，2小时内上报", "<=5个工作日 <=2小时"),
    ("5小时内发声，24小时内举行发布会", "<=5小时 <=24小时"),
    ("新媒体每两周至少更新1次", ">=1次"),
    ("建立5个工作日办理机制", "<=5个工作日"),
    ("确保12345热线24小时畅通", "==24小时b"),
    ("PM2.5浓度降至35微克/立方米", "<=35微克/立方米"),
    ("保存期限不得少于6个月", ">=6个月"),
    ("培训不少于40学时", ">=40学时"),
    ("人均预期寿命达到79岁", "==79岁b"),
    ("入选全省前10名", "<=10名"),
])
def test_comparators(sentence: str, expected: str) -> None:
    assert short(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("合格率不低于百分之九十八点五", ">=98.5%"),
    ("整改率百分之百", "==100%b"),
    ("发生率控制在万分之二以内", "<=2‱"),
    ("成灾率控制在千分之三点五以下", "<=3.5‰"),
    ("九成以上的学校食堂实现可视", ">=90%"),
    ("规范管理率达到六成五以上", ">=65%"),
    ("每千人食品抽检量不少于四点五批次", ">=4.5批次/千人"),
    ("抽检量达到4批次／千人", ">=4批次/千人b"),
    ("尽责率达９０％", ">=90%b"),
    ("培训1．2万人次", "==12000人次b"),
    ("抽检不少于1,200批次", ">=1200批次"),
    ("播种面积稳定在一百二十万亩以上", ">=1.2e+06亩"),
    ("总产值达到一百零五亿元", "==105亿元b"),
    ("投入资金500万元", "==500万元b"),
    ("开展三轮集中整治", "==3轮b"),
    ("年内举办一次培训", "==1次b"),
])
def test_numerals_and_units(sentence: str, expected: str) -> None:
    assert short(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("同比下降5%－10%", ">=5~10%b"),
    ("创建6~8所示范学校", ">=6~8所b"),
    ("创建示范学校6到8所", ">=6~8所b"),
    ("合格率分别达到97%、98%、96%以上", ">=97% >=98% >=96%"),
    ("抽检蔬菜、水果不少于300、200批次", ">=300批次 >=200批次"),
    ("分别检查不少于1次、2次、3次", ">=1次 >=2次 >=3次"),
    ("投保率分别达到30%、60%和100%", ">=30%b >=60%b ==100%b"),
    ("法定时限回复率、有效处置率达100%", "==100%b"),
    ("市级800批次、县级1200批次", "==800批次b ==1200批次b"),
    ("培育“食安企业”50家以上，其中省级10家", ">=50家 ==10家b"),
])
def test_several_numbers(sentence: str, expected: str) -> None:
    assert short(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("每半年开展督查", ""),
    ("每季度至少召开一次会议", ">=1次"),
    ("每村不少于1名", ">=1名"),
    ("每个社区配备两名专职调解员", "==2名b"),
    ("推进八大工程和九项重点任务", ""),
    ("打造一批示范店，建立一个机制", ""),
    ("建成平安示范社区十个", "==10个b"),
    ("推动3个以上产业园区创建", ">=3个"),
    ("提供不少于两次的免费体检", ">=2次"),
])
def test_counts(sentence: str, expected: str) -> None:
    assert short(sentence) == expected


EXCLUDED: dict[str, list[str]] = {
    "inside a title or quotation marks": ["开展“蓝盾2020第3次”行动", "落实《方案》和“每周1次”制度"],
    "part of a code": ["执行DB12-914条", "推广A1类", "落实第3项"],
    "calendar": ["2019年印发", "3岁以下婴幼儿托育机构", "7月"],
    "threshold": ["建筑面积1000㎡以上的餐饮单位", "就餐人数在500人以上的学校食堂", "规模以上餐饮单位（面积1000㎡以上）", "大要案（罚没10万元以上）"],
    "baseline": ["覆盖率由45%提高到某一水平", "去年合格率92%", "2019年合格率为98.2%", "在现有12家的基础上", "对排查出的1268个问题", "目前已建成20家"],
    "capacity": ["日处理200吨餐厨垃圾项目建成投产", "推进10万吨冷库项目"],
    "counted name": ["办好10件民生实事", "完善35项任务清单"],
    "things that each get a number": ["对46家企业每年检查不少于两次"],
    "base of a ratio": ["按每300户设置", "校园周边200米范围内食品店"],
    "stretch of time": ["用3个月时间", "为期6个月", "8小时以外的活动"],
    "grade, level or class": ["达到2级标准", "3类企业"],
    "part of a word": ["打造15分钟便民生活圈", "推行1张网"],
    "ratio of two numbers": ["按1:3名配备", "比例为2：1家"],
    "weight in a score": ["权重为10%", "结果占年度综合考核10%"],
    "money of a penalty or case": ["并处罚款5000元"],
}


@pytest.mark.parametrize("rule", EXCLUSIONS, ids=lambda r: r.name)
def test_every_exclusion_has_a_sentence_it_alone_explains(rule: Exclusion) -> None:
    name = rule.name
    for sentence in EXCLUDED[name]:
        t = fold(sentence)
        reasons = [excluded_by(q, around(t, q, 0, len(t.norm), YEAR)) for q in find_quantities(t, 0, len(t.norm))]
        assert name in reasons, (sentence, reasons)


@pytest.mark.parametrize("sentence", [s for group in EXCLUDED.values() for s in group if s not in ("对46家企业每年检查不少于两次",)])
def test_excluded_numbers_make_no_target(sentence: str) -> None:
    assert short(sentence) == ""


def test_a_deadline_binds_the_targets_after_it_in_the_sentence() -> None:
    first, second = parse_targets("年底前，学校食堂达到80%以上，幼儿园达到100%。", YEAR)
    assert first.deadline == second.deadline == dt.date(2020, 12, 31)
    assert parse_targets("年底前完成建设。覆盖率达到80%。", YEAR)[0].deadline is None


def test_quote_and_subject() -> None:
    (t,) = parse_targets("完善机制，主要农作物农药利用率由38%提高到40%以上。", YEAR)
    assert (t.quote, t.subject) == ("主要农作物农药利用率由38%提高到40%以上", "主要农作物农药利用率")


def test_a_quote_does_not_begin_inside_a_bracket() -> None:
    (t,) = parse_targets("各级食品安全委员会办公室和镇（包括街道、国家级经济技术开发区和省级旅游度假区）每季度召开一次专题会议。", YEAR)
    assert t.quote == "每季度召开一次"
    (t,) = parse_targets("培训（含线上）不少于40学时。", YEAR)
    assert t.quote == "培训（含线上）不少于40学时"


def test_day_of_a_date_is_no_quantity() -> None:
    t = fold("6月30日前完成12家")
    assert [d.date for d in find_due(t, 0, len(t.norm), YEAR)] == [dt.date(2020, 6, 30)]
    assert short("6月30日前完成12家") == "==12家b"


def test_so_much_for_each_thousand_people_is_a_rate_with_a_clean_subject() -> None:
    def seen(text: str) -> list[tuple[str, float, str]]:
        return [(t.subject, t.value, t.unit) for t in parse_targets(text, 2026)]

    assert seen("全年食品抽检量达到每千人四点五批次。") == [("全年食品抽检量", 4.5, "批次/千人")]
    assert [(v, u) for _s, v, u in seen("实现每千人四点五批次的目标。")] == [(4.5, "批次/千人")]
