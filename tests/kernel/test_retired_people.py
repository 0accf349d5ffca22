"""Who is retired is out at once: sign-in, open sessions, API, jobs, notices (issue "Safe by construction", A1)."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shian.kernel.jobs import actions as jobs
from shian.kernel.jobs import worker
from shian.kernel.jobs.kinds import Step, job
from shian.kernel.jobs.models import Job
from shian.kernel.notices.actions import notify
from shian.kernel.notices.models import Notice
from shian.kernel.people.models import Unit, User
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.models import Grant, Role
from shian.kernel.scopes.queries import actor_for
from shian.site.demo.cast import PASSWORD


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()
    yield
    cache.clear()


def by_api(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    person = User.unscoped.get(username="donghe")
    answer = client.delete(f"/api/v1/users/{person.pk}/", headers={"If-Match": f'"{person.version}"'})
    assert answer.status_code in (200, 204), answer.content


def by_hand(cast):
    with system("arranged by the test"):
        User.unscoped.filter(username="donghe").update(is_active=False)


def with_the_unit(cast):
    with system("arranged by the test"):
        Unit.unscoped.filter(users__username="donghe").update(retired_at=timezone.now())


ENDINGS = [by_api, by_hand, with_the_unit]


@pytest.mark.parametrize("end", ENDINGS)
def test_an_open_session_ends_with_the_next_request(cast, end):
    client = Client()
    client.force_login(cast.users["donghe"])
    assert client.get("/").status_code == 200 and client.get("/api/v1/units/").status_code == 200
    end(cast)
    page = client.get("/")
    assert page.status_code == 302 and page["Location"].startswith("/accounts/login/")
    assert client.get("/api/v1/units/").status_code in (401, 403)
    assert client.post("/api/v1/units/", {}, content_type="application/json").status_code in (401, 403)


@pytest.mark.parametrize("end", ENDINGS)
def test_the_right_password_opens_nothing_and_says_why(cast, end):
    end(cast)
    client = Client()
    answer = client.post("/accounts/login/", {"login": "donghe", "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200 and "停用" in answer.content.decode()


@pytest.mark.parametrize("end", ENDINGS)
def test_a_job_in_his_name_stops_where_it_stands_and_says_so(cast, end):
    steps = []

    def step(row: Job, cursor: dict) -> Step:
        steps.append(row.pk)
        return Step({"at": 1}, done=1, total=9)

    job(f"test.retired.{end.__name__}", title="试运行")(step)
    row = jobs.enqueue(cast.actor("donghe"), f"test.retired.{end.__name__}")
    here = worker.worker_name()
    worker.run_one(here)
    end(cast)
    worker.run_one(here)
    row.refresh_from_db()
    assert (row.state, row.done, steps) == ("failed", 1, [row.pk])
    assert cast.users["donghe"].name in row.failure and "停用" in row.failure


@pytest.mark.parametrize("end", ENDINGS)
def test_nobody_writes_to_him_or_acts_for_him(cast, end):
    assert notify(cast.users["donghe"], "甲") == 1
    end(cast)
    assert notify(cast.users["donghe"], "乙") == notify(cast.users["donghe"].unit, "丙") == 0
    assert set(Notice.unscoped.filter(user=cast.users["donghe"]).values_list("title", flat=True)) == {"甲"}
    assert actor_for(User.unscoped.get(username="donghe")).user_id is None


@pytest.mark.parametrize("what", [Grant, Role])
def test_a_retired_grant_or_role_allows_nothing_from_the_next_request(cast, what):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    other = f"/api/v1/users/{cast.users['xiling'].pk}/"
    assert client.get(other).status_code == client.get("/users/new/").status_code == 200
    with system("arranged by the test"):
        rows = Grant.unscoped.filter(user=cast.users["guanliyuan"])
        (rows if what is Grant else Role.unscoped.filter(grant__in=rows)).update(retired_at=timezone.now())
    assert client.get(other).status_code == 404 and client.get("/users/new/").status_code == 403
    assert client.get("/").status_code == 200, "he still signs in, and sees what is his own"


def test_work_of_the_system_goes_on(cast):
    job("test.retired.system", title="试运行")(lambda row, cursor: Step(finished=True))
    row = jobs.enqueue(SYSTEM, "test.retired.system")
    worker.run_one(worker.worker_name())
    row.refresh_from_db()
    assert row.state == "done"
