"""The pages of jobs."""

import pytest

from shian.kernel.jobs import actions, kinds, worker
from shian.kernel.jobs.kinds import Step, job

HERE = "host/1/a"


@pytest.fixture
def kind():
    yield lambda step: job("test.page", title="试验任务")(step) and "test.page"
    kinds._kinds.pop("test.page", None)


def count_to(n):
    def step(row, cursor):
        at = cursor.get("at", 0) + 1
        return Step({"at": at}, done=at, total=n, message=f"第 {at} 步", finished=at == n)

    return step


def test_pages_show_progress_and_let_the_owner_cancel(cast, kind, client):
    row = actions.enqueue(cast.actor("donghe"), kind(count_to(4)), title="导入 <b>台账</b>")
    worker.run_one(HERE)
    assert client.get(f"/jobs/{row.pk}/").status_code == 302, "sign-in first"
    client.force_login(cast.users["xiling"])
    assert client.get(f"/jobs/{row.pk}/").status_code == 404
    assert client.post(f"/jobs/{row.pk}/cancel/").status_code == 404
    client.force_login(cast.users["donghe"])
    page = client.get(f"/jobs/{row.pk}/").content.decode()
    assert "第 1 步" in page and "导入 &lt;b&gt;" in page and "已处理 1 / 4" in page
    part = client.get(f"/jobs/{row.pk}/", headers={"HX-Request": "true"})
    assert part.status_code == 200 and "<html" not in part.content.decode()
    assert "导入" in client.get("/jobs/").content.decode()
    assert client.get(f"/jobs/{row.pk}/cancel/").status_code == 405
    assert client.post(f"/jobs/{row.pk}/cancel/").status_code == 302
    ended = client.get(f"/jobs/{row.pk}/", headers={"HX-Request": "true"})
    assert ended.status_code == 286 and ended["HX-Refresh"] == "true", "htmx stops polling"
    again = client.post(f"/jobs/{row.pk}/cancel/", follow=True)
    assert "已经结束" in again.content.decode()
