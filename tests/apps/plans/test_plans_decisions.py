"""A task or a target changed during the year: by decision, with reason and document, the original visible."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from shian.apps.plans import actions, queries
from shian.apps.plans.models import Decision, Target, Task
from shian.kernel.changes.models import StateSpan
from shian.kernel.scopes.models import Access

BASIS = {"reason": "工作需要", "number": "演食安委〔2026〕8号"}


def test_extension_keeps_the_original_deadline(office, task):
    actions.decide(actor=office, task=task, kind="extend", due=dt.date(2026, 9, 30), **BASIS)
    task.refresh_from_db()
    assert (task.due, task.original_due, task.status) == (dt.date(2026, 9, 30), dt.date(2026, 6, 30), "open")
    row = Decision.unscoped.get(task=task)
    assert (row.before, row.after) == ({"完成时限": "2026-06-30"}, {"完成时限": "2026-09-30"})
    spans = StateSpan.unscoped.filter(object_type="plans.task", object_id=task.pk, field="due").order_by("pk")
    assert [s.value for s in spans] == ["2026-06-30", "2026-09-30"]


@pytest.mark.parametrize("missing", ["reason", "number"])
@pytest.mark.parametrize("kind", ["change", "transfer", "extend", "suspend", "drop"])
def test_no_decision_without_reason_and_document(cast, office, task, kind, missing):
    said = {
        **BASIS, "due": dt.date(2026, 9, 30), "title": "新名称",
        "parties": [{"unit_id": cast.units["农业农村局"].pk, "role": "lead"}], missing: "  ",
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        actions.decide(actor=office, task=task, kind=kind, **said)
    assert missing in refused.value.message_dict
    assert not Decision.unscoped.exists()
    assert Task.unscoped.get(pk=task.pk).version == task.version


def test_units_decide_nothing(cast, task):
    for who in ("shichangju", "nongyeju"):
        with pytest.raises(PermissionDenied, match="食安办"):
            actions.decide(actor=cast.actor(who), task=task, kind="extend", due=dt.date(2026, 9, 30), **BASIS)


def test_office_of_another_county_sees_and_decides_nothing(cast, task):
    from shian.kernel.scopes import Actor, GrantView

    grant = GrantView(permissions=("*.view", "task.*"), roots=(cast.other_county.path,), role="office")
    stranger = Actor(user_id=99, name="邻县", place_path=cast.other_county.path, grants=(grant,))
    with pytest.raises(Task.DoesNotExist):
        queries.access_task(stranger, task.pk)
    with pytest.raises(PermissionDenied):
        actions.close(actor=stranger, task=task)


def test_transfer_moves_access_and_keeps_reports(cast, office, task):
    market, farm = cast.units["市场监督管理局"], cast.units["农业农村局"]
    actions.report(actor=cast.actor("shichangju"), task=task, text="已做一半", percent=50)
    actions.decide(
        actor=office, task=task, kind="transfer", parties=[{"unit_id": farm.pk, "role": "lead"}], **BASIS
    )
    task.refresh_from_db()
    assert (task.lead, task.status) == (farm, "open")
    live = Access.unscoped.filter(object_type="plans.task", object_id=task.pk, ended_at=None)
    assert set(live.values_list("unit_id", "kind")) == {(farm.pk, "lead")}
    assert task not in Task.objects.for_actor(cast.actor("shichangju"))
    assert task.progress.get().unit == market
    row = Decision.unscoped.get(task=task)
    assert "牵头 县市场监督管理局" in row.before["承办单位"] and row.after["承办单位"] == "牵头 县农业农村局"


def test_suspended_task_is_not_late_until_resumed(cast, office, task):
    after = task.due + dt.timedelta(3)
    actions.decide(actor=office, task=task, kind="suspend", **BASIS)
    assert task not in queries.overdue(office, after)
    with pytest.raises(ValidationError, match="已中止"):
        actions.report(actor=cast.actor("shichangju"), task=task, text="仍在做")
    actions.decide(actor=office, task=task, kind="resume", **BASIS)
    assert task in queries.overdue(office, after)


def test_dropping_a_series_drops_its_open_instances(office, plan):
    series = plan.tasks.get(no="（一）", parent=None)
    first = series.instances.order_by("due").first()
    actions.close(actor=office, task=first)
    series.refresh_from_db()
    actions.decide(actor=office, task=series, kind="drop", **BASIS)
    assert (
        list(series.instances.order_by("due").values_list("status", flat=True))
        == ["closed"] + ["dropped"] * 3
    )


def test_target_is_changed_and_the_printed_value_stays(cast, office, task):
    rate = task.targets.get(unit_text="%")
    actions.decide_target(actor=office, target=rate, kind="change", value=97, **BASIS)
    rate.refresh_from_db()
    assert rate.demand == "≥97%" and rate.quote == "食品安全抽检合格率达到98%以上"
    row = Decision.unscoped.get(target=rate)
    assert (row.before["目标值"], row.after["目标值"]) == ("≥98%", "≥97%")
    with pytest.raises(PermissionDenied):
        actions.decide_target(actor=cast.actor("shichangju"), target=rate, kind="drop", **BASIS)


def test_target_states(cast, office, task):
    rate = task.targets.get(unit_text="%")
    actions.decide_target(actor=office, target=rate, kind="suspend", **BASIS)
    with pytest.raises(ValidationError, match="已中止"):
        actions.report_value(
            actor=cast.actor("shichangju"), target=rate, value="98", as_of=dt.date(2026, 5, 1)
        )
    with pytest.raises(ValidationError, match="已中止"):
        actions.decide_target(actor=office, target=rate, kind="suspend", **BASIS)
    actions.decide_target(actor=office, target=rate, kind="resume", **BASIS)
    actions.decide_target(actor=office, target=rate, kind="drop", **BASIS)
    assert Target.unscoped.get(pk=rate.pk).state == "dropped"
    with pytest.raises(ValidationError, match="已取消"):
        actions.decide_target(actor=office, target=rate, kind="resume", **BASIS)


def test_decision_kinds_are_those_of_the_table(office, task):
    with pytest.raises(ValidationError, match="没有"):
        actions.decide(actor=office, task=task, kind="close", **BASIS)
    with pytest.raises(ValidationError, match="写明变更"):
        actions.decide(actor=office, task=task, kind="change", **BASIS)
