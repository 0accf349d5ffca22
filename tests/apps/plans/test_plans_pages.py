"""Every screen of a task and a document, as the people of the cast see and use it."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shian.apps.plans import actions, queries
from shian.apps.plans.models import Decision, Document, Progress, TargetValue, Task
from shian.kernel.changes.models import Change
from shian.kernel.changes.presentation import described
from shian.kernel.day import today_is
from shian.kernel.people.models import User

from .conftest import TODAY


@pytest.fixture
def sign_in(cast):
    def as_user(username: str) -> Client:
        client = Client()
        client.force_login(User.unscoped.get(username=username))
        return client

    return as_user


def body(response) -> str:
    return response.content.decode()


def test_landing_groups_what_waits(cast, plan, task, sign_in):
    market = cast.actor("shichangju")
    report = actions.report(actor=market, task=task, text="已抽检", percent=30)
    with today_is(TODAY):
        page = body(sign_in("shianban").get("/"))
        assert "待我审核" in page and "已抽检" in page
        actions.return_report(actor=cast.actor("shianban"), progress=report, reason="数字不对")
        page = body(sign_in("shichangju").get("/"))
    assert "退回给我" in page and "数字不对" in page
    assert "（四）推进明厨亮灶" in page and "（一）" not in page


def test_landing_takes_at_most_twelve_queries(plan, sign_in, django_assert_max_num_queries):
    for who in ("shianban", "shichangju", "donghe", "shishianban"):
        client = sign_in(who)
        client.get("/")
        with django_assert_max_num_queries(12):
            assert client.get("/").status_code == 200


def test_number_of_landing_queries_does_not_grow(cast, plan, sign_in):
    client = sign_in("shianban")

    def queries_of_page() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/")
        return len(caught)

    client.get("/")
    few = queries_of_page()
    for n in range(20):
        actions.create_task(
            actor=cast.actor("shianban"), place=cast.county, title=f"临时任务{n}", due=TODAY,
            parties=[{"unit_id": cast.units["市场监督管理局"].pk, "role": "lead"}],
        )  # fmt: skip
    assert queries_of_page() == few


def test_overdue_means_the_day_after_the_deadline(cast, task):
    market = cast.actor("shichangju")
    due = task.due
    assert task in queries.inbox(market, due).today
    assert task not in queries.inbox(market, due - dt.timedelta(1)).overdue
    assert task in queries.inbox(market, due + dt.timedelta(1)).overdue
    assert set(queries.overdue(market, due + dt.timedelta(1))) >= {task}


def test_missed_milestone_makes_a_task_late(cast, office, task):
    early = actions.add_milestone(actor=office, task=task, title="制定抽检方案", due=dt.date(2026, 3, 31))
    day = dt.date(2026, 4, 1)
    assert task in queries.inbox(office, day).overdue
    actions.finish_milestone(actor=office, milestone=early, on=dt.date(2026, 3, 30))
    assert task not in queries.inbox(office, day).overdue


def test_task_page_shows_source_owners_and_verbs(plan, task, sign_in):
    page = body(sign_in("shichangju").get(f"/tasks/{task.pk}/"))
    assert re.search(r'<mark\s+class="mark-target">全年食品抽检量达到4批次/千人</mark>', page)
    assert "演示县市场监督管理局" in page and "报送进展" in page
    assert f'action="/tasks/{task.pk}/receive/"' in page
    assert f"/tasks/{task.pk}/extend/" not in page
    office = body(sign_in("shianban").get(f"/tasks/{task.pk}/"))
    assert f"/tasks/{task.pk}/extend/" in office and f"/tasks/{task.pk}/close/" in office


def test_who_may_not_see_a_task_gets_404(cast, plan, task, sign_in):
    for address in ("", "report/", "close/", "drop/"):
        assert sign_in("donghe").get(f"/tasks/{task.pk}/{address}").status_code == 404
    assert sign_in("donghe").post(f"/tasks/{task.pk}/receive/").status_code == 404


def test_report_with_evidence_through_the_form_is_done_once(cast, task, sign_in):
    client = sign_in("shichangju")
    picture = SimpleUploadedFile("抽检汇总.txt", "完成128批次".encode(), content_type="text/plain")
    sent = {"text": "完成128批次", "percent": "60", "once_key": "k1"}
    answer = client.post(f"/tasks/{task.pk}/report/", {**sent, "files": picture})
    assert answer.status_code == 302
    client.post(f"/tasks/{task.pk}/report/", sent)
    row = Progress.unscoped.get(task=task)
    page = body(client.get(f"/tasks/{task.pk}/"))
    assert "抽检汇总.txt" in page and row.percent == 60
    link = re.search(r'href="(/files/\d+/[^"]+)"', page)[1]
    assert b"".join(client.get(link).streaming_content).decode() == "完成128批次"
    assert sign_in("donghe").get(link).status_code == 404


def test_refused_file_is_named_at_its_field(task, sign_in):
    page = SimpleUploadedFile("网页.docx", b"<html><script>1</script></html>")
    answer = sign_in("shichangju").post(
        f"/tasks/{task.pk}/report/", {"text": "完成", "percent": "10", "files": page}
    )
    assert answer.status_code == 422 and "网页.docx" in body(answer)
    assert not Progress.unscoped.exists()


def test_refused_form_keeps_what_was_typed(task, sign_in):
    client = sign_in("shianban")
    answer = client.post(
        f"/tasks/{task.pk}/extend/",
        {"reason": "工期调整", "number": "", "on": "2026-03-10", "due": "2026-05-01"},
    )
    assert answer.status_code == 422 and "工期调整" in body(answer)
    answer = client.post(
        f"/tasks/{task.pk}/extend/",
        {"reason": "工期调整", "number": "1号", "on": "2026-03-10", "due": "2026-05-01"},
    )
    assert answer.status_code == 422 and "应晚于原时限" in body(answer)
    assert not Decision.unscoped.exists()


def test_stale_decision_page_shows_the_difference(cast, office, task, sign_in):
    seen = task.version
    actions.decide(
        actor=office,
        task=task,
        kind="extend",
        due=dt.date(2026, 8, 31),
        reason="洪涝",
        number="演食安委〔2026〕5号",
    )
    answer = sign_in("shianban").post(
        f"/tasks/{task.pk}/drop/",
        {"reason": "合并", "number": "1号", "on": "2026-03-10", "version": seen},
    )
    page = body(answer)
    assert answer.status_code == 409
    assert "2026-06-30" in page and "2026-08-31" in page and "周敏" in page
    assert Task.unscoped.get(pk=task.pk).status == "open"


def test_every_form_opens_and_is_refused_empty(cast, office, plan, task, sign_in):
    target = task.targets.first()
    client = sign_in("shianban")
    report = actions.report(actor=cast.actor("shichangju"), task=task, text="一", percent=1)
    forms = [
        f"/tasks/{task.pk}/send_back/", f"/tasks/{task.pk}/change/", f"/tasks/{task.pk}/transfer/",
        f"/tasks/{task.pk}/suspend/", f"/tasks/{task.pk}/milestone/", f"/progress/{report.pk}/return/",
        f"/targets/{target.pk}/report/", f"/targets/{target.pk}/change/", "/tasks/new/",
    ]  # fmt: skip
    before = Task.unscoped.get(pk=task.pk).version
    for address in forms:
        assert client.get(address).status_code == 200, address
        assert client.post(address, {}).status_code == 422, address
    assert Task.unscoped.get(pk=task.pk).version == before
    assert client.get(f"/tasks/{task.pk}/nonsense/").status_code == 404


def test_task_by_hand_from_an_instruction(cast, office, sign_in):
    client = sign_in("shianban")
    scan = SimpleUploadedFile("批示.txt", "请教体局排查。".encode())
    said = {
        "kind": "instruction",
        "title": "关于学校食堂的批示",
        "number": "县长批示3号",
        "date": "2026-03-05",
    }
    assert client.post("/documents/new/", {**said, "title": ""}).status_code == 422
    answer = client.post("/documents/new/", {**said, "files": scan})
    letter = Document.unscoped.get()
    assert answer.headers["Location"].startswith(f"/tasks/new/?document={letter.pk}")
    assert "批示.txt" in body(client.get(f"/documents/{letter.pk}/"))
    unit = cast.units["教育体育局"]
    answer = client.post(
        "/tasks/new/",
        {"title": "排查学校食堂", "document": letter.pk, "due": "2026-04-30", "lead": f"u{unit.pk}",
         "joint": ["townships"]},
    )  # fmt: skip
    made = Task.unscoped.get(document=letter)
    assert answer.headers["Location"] == f"/tasks/{made.pk}/"
    letter.refresh_from_db()
    assert letter.state == "published"
    assert made.lead == unit and set(queries.roles_of(made).values()) == {"lead", "joint"}
    assert made in Task.objects.for_actor(cast.actor("donghe"))
    assert sign_in("shichangju").get("/tasks/new/").status_code == 403


def test_target_value_is_reported_and_judged(cast, office, task, sign_in):
    rate = task.targets.get(unit_text="%")
    client = sign_in("shichangju")
    client.post(f"/targets/{rate.pk}/report/", {"value": "97.2%", "as_of": "2026-03-01"})
    assert "未达标" in body(client.get(f"/tasks/{task.pk}/"))
    client.post(f"/targets/{rate.pk}/report/", {"value": "98.6", "as_of": "2026-03-31"})
    assert "已达标" in body(client.get(f"/tasks/{task.pk}/"))
    refused = client.post(f"/targets/{rate.pk}/report/", {"value": "约九成", "as_of": "2026-03-31"})
    assert refused.status_code == 422 and "不是数字" in body(refused)
    assert TargetValue.unscoped.filter(target=rate).count() == 2


def test_document_page_links_every_task_in_its_text(plan, sign_in):
    page = body(sign_in("shianban").get(f"/documents/{plan.pk}/"))
    for task in plan.tasks.filter(parent=None):
        assert f'href="/tasks/{task.pk}/">{task.no}' in page
    assert f"/documents/{plan.pk}/tasks.docx" in page
    member = body(sign_in("donghe").get(f"/documents/{plan.pk}/"))
    assert "落实属地责任" in member


def test_document_under_review_is_the_offices_own(reviewing, sign_in):
    address = f"/documents/{reviewing.pk}/"
    assert f"{address}review/" in body(sign_in("shianban").get(address))
    assert sign_in("shishianban").get(address).status_code == 200
    for who in ("donghe", "shichangju"):
        assert sign_in(who).get(address).status_code == 404


def test_exports_leave_as_files(plan, sign_in):
    client = sign_in("shianban")
    for kind in ("docx", "xlsx"):
        answer = client.get(f"/documents/{plan.pk}/tasks.{kind}")
        assert answer.status_code == 200 and answer.content[:2] == b"PK"
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert client.get(f"/documents/{plan.pk}/tasks.pdf").status_code == 404
    from openpyxl import load_workbook

    answer = client.get("/tasks/ledger.xlsx?year=2026")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [r[1] for r in rows[3:] if isinstance(r[0], int)] == [
        "落实属地责任",
        "加强抽检",
        "开展科普宣传",
        "推进明厨亮灶",
    ]


def test_flow_page_prints_the_table(cast, sign_in):
    page = body(sign_in("donghe").get("/flows/task/"))
    assert "stateDiagram-v2" in page and "延期" in page


def test_three_roles_close_a_task_in_the_browser(plan, task, sign_in):
    """食安办, the lead and a supporting unit; every step through the forms they see."""
    office, lead, support = sign_in("shianban"), sign_in("shichangju"), sign_in("nongyeju")
    address = f"/tasks/{task.pk}/"
    lead.post(f"{address}receive/", {"version": task.version, "once_key": "r"})
    support.post(f"{address}report/", {"text": "配合抽样60批次", "percent": "100"})
    refused = support.post(f"{address}report/", {"text": "办结吧", "percent": "100", "final": "on"})
    assert refused.status_code == 403
    lead.post(f"{address}report/", {"text": "抽检完成", "percent": "90", "final": "on"})
    final = Progress.unscoped.get(final=True)
    assert support.post(f"/progress/{final.pk}/accept/", {}).status_code == 403
    office.post(f"/progress/{final.pk}/return/", {"reason": "缺明细表", "version": final.version})
    assert "缺明细表" in body(lead.get("/"))
    lead.post(f"{address}report/", {"text": "已补明细表", "percent": "100", "final": "on"})
    again = Progress.unscoped.get(final=True, state="submitted")
    stale = office.post(f"/progress/{final.pk}/accept/", {"version": final.version}, follow=True)
    assert "没有办理" in body(stale)
    page = body(office.post(f"/progress/{again.pk}/accept/", {"version": again.version}, follow=True))
    assert "已通过" in page and "已办结" in page
    assert Task.unscoped.get(pk=task.pk).status == "closed"
    assert office.get(f"/documents/{plan.pk}/tasks.docx").status_code == 200


def test_a_transfer_starts_from_who_has_the_task(office, task, sign_in):
    form = sign_in("shianban").get(f"/tasks/{task.pk}/transfer/").context["form"]
    held = {(p.role, p.set or f"u{p.unit_id}") for p in task.parties.filter(retired_at=None)}
    shown = {("lead", form["lead"].value())} - {("lead", "")}
    shown |= {(role, value) for role in ("joint", "support") for value in form[role].value()}
    assert held and shown == held


def test_an_extension_asks_for_the_new_deadline(office, task, sign_in):
    client = sign_in("shianban")
    said = {"reason": "一", "number": "二", "on": "2026-03-02", "due": ""}
    answer = client.post(f"/tasks/{task.pk}/extend/", said)
    assert answer.status_code == 422 and "due" in answer.context["form"].errors


def test_only_one_button_of_the_form_that_drops_a_task_says_so(office, task, sign_in):
    page = body(sign_in("shianban").get(f"/tasks/{task.pk}/drop/"))
    foot = page.split('class="form-foot"')[1].split("</form>")[0]
    assert foot.count("取消") == 1 and "返回" in foot


def test_the_change_tab_speaks_in_words(office, task):
    labels = {
        row["label"]
        for entry in described(Change.unscoped.filter(object_type__in=["plans.task", "plans.target"]))
        for row in entry["diff"]
    }
    assert "完成时限" in labels and not {"sort", "start", "end"} & labels
