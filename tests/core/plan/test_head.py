"""What the document says about itself."""

from __future__ import annotations

import datetime as dt

import pytest

from shian.core.plan import Doc, read_text
from shian.core.plan.places import find_place, level_of

BODY = "\n一、甲\n（一）乙。做。（县财政局负责）"


def head(text: str, body: str = BODY) -> Doc:
    return read_text(text + body).doc


def test_notice_and_plan() -> None:
    doc = head(
        "青安委〔2024〕3号\n青禾县安全生产委员会\n关于印发《青禾县2024年安全生产工作要点》的通知\n各乡镇：\n根据《意见》（国发〔2020〕9号），现印发给你们。\n"
        "青禾县安全生产委员会办公室（代章）\n2024年2月28日\n青禾县2024年安全生产工作要点\n"
    )
    assert doc == Doc("青禾县2024年安全生产工作要点", "青禾县安全生产委员会", "青安委〔2024〕3号", "青禾县", "county", 2024, dt.date(2024, 2, 28))


def test_plan_alone_states_less() -> None:
    assert head("溪山区2017年工作安排\n") == Doc("溪山区2017年工作安排", None, None, "溪山区", "county", 2017, None)


def test_quoted_numbers_and_titles_are_not_the_plans() -> None:
    doc = head("溪山区2017年工作安排\n按照《某市关于印发某方案的通知》（某政发〔2017〕10号）要求。")
    assert (doc.title, doc.doc_number) == ("溪山区2017年工作安排", None)


def test_chinese_date_two_line_title_and_header() -> None:
    doc = head("海城市卫生健康局文件\n海卫发〔2022〕15号\n海城市卫生健康局关于印发2022年卫生健康重点工作\n任务分工的通知\n各单位：\n二〇二二年三月十五日\n2022年卫生健康重点工作任务分工\n")
    assert doc == Doc("2022年卫生健康重点工作任务分工", "海城市卫生健康局", "海卫发〔2022〕15号", "海城市", "county", 2022, dt.date(2022, 3, 15))


def test_joint_issuers_and_imprint_date() -> None:
    doc = head("中共沧河县委办公室 沧河县人民政府办公室印发《沧河县2020年平安建设方案》的通知\n沧河县2020年平安建设方案\n", BODY + "\n抄送：县人大。\n沧河县委办公室2020年3月30日印发")
    assert (doc.issuer, doc.date) == ("中共沧河县委办公室沧河县人民政府办公室", dt.date(2020, 3, 30))


def test_everything_on_one_line() -> None:
    doc = read_text("高台区2023年度环保工作要点 为推进美丽高台建设，制定本要点。 一、甲方面 1. 做。（区水务局） 2. 做完。（区水务局） 高台区环保委员会办公室 2023年3月17日").doc
    assert doc == Doc("高台区2023年度环保工作要点", "高台区环保委员会办公室", None, "高台区", "county", 2023, dt.date(2023, 3, 17))


def test_notice_that_is_the_plan() -> None:
    doc = head("【重点】龙泉市人民政府关于2020年重点工作及责任分解的通知\n发布时间：2020-02-03\n各乡镇：\n")
    assert (doc.title, doc.issuer, doc.level, doc.year, doc.date) == ("龙泉市人民政府关于2020年重点工作及责任分解的通知", "龙泉市人民政府", "county", 2020, None)


@pytest.mark.parametrize(("title", "year"), [("某县2023—2025年行动计划", 2023), ("２０２１年度某县重点工作", 2021)])
def test_year(title: str, year: int) -> None:
    assert head(title + "\n").year == year


def test_hint_year_only_where_the_text_is_silent() -> None:
    assert read_text("某县工作计划\n一、甲\n做。", hint_year=2025).doc.year == 2025
    assert read_text("某县2024年工作计划\n一、甲\n做。", hint_year=2025).doc.year == 2024


@pytest.mark.parametrize(("words", "place", "level"), [
    ("昆明市晋宁区人民政府", "昆明市晋宁区", "county"), ("天津市蓟州区人民政府", "天津市蓟州区", "county"), ("吉林省人民政府", "吉林省", "province"),
    ("上海市食品安全委员会", "上海市", "province"), ("昆明市人民政府", "昆明市", "city"), ("义乌市人民政府", "义乌市", "county"), ("聊城市食安委", "聊城市", "city"),
    ("内蒙古自治区食安委", "内蒙古自治区", "province"), ("延边朝鲜族自治州政府", "延边朝鲜族自治州", "city"), ("长阳土家族自治县政府", "长阳土家族自治县", "county"),
    ("济南市市中区政府", "济南市市中区", "county"), ("红旗区2018年要点", "红旗区", "county"), ("样例县梨浦镇人民政府", "样例县梨浦镇", "township"), ("榆坪乡2026年要点", "榆坪乡", "township"), ("样例区城北街道办事处", "样例区城北街道", "township"), ("杭州市市场监督管理局", "杭州市", "city"),
])
def test_places(words: str, place: str, level: str) -> None:
    assert (find_place(words), level_of(place)) == (place, level)


@pytest.mark.parametrize("words", ["城市管理工作要点", "食品安全示范区创建", "全市重点工作", "市场监管工作", "农村地区治理", "乡村振兴要点", "乡镇食品安全", "镇街工作要点"])
def test_no_places(words: str) -> None:
    assert find_place(words) is None


def test_level_of_an_unknown_city_is_read_from_the_text() -> None:
    assert level_of("云州市", "各县（市、区）人民政府") == "city"
    assert level_of("云州市", "各乡镇人民政府") == "county"


def test_level_from_units_where_no_place_is_printed() -> None:
    assert head("2025年全省工作计划\n", "\n一、甲\n（一）乙。做。（省财政厅负责）").level == "province"
