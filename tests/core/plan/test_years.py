"""The plan year is what the document states of itself; a goal's year, a quoted number's, a past one are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from shian.core.plan import read_text
from shian.core.plan.text import fold
from shian.core.text.radicals import RADICALS

CASES = Path(__file__).parents[3] / "../shared/data/cases"
BODY = "\n一、甲\n（一）乙。做。（县财政局负责）"


@pytest.mark.parametrize(("text", "year"), [
    ("关于加强快检工作的意见\n为做好2026年食品安全工作，制定本意见。", 2026),
    ("样例县二〇二六年食品安全工作计划", 2026),
    ("样例县二O二六年食品安全工作计划", 2026),
    ("样例县二○二六年度要点", 2026),
    ("样例县二零二七年度要点", 2027),
    ("关于快检工作的意见\n2026年全县快检工作总体要求：坚持。", 2026),
    ("关于快检工作的意见\n到2026年，全县合格率达到98%。", None),
    ("关于快检工作的意见\n2026年底前，建成20个快检室。", None),
    ("关于快检工作的意见\n2023年以来，成效明显。", None),
    ("关于快检工作的意见\n根据《某某意见》（某发〔2020〕9号），提出本意见。", None),
    ("关于快检工作的意见\n确保2026年6月前建成。", None),
    ("关于快检工作的意见\n力争在二〇三〇年建成。", None),
])
def test_year(text: str, year: int | None) -> None:
    assert read_text(text + BODY).doc.year == year


def test_an_undated_opinion_keeps_every_date_as_printed() -> None:
    ledger = read_text(
        "关于加强快检工作的意见\n一、目标\n（一）率。到2026年，合格率达到98%。（县教育局负责）\n"
        "（二）室。2023年6月前建成快检室20个。（县教育局负责）\n（三）报告。9月底前报告。（县教育局负责）"
    )
    assert ledger.doc.year is None
    assert [(d.task, d.date.isoformat()) for d in ledger.deadlines] == [("1.1", "2026-12-31"), ("1.2", "2023-05-31")]


@pytest.mark.parametrize(("name", "year", "dates"), [
    ("plan-dates", 2026, ["2026-09-30"] * 4 + ["2027-01-31"]),
    ("plan-han-year-title", 2026, ["2026-09-30"]),
    ("plan-radicals-zero", 2026, ["2026-10-31", "2026-09-30", "2026-12-31"]),
])
def test_shared_cases(name: str, year: int, dates: list[str]) -> None:
    path = CASES / f"{name}.txt"
    if not path.is_file():
        pytest.skip("shared cases are not beside this checkout")
    ledger = read_text(path.read_text("utf-8"))
    assert (ledger.doc.year, [d.date.isoformat() for d in ledger.deadlines]) == (year, dates)
    if name == "plan-radicals-zero":
        assert [u.name for t in ledger.tasks for u in t.units] == ["县市场监管局", "县食安办", "县市场监管局"]


def test_radicals_read_as_characters_at_their_places() -> None:
    t = fold("⼆〇二六年⻝品⻔店")
    assert (t.raw, t.source) == ("二〇二六年食品门店", "⼆〇二六年⻝品⻔店")
    assert all(len(c) == 1 for c in RADICALS.values()) and "⻓".translate(RADICALS) == "长"


@pytest.mark.parametrize(("printed", "folded"), [
    ("二O二六年", "二〇二六年"), ("二0二六年三月", "二〇二六年三月"), ("二OO九年", "二〇〇九年"), ("伍拾万元", "五十万元"), ("壹佰贰拾叁元", "一百二十三元"),
    ("贰仟萬元", "二千万元"), ("叁个", "三个"), ("队伍拾遗", "队伍拾遗"), ("大陆万家", "大陆万家"), ("2000年", "2000年"), ("VOO年", "VOO年"), ("2月", "2月"), ("登陆家门", "登陆家门"),
])
def test_numerals_by_hand(printed: str, folded: str) -> None:
    assert fold(printed).norm == folded
