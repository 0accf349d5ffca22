from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.text import (
    business_key,
    compact,
    initials,
    normalise,
    query_tokens,
    rank,
    score,
    similarity,
    syllables,
    tokens,
)

HAN = st.text("食品安全监管市场牛肉大米苯酚县区长", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "normal"),
    [("ＳＣ１２３　４", "sc123 4"), ("龍門縣 衛生廳", "龙门县 卫生厅"), ("臺灣檸檬", "台湾柠檬"), ("①㎡", "1m2"), ("", "")],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text(max_size=30))
@settings(max_examples=80, deadline=None)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("重庆市长寿区", "chong qing shi chang shou qu"),
        ("长春市朝阳区", "chang chun shi chao yang qu"),
        ("六安市", "lu an shi"),
        ("长子县", "zhang zi xian"),
        ("蚌埠市银行", "beng bu shi yin hang"),
        ("歙县调味品厂", "she xian tiao wei pin chang"),
        ("绿豆", "lv dou"),
    ],
)
def test_pinyin_of_names(name: str, spelt: str) -> None:
    assert " ".join(syllables(name)) == spelt
    assert initials(name) == "".join(part[0] for part in spelt.split())


@pytest.mark.parametrize("word", ["牛肉", "大米", "苯酚", "面", "SC118"])
def test_short_words_are_found_inside_long_text(word: str) -> None:
    text = f"2026年抽检{word}制品若干批次"
    stored = tokens(text)
    assert all(any(token.startswith(piece) for token in stored) for piece in query_tokens(word))


@given(HAN, st.data())
@settings(max_examples=80, deadline=None)
def test_every_part_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    stored = tokens(text)
    assert all(any(token.startswith(piece) for token in stored) for piece in query_tokens(part))
    assert score(part, text) > 0


@given(HAN, HAN)
@settings(max_examples=80, deadline=None)
def test_a_text_that_lacks_a_character_is_not_found(query: str, text: str) -> None:
    if set(query) - set(text):
        assert score(query, text) == 0


@pytest.mark.parametrize("query", ["xpx", "scjg", "scjgj", "xipingxian", "shichangjian", "市场"])
def test_names_are_found_by_typing_pinyin(query: str) -> None:
    assert score(query, "西平县市场监管局") > 0


def test_ranking_prefers_equal_then_beginning_then_part_then_pinyin() -> None:
    names = ["西平县市场监管局", "市场监管局", "市场监管局柏城所", "时常健康果行", "公安局"]
    assert [hit.text for hit in rank("市场监管局", names)] == ["市场监管局", "市场监管局柏城所", "西平县市场监管局"]
    assert [hit.text for hit in rank("scj", names)] == ["市场监管局", "时常健康果行", "市场监管局柏城所", "西平县市场监管局"]
    assert rank("  ", names) == []


def test_storing_pinyin_is_for_names_only() -> None:
    assert "nr" not in tokens("牛肉")
    assert {"nr", "niurou", "rou"} <= set(tokens("牛肉", pinyin=True))


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=80, deadline=None)
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    value = similarity(one, other)
    assert 0 <= value <= 1
    assert value == similarity(other, one)
    if compact(one):
        assert similarity(one, one) == 1


def test_same_business_typed_twice() -> None:
    assert business_key("西平县 好味道食品有限公司") == business_key("西平县好味道食品有限责任公司")
    assert business_key("老王面馆（个体工商户）") == business_key("老王面馆")
    assert business_key("有限公司") == "有限公司"
    assert similarity("西平县好味道食品厂", "西平县好滋味食品厂") > 0.6 > similarity("西平县好味道食品厂", "晋宁区老街面馆")
