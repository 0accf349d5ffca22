"""A refusal says what to do: at the field that gives a new row its place."""

import datetime as dt
import json

import pytest
from django.test import Client

from shian.kernel.clock.models import CalendarDay


@pytest.fixture
def admin(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


PERSON = {"username": "heping", "name": "何平", "is_active": True}


def test_a_person_without_a_unit_is_refused_at_the_unit(admin):
    page = admin.post("/users/new/", PERSON)
    assert page.status_code == 422
    assert page.context["form"].errors == {"unit": ["“单位”留空的用户属于整个系统，只有平台管理员可以登记；请选择您辖区内的单位"]}
    answer = admin.post("/api/v1/users/", json.dumps(PERSON), content_type="application/json")
    assert answer.status_code in (400, 403) and "请选择您辖区内的单位" in json.dumps(answer.json(), ensure_ascii=False)


def test_who_lacks_the_verb_reads_that(cast):
    client = Client()
    client.force_login(cast.users["donghe"])
    answer = client.post("/api/v1/users/", json.dumps(PERSON), content_type="application/json")
    assert answer.status_code == 403 and "辖区内" not in json.dumps(answer.json(), ensure_ascii=False)


def test_a_calendar_day_starts_without_a_place_and_a_unit_with_one(cast, admin):
    assert admin.get("/calendar-days/new/").context["form"].initial["place"] is None
    assert admin.get("/units/new/").context["form"].initial["place"] == cast.county.pk


def test_national_days_are_refused_to_a_county_in_words(cast, admin):
    day = {"date": str(dt.date(2027, 5, 3)), "kind": "off"}
    page = admin.post("/calendar-days/new/", day)
    assert page.status_code == 422
    said = page.context["form"].errors["place"]
    assert "平台管理员" in said[0] and "请选择您辖区内的区域" in said[0]
    page = admin.post("/calendar-days/new/", day | {"place": cast.county.pk})
    assert page.status_code == 422 and "停止办公" in page.context["form"].errors["place"][0]
    assert admin.post("/calendar-days/new/", day | {"place": cast.county.pk, "kind": "closure"}).status_code == 302
    national = Client()
    national.force_login(cast.users["pingtai"])
    assert national.post("/calendar-days/new/", day | {"date": "2027-05-04"}).status_code == 302
    assert CalendarDay.unscoped.filter(date="2027-05-04", place=None, kind="off").exists()
