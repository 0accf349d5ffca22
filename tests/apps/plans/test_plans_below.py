"""The landing page of a level above: its places with counts, each one click from the rows counted."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shian.apps.plans import actions
from shian.apps.plans.models import Milestone, Task
from shian.kernel.changes.writer import change
from shian.kernel.day import today_is
from shian.kernel.scopes import SYSTEM, system

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def tasks(cast):
    """演示县: 3 on time (one under review), 2 late (one by a date on the way), 1 suspended, 1 closed; a township of it: 1 late;
    邻演示县: 1 on time; the city's own: 1 late."""
    lead = {"unit_id": cast.units["市场监督管理局"].pk, "role": "lead"}
    rows = [
        (cast.county, 30, "active"), (cast.county, 9, "open"), (cast.county, 3, "review"), (cast.county, -1, "returned"),
        (cast.county, 20, "active"), (cast.county, -9, "suspended"), (cast.county, -9, "closed"),
        (cast.places["东河镇"], -2, "open"), (cast.other_county, 5, "active"), (cast.city, -3, "active"),
    ]  # fmt: skip
    made = [
        actions.create_task(actor=SYSTEM, title=f"任务{n}", place=place, due=DAY + dt.timedelta(days), parties=[lead])
        for n, (place, days, _state) in enumerate(rows)
    ]
    with system("arranged by the test"), change(SYSTEM, "milestone.add") as w:
        for task, (_place, _days, state) in zip(made, rows, strict=True):
            Task.unscoped.filter(pk=task.pk).update(status=state)
        w.save(Milestone(task=made[4], title="上半年", due=DAY - dt.timedelta(1)))
    return made


def overview(client) -> list:
    with today_is(DAY):
        page = client.get("/")
    return [each for each in page.context["overviews"] if each.name == "places"]


def test_a_city_sees_its_counties_with_counts_that_their_lists_confirm(cast, tasks, sign_in):
    client = sign_in("shishianban")
    found = overview(client)[0]
    counts = {line.title: [c.value for c in line.counts] for line in found.lines}
    # owed, on time, overdue, waiting: the township's late one stands with its county, the city's own nowhere
    assert counts == {"演示县": [6, 3, 3, 1], "邻演示县": [1, 1, 0, 0]}
    with today_is(DAY):
        for line in found.lines:
            for count in line.counts:
                assert client.get(count.url).context["count_label"] == str(count.value), (line.title, count.label)


def test_the_county_sees_its_townships_and_a_township_nothing(tasks, sign_in):
    late = {li.title: li.counts[2].value for li in overview(sign_in("shianban"))[0].lines}
    assert late == dict.fromkeys(("东河镇", "西岭镇", "南湾乡", "城关街道", "产业集聚区"), 0) | {"东河镇": 1}
    assert overview(sign_in("donghe")) == []


def test_the_landing_stays_within_twelve_queries(tasks, sign_in):
    for name in ("shishianban", "shianban", "donghe"):
        client = sign_in(name)
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        assert len(asked) <= 12, (name, len(asked))
