"""Verbs over a selection: how many queries they ask, and that a set does to each row what the verb does to one."""

from __future__ import annotations

import datetime as dt
import time
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shian.apps.plans import actions
from shian.apps.plans.models import Decision, Document, Milestone, Progress, Task, TaskParty
from shian.apps.plans.resources import REPORTS, TASKS
from shian.kernel.changes.models import Change, StateSpan
from shian.kernel.changes.writer import change
from shian.kernel.flows.actions import perform, perform_one
from shian.kernel.notices.models import Notice
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.models import Access

DUE = dt.date(2026, 9, 30)
WORDS = {"reason": "统筹调整", "number": "演食安委〔2026〕3号", "on": dt.date(2026, 3, 10)}


@pytest.fixture
def said(cast):
    unit = cast.units["教育体育局"].pk
    return {
        "receive": {},
        "remind": {"note": "请于本周内报送"},
        "extend": WORDS | {"due": dt.date(2026, 12, 20)},
        "close": {"note": "资料齐全"},
        "transfer": WORDS | {"parties": [{"unit_id": unit, "role": "lead"}, {"set": "townships", "role": "support"}]},
        "send_back": {"reason": "缺明细"},
        "suspend": WORDS,
        "drop": WORDS,
    }


VERBS = ("receive", "remind", "extend", "close", "transfer", "send_back", "suspend", "drop")


def make(cast, n: int, state: str = "open") -> list[Task]:
    """``n`` tasks of one document: a lead, a supporting unit, a set; a date on the way and a report each."""
    lead, support = cast.units["市场监督管理局"], cast.units["农业农村局"]
    with system("arranged by the test"), change(SYSTEM, "task.assign") as w:
        document = Document(place=cast.county, year=2026, title=f"批量{n}{uuid.uuid4().hex[:6]}", kind="other", state="published")
        w.save(document)
        tasks = [
            Task(document=document, place=cast.county, year=2026, no=f"{k}", title="加强抽检", due=DUE, original_due=DUE,
                 lead=lead, status=state, sort=k) for k in range(n)
        ]  # fmt: skip
        w.save_all(tasks)
        parties = [
            p for t in tasks for p in (
                TaskParty(task=t, unit=lead, role="lead", sort=1), TaskParty(task=t, unit=support, role="support", sort=2),
                TaskParty(task=t, set="members", role="support", sort=3),
            )
        ]  # fmt: skip
        w.save_all(parties)
        w.save_all([Milestone(task=t, title="完成上半年任务", due=dt.date(2026, 6, 30)) for t in tasks])
        w.save_all([
            Progress(task=t, unit=support, reported_on=dt.date(2026, 3, 2), text="已抽检", percent=40) for t in tasks
        ])  # fmt: skip
        actions.sets.share_tasks(tasks)
        actions.sets.share_documents([document.pk])
    return read(tasks)


def read(tasks) -> list[Task]:
    with system("arranged by the test"):
        return list(TASKS.case.read(Task.unscoped.filter(pk__in=[t.pk for t in tasks]).order_by("pk")))


def asked(actor, case, verb, rows, words) -> tuple[int, float]:
    start = time.process_time()
    with CaptureQueriesContext(connection) as seen:
        out = perform(actor=actor, case=case, verb=verb, rows=rows, said=words)
    assert len(out.done) == len(rows) and not out.refused
    return len(seen), time.process_time() - start


@pytest.mark.parametrize("verb", VERBS)
def test_a_hundred_more_rows_cost_at_most_twenty_more_queries(cast, said, verb):
    office = cast.actor("shianban")
    (few, _), (many, _) = (asked(office, TASKS.case, verb, make(cast, n), said[verb]) for n in (100, 200))
    print(f"{verb}: {few} queries for 100 rows, {many} for 200")
    assert many - few <= 20 and few <= 60


def test_reports_are_accepted_together(cast):
    office = cast.actor("shianban")

    def reports(n):
        tasks = make(cast, n, "active")
        return list(REPORTS.case.read(Progress.unscoped.filter(task__in=tasks).order_by("pk")))

    (few, _), (many, _) = (asked(office, REPORTS.case, "accept", reports(n), {"note": ""}) for n in (100, 200))
    assert many - few <= 20 and few <= 60
    assert not Progress.unscoped.filter(state="submitted").exists()


@pytest.mark.parametrize("verb", ("extend", "close", "transfer", "remind"))
def test_five_hundred_rows_in_time(cast, said, verb):
    n, took = asked(cast.actor("shianban"), TASKS.case, verb, make(cast, 500), said[verb])
    print(f"{verb}: 500 rows, {took:.2f} s, {n} queries")
    assert n <= 100 and took < 3, (n, took)


# -- a set does what the verb of one row does ----------------------------------------------------------
def trace(task: Task) -> dict:
    """Everything a verb left of one task: its columns, what hangs on it, records, history, notices, participation."""
    below = [
        (m._meta.model_name, list(m.unscoped.filter(task=task).order_by("pk")))
        for m in (Progress, Milestone, TaskParty, Decision)
    ]
    rows = [("task", [Task.unscoped.get(pk=task.pk)]), *below]
    left_out = {"id", "created_at", "updated_at", "retired_at", "task_id", "document_id", "no", "sort"}

    def plain(row) -> dict:
        told = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in left_out}
        return told | {"retired": row.retired_at is not None}

    def records(row) -> list:
        own = {"object_type": row._meta.label_lower, "object_id": row.pk}
        spans = [(s.field, s.value, s.until is None) for s in StateSpan.unscoped.filter(**own).order_by("pk")]
        drop = {"task", "document", "no", "sort", "retired_at"}
        said = [
            (c.verb, c.basis, c.reason, c.actor_name, {k: v for k, v in c.diff.items() if k not in drop})
            for c in Change.unscoped.filter(**own).order_by("pk")
        ]
        return [spans, said]

    notices = Notice.unscoped.filter(url=task.get_absolute_url()).order_by("pk")
    return {
        "rows": [(name, [(plain(r), records(r)) for r in each]) for name, each in rows],
        "notices": [(n.user_id, n.title.partition("：")[0], n.body, n.kind) for n in notices],
        "access": sorted(
            (a.unit_id, a.kind, a.ended_at is None)
            for a in Access.unscoped.filter(object_type="plans.task", object_id=task.pk)
        ),
        "document": sorted(
            (a.unit_id, a.kind, a.ended_at is None)
            for a in Access.unscoped.filter(object_type="plans.document", object_id=task.document_id)
        ),
    }


@pytest.mark.parametrize("verb", VERBS)
def test_a_set_does_to_each_row_what_the_verb_does_to_one(cast, said, verb):
    office = cast.actor("shianban")
    alone, together = make(cast, 3), make(cast, 3)
    for task in alone:
        perform_one(actor=office, case=TASKS.case, verb=verb, obj=task, said=said[verb])
    perform(actor=office, case=TASKS.case, verb=verb, rows=together, said=said[verb])
    for one, many in zip(alone, together, strict=True):
        assert trace(one) == trace(many)
    batches = set(Change.unscoped.filter(object_type="plans.task", object_id__in=[t.pk for t in together], verb=f"task.{verb}")
                  .values_list("batch", flat=True))  # fmt: skip
    assert len(batches) == 1 and None not in batches


def test_periods_closed_together_close_their_series_once(cast):
    office, unit = cast.actor("shianban"), cast.units["市场监督管理局"].pk
    series = actions.create_task(
        actor=office, title="每季度调研", place=cast.county, due=dt.date(2026, 12, 31), recurrence="quarter",
        parties=[{"unit_id": unit, "role": "lead"}],
    )  # fmt: skip
    periods = read(Task.unscoped.filter(parent=series))
    assert len(periods) == 4
    out = perform(actor=office, case=TASKS.case, verb="close", rows=[*periods[:2], *read([series])], said={})
    assert [o.pk for o in out.done] == [p.pk for p in periods[:2]] and "周期性任务" in str(out.refused[0][1])
    series.refresh_from_db()
    assert (series.percent, series.status) == (50, "active")
    perform(actor=office, case=TASKS.case, verb="close", rows=read(periods[2:]), said={})
    series.refresh_from_db()
    assert (series.percent, series.status) == (100, "closed")


def test_who_refuses_is_reported_and_keeps_nobody_waiting(cast, said):
    office = cast.actor("shianban")
    tasks = make(cast, 6)
    with system("arranged by the test"):
        Task.unscoped.filter(pk=tasks[0].pk).update(status="closed")
        Task.unscoped.filter(pk=tasks[1].pk).update(due=dt.date(2027, 1, 1))
    rows = read(tasks)
    with system("somebody is faster"):
        Task.unscoped.filter(pk=tasks[2].pk).update(version=9)
    out = perform(actor=office, case=TASKS.case, verb="extend", rows=rows, said=said["extend"])
    assert sorted(o.pk for o in out.done) == [t.pk for t in tasks[3:]]
    why = {o.pk: str(e) for o, e in out.refused}
    assert "已办结" in why[tasks[0].pk] and "应晚于原时限" in why[tasks[1].pk] and "已被他人修改" in why[tasks[2].pk]
    assert Decision.unscoped.count() == 3 and set(Task.unscoped.filter(pk__in=why).values_list("due", flat=True)) != {said["extend"]["due"]}


def test_a_unit_may_not_do_to_a_set_what_it_may_not_do_to_one(cast, said):
    out = perform(actor=cast.actor("shichangju"), case=TASKS.case, verb="close", rows=make(cast, 3), said={})
    assert not out.done and len(out.refused) == 3 and not Task.unscoped.filter(status="closed").exists()


def test_transfer_of_a_selection_offers_the_units_of_ones_own_place(cast, sign_in):
    tasks = make(cast, 2)
    client, unit = sign_in("shianban"), cast.units["教育体育局"]
    form = {"apply": "1", "keys": ",".join(str(t.pk) for t in tasks), "reason": "机构改革", "number": "演食安委〔2026〕3号",
            "on": "2026-03-10", "lead": f"u{unit.pk}"}  # fmt: skip
    page = client.post("/tasks/bulk/transfer/", form)
    assert page.status_code == 200 and page.context["done"] == 2, page.context.get("refused")
    assert set(Task.unscoped.filter(pk__in=[t.pk for t in tasks]).values_list("lead", flat=True)) == {unit.pk}
    strange = client.post("/tasks/bulk/transfer/", form | {"lead": f"u{cast.units['neighbour'].pk}"})
    assert strange.status_code == 422
