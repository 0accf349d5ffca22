"""Actions of a resource: what is in use does not retire, whichever way it is asked; bulk; the undo of an import."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shian.kernel.changes.models import Change
from shian.kernel.changes.rows import retire_rows, save_rows
from shian.kernel.imports.models import Session, SessionRow
from shian.kernel.people.models import Unit, User
from shian.kernel.places.actions import save_places
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM


@pytest.fixture
def client(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


@pytest.fixture
def town(cast):
    """A township with one village in it."""
    town = Place(name="新设镇", kind="township", parent=cast.county)
    village = Place(name="新设村", kind="village", parent=town)
    save_places(actor=SYSTEM, rows=[town])
    village.parent = town
    save_places(actor=SYSTEM, rows=[village])
    return town, village


def live(obj):
    return type(obj).unscoped.get(pk=obj.pk).retired_at is None


def says(response) -> str:
    """The last message on the page."""
    return [str(m) for m in response.context["messages"]][-1]


# --- one row --------------------------------------------------------------------------------------
def test_a_place_with_a_live_village_stays_and_is_told_why(client, town):
    county, village = town
    for n in range(4):
        save_places(actor=SYSTEM, rows=[Place(name=f"第{n}村", kind="village", parent=county)])
    told = says(client.post(f"/places/{county.pk}/retire/", follow=True))
    assert told == "“新设镇”还有 5 个在用的区域：新设村、第0村、第1村等 请先停用或转移它们"
    answer = client.delete(f"/api/v1/places/{county.pk}/")
    assert answer.status_code == 400 and "新设村" in answer.json()["errors"][""][0]
    assert live(county) and live(village)


def test_a_place_with_a_live_unit_stays(client, town):
    _county, village = town
    save_rows(actor=SYSTEM, rows=[Unit(name="新设村委会", kind="other", place=village)], verb="unit.save")
    assert "新设村委会" in says(client.post(f"/places/{village.pk}/retire/", follow=True))
    assert live(village)


def test_a_unit_with_people_or_units_below_it_stays(client, cast):
    county = Unit(name="新设总局", kind="department", place=cast.county)
    save_rows(actor=SYSTEM, rows=[county], verb="unit.save")
    below = Unit(name="新设分局", kind="station", place=cast.county, parent=county)
    save_rows(actor=SYSTEM, rows=[below], verb="unit.save")
    person = User(username="xinshe", name="新设人", unit=below)
    save_rows(actor=SYSTEM, rows=[person], verb="user.save")
    assert "新设分局" in says(client.post(f"/units/{county.pk}/retire/", follow=True))
    assert "新设人" in says(client.post(f"/units/{below.pk}/retire/", follow=True))
    retire_rows(actor=SYSTEM, rows=[person], verb="user.retire")
    client.post(f"/units/{below.pk}/retire/")
    client.post(f"/units/{county.pk}/retire/")
    assert not live(below) and not live(county)
    assert "已停用，请先恢复它" in says(client.post(f"/units/{below.pk}/restore/", follow=True))
    assert not live(below)
    client.post(f"/units/{county.pk}/restore/")
    client.post(f"/units/{below.pk}/restore/")
    assert live(below) and live(county)


def test_a_place_does_not_return_below_a_retired_one_nor_beside_its_twin(client, town):
    county, village = town
    for place in (village, county):
        assert client.post(f"/places/{place.pk}/retire/").status_code == 302
    told = says(client.post(f"/places/{village.pk}/restore/", follow=True))
    assert told == "“新设村”的上级“新设镇”已停用，请先恢复它"
    save_places(
        actor=SYSTEM,
        rows=[Place(name="新设镇", kind="township", parent=Place.unscoped.get(pk=county.parent_id))],
    )
    told = says(client.post(f"/places/{county.pk}/restore/", follow=True))
    assert told == "已有与“新设镇”同名的记录在用，请先改名或停用它"
    assert not live(village) and not live(county)


# --- bulk -----------------------------------------------------------------------------------------
def test_bulk_retire_asks_first_then_refuses_row_by_row(client, cast, town):
    county, village = town
    busy = cast.places["东河镇"]
    posted = {"pk": [county.pk, village.pk, busy.pk], "verb": "retire"}
    page = client.post("/places/bulk/", posted)
    assert page.status_code == 200 and "停用这 3 条" in page.content.decode() and live(village)
    page = client.post("/places/bulk/", posted | {"apply": "1", "reason": "撤并"})
    assert page.context["done"] == 2
    assert [label for label, _why in page.context["refused"]] == ["东河镇"]
    assert not live(county) and not live(village) and live(busy)
    rows = Change.unscoped.filter(verb="place.retire", reason="撤并")
    assert rows.count() == 2 and len({r.batch for r in rows}) == 1


def test_what_is_retired_is_listed_apart_and_restored_in_bulk(client, town):
    county, village = town
    client.post("/places/bulk/", {"pk": [county.pk, village.pk], "verb": "retire", "apply": "1"})
    page = client.get("/places/", {"retired": "1"})
    assert {row.pk for row in page.context["table"].rows} == {county.pk, village.pk}
    assert [v["name"] for v in page.context["bulk_verbs"]] == ["restore"]
    assert county.pk not in {row.pk for row in client.get("/places/").context["table"].rows}
    posted = {"all_matching": "1", "query": "retired=1", "verb": "restore", "apply": "1"}
    page = client.post("/places/bulk/", posted)
    assert page.context["done"] == 2 and not page.context["refused"]
    assert live(county) and live(village)


def test_no_other_bulk_verb_and_none_without_the_right(client, cast):
    assert client.post("/places/bulk/", {"verb": "destroy", "apply": "1", "pk": "1"}).status_code == 404
    other = Client()
    other.force_login(cast.users["donghe"])
    answer = other.post("/places/bulk/", {"verb": "retire", "apply": "1", "pk": cast.places["东河镇"].pk})
    assert answer.status_code == 403 and live(cast.places["东河镇"])


def test_bulk_edit_sets_many_to_many_fields_too(client, cast):
    grant = cast.users["donghe"].grants.get()
    town = cast.places["东河镇"].pk
    posted = {"pk": grant.pk, "set": ["places"], "places": [town], "apply": "1"}
    page = client.post("/grants/bulk/", posted)
    assert page.context["done"] == 1, page.context["refused"]
    assert list(grant.places.values_list("pk", flat=True)) == [town]


def test_bulk_edit_answers_a_refusal_of_the_action_in_words(client, cast, town):
    county, village = town
    page = client.post(
        "/places/bulk/", {"pk": county.pk, "set": ["parent"], "parent": village.pk, "apply": "1"}
    )
    assert page.status_code == 200 and page.context["done"] == 0
    assert page.context["refused"] == [["新设镇", "上级不能是自己或自己的下级"]]


# --- undo of an import ----------------------------------------------------------------------------
def imported(client, resource, rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    upload = SimpleUploadedFile("x.csv", out.getvalue().encode("utf-8"))
    url = client.post(f"/{resource}/import/", {"file": upload})["Location"]
    page = client.get(url)
    client.post(url, {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
    client.post(url)
    session = Session.unscoped.get(pk=int(url.split("/")[-2]))
    assert session.state == "applied", list(SessionRow.unscoped.values_list("errors", flat=True))
    return url, session


HEAD = ["名称", "层级", "上级"]


def test_undo_leaves_a_place_that_is_in_use_by_now_and_says_why(client, cast):
    rows = [HEAD, ["甲新镇", "乡镇街道", "演示县"], ["乙新镇", "乡镇街道", "演示县"]]
    url, session = imported(client, "places", rows)
    first, second = (Place.unscoped.get(name=n) for n in ("甲新镇", "乙新镇"))
    village = Place(name="后来的村", kind="village", parent=first)
    save_places(actor=SYSTEM, rows=[village])
    client.post(f"{url}undo/")
    assert live(first) and live(village) and not live(second)
    kept = client.get(url).context["undone"]["kept"]
    assert [(row["label"], "后来的村" in row["why"]) for row in kept] == [("甲新镇", True)]
    session.refresh_from_db()
    assert (session.counts["left"], session.counts["retired"]) == (1, 1)


def test_undo_goes_through_the_action_of_the_resource(client, cast, town):
    """A place moved by an import takes its subtree along, and back again."""
    county, village = town
    head = [*HEAD, "区划代码"]
    url, session = imported(client, "places", [head, ["新设镇", "乡镇街道", "演示县", "340000111"]])
    assert Place.unscoped.get(pk=county.pk).code == "340000111"
    other, before = cast.places["东河镇"], Place.unscoped.get(pk=village.pk).path
    row = SessionRow.unscoped.get(session=session)
    moved = Place.unscoped.get(pk=county.pk)
    moved.parent = other
    save_places(actor=SYSTEM, rows=[moved])
    row.version, row.diff = moved.version, row.diff | {"parent": [cast.county.pk, other.pk]}
    row.save()
    assert Place.unscoped.get(pk=village.pk).path.startswith(other.path)
    client.post(f"{url}undo/")
    row.refresh_from_db()
    assert (row.outcome, row.errors) == ("restored", [])
    assert Place.unscoped.get(pk=county.pk).code == "" and Place.unscoped.get(pk=village.pk).path == before


def test_a_chunk_with_one_guilty_row_writes_all_others_for_real(client, cast, monkeypatch):
    """A failed attempt for the whole chunk leaves nothing in memory that passes for written."""
    from dataclasses import replace

    from django.core.exceptions import ValidationError

    from shian.kernel.resources import registry

    units = registry.get("units")

    def save(*, actor, rows, verb, reason="", batch=None):
        written = save_rows(actor=actor, rows=rows, verb=verb, reason=reason, batch=batch)
        if any(row.short_name == "坏" for row in rows):
            raise ValidationError("简称不能是坏")
        return written

    monkeypatch.setitem(
        registry._resources, "units", replace(units, actions=replace(units.actions, save=save))
    )
    head = ["单位全称", "所属区域", "单位类型", "单位简称"]
    rows = [
        ["演示县财政局", "演示县", "部门", "县财政"],
        ["演示县公安局", "演示县", "部门", "坏"],
        ["演示县新局", "演示县", "部门", "新"],
    ]
    imported(client, "units", [head, *rows])
    names = dict(Unit.unscoped.filter(name__in=[r[0] for r in rows]).values_list("name", "short_name"))
    assert names["演示县财政局"] == "县财政" and names["演示县新局"] == "新" and names["演示县公安局"] != "坏"
    kinds = dict(SessionRow.unscoped.values_list("number", "kind"))
    assert kinds == {2: "changed", 3: "refused", 4: "new"}
    assert (
        json.dumps(
            list(SessionRow.unscoped.filter(kind="refused").values_list("errors", flat=True)),
            ensure_ascii=False,
        ).count("简称不能是坏")
        == 1
    )
