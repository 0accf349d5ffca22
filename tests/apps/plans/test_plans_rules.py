"""Pure decisions of the plans app: tables, comparison, judgement, periods, excerpts, names."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.apps.plans import flow
from shian.apps.plans.models import Task
from shian.apps.plans.rules.compare import Item, compare, text_diff
from shian.apps.plans.rules.excerpt import Mark, around, pieces
from shian.apps.plans.rules.judge import met, overall_percent, responsible, strongest
from shian.apps.plans.rules.names import Known, resolver
from shian.apps.plans.rules.periods import instances
from shian.apps.plans.rules.reading import is_soft
from shian.core.flow import Refused, to_mermaid

quick = settings(deadline=None, max_examples=80)
FLOWS = [flow.DOCUMENT, flow.TASK, flow.PROGRESS, flow.TARGET]


# --- flow tables ----------------------------------------------------------------------------------
@pytest.mark.parametrize("table", FLOWS, ids=lambda t: t.name)
def test_every_transition_has_actor_article_and_words(table):
    for row in table.transitions:
        assert row.actors and row.article
        assert {*row.actors, *row.needs} <= set(table.words), row.verb
    assert to_mermaid(table).count("-->") >= len(table.transitions)


def test_decisions_all_need_reason_and_document():
    for verb in flow.DECISIONS:
        row = flow.TASK.verb[verb]
        assert {"reason", "number"} <= set(row.needs) and row.actors == ("office",)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([t.verb for t in flow.TASK.transitions]),
            st.sampled_from(["office", "lead", "party"]),
        ),
        max_size=25,
    )
)
@quick
def test_no_sequence_of_verbs_leaves_the_table(steps):
    given_facts = {
        "reason": "r",
        "number": "n",
        "text": "t",
        "parties": "p",
        "due": "2027-01-01",
        "old_due": "2026-01-01",
    }
    state = flow.TASK.initial
    for verb, who in steps:
        try:
            after = flow.TASK.step(state, verb, {who}, given_facts)
        except Refused:
            continue
        assert after in flow.TASK.state
        assert not flow.TASK.state[state].final or verb == "reopen"
        assert after != "closed" or who == "office"
        state = after


# --- comparison -----------------------------------------------------------------------------------
words = st.text("食品安全抽检监管学校农村宣传一二三", min_size=1, max_size=12)
items = st.lists(st.tuples(words, words), max_size=8).map(
    lambda rows: [Item(n, str(n), t, x, {}) for n, (t, x) in enumerate(rows)]
)


@given(items, items)
@quick
def test_every_item_stands_in_exactly_one_pair(old, new):
    pairs = compare(old, new)
    assert [p.new.key for p in pairs if p.new] == [i.key for i in new]
    assert sorted(p.old.key for p in pairs if p.old) == sorted(i.key for i in old)
    for pair in pairs:
        assert (pair.kind == "new") == (pair.old is None)
        assert (pair.kind == "gone") == (pair.new is None)
        assert (pair.kind == "changed") == bool(pair.fields)


@given(items)
@quick
def test_a_document_compared_with_itself_has_not_changed(old):
    titles = [i.title for i in old]
    distinct = [i for i in old if titles.count(i.title) == 1]
    assert all(p.kind == "same" for p in compare(distinct, distinct))


def test_renamed_item_is_found_by_its_text():
    old = Item(1, "3", "开展宣传", "九月组织食品安全宣传周，开展五进活动，发放资料。", {})
    new = Item(9, "4", "加强科普", "九月组织食品安全宣传周，开展五进活动，发放手册。", {})
    (pair,) = compare([old], [new])
    assert pair.kind == "changed" and set(pair.fields) == {"no", "title", "text"}


@given(st.text("甲乙丙丁", max_size=30), st.text("甲乙丙丁", max_size=30))
@quick
def test_text_diff_rebuilds_both_sides(before, after):
    runs = text_diff(before, after)
    assert "".join(t for op, t in runs if op != "new") == before
    assert "".join(t for op, t in runs if op != "gone") == after


# --- judgement ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("op", "value", "top", "reported", "good"),
    [
        (">=", "98", None, "98", True),
        (">=", "98", None, "97.9999", False),
        ("<=", "3", None, "3", True),
        ("<", "1", None, "1", False),
        ("==", "100", None, "100", True),
        ("==", "6", "8", "7", True),
        (">=", "6", "8", "9", False),
    ],
)
def test_targets_are_judged_as_printed(op, value, top, reported, good):
    assert met(op, Decimal(value), Decimal(top) if top else None, Decimal(reported)) is good


roles = st.dictionaries(st.integers(1, 6), st.sampled_from(["lead", "joint", "support"]), max_size=6)


@given(roles, st.dictionaries(st.integers(1, 6), st.integers(0, 100)))
@quick
def test_progress_is_that_of_the_responsible(roles, latest):
    percent = overall_percent(roles, latest)
    assert 0 <= percent <= 100
    assert percent == overall_percent(roles, {u: p for u, p in latest.items() if u in responsible(roles)})
    assert bool(responsible(roles)) == bool(roles)
    if "lead" in roles.values():
        assert {roles[u] for u in responsible(roles)} == {"lead"}


def test_strongest_capacity_wins():
    assert strongest([(1, "support"), (1, "lead"), (2, "joint"), (2, "support")]) == {1: "lead", 2: "joint"}


# --- periods --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "n"), [("month", 12), ("quarter", 4), ("half", 2), ("", 0), ("week", 0)])
def test_periods_of_a_year(code, n):
    rows = instances(code, 2026)
    assert len(rows) == n and [d for _l, d in rows] == sorted(d for _l, d in rows)
    assert not rows or rows[-1][1] == dt.date(2026, 12, 31)


def test_periods_before_the_document_are_left_out():
    assert [label for label, _d in instances("half", 2024, dt.date(2024, 7, 1))] == ["2024年下半年"]
    assert instances("month", 2024)[1] == ("2024年2月", dt.date(2024, 2, 29))


# --- excerpts -------------------------------------------------------------------------------------
@given(
    st.text("甲乙。\n", max_size=40), st.integers(0, 40), st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=5),
)  # fmt: skip
@quick
def test_pieces_join_to_the_text(text, a, b, spans):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    cut = pieces(text, start, end, [Mark(s, e, "target") for s, e in spans])
    assert "".join(p.text for p in cut) == text[start:end] and all(p.text for p in cut)
    before, after = around(text, start, end)
    assert "\n" not in after.strip("\n") and len(before) <= 90 and len(after) <= 90


# --- names ----------------------------------------------------------------------------------------
UNITS = [
    Known(1, "演示县市场监督管理局", "县市场监督管理局"), Known(2, "演示县卫生健康局"), Known(3, "演示县人民法院"),
    Known(4, "东河镇人民政府", "东河镇"), Known(5, "中共演示县委政法委"), Known(6, "演示县教育体育局"),
    Known(7, "演示县食品安全委员会办公室", "县食安办"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("县市监局", (1, "")), ("市场监管局", (1, "")), ("县食药监局", (1, "")), ("卫健委", (2, "")), ("法院", (3, "")),
        ("东河镇", (4, "")), ("东河镇政府", (4, "")), ("县委政法委", (5, "")), ("县教育局", (6, "")),
        ("县政府食安办", (7, "")), ("各乡（镇，街道）", (None, "townships")), ("各乡镇党委", (None, "townships")),
        ("党委", (None, "townships")), ("各成员单位", (None, "members")),
        ("县政府食安委有关成员单位", (None, "members")), ("有关部门", (None, "departments")), ("各地人民政府", (None, "lower")),
        ("西平火车站", (None, "")), ("", (None, "")),
    ],
)  # fmt: skip
def test_printed_names_find_their_unit_or_set(printed, meant):
    assert resolver(UNITS, ["演示县"], {}).resolve(printed) == meant


def test_an_alias_beats_everything():
    assert resolver(UNITS, ["演示县"], {"县食安办": 2}).resolve("县食安办") == (2, "")


@given(st.text(max_size=20))
@quick
def test_any_name_gets_an_answer(name):
    unit, group = resolver(UNITS, ["演示县"], {}).resolve(name)
    assert unit is None or (1 <= unit <= 7 and group == "")


@pytest.mark.parametrize(
    ("no", "shown"),
    [("（一）", "（一）抽检"), ("7", "7．抽检"), ("一", "一、抽检"), ("", "抽检"), ("（1）", "（1）抽检")],
)
def test_a_number_is_set_off_from_its_title(no, shown):
    assert str(Task(no=no, title="抽检")) == shown


def test_soft_words_count_in_their_own_clause_only():
    text = "鼓励投保，投保率达到60%"
    at = text.index("投保率")
    assert not is_soft(text, (at, len(text)))
    wish = "力争投保率达到60%"
    assert is_soft(wish, (2, len(wish)))
