"""The machine refuses what the table does not say, and a wrong table cannot be declared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.flow import INTERNAL, Flow, FlowError, Refused, State, Transition, to_mermaid

STATES = (State("draft", "草拟"), State("sent", "已报送"), State("done", "办结", final=True))


def row(verb, sources, target, **more):
    return Transition(verb, verb, tuple(sources), target, more.pop("actors", ("clerk",)), INTERNAL, **more)


TABLE = (
    row("send", ["draft"], "sent", needs=("number",)),
    row("amend", ["draft", "sent"], None),
    row(
        "close", ["sent"], "done", actors=("head",), guard=lambda f: "还有未办事项" if f.get("open") else None
    ),
)
FLOW = Flow("公文", "draft", STATES, TABLE, {"clerk": "经办人", "head": "负责人", "number": "文号"})


def test_a_document_walks_to_its_end():
    assert FLOW.step("draft", "send", {"clerk"}, {"number": "1号"}) == "sent"
    assert FLOW.step("sent", "amend", {"clerk"}, {}) == "sent"
    assert FLOW.step("sent", "close", {"head"}, {"open": 0}) == "done"


@pytest.mark.parametrize(
    ("state", "verb", "who", "facts", "code", "words"),
    [
        ("draft", "burn", {"clerk"}, {}, "unknown", "burn"),
        ("draft", "close", {"head"}, {}, "state", "草拟"),
        ("sent", "close", {"clerk"}, {}, "actor", "负责人"),
        ("draft", "send", {"clerk"}, {"number": "  "}, "missing", "文号"),
        ("sent", "close", {"head"}, {"open": 2}, "guard", "未办"),
    ],
)
def test_refusals_say_why(state, verb, who, facts, code, words):
    with pytest.raises(Refused) as refused:
        FLOW.step(state, verb, who, facts)
    assert refused.value.code == code and words in str(refused.value)


@given(
    state=st.sampled_from(["draft", "sent", "done", "lost"]),
    verb=st.sampled_from(["send", "amend", "close", "burn"]),
    who=st.sets(st.sampled_from(["clerk", "head", "guest"])),
    number=st.text(max_size=3),
    left=st.integers(0, 2),
)
@settings(deadline=None, max_examples=200)
def test_step_goes_exactly_where_the_table_says(state, verb, who, number, left):
    rows = [t for t in FLOW.available(state, who) if t.verb == verb]
    facts = {"number": number, "open": left}
    try:
        after = FLOW.step(state, verb, who, facts)
    except Refused:
        blocked = (verb == "send" and not number.strip()) or (verb == "close" and left)
        assert not rows or blocked
    else:
        assert rows and after == (rows[0].target or state)
        assert not FLOW.state[state].final


BROKEN = {
    "无法到达": ((*STATES, State("limbo", "游离")), (*TABLE, row("x", ["limbo"], "done"))),
    "无法离开": (STATES, TABLE[:1]),
    "没有办理人": (STATES, (*TABLE, row("x", ["sent"], "done", actors=()))),
    "的状态不存在": (STATES, (*TABLE, row("x", ["nowhere"], "done"))),
    "操作重复": (STATES, (*TABLE, TABLE[0])),
    "状态代码重复": ((*STATES, STATES[0]), TABLE),
    "没有写明依据": (STATES, (*TABLE, Transition("x", "x", ("sent",), "done", ("head",), ""))),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_a_wrong_table_cannot_be_declared(problem):
    states, rows = BROKEN[problem]
    with pytest.raises(FlowError) as wrong:
        Flow("坏表", "draft", states, rows, {})
    assert problem in str(wrong.value)


def test_codes_by_kind():
    assert FLOW.codes() == ("draft", "sent") and FLOW.codes(final=True) == ("done",)


def test_mermaid_names_every_state_and_row():
    text = to_mermaid(FLOW)
    assert text.startswith("stateDiagram-v2\n")
    assert "sent --> done : close（负责人）" in text
    assert "done --> [*]" in text
    assert text.count(" --> ") == 1 + sum(len(t.sources) for t in TABLE) + 1
