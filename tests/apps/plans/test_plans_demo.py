"""The demo: every sample is read, owned and published; the county's year shows every state."""

import datetime as dt

from shian.apps.plans import queries
from shian.apps.plans.demo import load
from shian.apps.plans.models import Task
from shian.kernel.people.models import User
from shian.kernel.scopes.queries import actor_for
from shian.kernel.scopes.rights import can

TODAY = dt.date(2026, 11, 22)


def test_six_plans_are_published_and_worked_on(cast):
    documents = load(cast, TODAY)
    assert [d.state for d in documents] == ["published"] * 6
    assert [d.tasks.filter(parent=None).count() for d in documents] == [29, 15, 22, 22, 24, 24]
    for document in documents:
        for task in document.tasks.prefetch_related("parties"):
            assert task.due and task.parties.all(), task
            assert all(p.unit_id or p.set for p in task.parties.all()), task
            if task.parent_id is None:
                assert document.text[task.start : task.end].strip().startswith(task.no or task.title[:4])

    county = Task.unscoped.filter(document=documents[-1])
    assert set(county.values_list("status", flat=True)) == {
        "open", "active", "review", "returned", "suspended", "closed",
    }  # fmt: skip
    box = queries.inbox(cast.actor("shianban"), TODAY)
    assert box.overdue and box.today and box.approval and box.soon
    assert all(t.place == cast.county for t in (*box.overdue, *box.mine))
    assert queries.inbox(cast.actor("xiling"), TODAY).returned
    reader = actor_for(User.unscoped.get(username="yangli"))
    assert Task.objects.for_actor(reader).filter(parent=None).count() == 29 + 15 + 22 + 22 + 24
    assert not can(reader, "task.accept")
