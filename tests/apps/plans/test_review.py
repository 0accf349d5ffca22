"""The review screen: the page and each operation on one item as it sends it, and what is refused."""

import json

import pytest

from shian.apps.plans import actions
from shian.apps.plans.models import Document, Draft
from shian.kernel.scopes import system

from .conftest import PLAN, TODAY
from .review_steps import draft_of, span


# -- the page ---------------------------------------------------------------------------------------
def test_page_shows_every_item_with_its_source_and_marks(page, reviewing):
    html = page.client.get(f"/documents/{reviewing.pk}/review/").content.decode()
    for draft in reviewing.drafts.all():
        assert f'id="i{draft.pk}"' in html and draft.title in html
    source = json.loads(html.split('id="review-text" type="application/json">')[1].split("</script>")[0])
    assert source == reviewing.text
    assert "已确认" in html and "未识别单位" not in html.split("review-text")[1]


def test_marks_of_an_item_quote_the_source(reviewing):
    from shian.apps.plans.pages.review_items import marks

    rows = {(kind, reviewing.text[a:b]) for a, b, kind in marks(draft_of(reviewing, "（二）"))}
    assert rows >= {
        ("title", "加强抽检"),
        ("deadline", "6月底前"),
        ("unit", "卫健委"),
        ("unit", "县市场监管局"),
    }
    assert any(kind == "target" and "98%" in words for kind, words in rows)


def test_title_broken_over_two_lines_is_found_in_the_source(office, cast):
    from shian.apps.plans.pages.review_items import title_span

    text = PLAN.replace("加强抽检。", "加强\n  抽检。")
    document = actions.import_document(actor=office, place=cast.county, text=text, today=TODAY)
    draft = draft_of(document, "（二）")
    draft.title = "加强抽检"
    start, end = title_span(draft)
    assert "".join(document.text[start:end].split()) == "加强抽检"


def test_who_may_not_review_is_refused(sign_in, reviewing):
    for username, status in (("shishianban", 403), ("donghe", 404)):
        client = sign_in(username)
        assert client.get(f"/documents/{reviewing.pk}/review/").status_code == status
        draft = reviewing.drafts.first()
        answer = client.post(f"/documents/{reviewing.pk}/review/items/{draft.pk}/accept/", {"version": 1})
        assert answer.status_code == status
    assert not reviewing.drafts.filter(state="accepted").exists()


def test_published_document_is_shown_instead_of_reviewed(sign_in, plan):
    client = sign_in("shianban")
    assert client.get(f"/documents/{plan.pk}/review/").url == plan.get_absolute_url()
    draft = plan.drafts.first()
    answer = client.post(f"/documents/{plan.pk}/review/items/{draft.pk}/drop/", {"version": draft.version})
    assert answer.status_code == 422 and "不能再核对" in answer.json()["error"]


# -- one item ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("verb", "state"), [("accept", "accepted"), ("drop", "dropped"), ("reset", "pending")]
)
def test_state_of_an_item(page, reviewing, verb, state):
    draft = draft_of(reviewing, "（一）")
    status, answer = page(verb, draft)
    draft.refresh_from_db()
    assert status == 200 and draft.state == state
    assert answer["items"][0]["id"] == draft.pk and f'data-state="{state}"' in answer["items"][0]["html"]


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("title", "落实属地责任制", lambda d: d.title == "落实属地责任制"),
        ("due", "2026-09-30", lambda d: d.due.isoformat() == "2026-09-30"),
        ("due", "", lambda d: d.due is None),
        ("recurrence", "month", lambda d: d.recurrence == "month"),
        ("soft", "1", lambda d: d.soft is True),
        ("text", "新的内容", lambda d: d.text == "新的内容"),
        ("parties.0.role", "lead", lambda d: d.parties[0]["role"] == "lead"),
        ("parties.1.part", "统筹", lambda d: d.parties[1]["part"] == "统筹"),
        ("targets.1.value", "99.5", lambda d: d.targets[1]["value"] == 99.5),
        ("targets.0.op", "==", lambda d: d.targets[0]["op"] == "=="),
        ("deadlines.0.date", "2026-06-15", lambda d: d.deadlines[0]["date"] == "2026-06-15"),
        ("deadlines.0.what", "上半年", lambda d: d.deadlines[0]["what"] == "上半年"),
    ],
)
def test_each_field_is_stored_alone(page, reviewing, field, value, stored):
    draft = draft_of(reviewing, "（二）")
    status, answer = page("edit", draft, field=field, value=value)
    draft.refresh_from_db()
    assert status == 200, answer
    assert stored(draft)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "  ", "标题不能为空"),
        ("due", "下个月", "不是日期"),
        ("targets.0.value", "很多", "不是数字"),
        ("targets.0.op", "≈", "比较符"),
        ("targets.0.subject", "", "请填写指标名称"),
        ("parties.0.role", "boss", "无效"),
        ("parties.9.role", "lead", "没有“parties.9.role”这一行"),
        ("deadlines.0.date", "", "不是日期"),
        ("state", "accepted", "没有“state”这一行"),
        ("parties.0.unit_id", "1", "不能在核对时修改"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(page, reviewing, field, value, words):
    draft = draft_of(reviewing, "（二）")
    status, answer = page("edit", draft, field=field, value=value)
    assert status == 422 and words in answer["error"]
    assert Draft.unscoped.get(pk=draft.pk).version == draft.version


def test_selection_becomes_title_unit_target_or_date(page, reviewing):
    draft = draft_of(reviewing, "（一）")
    for kind, words in (
        ("title", "各乡镇定期研究食品安全工作"),
        ("unit", "县教育局、市场监管局"),
        ("target", "食品安全抽检合格率达到98%以上"),
        ("deadline", "9月底前"),
    ):
        draft.refresh_from_db()
        status, answer = page("span", draft, kind=kind, **span(reviewing, words))
        assert status == 200, answer
    draft.refresh_from_db()
    assert draft.title == "各乡镇定期研究食品安全工作"
    assert [p["name"] for p in draft.parties[-2:]] == ["县教育局", "市场监管局"]
    assert all(p["unit_id"] for p in draft.parties[-2:])
    last = draft.parties[-1]
    assert reviewing.text[last["start"] : last["end"]] == "市场监管局"
    assert draft.targets[-1]["value"] == 98 and "合格率" in draft.targets[-1]["subject"]
    assert draft.deadlines[-1]["date"] == "2026-09-30"


def test_same_selection_twice_stands_once(page, reviewing):
    draft = draft_of(reviewing, "（一）")
    for _ in range(2):
        draft.refresh_from_db()
        page("span", draft, kind="target", **span(reviewing, "食品安全抽检合格率达到98%以上"))
        draft.refresh_from_db()
        page("span", draft, kind="unit", **span(reviewing, "市场监管局"))
    draft.refresh_from_db()
    assert [t["value"] for t in draft.targets].count(98) == 1
    assert [p["name"] for p in draft.parties].count("市场监管局") == 1


def test_typed_words_are_read_by_the_same_grammar(page, reviewing):
    draft = draft_of(reviewing, "（四）")
    for kind, words in (
        ("unit", "县公安局牵头，县司法局配合"),
        ("target", "覆盖率不低于75%"),
        ("deadline", "11月底前"),
    ):
        draft.refresh_from_db()
        assert page("add", draft, kind=kind, text=words)[0] == 200
    draft.refresh_from_db()
    assert {(p["name"], p["role"]) for p in draft.parties} >= {("县公安局", "lead"), ("县司法局", "support")}
    assert draft.targets[-1]["value"] == 75 and draft.deadlines[-1]["date"] == "2026-11-30"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "target", "start": 0, "end": 4}, "没有认出指标"),
        ({"kind": "deadline", "start": 0, "end": 4}, "没有认出日期"),
        ({"kind": "colour", "start": 0, "end": 4}, "不是标题、单位、指标或时限"),
        ({"kind": "title", "start": 4, "end": 4}, "不在正文范围内"),
        ({"kind": "title", "start": 0, "end": 99999}, "不在正文范围内"),
        ({"kind": "title", "start": "x", "end": 4}, "不是位置"),
    ],
)
def test_selection_that_says_nothing_is_refused(page, reviewing, body, words):
    status, answer = page("span", draft_of(reviewing, "（一）"), **body)
    assert status == 422 and words in answer["error"]


def test_row_is_removed(page, reviewing):
    draft = draft_of(reviewing, "（二）")
    before = [t["subject"] for t in draft.targets]
    assert page("remove", draft, field="targets.0")[0] == 200
    draft.refresh_from_db()
    assert [t["subject"] for t in draft.targets] == before[1:]
    assert page("remove", draft, field="targets.7")[0] == 422


def test_merge_takes_the_next_item_that_is_not_dropped(page, reviewing):
    first, second, third = (draft_of(reviewing, no) for no in ("（一）", "（二）", "（三）"))
    page("drop", second)
    status, answer = page("merge", first, next=str(third.pk))
    first.refresh_from_db()
    assert status == 200 and answer["gone"] == [third.pk] and third.pk not in answer["order"]
    assert "科普宣传" in first.text


def test_merge_with_another_item_than_the_page_showed_is_refused(page, reviewing):
    first, third = draft_of(reviewing, "（一）"), draft_of(reviewing, "（三）")
    status, answer = page("merge", first, next=str(third.pk))
    assert status == 422 and "下一条已变为" in answer["error"]
    last = draft_of(reviewing, "（四）")
    assert "最后一条" in page("merge", last)[1]["error"]


def test_split_parts_figures_by_side_and_keeps_the_order(page, reviewing):
    draft = draft_of(reviewing, "（二）")
    at = reviewing.text.index("6月底前")
    status, answer = page("split", draft, offset=at)
    assert status == 200
    second = Draft.unscoped.get(pk=answer["order"][answer["order"].index(draft.pk) + 1])
    assert second.start == at and second.deadlines and not second.targets
    assert page("split", second, offset=5)[0] == 422


def test_new_item_from_a_selection_is_read_and_placed(page, reviewing):
    words = "9月底前组织食品安全宣传周活动。（县食安委各成员单位按职责分工负责）"
    status, answer = page("new", **span(reviewing, words))
    assert status == 200
    draft = Draft.unscoped.get(pk=answer["focus"])
    assert draft.deadlines[0]["date"] == "2026-09-30" and draft.parties[0]["set"] == "members"
    assert answer["order"].index(draft.pk) == 3
    assert page("new", start=7, end=7)[0] == 422


# -- the document -------------------------------------------------------------------------------------
def test_accept_all_takes_only_the_certain(page, reviewing):
    doubtful = draft_of(reviewing, "（三）")
    with system("arranged by the test"):
        Draft.unscoped.filter(pk=doubtful.pk).update(confidence=0.7)
    status, answer = page("accept-all")
    assert status == 200 and len(answer["items"]) == 3
    assert reviewing.drafts.filter(state="pending").get() == doubtful
    assert "没有可以直接接受" in page("accept-all")[1]["message"]


def test_unread_pieces_count_until_somebody_has_looked(page, reviewing):
    from shian.apps.plans.pages.review_items import open_unread

    draft = draft_of(reviewing, "（一）")
    inside = {
        "quote": "定期",
        "reason": "有时限，但文中没有给出日期",
        "start": draft.start + 9,
        "end": draft.start + 11,
    }
    outside = {"quote": "演示县", "reason": "x", "start": 0, "end": 3}
    with system("arranged by the test"):
        Document.unscoped.filter(pk=reviewing.pk).update(unread=[inside, outside])
    reviewing.refresh_from_db()
    rows = list(reviewing.drafts.filter(retired_at=None))
    for row in rows:
        row.document = reviewing
    assert open_unread(reviewing, rows) == [inside, outside]
    page("accept", draft)
    rows = list(reviewing.drafts.filter(retired_at=None))
    for row in rows:
        row.document = reviewing
    assert open_unread(reviewing, rows) == [outside]
