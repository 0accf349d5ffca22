"""The review screen: each operation as the page sends it, what it refuses, and two people at once."""

import json

import pytest
from django.test import Client

from shian.apps.plans import actions
from shian.apps.plans.models import Document, Draft, Task
from shian.kernel.changes.models import Change
from shian.kernel.people.models import Unit, UnitAlias, User

from .conftest import PLAN, TODAY


@pytest.fixture
def sign_in(cast):
    def as_user(username: str) -> Client:
        client = Client()
        client.force_login(User.unscoped.get(username=username))
        return client

    return as_user


@pytest.fixture
def page(sign_in, reviewing):
    """``page("accept", draft, **body)`` posts one operation as 食安办 and returns (status, answer)."""
    client = sign_in("shianban")

    def post(
        verb: str, draft: Draft | None = None, *, by: Client = client, version: int | None = None, **body
    ):
        base = f"/documents/{reviewing.pk}/review/"
        if draft is not None:
            base += f"items/{draft.pk}/"
            body["version"] = draft.version if version is None else version
        response = by.post(f"{base}{verb}/", body)
        return response.status_code, response.json()

    post.client = client
    return post


def draft_of(document: Document, no: str) -> Draft:
    return document.drafts.get(no=no, retired_at=None)


def span(document: Document, words: str) -> dict:
    start = document.text.index(words)
    return {"start": start, "end": start + len(words)}


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


# -- names and units ----------------------------------------------------------------------------------
@pytest.fixture
def strange(office, cast):
    """A plan that names a body nobody has entered, twice, and one in doubt."""
    text = PLAN.replace("卫健委配合", "演示火车站配合").replace(
        "县教育局、市场监管局负责", "演示火车站、县数据局负责"
    )
    return actions.import_document(actor=office, place=cast.county, text=text, today=TODAY)


@pytest.fixture
def strange_page(sign_in, strange):
    client = sign_in("shianban")

    def post(verb: str, draft=None, **body):
        base = f"/documents/{strange.pk}/review/" + (f"items/{draft.pk}/" if draft else "")
        response = client.post(f"{base}{verb}/", {**body, **({"version": draft.version} if draft else {})})
        return response.status_code, response.json()

    post.client = client
    return post


def index_of(draft: Draft, name: str) -> int:
    return next(n for n, p in enumerate(draft.parties) if p["name"] == name)


def test_names_without_a_unit_are_counted_and_marked(strange_page, strange):
    html = strange_page.client.get(f"/documents/{strange.pk}/review/").content.decode()
    assert "未识别单位 2" in html and "演示火车站" in html
    draft = draft_of(strange, "（二）")
    assert "1个单位名称未识别" in html and f'data-id="{draft.pk}"' in html
    assert html.count('data-flags="pending problem"') == 2


def test_chosen_unit_is_remembered_and_applied_to_every_item(cast, strange_page, strange):
    draft = draft_of(strange, "（二）")
    unit = cast.units["交通运输局"]
    at = index_of(draft, "演示火车站")
    status, answer = strange_page("resolve", draft, index=at, choice=f"u:{unit.pk}")
    assert status == 200 and len(answer["items"]) == 2 and "另有1条" in answer["message"]
    assert UnitAlias.unscoped.get(name="演示火车站").unit == unit
    assert draft_of(strange, "（四）").parties[0]["unit_id"] == unit.pk


def test_set_stays_a_set(strange_page, strange):
    draft = draft_of(strange, "（二）")
    assert strange_page("resolve", draft, index=index_of(draft, "演示火车站"), choice="s:townships")[0] == 200
    draft.refresh_from_db()
    assert draft.parties[index_of(draft, "演示火车站")]["set"] == "townships"


def test_unit_is_created_in_place(cast, strange_page, strange):
    draft = draft_of(strange, "（二）")
    at = index_of(draft, "演示火车站")
    assert strange_page("resolve", draft, index=at, choice="new:other")[0] == 200
    made = Unit.unscoped.get(name="演示火车站")
    assert made.place == cast.county and made.kind == "other"
    draft.refresh_from_db()
    assert draft.parties[at]["unit_id"] == made.pk


def test_all_missing_units_are_created_at_once(cast, strange_page, strange):
    status, answer = strange_page("units")
    assert status == 200 and 'data-unknown="0"' in answer["head"]
    assert set(Unit.unscoped.filter(name__in=["演示火车站", "县数据局"]).values_list("place", flat=True)) == {
        cast.county.pk
    }


@pytest.mark.parametrize("choice", ["u:999999", "s:everybody", "new:palace", "", "u:x"])
def test_unknown_choice_is_refused(strange_page, strange, choice):
    draft = draft_of(strange, "（二）")
    status, answer = strange_page("resolve", draft, index=0, choice=choice)
    assert status == 422 and answer["error"]
    assert strange_page("resolve", draft, index=77, choice="s:members")[0] == 422


def test_candidates_come_with_their_reason(strange_page, strange):
    answer = strange_page.client.get(
        f"/documents/{strange.pk}/review/candidates/", {"name": "县食品药品监督管理局"}
    ).json()
    assert "市场监督管理局" in answer["candidates"][0]["name"] and answer["candidates"][0]["reason"]
    kinds = {
        name: strange_page.client.get(f"/documents/{strange.pk}/review/candidates/", {"name": name}).json()[
            "kind"
        ]
        for name in ("老王坡管委会", "县委宣传部", "县数据局", "某某食品有限公司")
    }
    assert kinds == {
        "老王坡管委会": "township",
        "县委宣传部": "party",
        "县数据局": "department",
        "某某食品有限公司": "business",
    }


# -- the document -------------------------------------------------------------------------------------
def test_accept_all_takes_only_the_certain(page, reviewing):
    doubtful = draft_of(reviewing, "（三）")
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


# -- two at once, lost answers --------------------------------------------------------------------------
@pytest.fixture
def second(cast, sign_in):
    """Another person of the office, signed in."""
    from shian.kernel.people import actions as people
    from shian.kernel.scopes import SYSTEM
    from shian.kernel.scopes.models import Role

    user = User(username="erban", name="郑二", unit=cast.units["office"])
    people.save_user(actor=SYSTEM, user=user)
    people.grant(actor=SYSTEM, user=user, role=Role.unscoped.get(code="office"), places=[cast.county])
    return sign_in("erban")


def test_stale_edit_shows_the_other_value_and_keeps_what_was_typed(page, reviewing, second):
    draft = draft_of(reviewing, "（一）")
    assert page("edit", draft, field="title", value="甲改的标题")[0] == 200
    status, answer = page("edit", draft, by=second, field="title", value="乙改的标题")
    html = answer["items"][0]["html"]
    assert status == 409 and "周敏" in answer["error"]
    assert "甲改的标题" in html and "乙改的标题" in html and "改用我填的" in html
    draft.refresh_from_db()
    assert draft.title == "甲改的标题"
    assert page("edit", draft, by=second, field="title", value="乙改的标题")[0] == 200


@pytest.mark.parametrize("verb", ["accept", "drop", "merge", "split", "resolve", "span", "remove"])
def test_every_act_on_a_stale_item_is_refused(page, reviewing, second, verb):
    draft = draft_of(reviewing, "（二）")
    page("edit", draft, field="title", value="别人改过")
    body = {"offset": draft.start + 9, "index": 0, "choice": "s:members", "kind": "unit", "field": "targets.0",
            **span(reviewing, "市场监管局")}  # fmt: skip
    count = Change.unscoped.count()
    status, answer = page(verb, draft, by=second, **body)
    assert status == 409 and "没有保存" in answer["error"]
    assert Change.unscoped.count() == count


def test_both_wrote_the_same_is_no_conflict(page, reviewing, second):
    draft = draft_of(reviewing, "（一）")
    page("edit", draft, field="title", value="一样的标题")
    assert page("edit", draft, by=second, field="title", value="一样的标题")[0] == 200


def test_operation_sent_again_after_a_lost_answer_is_done_once(page, reviewing):
    draft = draft_of(reviewing, "（二）")
    at = reviewing.text.index("6月底前")
    for _ in range(2):
        status, answer = page("split", draft, offset=at, once_key="lost-1")
        assert status == 200 and len(answer["order"]) == 5
    for _ in range(2):
        status, answer = page("new", once_key="lost-2", **span(reviewing, "食品安全抽检合格率达到98%以上"))
        assert status == 200 and len(answer["order"]) == 6


def test_refused_operation_gives_its_key_back(page, reviewing):
    draft = draft_of(reviewing, "（二）")
    assert page("split", draft, offset=1, once_key="again")[0] == 422
    assert page("split", draft, offset=reviewing.text.index("6月底前"), once_key="again")[0] == 200


def test_page_without_version_is_refused(page, reviewing):
    draft = draft_of(reviewing, "（一）")
    answer = page.client.post(f"/documents/{reviewing.pk}/review/items/{draft.pk}/accept/", {})
    assert answer.status_code == 422 and "版本号" in answer.json()["error"]


def test_unknown_operation_and_item_are_not_found(page, reviewing):
    draft = draft_of(reviewing, "（一）")
    assert page("explode", draft)[0] == 404
    assert page("explode")[0] == 404
    draft.pk = 10**9
    status, answer = page("accept", draft)
    assert status == 404 and "刷新页面" in answer["error"]


def test_others_changes_are_fetched_by_version(page, reviewing, second):
    held = ",".join(f"{d.pk}.{d.version}" for d in reviewing.drafts.all())
    url = f"/documents/{reviewing.pk}/review/changes/"
    assert page.client.get(url, {"v": held}).json()["items"] == []
    draft = draft_of(reviewing, "（三）")
    page("edit", draft, by=second, field="title", value="乙改的")
    answer = page.client.get(url, {"v": held}).json()
    assert [i["id"] for i in answer["items"]] == [draft.pk] and answer["state"] == "reviewing"


# -- publication ----------------------------------------------------------------------------------------
def stamp_of(html: str) -> str:
    return html.split('name="stamp" value="')[1].split('"')[0]


def test_summary_says_what_is_made_and_missing(page, reviewing):
    url = f"/documents/{reviewing.pk}/review/publish/"
    html = page.client.get(url).content.decode()
    assert "还有 4 条未确认" in html and "disabled" in html
    page("accept-all")
    html = page.client.get(url).content.decode()
    assert (
        "所有条目都已确认" in html
        and "<strong>4</strong><span>项任务" in html
        and "disabled" not in html.split("form-foot")[1]
    )
    answer = page.client.post(url, {"stamp": stamp_of(html)})
    assert answer.url == reviewing.get_absolute_url()
    assert Task.unscoped.filter(document=reviewing, parent=None).count() == 4


def test_summary_that_is_out_of_date_is_shown_again(page, reviewing, second):
    url = f"/documents/{reviewing.pk}/review/publish/"
    page("accept-all")
    stamp = stamp_of(page.client.get(url).content.decode())
    draft = draft_of(reviewing, "（一）")
    page("edit", draft, by=second, field="title", value="改了")
    answer = page.client.post(url, {"stamp": stamp})
    assert answer.status_code == 409 and "摘要已更新" in answer.content.decode()
    reviewing.refresh_from_db()
    assert reviewing.state == "reviewing"


def test_pending_items_block_publication_whatever_the_page_says(page, reviewing):
    url = f"/documents/{reviewing.pk}/review/publish/"
    answer = page.client.post(url, {"stamp": stamp_of(page.client.get(url).content.decode())})
    assert answer.status_code == 422 and "未确认" in answer.content.decode()


def test_unresolved_names_need_a_word_of_their_own(strange_page, strange):
    strange_page("accept-all")
    url = f"/documents/{strange.pk}/review/publish/"
    html = strange_page.client.get(url).content.decode()
    assert "2 个单位名称没有对应到单位" in html
    stamp = stamp_of(html)
    refused = strange_page.client.post(url, {"stamp": stamp})
    assert refused.status_code == 422 and "还没有对应到单位" in refused.content.decode()
    assert strange_page.client.post(url, {"stamp": stamp, "allow_unresolved": "1"}).status_code == 302


def test_reader_of_the_upper_level_may_not_publish(sign_in, reviewing):
    client = sign_in("shishianban")
    assert client.get(f"/documents/{reviewing.pk}/review/publish/").status_code == 403
    assert client.post(f"/documents/{reviewing.pk}/review/publish/", {}).status_code == 403


def test_correction_is_compared_side_by_side_and_keeps_progress(cast, office, plan, sign_in):
    task = plan.tasks.get(no="（二）")
    market = cast.actor("shichangju")
    actions.report(actor=market, task=task, text="已抽检", percent=40)
    text = PLAN.replace("98%以上", "99%以上").replace("（四）推进明厨亮灶", "（四）推行餐饮街区改造")
    text = text.replace("鼓励学校食堂明厨亮灶覆盖率达到90%以上", "年底前完成两条街区的改造任务并公布名单")
    document = actions.import_document(
        actor=office, place=cast.county, text=text, today=TODAY, supersedes=plan
    )
    actions.accept_all(actor=office, document=document)
    client = sign_in("shianban")
    url = f"/documents/{document.pk}/review/publish/"
    html = client.get(url).content.decode()
    for words in ("有改动", "新增", "删除", "未变", "原文件", "更正件", "推行餐饮街区改造", "<ins>"):
        assert words in html, words
    assert client.post(url, {"stamp": stamp_of(html)}).status_code == 302
    task.refresh_from_db()
    assert task.document_id == document.pk and task.percent == 40
    assert task.targets.get(value=99).subject
