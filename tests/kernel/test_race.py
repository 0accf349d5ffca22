"""Two people save the same key at the same moment: the second reads who was first, at the field, and loses nothing.

The rival's row comes in after the check and before the write, where a real rival's would.
"""

import json

import pytest
from django.test import Client
from tests.kernel.test_imports import check, upload

from shian.kernel.changes.rows import save_rows
from shian.kernel.changes.taken import Taken
from shian.kernel.imports.models import SessionRow
from shian.kernel.listing.bulk import change_rows
from shian.kernel.people.models import Unit, User
from shian.kernel.resources import registry
from shian.kernel.resources.forms import ResourceForm
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.queries import actor_for

TAKEN = "已有所属区域为“演示县”、名称为“演示县新设局”的单位"


@pytest.fixture
def office(cast):
    client = Client()
    client.force_login(cast.users["shianban"])
    return client


@pytest.fixture
def rival(monkeypatch):
    """``rival(insert)``: runs ``insert`` once, when the next form has been checked and nothing is written yet."""
    checks, left = ResourceForm._post_clean, []

    def checked(form):
        checks(form)
        while left:
            with system("the rival was faster"):
                left.pop()()

    monkeypatch.setattr(ResourceForm, "_post_clean", checked)
    return left.append


def unit(cast, **more) -> dict:
    row = cast.units["财政局"]
    return {"name": "演示县新设局", "short_name": "县新设", "kind": row.kind, "place": row.place_id, "sort": 5} | more


def twin(cast):
    row = cast.units["财政局"]
    return lambda: Unit.unscoped.create(name="演示县新设局", place=row.place, kind=row.kind)


def test_the_form_says_it_at_the_field_and_keeps_what_was_typed(office, cast, rival):
    rival(twin(cast))
    page = office.post("/units/new/", unit(cast))
    text = page.content.decode()
    assert page.status_code == 422 and page.context["form"].errors["name"] == [TAKEN]
    assert "县新设" in text and "one_live" not in text and "UNIQUE" not in text
    assert page.context["title"] == "新建单位" and page.context["cancel_url"] == "/units/"
    assert Unit.unscoped.filter(name="演示县新设局").count() == 1
    assert office.post("/units/new/", unit(cast, name="演示县另设局")).status_code == 302


def test_an_edit_into_a_taken_name_is_said_at_the_field(office, cast, rival):
    row = cast.units["财政局"]
    rival(twin(cast))
    page = office.post(f"/units/{row.pk}/edit/", unit(cast, version=row.version))
    assert page.status_code == 422 and page.context["form"].errors["name"] == [TAKEN]
    assert Unit.unscoped.get(pk=row.pk).name == "演示县财政局"


def test_the_api_answers_a_conflict_at_the_field(office, cast, rival):
    rival(twin(cast))
    answer = office.post("/api/v1/units/", json.dumps(unit(cast)), content_type="application/json")
    assert answer.status_code == 409 and answer.json()["errors"] == {"name": [TAKEN]}
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_of_a_post_may_be_tried_again(office, cast, rival):
    rival(twin(cast))
    how = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "k1"}
    assert office.post("/api/v1/units/", json.dumps(unit(cast)), **how).status_code == 409
    answer = office.post("/api/v1/units/", json.dumps(unit(cast, name="演示县另设局")), **how)
    assert answer.status_code == 201 and answer.json()["name"] == "演示县另设局"


def test_bulk_names_the_row_and_the_reason(cast, rival):
    row = cast.units["财政局"]
    rival(twin(cast))
    actor = actor_for(cast.users["shianban"])
    result = change_rows(actor=actor, resource=registry.get("units"), verb="edit", keys=[row.pk],
                         values={"name": "演示县新设局"}, reason="", batch=None)  # fmt: skip
    assert result["done"] == 0 and TAKEN in result["refused"][0][1]


def test_rows_that_come_together_name_the_guilty_one(cast):
    place = cast.units["财政局"].place
    rows = [Unit(name=name, place=place, kind="department") for name in ("甲局", "乙局", "演示县财政局", "丙局")]
    with pytest.raises(Taken) as why:
        save_rows(actor=SYSTEM, rows=rows, verb="unit.create")
    assert why.value.obj is rows[2] and why.value.message_dict == {
        "name": ["已有所属区域为“演示县”、名称为“演示县财政局”的单位"]
    }


def test_a_field_that_is_unique_by_itself_is_said_as_the_check_says_it(cast):
    row = User(username="guanliyuan", name="另一人")
    with pytest.raises(Taken) as why:
        save_rows(actor=SYSTEM, rows=[row], verb="user.create")
    assert list(why.value.message_dict) == ["username"] and "登录名" in why.value.message_dict["username"][0]


def test_an_import_refuses_the_row_that_came_second_and_writes_the_others(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    rows = [["演示县新设局", "演示县", "部门", "新设"], ["演示县另设局", "演示县", "部门", "另设"]]
    url = upload(client, rows)
    check(client, url)
    with system("the rival was faster"):
        twin(cast)()
    client.post(url)
    refused = SessionRow.unscoped.get(kind="refused")
    assert TAKEN in refused.errors[0][2] and refused.values["name"] == "演示县新设局"
    assert Unit.unscoped.filter(name="演示县新设局").count() == 1 and Unit.unscoped.filter(name="演示县另设局").exists()
