"""Saved filters: private, of the unit, public; relative values; removed by their owner only."""

import uuid

import pytest
from tests.cast import client_of

from shian.kernel.jobs.models import Job
from shian.kernel.jobs.worker import run_worker
from shian.kernel.listing import saved
from shian.kernel.listing.models import SavedFilter
from shian.kernel.people.models import Unit
from shian.kernel.resources import registry
from shian.kernel.scopes import system


def labels(client):
    return [f["label"] for f in client.get("/units/").context["saved_filters"]]


def save(client, name, shared, query="kind=department&q=&page=3&junk=1"):
    return client.post("/units/filters/", {"name": name, "shared": shared, "query": query})


def test_who_sees_which_filter(cast):
    office, admin, other = (client_of(cast, n) for n in ("shianban", "guanliyuan", "donghe"))
    for name, shared in (("我的", "private"), ("本办的", "unit"), ("大家的", "public")):
        assert save(office, name, shared).status_code == 302
    assert set(labels(office)) == {"我的", "本办的", "大家的"}
    assert set(labels(admin)) == {"本办的", "大家的"}
    assert set(labels(other)) == {"大家的"}


def test_what_is_shared_stays_within_the_place(cast):
    """A name typed in one county is not read in the next, nor above."""
    save(client_of(cast, "donghe"), "镇里的", "public")
    save(client_of(cast, "shianban"), "县里的", "public")
    save(client_of(cast, "shishianban"), "市里的", "public")
    seen = {name: set(labels(client_of(cast, name))) for name in ("donghe", "xiling", "shianban", "shishianban", "bystander")}
    assert seen == {
        "donghe": {"镇里的", "县里的", "市里的"},
        "xiling": {"县里的", "市里的"},
        "shianban": {"县里的", "市里的"},
        "shishianban": {"市里的"},
        "bystander": {"市里的"},
    }


def test_conditions_are_typed_and_page_numbers_are_not_conditions(cast):
    save(client_of(cast, "shianban"), "部门", "private")
    assert SavedFilter.unscoped.get().conditions == [{"field": "kind", "values": ["department"]}]


def test_ones_own_unit_in_a_shared_filter_means_the_viewers(cast):
    registry.get("units")
    actor = cast.actor("shianban")
    with system("arranged by the test"):
        row = saved.save(
            actor=actor,
            resource=registry.get("users"),
            name="本单位的人",
            shared="public",
            query=f"unit={actor.unit_id}",
        )
    assert row.conditions == [{"field": "unit", "values": ["@my_unit"]}]
    page = client_of(cast, "donghe").get(saved.address(registry.get("users"), row))
    assert [r.title for r in page.context["table"].rows] == ["孙丽"]


@pytest.mark.parametrize("bad", [{"name": ""}, {"shared": "world"}])
def test_a_filter_without_a_name_is_refused_in_words(cast, bad):
    client = client_of(cast, "shianban")
    answer = client.post(
        "/units/filters/", {"name": "x", "shared": "private", "query": "kind=other"} | bad, follow=True
    )
    assert answer.status_code == 200 and list(answer.context["messages"])
    assert not SavedFilter.unscoped.exists()


def test_only_the_owner_removes_it(cast):
    save(client_of(cast, "shianban"), "大家的", "public")
    pk = SavedFilter.unscoped.get().pk
    assert client_of(cast, "guanliyuan").post(f"/units/filters/{pk}/remove/").status_code == 403
    assert client_of(cast, "shianban").post(f"/units/filters/{pk}/remove/").status_code == 302
    assert labels(client_of(cast, "shianban")) == []


def test_a_large_bulk_edit_is_a_job_that_lists_its_refusals(cast):
    with system("arranged by the test"):
        Unit.unscoped.bulk_create(
            Unit(name=f"演示第{n}店", kind="business", place=cast.county, sort=900) for n in range(520)
        )
    client = client_of(cast, "guanliyuan")
    posted = {
        "all_matching": "1",
        "query": "kind=business&kind=office",
        "set": ["sort"],
        "sort": "901",
        "apply": "1",
    }
    answer = client.post("/units/bulk/", posted | {"reason": uuid.uuid4().hex})
    job = Job.unscoped.get(kind="resources.bulk")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    run_worker(once=True)
    job.refresh_from_db()
    assert job.state == "done" and Unit.unscoped.filter(sort=901).count() == 521
    report = client.get(job.url)
    assert report.context["done"] == 521
    assert {label for label, _why in report.context["refused"]} == {
        "演示省食品安全委员会办公室", "演示市食品安全委员会办公室", "邻演示县食品安全委员会办公室",
    }  # fmt: skip


def test_enter_in_the_name_of_a_filter_saves_it(cast):
    """Enter presses the first submit button of the form."""
    page = client_of(cast, "shianban").get("/units/").content.decode()
    dialog = page.split('id="save-filter"')[1].split("</dialog>")[0]
    assert "formmethod" not in dialog.split('type="submit"')[0].rsplit("<button", 1)[1]
    assert dialog.index("保存</button>") < dialog.index("取消</button>")
