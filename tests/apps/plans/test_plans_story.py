"""From a pasted plan to a closed task, as three roles; what each may not do is refused."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from shian.apps.plans import actions, queries
from shian.apps.plans.models import Document, Draft, Progress, Task
from shian.kernel.changes.models import Change, StateSpan
from shian.kernel.changes.writer import StaleObject
from shian.kernel.notices.models import Notice
from shian.kernel.people.actions import save_unit
from shian.kernel.people.models import Unit
from shian.kernel.places.models import Population
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.models import Access

from .conftest import PLAN, TODAY


def test_three_roles_work_a_task_to_closed(cast, office, task):
    market, farm = cast.actor("shichangju"), cast.actor("nongyeju")
    assert task.lead == cast.units["市场监督管理局"]
    actions.receive(actor=market, task=task)
    actions.report(actor=farm, task=task, text="农产品抽检完成60批次", percent=50)
    first = actions.report(actor=market, task=task, text="完成全年任务", final=True)
    assert task.status == "review" and task.percent == 100

    actions.return_report(actor=office, progress=first, reason="请附抽检明细")
    task.refresh_from_db()
    assert (task.status, task.percent) == ("returned", 0)
    assert [p.review_note for p in queries.inbox(market, TODAY).returned] == ["请附抽检明细"]
    notice = Notice.objects.for_actor(market).get()
    assert "被退回" in notice.title and "请附抽检明细" in notice.body

    second = actions.report(actor=market, task=task, text="已附明细", final=True)
    assert [p.pk for p in queries.inbox(office, TODAY).approval][-1] == second.pk
    actions.accept(actor=office, progress=second)
    task.refresh_from_db()
    assert (task.status, task.percent) == ("closed", 100)
    spans = StateSpan.unscoped.filter(object_type="plans.task", object_id=task.pk, field="status").order_by(
        "pk"
    )
    assert [s.value for s in spans] == ["open", "active", "review", "returned", "review", "closed"]


def test_publishing_makes_owners_targets_dates_and_instances(cast, plan, task):
    assert [(t.subject, t.demand) for t in task.targets.all()] == [
        ("全年食品抽检量", ">=4批次/千人".replace(">=", "≥")),
        ("食品安全抽检合格率", "≥98%"),
    ]
    assert task.due == task.original_due == dt.date(2026, 6, 30)
    series = plan.tasks.get(no="（一）", parent=None)
    assert [(t.period, t.due.month) for t in series.instances.order_by("due")] == [
        ("2026年第1季度", 3),
        ("2026年第2季度", 6),
        ("2026年第3季度", 9),
        ("2026年第4季度", 12),
    ]
    assert plan.text[task.start : task.end].startswith("（二）加强抽检")
    assert Population.unscoped.get(place=cast.county, year=2026).frozen_at
    assert not Population.unscoped.get(place=cast.county, year=2020).frozen_at


def test_each_role_sees_its_tasks(cast, plan):
    def numbers(who):
        return set(Task.objects.for_actor(cast.actor(who)).filter(parent=None).values_list("no", flat=True))

    everything = {"（一）", "（二）", "（三）", "（四）"}
    assert numbers("shianban") == numbers("shishianban") == everything
    assert numbers("shichangju") == {"（二）", "（三）", "（四）"}
    assert numbers("donghe") == {"（一）"}
    assert plan in Document.objects.for_actor(cast.actor("donghe"))
    assert not Draft.objects.for_actor(cast.actor("donghe")).exists()


def test_upper_level_reads_and_cannot_act(cast, task):
    reader = cast.actor("shishianban")
    for refused in (
        lambda: actions.close(actor=reader, task=task),
        lambda: actions.report(actor=reader, task=task, text="代报"),
        lambda: actions.decide(actor=reader, task=task, kind="drop", reason="x", number="y"),
        lambda: actions.create_task(actor=reader, place=task.place, title="x", due=TODAY),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    task.refresh_from_db()
    assert task.status == "open" and not task.progress.exists()


def test_support_unit_reports_but_does_not_close(cast, task):
    farm = cast.actor("nongyeju")
    with pytest.raises(PermissionDenied, match="牵头"):
        actions.report(actor=farm, task=task, text="完成", final=True)
    with pytest.raises(PermissionDenied):
        actions.close(actor=farm, task=task)
    with pytest.raises(PermissionDenied, match="承办单位"):
        actions.report(actor=cast.actor("donghe"), task=task, text="不相干")


def test_shared_responsibility_closes_when_all_have_reported(cast, office, plan):
    task = plan.tasks.get(no="（四）")
    assert task.lead is None
    actions.report(actor=cast.actor("jiaoyuju"), task=task, text="学校已全部接入", final=True)
    assert (task.status, task.percent) == ("active", 50)
    actions.report(actor=cast.actor("shichangju"), task=task, text="社会餐饮已完成", final=True)
    assert (task.status, task.percent) == ("review", 100)
    actions.close(actor=office, task=task)
    assert task.status == "closed"
    assert set(Progress.unscoped.filter(task=task).values_list("state", flat=True)) == {"accepted"}


def test_series_is_closed_by_its_last_instance(cast, office, plan):
    series = plan.tasks.get(no="（一）", parent=None)
    with pytest.raises(ValidationError, match="周期性"):
        actions.report(actor=cast.actor("donghe"), task=series, text="已开展")
    percents = []
    for instance in series.instances.order_by("due"):
        actions.close(actor=office, task=instance)
        series.refresh_from_db()
        percents.append((series.percent, series.status))
    assert percents == [(25, "active"), (50, "active"), (75, "active"), (100, "closed")]
    actions.reopen(actor=office, task=instance, reason="材料不实")
    series.refresh_from_db()
    assert (series.percent, series.status) == (75, "active")


def test_live_set_follows_membership(cast, plan):
    transport = cast.units["交通运输局"]
    task = plan.tasks.get(no="（三）")
    assert transport.pk in queries.roles_of(task)
    transport.member = False
    save_unit(actor=SYSTEM, unit=transport)
    assert transport.pk not in queries.roles_of(task)
    mine = Access.unscoped.filter(object_type="plans.task", unit=transport)
    assert mine.exists() and not mine.filter(ended_at=None).exists()

    joined = save_unit(
        actor=SYSTEM, unit=Unit(name="演示县气象局", kind="department", place=cast.county, member=True)
    )
    assert joined in queries.units_of(task)
    assert Access.unscoped.filter(
        object_type="plans.task", object_id=task.pk, unit=joined, ended_at=None
    ).exists()


def test_stale_page_is_refused_with_the_current_row(cast, office, task):
    seen = task.version
    actions.receive(actor=cast.actor("shichangju"), task=Task.unscoped.get(pk=task.pk))
    with pytest.raises(StaleObject) as stale:
        actions.close(actor=office, task=Task.unscoped.get(pk=task.pk), version=seen)
    assert stale.value.current.status == "active"


def test_every_action_leaves_a_change_row(cast, office, task):
    before = Change.unscoped.count()
    actions.decide(
        actor=office,
        task=task,
        kind="extend",
        due=dt.date(2026, 9, 30),
        reason="疫情影响",
        number="演食安委〔2026〕3号",
    )
    rows = list(Change.unscoped.order_by("pk")[before:])
    assert {r.verb for r in rows} == {"task.extend"}
    assert rows[0].diff["due"] == ["2026-06-30", "2026-09-30"]
    assert (rows[0].basis, rows[0].reason) == ("演食安委〔2026〕3号", "疫情影响")


def test_duplicate_import_names_the_first(cast, office, plan):
    with pytest.raises(actions.DuplicateDocument) as twice:
        actions.import_document(actor=office, place=cast.county, text=PLAN.replace("\n", "\r\n"), today=TODAY)
    assert twice.value.document == plan


@pytest.mark.parametrize("text", ["", "   \n", "今天天气很好。"])
def test_nothing_to_read_stores_nothing(cast, office, text):
    with pytest.raises(ValidationError) as refused:
        actions.import_document(actor=office, place=cast.county, text=text, today=TODAY)
    assert "text" in refused.value.message_dict
    assert not Document.unscoped.exists()
