"""The leak test: every list, page, export, search and choice, read as every member of the cast, against an
oracle computed from the grants in plain Python (architecture, point 12).

Two counties hold tasks whose titles carry a marker of their own; a marker seen where the oracle says no is a leak.
"""

import datetime as dt
import re

import pytest
from django.test import Client

from shian.apps.plans import actions
from shian.apps.plans.models import Decision, Document, Progress, Target, Task
from shian.kernel.day import today_is
from shian.kernel.files.actions import store_upload
from shian.kernel.people.actions import grant, save_user
from shian.kernel.people.models import User
from shian.kernel.resources import registry
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.models import Access, Role

TODAY = dt.date(2026, 11, 22)
pytestmark = pytest.mark.full
PLAN = """{place}2026年食品安全工作要点

一、落实责任
（一）标记{mark}甲。开展食品抽检，食品安全抽检合格率达到98%以上，标记{mark}指标率达到91%。（{first}负责）
（二）标记{mark}乙。加强农产品监管，9月底前完成。（{second}牵头，{third}配合）
（三）标记{mark}丙。落实属地责任。（{fourth}负责）
"""


def make_world(cast):
    """Two published plans with a report and a decision each; the neighbour has an office worker too."""
    save_user(
        actor=SYSTEM, user=User(username="linxian", name="何静", unit=cast.units["neighbour"]), password=None
    )
    neighbour = User.unscoped.get(username="linxian")
    grant(actor=SYSTEM, user=neighbour, role=Role.unscoped.get(code="office"), places=[cast.other_county])
    cast.users["linxian"] = neighbour
    names = ("县市场监督管理局", "县农业农村局", "县教育体育局", "东河镇")
    _publish(cast, "shianban", cast.county, "本县", "演示县", names)
    _publish(cast, "linxian", cast.other_county, "邻县", "邻演示县", ("县食安办",) * 4)


def _publish(cast, username, place, mark, title, names):
    actor = cast.actor(username)
    keys = dict(zip(("first", "second", "third", "fourth"), names, strict=True))
    text = PLAN.format(place=title, mark=mark, **keys)
    document = actions.import_document(actor=actor, place=place, text=text, today=TODAY)
    actions.accept_all(actor=actor, document=document)
    actions.publish(actor=actor, document=document, allow_unresolved=True)
    task = Task.unscoped.filter(document=document, parent=None).order_by("sort")[1]
    actions.decide(
        actor=actor, task=task, kind="extend", reason=f"标记{mark}理由", number=f"标记{mark}文号",
        due=dt.date(2026, 12, 31), on=TODAY,
    )  # fmt: skip


# -- the oracle: grants and participation, no SQL of the scope layer ----------------------------------
def sees_task(actor, task) -> bool:
    by_grant = any(
        g.detail != "counts" and g.allows("task.view") and any(task.place.path.startswith(r) for r in g.roots)
        for g in actor.grants
    )
    rows = Access.unscoped.filter(object_type="plans.task", object_id=task.pk, ended_at=None)
    return by_grant or actor.unit_id in {a.unit_id for a in rows}


def markers(actor) -> tuple[set[str], set[str]]:
    """(titles of tasks the actor may see, titles he may not)."""
    seen, hidden = set(), set()
    for task in Task.unscoped.select_related("place"):
        (seen if sees_task(actor, task) else hidden).add(re.search("标记..[甲乙丙]", task.title)[0])
    return seen, hidden


def pages(username):
    """Every address a list, search, export or choice of tasks can be read at."""
    for resource in registry.all_resources():
        base = f"/{resource.name}/"
        yield base
        yield f"{base}?per_page=200&cols=" + "&cols=".join(c.name for c in resource.columns)
        yield f"{base}export.csv?cols=" + "&cols=".join(c.name for c in resource.columns)
        yield f"{base}new/"
        yield f"{base}import/"
        yield f"/api/v1{base}?size=1000"
        if resource.search:
            yield f"{base}?q=标记"
    for text in ("标记", "邻县", "bj"):
        yield f"/search/?q={text}"
        yield f"/search/suggest/?q={text}"
    yield from ("/", "/jobs/", "/notices/", "/tasks/ledger.xlsx?year=2026", "/documents/import/")


MODELS = {
    "tasks": Task,
    "documents": Document,
    "targets": Target,
    "progress": Progress,
    "decisions": Decision,
}


def body(response) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode("utf-8", errors="ignore")


@pytest.fixture
def world(cast):
    make_world(cast)
    return cast


def test_no_page_shows_a_marker_the_oracle_denies(world):
    for username, user in world.users.items():
        actor = world.actor(username)
        seen, hidden = markers(actor)
        client = Client()
        client.force_login(user)
        with today_is(TODAY):
            for url in pages(username):
                response = client.get(url)
                assert response.status_code in {200, 302, 403, 404, 422}, (
                    username,
                    url,
                    response.status_code,
                )
                text = body(response)
                leaked = {m for m in hidden if m in text and m not in seen}
                assert not leaked, f"{username} reads {leaked} at {url}"
            listed = body(client.get("/tasks/?per_page=200"))
        assert all(m in listed for m in seen), f"{username} misses rows of his own"


def test_single_pages_open_exactly_where_the_oracle_allows(world):
    for username, user in world.users.items():
        actor = world.actor(username)
        client = Client()
        client.force_login(user)
        for task in Task.unscoped.select_related("place"):
            allowed = sees_task(actor, task)
            for url in (f"/tasks/{task.pk}/", f"/api/v1/tasks/{task.pk}/"):
                assert (client.get(url).status_code == 200) == allowed, (username, url)
            if not allowed:
                for verb in ("report", "close", "send_back", "extend"):
                    assert client.post(f"/tasks/{task.pk}/{verb}/", {}).status_code in {403, 404}
        for name, model in MODELS.items():
            may = set(model.objects.for_actor(actor).values_list("pk", flat=True))
            for pk in model.unscoped.exclude(pk__in=may).values_list("pk", flat=True):
                assert client.get(f"/{name}/{pk}/").status_code == 404
                assert client.get(f"/api/v1/{name}/{pk}/").status_code == 404


def test_files_open_only_through_what_they_belong_to(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    office = world.actor("linxian")
    stored = store_upload(office, SimpleUploadedFile("证据.txt", "标记邻县证据".encode()))
    for username, user in world.users.items():
        client = Client()
        client.force_login(user)
        allowed = username == "linxian"
        assert (client.get(f"/files/{stored.pk}/").status_code in {200, 302}) == allowed, username


def test_strangers_get_the_sign_in_page_and_nothing_else(world):
    client = Client()
    for url in pages("-"):
        response = client.get(url)
        assert response.status_code in {302, 401, 403}, url
        assert "标记" not in body(response)
