"""Jobs: enqueue, steps, progress, cancel, failure and back-off, schedules, who sees what."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from shian.kernel.changes.models import Change
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import change
from shian.kernel.jobs import actions, kinds, queries, worker
from shian.kernel.jobs.kinds import JobFailed, Step, job
from shian.kernel.jobs.models import Job, Schedule
from shian.kernel.people.models import Unit
from shian.kernel.scopes import SYSTEM, system

HERE = "host/1/a"


@pytest.fixture
def kind():
    """Registers a kind for one test: ``kind(step_function, **options)``."""
    names = []

    def register(step, **options):
        name = f"test.{len(names)}"
        names.append(name)
        job(name, title="试验任务", **options)(step)
        return name

    yield register
    for name in names:
        del kinds._kinds[name]


def count_to(n):
    def step(row, cursor):
        at = cursor.get("at", 0) + 1
        return Step({"at": at}, done=at, total=n, message=f"第 {at} 步", finished=at == n, url="/x/")

    return step


def later(row, seconds):
    with system("arranged by the test"):
        Job.unscoped.filter(pk=row.pk).update(run_at=timezone.now() - dt.timedelta(seconds=seconds))


def test_a_job_runs_step_by_step_to_its_end(cast, kind):
    row = actions.enqueue(cast.actor("shianban"), kind(count_to(3)), {"a": 1})
    assert (row.title, row.state, row.owner) == ("试验任务", "queued", cast.users["shianban"])
    worker.run_one(HERE)
    row.refresh_from_db()
    assert (row.state, row.done, row.total, row.percent, row.message) == ("running", 1, 3, 33, "第 1 步")
    assert row.lease_until is None and row.started_at and not row.finished_at
    assert worker.run_worker(once=True) == 2
    row.refresh_from_db()
    assert (row.state, row.percent, row.url, row.cursor) == ("done", 100, "/x/", {"at": 3})
    assert row.finished_at


def test_two_jobs_take_turns(cast, kind):
    seen = []

    def step(row, cursor):
        seen.append(row.args["name"])
        return Step({"n": cursor.get("n", 0) + 1}, finished=cursor.get("n", 0) == 2)

    name = kind(step)
    for each in "AB":
        actions.enqueue(SYSTEM, name, {"name": each})
    worker.run_worker(once=True)
    assert "".join(seen) == "ABABAB"


def test_same_key_is_the_same_job_for_one_person(cast, kind):
    name = kind(count_to(1))
    mine = actions.enqueue(cast.actor("shianban"), name, idempotency_key="import:77")
    assert actions.enqueue(cast.actor("shianban"), name, idempotency_key="import:77") == mine
    assert actions.enqueue(cast.actor("donghe"), name, idempotency_key="import:77") != mine
    assert Job.unscoped.count() == 2
    assert len(history(mine)) == 1


def test_a_job_of_a_failed_action_does_not_exist(cast, kind):
    name = kind(count_to(1))
    with pytest.raises(RuntimeError), transaction.atomic(), change(SYSTEM, "x"):
        actions.enqueue(SYSTEM, name)
        raise RuntimeError
    assert not Job.unscoped.exists()


def test_unknown_kind_is_refused_by_name(cast):
    with pytest.raises(JobFailed, match=r"没有名为“no\.such”"):
        actions.enqueue(SYSTEM, "no.such")


def test_kind_that_vanished_fails_the_job_not_the_worker(cast):
    with system("arranged by the test"):
        row = Job.unscoped.create(kind="gone.kind", title="旧任务", run_at=timezone.now())
    assert worker.run_worker(once=True) == 1
    row.refresh_from_db()
    assert row.state == "failed" and "gone.kind" in row.failure


def test_failing_step_is_rolled_back_and_tried_again_later(cast, kind):
    def step(row, cursor):
        unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
        unit.short_name = "写了一半"
        with change(row.actor(), "unit.save") as w:
            w.save(unit)
        raise OSError("磁盘已满")

    row = actions.enqueue(SYSTEM, kind(step, attempts=3))
    for attempt, delay in [(1, 5), (2, 10)]:
        worker.run_one(HERE)
        row.refresh_from_db()
        assert (row.state, row.attempts, row.failure) == ("running", attempt, "OSError: 磁盘已满")
        wait = (row.run_at - timezone.now()).total_seconds()
        assert delay - 2 < wait <= delay
        assert worker.run_one(HERE) is None, "not before its time"
        later(row, 1)
    worker.run_one(HERE)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 3)
    assert Unit.unscoped.get(pk=cast.units["财政局"].pk).short_name != "写了一半"


def test_permanent_failure_is_not_tried_again(cast, kind):
    def step(row, cursor):
        raise JobFailed("文件已被删除，请重新上传")

    row = actions.enqueue(SYSTEM, kind(step))
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", "文件已被删除，请重新上传")


def test_success_clears_earlier_failures_and_retry_goes_on_where_it_stopped(cast, kind):
    broken = [True]

    def step(row, cursor):
        if cursor.get("at") == 1 and broken[0]:
            raise JobFailed("对方服务器没有应答")
        return count_to(2)(row, cursor)

    actor = cast.actor("shianban")
    row = actions.enqueue(actor, kind(step))
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert (row.state, row.cursor) == ("failed", {"at": 1})
    broken[0] = False
    row = actions.retry(actor, row)
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert (row.state, row.failure, row.attempts) == ("done", "", 0)
    with pytest.raises(ValidationError, match="只有失败的任务"):
        actions.retry(actor, row)


def test_waiting_job_is_cancelled_at_once_running_one_after_its_step(cast, kind):
    actor = cast.actor("shianban")
    waiting = actions.enqueue(actor, kind(count_to(9)))
    assert actions.cancel(actor, waiting, reason="选错文件").state == "cancelled"
    assert history(waiting)[0].reason == "选错文件"

    def step(row, cursor):
        actions.cancel(actor, row)
        assert Job.unscoped.get(pk=row.pk).state == "running"
        return count_to(9)(row, cursor)

    running = actions.enqueue(actor, kind(step))
    assert worker.run_worker(once=True) == 2
    running.refresh_from_db()
    assert (running.state, running.done, running.message) == ("cancelled", 1, "已按要求取消")
    with pytest.raises(ValidationError, match="已经结束"):
        actions.cancel(actor, running)


def test_generator_step_computes_outside_and_writes_inside_the_transaction(cast, kind):
    inside = []

    def step(row, cursor):
        inside.append(len(transaction.get_connection().savepoint_ids))
        yield
        inside.append(len(transaction.get_connection().savepoint_ids))
        return Step(done=1, finished=True)

    row = actions.enqueue(SYSTEM, kind(step))
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert row.state == "done" and inside[1] == inside[0] + 1

    def twice(row, cursor):
        yield
        yield

    row = actions.enqueue(SYSTEM, kind(twice, attempts=1))
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert row.state == "failed" and "yields once" in row.failure


def test_of_two_workers_one_gets_the_job_and_a_lost_lease_commits_nothing(cast, kind):
    def step(row, cursor):
        with system("arranged by the test"):
            Unit.unscoped.filter(pk=cast.units["财政局"].pk).update(short_name="迟到的写入")
            Job.unscoped.filter(pk=row.pk).update(lease_owner="other/2/b")
        return Step(finished=True)

    row = actions.enqueue(SYSTEM, kind(step))
    now = timezone.now()
    assert worker.claim("first/1/a", now) == row
    assert worker.claim("second/1/b", now) is None
    with system("arranged by the test"):
        Job.unscoped.filter(pk=row.pk).update(lease_until=now)
    worker.run_one(HERE)
    row.refresh_from_db()
    assert (row.state, row.cursor) == ("running", {})
    assert Unit.unscoped.get(pk=cast.units["财政局"].pk).short_name == "县财政局"


def test_a_step_that_kills_its_worker_every_time_is_given_up(cast, kind):
    row = actions.enqueue(SYSTEM, kind(count_to(1), attempts=3))
    dead = f"{worker.socket.gethostname()[:60]}/4194304/x"
    for _ in range(3):
        worker.claim(dead, timezone.now())
        assert worker.release_dead(timezone.now()) == 1
    worker.run_worker(once=True)
    row.refresh_from_db()
    assert row.state == "failed" and "连续中断" in row.failure


def test_leases_of_other_hosts_and_living_processes_are_left_alone(cast, kind):
    name = kind(count_to(1))
    for owner in ["elsewhere/4194304/x", worker.worker_name()]:
        actions.enqueue(SYSTEM, name)
        worker.claim(owner, timezone.now())
    assert worker.release_dead(timezone.now()) == 0


def test_steps_act_with_the_rights_the_owner_has_now(cast, kind):
    who = []
    actor = cast.actor("donghe")
    row = actions.enqueue(actor, kind(lambda row, cursor: who.append(row.actor()) or Step(finished=True)))
    worker.run_worker(once=True)
    assert (who[0].user_id, who[0].unit_id, who[0].is_system) == (actor.user_id, actor.unit_id, False)
    assert who[0].request_id == f"job-{row.pk}"
    cast.users["donghe"].is_active = False
    with system("arranged by the test"):
        cast.users["donghe"].save()
    assert Job.unscoped.get(pk=row.pk).actor().user_id is None


def test_a_person_sees_own_jobs_only_an_administrator_all_of_the_county(cast, kind):
    name = kind(count_to(1))
    mine = actions.enqueue(cast.actor("donghe"), name)
    system = actions.enqueue(SYSTEM, name)
    assert queries.my_jobs(cast.actor("donghe")) == [mine]
    assert queries.managed_jobs(cast.actor("shianban")) == [], "*.view is not job.manage"
    assert queries.managed_jobs(cast.actor("shishianban")) == []
    assert queries.managed_jobs(cast.actor("guanliyuan")) == [system, mine]
    with pytest.raises(PermissionDenied):
        actions.cancel(cast.actor("xiling"), mine)
    assert actions.cancel(cast.actor("guanliyuan"), mine).state == "cancelled"


# -- schedules ------------------------------------------------------------------------------------
def shanghai(*args):
    return timezone.make_aware(dt.datetime(*args))


def test_rhythms():
    daily = Schedule(daily_at=dt.time(3, 20))
    assert actions.next_run(daily, shanghai(2026, 3, 1, 3, 19)) == shanghai(2026, 3, 1, 3, 20)
    assert actions.next_run(daily, shanghai(2026, 3, 1, 3, 20)) == shanghai(2026, 3, 2, 3, 20)
    often = Schedule(every_minutes=15)
    assert actions.next_run(often, shanghai(2026, 3, 1, 0, 0)) == shanghai(2026, 3, 1, 0, 15)


def test_declared_schedules_are_loaded_once_and_keep_an_edit(cast, kind):
    name = kind(count_to(1), every_minutes=5)
    made = actions.load_schedules(SYSTEM)
    assert "jobs.tidy" in {s.kind for s in made} and name in {s.kind for s in made}
    row = Schedule.unscoped.get(kind=name)
    row.every_minutes, row.daily_at = None, dt.time(6, 0)
    actions.save_schedule(actor=cast.actor("pingtai"), schedule=row)
    assert actions.load_schedules(SYSTEM) == []
    row.refresh_from_db()
    assert row.daily_at == dt.time(6, 0) and timezone.localtime(row.next_run_at).hour == 6


def test_a_job_that_must_run_is_cancelled_from_the_console_only(cast, kind):
    row = actions.enqueue(SYSTEM, kind(count_to(1), kept=True))
    with pytest.raises(ValidationError, match="不能取消"):
        actions.cancel(cast.actor("guanliyuan"), row)
    row.refresh_from_db()
    assert (row.state, row.cancel_asked, queries.card(row)["cancel_url"]) == ("queued", False, "")
    assert actions.cancel(SYSTEM, row).state == "cancelled"


@pytest.mark.parametrize("kept", [True, False])
def test_saving_a_kept_schedule_does_not_postpone_it(cast, kind, kept):
    name = kind(count_to(1), every_minutes=60, kept=kept)
    actions.load_schedules(SYSTEM)
    soon = timezone.now() + dt.timedelta(minutes=3)
    with system("arranged by the test"):
        Schedule.unscoped.filter(kind=name).update(next_run_at=soon)
    row = Schedule.unscoped.get(kind=name)
    row.title = "另一名称"
    actions.save_schedule(actor=cast.actor("pingtai"), schedule=row)
    row.refresh_from_db()
    assert row.title == "另一名称" and (row.next_run_at == soon) is kept
    row.every_minutes = 1
    actions.save_schedule(actor=cast.actor("pingtai"), schedule=row)
    row.refresh_from_db()
    assert row.next_run_at < soon, "more often comes sooner"


def test_bad_schedules_are_refused(cast, kind):
    name = kind(count_to(1))
    admin = cast.actor("guanliyuan")
    with pytest.raises(ValidationError, match="只填一项"):
        actions.save_schedule(actor=admin, schedule=Schedule(kind=name, title="无节奏"))
    both = Schedule(kind=name, title="两种节奏", daily_at=dt.time(1), every_minutes=5)
    with pytest.raises(ValidationError, match="只填一项"):
        actions.save_schedule(actor=admin, schedule=both)
    with pytest.raises(PermissionDenied):
        actions.save_schedule(actor=cast.actor("donghe"), schedule=Schedule(kind=name, every_minutes=5))
    with pytest.raises(IntegrityError), transaction.atomic(), system("arranged by the test"):
        Schedule.unscoped.create(kind=name, title="绕过检查", next_run_at=timezone.now())


def test_due_schedule_queues_one_job_and_waits_for_it(cast, kind):
    name = kind(count_to(2), every_minutes=1)
    actions.load_schedules(SYSTEM)
    with system("arranged by the test"):
        Schedule.unscoped.exclude(kind=name).update(active=False)
    log_size = Change.unscoped.count()
    start = timezone.now() + dt.timedelta(minutes=2)
    assert worker.tick(start) == 1
    assert worker.tick(start) == 0, "already moved on"
    assert worker.tick(start + dt.timedelta(minutes=2)) == 0, "the last run is not over"
    with system("arranged by the test"):
        Job.unscoped.update(state="done")
    assert worker.tick(start + dt.timedelta(minutes=9)) == 1, "missed runs are not made up for"
    assert Change.unscoped.count() == log_size, "scheduled work does not fill the change log"


def test_unneeded_or_inactive_schedule_queues_nothing(cast, kind):
    kind(count_to(1), every_minutes=1, needed=lambda: False)
    actions.load_schedules(SYSTEM)
    with system("arranged by the test"):
        Schedule.unscoped.exclude(kind__startswith="test.").update(active=False)
    assert worker.tick(timezone.now() + dt.timedelta(hours=1)) == 0


def test_tidy_removes_old_scheduled_jobs_and_keeps_those_of_people(cast, kind):
    old = timezone.now() - dt.timedelta(days=30)
    name = kind(count_to(1))
    mine = actions.enqueue(cast.actor("donghe"), name)
    for _ in range(3):
        actions.enqueue(SYSTEM, name)
    with system("arranged by the test"):
        Job.unscoped.update(state="done", finished_at=old)
        failed = Job.unscoped.create(kind=name, title="失败的", state="failed", finished_at=old, run_at=old)
    actions.enqueue(SYSTEM, "jobs.tidy")
    worker.run_worker(once=True)
    left = set(Job.unscoped.exclude(kind="jobs.tidy"))
    assert left == {mine, failed}


def test_the_end_of_a_job_is_told_once_with_its_outcome(cast, kind, monkeypatch):
    told = []
    monkeypatch.setattr(kinds, "on_end", told_to := [lambda row: told.append((row.state, row.done))])
    monkeypatch.setattr(worker, "on_end", told_to)
    actions.enqueue(SYSTEM, kind(count_to(2)))

    def step(row, cursor):
        raise JobFailed("不行")

    actions.enqueue(SYSTEM, kind(step))
    worker.run_worker(once=True)
    assert sorted(told) == [("done", 2), ("failed", 0)]
