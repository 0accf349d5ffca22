"""What the kernel does with rows of plans: cells that become dirty, filters over several rows."""

import datetime as dt

from django.test import Client

from shian.apps.plans import actions
from shian.apps.plans.models import Document, Task
from shian.kernel.changes.models import DirtyCell
from shian.kernel.resources.filters import where
from shian.kernel.scopes import system


def test_a_moved_deadline_makes_the_old_and_the_new_month_dirty(cast):
    office = cast.actor("shianban")
    party = {"name": "县财政局", "role": "lead", "unit_id": cast.units["财政局"].pk, "set": ""}
    document = actions.create_document(
        actor=office, place=cast.county, title="演示批示", year=2026, kind="instruction"
    )
    task = actions.create_task(
        actor=office, document=document, title="演示任务", due=dt.date(2026, 6, 30), parties=[party]
    )
    DirtyCell.unscoped.all().delete()
    actions.decide(
        actor=office, task=task, kind="extend", reason="天气", number="演〔1〕号", due=dt.date(2026, 9, 30)
    )
    cells = DirtyCell.unscoped.filter(resource="plans.task", place_id=cast.county.pk, axis="due")
    assert sorted(cells.values_list("month", flat=True)) == [dt.date(2026, 6, 1), dt.date(2026, 9, 1)]


def test_filters_over_to_many_relations_never_multiply_rows(cast):
    query = str(Task.unscoped.filter(where(Task, "parties__unit", **{"in": [1, 2]})).order_by().query)
    assert "EXISTS" in query and "JOIN" not in query.split("WHERE")[0]


def office_of(cast) -> Client:
    client = Client()
    client.force_login(cast.users["shianban"])
    return client


def test_what_only_a_flow_moves_has_no_retire_page(cast):
    with system("arranged by the test"):
        row = Document.unscoped.create(title="文件", place=cast.county, year=2026)
    client = office_of(cast)
    assert client.post(f"/documents/{row.pk}/retire/").status_code == 404
    assert client.post(f"/documents/{row.pk}/restore/").status_code == 404


def test_a_yes_or_no_is_a_condition_only_where_it_is_chosen_and_is_said_in_words(cast):
    office = office_of(cast)

    def told(query):
        return [(c["label"], c["value"]) for c in office.get(f"/tasks/?{query}").context["active_filters"]]

    assert told("status=returned&soft=unknown") == told("status=returned&soft=") == [("状态", "已退回")]
    assert told("soft=true") == [("倡导性", "是")] and told("soft=false") == [("倡导性", "否")]
    fields = office.get("/tasks/filter-fields/").content.decode()
    assert "unknown" not in fields and "不限" in fields
