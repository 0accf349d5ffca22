"""The demo county has a past: a list as of two months ago shows the states of then; a task of it carries photographs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils.timezone import localtime

from shian.apps.plans.demo.county import load_county
from shian.apps.plans.models import Task
from shian.kernel.changes.models import Change
from shian.kernel.changes.past import standing, turn_back
from shian.kernel.day import today, today_is, written_on
from shian.kernel.files.queries import files_of
from shian.kernel.scopes import system


@pytest.fixture
def loaded(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return load_county(cast, today())


def states(document, day: dt.date) -> dict[str, str]:
    with system("the past of the demo"):
        rows = list(standing(Task.unscoped.filter(document=document, parent=None), day).order_by("sort"))
    turn_back(rows, day)
    return {t.no: t.status for t in rows}


def test_the_demo_has_a_past(cast, loaded):
    day = today()
    now, then = states(loaded, day), states(loaded, day - dt.timedelta(60))
    assert states(loaded, dt.date(2026, 1, 31)) == {} and set(then) == set(now)
    # （二十一） was reported on 55 and 54 days ago and closed; （二十） 18 days ago
    assert (then["（二十一）"], now["（二十一）"]) == ("open", "closed")
    assert (then["（二十）"], now["（二十）"]) == ("open", "closed")
    assert then["（十九）"] == now["（十九）"] == "closed"  # 148 days ago
    assert sum(then[no] != now[no] for no in now) >= 8
    client = Client()
    client.force_login(cast.users["shianban"])
    page = client.get(f"/tasks/?as_of={day - dt.timedelta(60)}&document={loaded.pk}").content.decode()
    assert "已办结" in page and "待签收" in page


def test_records_of_the_demo_stand_in_the_order_of_its_days(loaded):
    own = Change.unscoped.filter(object_type="plans.task", object_id__in=Task.unscoped.filter(document=loaded).values("pk"))
    days = [localtime(c.at).date() for c in own.order_by("pk")]
    assert days == sorted(days) and len(set(days)) > 15 and days[-1] <= today()


def test_a_task_of_the_demo_carries_two_marked_pictures(cast, loaded):
    task = Task.unscoped.get(title="整改学校食堂留样不规范问题")
    rows = list(files_of(task))
    assert len(rows) == 2 and all("演示" in row.caption and row.file.is_picture and row.file.taken_at for row in rows)
    client = Client()
    client.force_login(cast.users["jiaoyuju"])
    page = client.get(task.get_absolute_url()).content.decode()
    assert "留样登记台账" in page and f'action="/tasks/{task.pk}/files/"' in page
    assert client.get(f"/files/{rows[0].file.pk}/thumb/").status_code == 200
    assert client.get(f"/tasks/{task.pk}/files/").status_code == 200
    client.force_login(cast.users["shishianban"])  # reads, adds nothing
    assert f'action="/tasks/{task.pk}/files/"' not in client.get(task.get_absolute_url()).content.decode()


def test_only_an_invented_past_is_dated_back(cast):
    from shian.apps.plans import actions

    day, said = dt.date(2026, 4, 1), {"title": "加强抽检", "place": cast.county, "due": dt.date(2026, 9, 1)}
    said["parties"] = [{"unit_id": cast.units["市场监督管理局"].pk, "role": "lead"}]
    with today_is(day):
        real = actions.create_task(actor=cast.actor("shianban"), **said)
    with written_on(day):
        invented = actions.create_task(actor=cast.actor("shianban"), **said)
    made = {t.pk: localtime(Task.unscoped.get(pk=t.pk).created_at).date() for t in (real, invented)}
    assert made[real.pk] != day and made[invented.pk] == day
    record = Change.unscoped.get(object_type="plans.task", object_id=invented.pk)
    assert localtime(record.at).date() == day
