"""Names that only look like others are refused on every road (issue "Safe by construction", B8)."""

import json

import pytest
from django.test import Client

from shian.kernel.people.models import Unit


@pytest.fixture
def admin(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


BAD = ["东\u200b河镇", "\u202e镇河东", "东河镇\u3164", "АBC食品"]


@pytest.mark.parametrize("name", BAD)
def test_by_form_and_by_api(cast, admin, name):
    values = {"name": name, "kind": "township", "place": cast.places["东河镇"].pk, "sort": 1}
    page = admin.post("/units/new/", values)
    assert page.status_code == 422 and name in page.content.decode(), "what was typed stays"
    answer = admin.post("/api/v1/units/", json.dumps(values), content_type="application/json")
    assert answer.status_code == 400 and list(answer.json()["errors"]) == ["name"]
    assert not Unit.unscoped.filter(name=name).exists()


def test_a_second_error_is_not_lost(cast, admin):
    values = {"name": "东\u200b河镇", "kind": "township", "place": cast.county.pk, "sort": "x"}
    answer = admin.post("/api/v1/units/", json.dumps(values), content_type="application/json")
    assert set(answer.json()["errors"]) == {"name", "sort"}


@pytest.mark.parametrize("name", ["ABC（集团）食品店", "β-葡聚糖厂", "葛城Ａ店"])
def test_honest_names_pass(cast, admin, name):
    values = {"name": name, "kind": "business", "place": cast.county.pk, "sort": 1}
    assert admin.post("/units/new/", values).status_code == 302
