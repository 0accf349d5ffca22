"""Two reviewers at once, answers that got lost, and publication from the review screen."""

import pytest

from shian.apps.plans import actions
from shian.apps.plans.models import Task
from shian.kernel.changes.models import Change

from .conftest import PLAN, TODAY
from .review_steps import draft_of, span, stamp_of


# -- two at once, lost answers --------------------------------------------------------------------------
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
