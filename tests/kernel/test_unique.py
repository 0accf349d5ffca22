"""A key that is taken: the person reads which field, which value, and what has it already."""

import json

import pytest
from django.apps import apps
from django.db.models import CheckConstraint
from django.test import Client

from shian.kernel.people.models import Unit
from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.unique import OneLive

TAKEN = "已有所属区域为“演示县”、名称为“演示县财政局”的单位"


@pytest.fixture
def office(cast):
    client = Client()
    client.force_login(cast.users["shianban"])
    return client


def body(cast, **more):
    row = cast.units["财政局"]
    return {"name": row.name, "short_name": "县财政", "kind": row.kind, "place": row.place_id, "sort": 5, **more}


def test_the_form_says_it_at_the_field_and_keeps_what_was_typed(office, cast):
    page = office.post("/units/new/", body(cast))
    text = page.content.decode()
    assert page.status_code == 422 and TAKEN in text and "县财政" in text
    assert "one_live" not in text


def test_the_api_says_it_at_the_field(office, cast):
    answer = office.post("/api/v1/units/", json.dumps(body(cast)), content_type="application/json")
    assert answer.status_code == 400 and "one_live" not in answer.content.decode()
    assert TAKEN in json.dumps(answer.json(), ensure_ascii=False)


def test_the_key_of_a_retired_row_is_free(office, cast):
    body_ = body(cast, name="演示县临时局")
    assert office.post("/units/new/", body_).status_code == 302
    first = Unit.unscoped.get(name="演示县临时局")
    office.post(f"/units/{first.pk}/retire/", {"version": first.version, "reason": "撤并"})
    assert office.post("/units/new/", body_).status_code == 302


def test_every_key_of_a_live_row_is_said_in_words():
    """A condition in a constraint makes Django name the constraint, so each is worded: by OneLive or by itself."""
    silent = [
        f"{model.__name__}.{c.name}"
        for model in apps.get_models()
        if issubclass(model, Entity)
        for c in model._meta.constraints
        if getattr(c, "condition", None) is not None and not isinstance(c, OneLive)
        if c.violation_error_message == CheckConstraint.default_violation_error_message
    ]
    assert silent == []
