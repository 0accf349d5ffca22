"""Tasks and reports through the generated suite of flows."""

from __future__ import annotations

import datetime as dt

from shian.apps.plans import actions
from shian.apps.plans.models import Progress, Task
from shian.kernel.scopes import system
from tests.flow_suite import FlowTests, Roads
from tests.oracle import MOVES

DECIDED = {"reason": "统筹调整", "number": "演食安委〔2026〕3号", "on": "2026-03-10"}


PARTIES = {"participant": "lead", "owner": "support", "clerk": "support"}


def new_task(cast, state: str = "open") -> Task:
    """Led by the participant's unit, supported by the owner's and the clerk's; put into ``state`` by hand."""
    parties = [{"unit_id": cast.users[name].unit_id, "role": role} for name, role in PARTIES.items()]
    office = cast.actor("shianban")
    task = actions.create_task(
        actor=office, title="加强抽检", place=cast.county, due=dt.date(2026, 9, 30), parties=parties
    )
    with system("arranged by the test"):
        Task.unscoped.filter(pk=task.pk).update(status=state)
        return Task.unscoped.get(pk=task.pk)


class OfTasks(FlowTests):
    """The office is who holds the office's verbs where the task lies; the others stand to it as their units do."""

    people = ("editor_a", "editor_b", "clerk", "participant", "owner")

    def stands(self, member, obj):
        mine = {role for name, role in PARTIES.items() if self.oracle.units[name] == self.oracle.units[member]}
        out = {"office"} if self.oracle.there(member, MOVES, obj) else set()
        return out | ({"party"} if mine else set()) | ({"lead"} & mine)


class TestTasks(OfTasks):
    resource = "tasks"
    roads = Roads(place="place", shared="self")

    @property
    def said(self):
        unit = self.cast.units["教育体育局"].pk
        return {
            "report": {"text": "已抽检60批次", "percent": 30},
            "send_back": {"reason": "缺明细"},
            "reopen": {"reason": "尚有尾项"},
            "change": DECIDED | {"title": "加强重点品种抽检"},
            "transfer": DECIDED | {"joint": [f"u{unit}"]},
            "extend": DECIDED | {"due": "2026-12-20"},
            **dict.fromkeys(("suspend", "resume", "drop"), DECIDED),
        }

    def make(self, cast, state):
        return new_task(cast, state)

    def changes(self, obj, verb):
        """A supporting unit's report leaves the task as it is: the report itself is counted."""
        if verb == "report":
            return Progress.unscoped.filter(task=obj).count()
        return super().changes(obj, verb)

    def test_a_need_left_out_is_named_and_nothing_happens(self):
        """As generated, but that the parties of a transfer are chosen in three fields."""
        for verb, name in (("report", "text"), ("send_back", "reason"), ("extend", "due"), ("drop", "number")):
            obj = self.made("open")
            client = self.client_of(self.able(self.case.flow.verb[verb], obj))
            answer = self.call(client, obj, verb, **{name: ""})
            assert answer.status_code == 400 and name in answer.json()["errors"], verb
            assert self.changes(obj, verb) == 0
        obj = self.made("open")
        answer = self.call(self.client_of("shianban"), obj, "transfer", joint=[])
        assert answer.status_code == 400 and "承办单位" in answer.content.decode()


class TestReports(OfTasks):
    resource = "progress"
    roads = Roads(place="task.place", shared="task")
    said = {"return": {"reason": "缺明细表"}}

    def make(self, cast, state):
        task = new_task(cast, "active")
        row = actions.report(actor=cast.actor("participant"), task=task, text="已抽检", percent=40)
        with system("arranged by the test"):
            Progress.unscoped.filter(pk=row.pk).update(state=state)
            return Progress.unscoped.get(pk=row.pk)
