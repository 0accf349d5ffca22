"""Verbs and clocks on the bench app's case, with limits that the law sets."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.bench_app.flow import FLOW, row
from tests.bench_app.models import Case
from tests.bench_app.resources import CASES
from tests.flow_suite import FlowTests, Roads

from shian.core.flow import WORDS, Flow, FlowError, State
from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.clock.models import CalendarDay
from shian.kernel.day import today_is
from shian.kernel.files.actions import store_upload
from shian.kernel.files.queries import files_of
from shian.kernel.flows import clocks, steps
from shian.kernel.flows.actions import perform, perform_one
from shian.kernel.flows.declare import Case as Declared
from shian.kernel.flows.models import Clock
from shian.kernel.flows.words import TEMPLATES
from shian.kernel.jobs.models import Job
from shian.kernel.notices.models import Notice
from shian.kernel.people.models import User
from shian.kernel.resources import registry
from shian.kernel.resources.declare import Column, Resource, Verb, register
from shian.kernel.scopes import SYSTEM, system, verbs

MONDAY = dt.date(2026, 3, 2)


def make(cast, state="filed", n=1, **more):
    """Cases of the county, owned by 农业农村局; no verb is held for belonging there."""
    more = {"place": cast.county, "domain": "food", "owner": cast.units["农业农村局"]} | more
    rows = [Case(title=f"投诉{i}", state=state, **more) for i in range(n)]
    with system("arranged by the test"):
        Case.unscoped.bulk_create(rows)
        made = list(Case.unscoped.order_by("-pk")[:n])
    return made[0] if n == 1 else made


def case() -> Declared:
    return registry.get("bench-cases").case


def running(obj) -> list[str]:
    rows = Clock.unscoped.filter(object_type="bench.case", object_id=obj.pk, done_on=None, retired_at=None)
    return [c.rule for c in rows.order_by("rule")]


def started(cast, rule="complaint.accept", on=MONDAY) -> tuple[Case, Clock]:
    obj = make(cast)
    with change(SYSTEM, "case.note") as w:
        clock = clocks.start(w, obj, rule, "收到投诉", on)
    return obj, clock


class TestCases(FlowTests):
    resource = "bench-cases"
    roads = Roads(place="place", domain="domain", units=("owner",), shared="self")
    said = {"hold": {"reason": "等待检验"}, "note": {"result": "已电话联系"}, "close": {"result": "调解成功"}}

    def make(self, cast, state):
        """Of a domain that the inspector may read and not move."""
        return make(cast, state, domain="farm")


# --- clocks ---------------------------------------------------------------------------------------
def test_a_verb_meets_its_clock_and_starts_the_next(cast):
    obj, clock = started(cast)
    assert clock.due == dt.date(2026, 3, 11)  # seven working days after Monday 2 March
    with today_is(dt.date(2026, 3, 4)):
        perform_one(actor=cast.actor("editor_a"), case=case(), verb="accept", obj=obj)
    clock = Clock.unscoped.get(pk=clock.pk)
    assert clock.done_on == dt.date(2026, 3, 4)
    new = Clock.unscoped.get(object_id=obj.pk, rule="complaint.mediate")
    assert (new.trigger, new.triggered_on, new.done_on) == ("受理", dt.date(2026, 3, 4), None)
    assert new.pack and "21" in new.article
    assert Change.unscoped.filter(object_type="flows.clock", object_id=new.pk, verb="case.accept").exists()


def test_a_paused_state_stops_the_clock_and_the_date_moves(cast):
    obj, clock = started(cast, "complaint.mediate")
    before, actor = clock.due, cast.actor("editor_a")
    with today_is(dt.date(2026, 3, 3)):
        perform_one(actor=actor, case=case(), verb="accept", obj=obj)
    clock = Clock.unscoped.filter(object_id=obj.pk, rule="complaint.mediate").first()
    with today_is(dt.date(2026, 3, 4)):
        perform_one(actor=actor, case=case(), verb="hold", obj=obj, said={"reason": "等待检验"})
    paused = Clock.unscoped.get(pk=clock.pk)
    assert paused.is_paused and paused.pauses[0]["reason"] == "等待检验"
    page = login("editor_a").get(f"/bench-cases/{obj.pk}/").content.decode()
    assert "期限中止" in page and "等待检验" in page
    with today_is(dt.date(2026, 3, 11)):
        perform_one(actor=actor, case=case(), verb="resume", obj=obj)
    after = Clock.unscoped.get(pk=clock.pk)
    assert not after.is_paused and after.pauses[0]["last"] == "2026-03-10"
    assert after.previous_due == clock.due and after.first_due == clock.due
    # 4 to 10 March holds five working days; around the holidays of May the date may move a little further.
    assert (after.due - clock.due).days >= 5 and after.due > before


def test_a_pause_of_no_day_leaves_no_trace(cast):
    obj, _clock = started(cast)
    actor = cast.actor("editor_a")
    with today_is(MONDAY):
        perform_one(actor=actor, case=case(), verb="accept", obj=obj)
        perform_one(actor=actor, case=case(), verb="hold", obj=obj, said={"reason": "误操作"})
        perform_one(actor=actor, case=case(), verb="resume", obj=obj)
    assert Clock.unscoped.get(object_id=obj.pk, rule="complaint.mediate").pauses == []


def test_an_end_ends_what_still_runs(cast):
    obj, clock = started(cast)
    perform_one(actor=cast.actor("editor_a"), case=case(), verb="withdraw", obj=obj)
    clock = Clock.unscoped.get(pk=clock.pk)
    assert clock.retired_at and clock.done_on is None and running(obj) == []


def test_an_extension_counts_from_the_due_date_and_only_once(cast):
    _obj, clock = started(cast, "complaint.clue_check")
    was = clock.due
    with change(SYSTEM, "case.note") as w:
        clocks.prolong(w, clock, reason="情况特殊")
    assert clock.extended["n"] == 15 and clock.previous_due == was and clock.due > was
    with pytest.raises(ValidationError, match="已经延长过"), change(SYSTEM, "case.note") as w:
        clocks.prolong(w, clock)
    _obj, plain = started(cast)
    with pytest.raises(ValidationError, match="没有可以延长"), change(SYSTEM, "case.note") as w:
        clocks.prolong(w, plain)


def test_hours_run_from_the_moment(cast):
    obj = make(cast)
    at = dt.datetime(2026, 3, 6, 17, 30, tzinfo=dt.UTC)
    with change(SYSTEM, "case.note") as w:
        clock = clocks.start(w, obj, "sampling.report_severe", "确认严重危害", at)
    assert Clock.unscoped.get(pk=clock.pk).due_at == at + dt.timedelta(hours=24)


def test_a_changed_calendar_moves_dates_and_keeps_the_old_one(cast):
    _obj, clock = started(cast)
    other, done = started(cast)
    perform_one(actor=cast.actor("editor_a"), case=case(), verb="accept", obj=other)
    with change(SYSTEM, "calendarday.save") as w:
        w.save(CalendarDay(year=2026, date=dt.date(2026, 3, 5), kind="closure", place=cast.county, note="暴雨"))
    job = Job.unscoped.get(kind="flows.recompute")
    assert steps.recompute_step(job, {}).finished
    clock = Clock.unscoped.get(pk=clock.pk)
    assert (clock.due, clock.previous_due, clock.first_due) == (
        dt.date(2026, 3, 12), dt.date(2026, 3, 11), dt.date(2026, 3, 11),
    )  # fmt: skip
    assert Clock.unscoped.get(pk=done.pk).previous_due is None  # met: nothing moves it any more
    page = login("editor_a").get(f"/bench-cases/{clock.object_id}/").content.decode()
    assert "2026-03-12" in page and "2026-03-11" in page


def test_a_year_not_loaded_is_said_and_nothing_is_lost(cast):
    obj = make(cast)
    far = dt.date(2055, 3, 1)
    with today_is(far):
        client = login("editor_a")
        answer = client.post(f"/bench-cases/{obj.pk}/accept/", {"version": obj.version}, follow=True)
        assert "2055年的工作日历尚未载入" in answer.content.decode() or "没有生效的版本" in answer.content.decode()
        many = perform(actor=cast.actor("editor_a"), case=case(), verb="accept", rows=make(cast, n=2))
    assert len(many.refused) == 2 and not many.done
    assert Case.unscoped.get(pk=obj.pk).state == "filed" and running(obj) == []


def test_notices_once_a_clock_and_level(cast):
    obj, _clock = started(cast)
    obj.owner = cast.units["市场监督管理局"]
    with change(SYSTEM, "case.note") as w:
        w.save(obj)
    mine = Notice.unscoped.filter(user=cast.users["shichangju"], kind="clock")
    for day, count in ((3, 0), (9, 1), (10, 1), (11, 2), (12, 3), (13, 3)):
        with today_is(dt.date(2026, 3, day)):
            steps.remind_step(Job(), {})
        assert mine.count() == count, day
    assert all(n.url == f"/bench-cases/{obj.pk}/" for n in mine)


TOLD = ("editor_a", "clerk", "viewer", "editor_b", "counts")


def heard(cast, clock: Clock) -> set[str]:
    """Of the oracle's members, who has a notice on the day the clock is due."""
    with today_is(clock.due):
        steps.remind_step(Job(), {})
    names = {cast.users[name].pk: name for name in TOLD}
    users = Notice.unscoped.filter(kind="clock").values_list("user_id", flat=True)
    return {names[pk] for pk in users if pk in names}


def test_where_nobody_of_the_unit_is_left_those_are_told_who_may_end_the_clock_there(cast):
    """The clock of 受理 is ended by ``accept``: the clerk may, the viewer not, nor the neighbour's editor.

    The unit that owns the case has nobody who could act.
    """
    obj, clock = started(cast)
    with system("everybody left"):
        User.unscoped.filter(unit=obj.owner).update(is_active=False)
    assert heard(cast, clock) == {"editor_a", "clerk"}


def test_the_clock_of_a_later_state_is_told_to_those_who_end_that_one(cast):
    """Mediation is ended by ``close``, which the clerk has not."""
    obj = make(cast, "open")
    with system("everybody left"):
        User.unscoped.filter(unit=obj.owner).update(is_active=False)
    with change(SYSTEM, "case.note") as w:
        clock = clocks.start(w, obj, "complaint.mediate", "受理", MONDAY)
    assert heard(cast, clock) == {"editor_a"}


# --- declarations ---------------------------------------------------------------------------------
def test_a_rule_that_no_pack_has_is_named_at_start():
    wrong = Flow("错", "a", (State("a", "甲"), State("b", "乙", final=True)),
                 (row("go", "去", "a", "b", starts=("no.such.rule",)),), {})  # fmt: skip
    with pytest.raises(FlowError, match=r"no\.such\.rule"):
        register(Resource(name="wrong", model=Case, columns=(Column("title"),), flow=wrong))
    with pytest.raises(FlowError, match="fly"):
        Declared("x", Case, FLOW, {"fly": Verb()})


def test_a_law_without_its_time_limit_cannot_be_declared():
    states = (State("a", "甲"), State("b", "乙", final=True))
    with pytest.raises(FlowError, match="期限规则"):
        Flow("错", "a", states, (row("go", "去", "a", "b", "《某法》第1条"),), {})
    Flow("对", "a", states, (row("go", "去", "a", "b", "《某法》第1条", untimed=True),), {})


def test_refusals_are_worded_as_the_core_words_them():
    assert all(WORDS[code] == text for code, text in TEMPLATES.items())


# --- screens --------------------------------------------------------------------------------------
def login(name: str) -> Client:
    client = Client()
    client.force_login(User.unscoped.get(username=name))
    return client


def test_the_inbox_shows_what_the_table_and_the_clocks_say(cast):
    timeless = make(cast)
    late, clock = started(cast)
    make(cast, "done")
    with today_is(dt.date(2026, 3, 20)):
        page = login("editor_a").get("/")
        groups = {g["name"]: g for g in page.context["groups"]}
        assert [i.url for i in groups["clocks-overdue"]["items"]] == [f"/bench-cases/{late.pk}/"]
        waiting = [(i.url, i.due) for i in groups["case-bench-cases"]["items"]]
        assert waiting == [(f"/bench-cases/{late.pk}/", clock.due), (f"/bench-cases/{timeless.pk}/", None)]
        for name in ("viewer", "editor_b"):
            assert "case-bench-cases" not in {g["name"] for g in login(name).get("/").context["groups"]}


def test_the_landing_page_asks_at_most_twelve_times(cast):
    for _n in range(3):
        started(cast)
    for name in ("guanliyuan", "shianban", "shichangju"):
        client = login(name)
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        assert len(asked) <= 12, (name, "\n".join(q["sql"][:300] for q in asked))


def test_five_hundred_rows_in_time(cast):
    rows, actor = make(cast, n=500), cast.actor("editor_a")
    with change(SYSTEM, "case.note") as w:
        w.save_all([clocks.new_clock(o, "complaint.accept", "收到投诉", MONDAY, clocks.Calendars().of(cast.county))
                    for o in rows])  # fmt: skip
    client = login("editor_a")
    form = {"apply": "1", "keys": ",".join(str(o.pk) for o in rows)}
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as asked, today_is(dt.date(2026, 3, 4)):
        page = client.post("/bench-cases/bulk/accept/", form)
    took = time.perf_counter() - start
    assert page.context["done"] == 500 and actor.user_id
    assert Case.unscoped.filter(state="open").count() == 500
    assert Clock.unscoped.filter(done_on=dt.date(2026, 3, 4)).count() == 500
    assert Clock.unscoped.filter(rule="complaint.mediate").count() == 500
    print(f"500 rows: {took:.2f} s, {len(asked)} queries")
    assert len(asked) <= 100 and took < 6  # 3 s on an idle machine


def test_more_than_five_hundred_run_as_a_job(cast):
    rows = make(cast, n=501)
    client = login("editor_a")
    form = {"apply": "1", "keys": ",".join(str(o.pk) for o in rows), "result": "已核对", "once_key": "big"}
    answer = client.post("/bench-cases/bulk/note/", form)
    assert client.post("/bench-cases/bulk/note/", form)["Location"] == answer["Location"]
    job = Job.unscoped.get(kind="flows.bulk")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    from shian.kernel.flows.bulk import bulk_step

    step = bulk_step(job, {})
    while not step.finished:
        step = bulk_step(job, step.cursor)
    assert step.cursor["done"] == 501 and step.cursor["refused"] == []
    assert Case.unscoped.filter(result="已核对").count() == 501


def test_somebody_faster_leaves_the_others_going(cast, monkeypatch):
    rows = make(cast, n=3)
    with system("somebody else, between reading and writing"):
        Case.unscoped.filter(pk=rows[1].pk).update(version=9)
    out = perform(actor=cast.actor("editor_a"), case=case(), verb="accept", rows=rows)
    assert {o.pk for o in out.done} == {rows[0].pk, rows[2].pk}
    assert [o.pk for o, _why in out.refused] == [rows[1].pk]
    states = dict(Case.unscoped.filter(pk__in=[o.pk for o in rows]).values_list("pk", "state"))
    assert states == {rows[0].pk: "open", rows[1].pk: "filed", rows[2].pk: "open"}
    assert Clock.unscoped.count() == 2


def test_a_list_shows_the_flows_colour_and_offers_its_verbs(cast):
    make(cast)
    page = login("editor_a").get("/bench-cases/").content.decode()
    assert "chip-info" in page and 'formaction="/bench-cases/bulk/accept/"' in page
    assert 'formaction="/bench-cases/bulk/close/"' not in login("clerk").get("/bench-cases/").content.decode()


def test_values_of_a_wrong_kind_are_refused_with_their_name(cast):
    obj, client = make(cast, "open"), login("editor_a")
    for bad in (None, [], {}, ["a", 7], 10**30, True, 1.5, "x" * 99, "\x00"):
        answer = client.post(f"/api/v1/bench-cases/{obj.pk}/close/", {"result": bad}, content_type="application/json")
        assert answer.status_code in (200, 400), bad
        if answer.status_code == 200:
            with system("arranged by the test"):
                Case.unscoped.filter(pk=obj.pk).update(state="open")
    assert client.post(f"/api/v1/bench-cases/{obj.pk}/close/", "[]", content_type="application/json").status_code == 400


def test_clocks_that_open_with_the_case_start_once_and_with_every_road(cast):
    """收到之日: the day the case came in, not the day it was entered; editing it later starts nothing again."""
    flow = replace(FLOW, opens=("complaint.accept",))
    opened = replace(replace(CASES, flow=flow), name="bench-opened")
    row = Case(title="当日收到", place=cast.county, domain="food", owner=cast.units["农业农村局"])
    with today_is(MONDAY):
        opened.actions.save(actor=SYSTEM, rows=[row], verb="case.note")
        row.title = "当日收到，已更正"
        opened.actions.save(actor=SYSTEM, rows=[row], verb="case.note")
    clock = Clock.unscoped.get(object_type="bench.case", object_id=row.pk)
    assert (clock.rule, clock.triggered_on, clock.due) == ("complaint.accept", MONDAY, dt.date(2026, 3, 11))


LONGER = replace(
    FLOW,
    transitions=(
        *FLOW.transitions,
        row("check", "核查", "filed open", None, starts=("report.case_decision",)),
        row("prolong", "延长", "filed open", None, needs=("reason",), extends=("report.case_decision",)),
        row("prove", "举证", "filed open", None, needs=("files",)),
    ),
    words=FLOW.words | {"files": "证据"},
)


def test_a_verb_prolongs_a_running_clock_once_by_what_the_rule_allows(cast):
    """举报核查 15 working days from Monday 2 March 2026: 23 March; prolonged by 15 more: 14 April, after 清明 (6 April)."""
    longer, obj = Declared("bench-cases", Case, LONGER), make(cast)
    with today_is(MONDAY):
        with pytest.raises(ValidationError, match="没有在计算"):
            perform_one(actor=SYSTEM, case=longer, verb="prolong", obj=obj, said={"reason": "案情复杂"})
        perform_one(actor=SYSTEM, case=longer, verb="check", obj=obj, said={})
        clock = Clock.unscoped.get(object_id=obj.pk, rule="report.case_decision")
        assert clock.due == dt.date(2026, 3, 23)
        perform_one(actor=SYSTEM, case=longer, verb="prolong", obj=obj, said={"reason": "案情复杂"})
        clock.refresh_from_db()
        assert (clock.due, clock.extended["reason"]) == (dt.date(2026, 4, 14), "案情复杂")
        with pytest.raises(ValidationError, match="已经延长过"):
            perform_one(actor=SYSTEM, case=longer, verb="prolong", obj=obj, said={"reason": "再延"})


def test_files_of_a_verb_are_attached_to_the_object(cast):
    """The default handling of a table that needs files; a fault here was once found by reading only."""
    whole = cast.actor("editor_a")
    prover = replace(whole.grants[0], permissions=(*whole.grants[0].permissions, "case.prove"))
    handler, obj = replace(whole, grants=(prover,)), make(cast)
    file = store_upload(handler, SimpleUploadedFile("证据.txt", "小票照片说明".encode()))
    held = replace(Declared("bench-cases", Case, LONGER), capacities=lambda _actor, rows: [{"agency"}] * len(rows))
    with declared_verbs("case.prove"):
        perform_one(actor=handler, case=held, verb="prove", obj=obj, said={"files": [file]})
    assert [a.file for a in files_of(obj, "evidence")] == [file]


@contextmanager
def declared_verbs(name: str):
    verbs.declare({name: "举证"})
    yield
    verbs.withdraw(*name.split(".")[:1], [name.split(".")[1]])
