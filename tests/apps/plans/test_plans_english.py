"""The pages of plans read in English; what is kept stays in the site's language."""

import pytest

from shian.apps.plans.models import Decision
from shian.kernel.search.models import SearchEntry
from tests.english import HAN, chinese_left, english_client, shown

ADDRESSES = ["/", "/tasks/", "/tasks/new/", "/documents/", "/documents/import/", "/targets/", "/progress/",
             "/decisions/", "/flows/progress/"]  # fmt: skip


@pytest.fixture
def client(cast):
    return english_client("shianban")


def test_pages_in_english_hold_no_chinese_but_data(client, plan):
    task = plan.tasks.get(no="（二）")
    pages = [*ADDRESSES, f"/documents/{plan.pk}/", f"/tasks/{task.pk}/", f"/tasks/{task.pk}/extend/"]
    assert chinese_left(client, pages) == {}


def test_review_pages_in_english(client, reviewing):
    for address in (f"/documents/{reviewing.pk}/review/", f"/documents/{reviewing.pk}/review/publish/"):
        answer = client.get(address)
        assert answer.status_code == 200
        page = shown(answer.content.decode())
        assert "Accept" in page or "Published" in page or "confirmed" in page
        assert not {"待确认", "承办单位", "快捷键", "确认发布"} & set(HAN.findall(page))


# --- what is kept is in the site's language ---------------------------------------------------------
def test_records_made_in_an_english_session_stay_chinese(client, plan):
    task = plan.tasks.get(no="（二）")
    form = {"reason": "汛期", "number": "演食安办〔2026〕9号", "on": "2026-03-11", "version": task.version}
    answer = client.post(f"/tasks/{task.pk}/suspend/", form)
    assert answer.status_code == 302, answer.content.decode()[:400]
    decision = Decision.unscoped.get(task=task)
    assert decision.before["状态"] == "待签收" and decision.after["状态"] == "已中止"
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Suspended" in page and "Status" in page
    entry = SearchEntry.unscoped.get(object_type="plans.task", object_id=task.pk)
    assert entry.subtitle == "任务"
