"""What ends, or stands still, with a task: its dates on the way and what is left of its deadline."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from shian.apps.plans import actions, queries
from shian.apps.plans.models import Milestone, Task
from shian.kernel.changes.models import Change
from shian.kernel.day import today_is

WORDS = {"reason": "机构改革", "number": "演食安委〔2026〕3号"}
LATER = dt.date(2026, 8, 20)


@pytest.fixture
def dates(office, task):
    """One date met, one open and past (the plan prints 6月底前)."""
    met = actions.add_milestone(actor=office, task=task, title="一季度抽检", due=dt.date(2026, 3, 31))
    actions.finish_milestone(actor=office, milestone=met, on=dt.date(2026, 3, 30))
    return met, Milestone.unscoped.filter(task=task, done_on=None).order_by("due").first()


def stored(row):
    return type(row).unscoped.get(pk=row.pk)


@pytest.mark.parametrize("verb", ["close", "drop"])
def test_open_dates_end_with_the_task_and_come_back_with_it(office, task, dates, verb, sign_in):
    met, still_open = dates
    with today_is(LATER):
        assert task in queries.overdue(office, LATER)
        if verb == "close":
            actions.close(actor=office, task=stored(task))
        else:
            actions.decide(actor=office, task=stored(task), kind="drop", **WORDS)
        assert (stored(met).ended_on, stored(met).done_on) == (None, dt.date(2026, 3, 30))
        assert (stored(still_open).ended_on, stored(still_open).done_on) == (LATER, None)
        change = Change.unscoped.filter(object_type="plans.milestone", object_id=still_open.pk).first()
        assert change.verb == f"task.{verb}" and change.diff["ended_on"][1] == LATER.isoformat()
        assert "随任务终结 2026-08-20" in sign_in("shianban").get(task.get_absolute_url()).content.decode()
        with pytest.raises(ValidationError):
            actions.finish_milestone(actor=office, milestone=stored(still_open), on=LATER)
        actions.reopen(actor=office, task=stored(task), reason="尚有尾项")
    assert stored(still_open).ended_on is None and stored(met).done_on == dt.date(2026, 3, 30)
    assert task in queries.overdue(office, LATER)


def test_dates_end_when_the_last_report_closes_the_task(cast, office, task, dates):
    row = actions.report(actor=cast.actor("shichangju"), task=stored(task), text="全部完成", final=True)
    actions.accept(actor=office, progress=row)
    assert stored(task).status == "closed" and stored(dates[1]).ended_on is not None


def test_of_a_suspended_task_nothing_is_left_and_nothing_is_late(office, task, dates, sign_in):
    actions.decide(actor=office, task=stored(task), kind="suspend", **WORDS)
    client = sign_in("shianban")
    page = client.get(task.get_absolute_url()).content.decode()
    assert page.count("已暂停") == 1 + Milestone.unscoped.filter(task=task, done_on=None).count() and "剩 " not in page  # the task's own deadline and the date on the way
    row = client.get(f"/tasks/?q={task.title}").content.decode()
    assert "已暂停" in row and "剩 " not in row
    assert task not in queries.overdue(office, dt.date(2027, 3, 1))
    actions.decide(actor=office, task=Task.unscoped.get(pk=task.pk), kind="resume", **WORDS)
    assert "已暂停" not in client.get(task.get_absolute_url()).content.decode()
