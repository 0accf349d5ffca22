"""What an attack on the kernel found; each stays closed."""

import base64
import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from shian.kernel.changes import onetime
from shian.kernel.changes.models import OneTimeKey
from shian.kernel.people.actions import grant
from shian.kernel.people.models import Unit, User
from shian.kernel.places.actions import save_place
from shian.kernel.places.models import Place, Population
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.context import system
from shian.kernel.scopes.detail import sees_personal
from shian.kernel.scopes.models import Grant, Role


@pytest.fixture
def admin(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


def send(client, method, url, data, **headers):
    return client.generic(method, url, data if isinstance(data, str) else json.dumps(data),
                          content_type="application/json", headers=headers)  # fmt: skip


def test_an_administrator_cannot_move_himself_into_the_province(cast, admin):
    me = User.unscoped.get(username="guanliyuan")
    mine = Grant.unscoped.get(user=me)
    for values in ({"places": []}, {"detail": "masked"}, {"places": [cast.places["东河镇"].pk]}):
        assert send(admin, "PATCH", f"/api/v1/grants/{mine.pk}/", {"version": mine.version} | values).status_code == 400
    assert list(mine.places.all()) == [cast.county]
    values = {"user": me.pk, "role": Role.unscoped.get(code="office").pk, "places": [], "detail": "full"}
    assert send(admin, "POST", "/api/v1/grants/", values).status_code == 400
    there = {"version": me.version, "unit": cast.units["province"].pk}
    assert send(admin, "PATCH", f"/api/v1/users/{me.pk}/", there).status_code == 400
    assert User.unscoped.get(pk=me.pk).unit == cast.units["office"]
    inside = {"version": me.version, "unit": cast.units["财政局"].pk}
    assert send(admin, "PATCH", f"/api/v1/users/{me.pk}/", inside).status_code == 200


def test_who_sees_no_personal_data_opens_it_to_nobody(cast):
    from shian.kernel.granting.actions import save_grants

    grant(actor=SYSTEM, user=cast.users["xiling"], role=Role.unscoped.get(code="admin"), places=[cast.county],
          detail="masked")  # fmt: skip
    row = Grant(user=cast.users["donghe"], role=Role.unscoped.get(code="office"), detail="full")
    with pytest.raises(ValidationError):
        save_grants(actor=cast.actor("xiling"), rows=[row], verb="grant.create")


@pytest.mark.parametrize("value", [5, 1.5, True, ["x"], [[1]], {"a": 1}])
@pytest.mark.parametrize("field", ["valid_from", "sort", "place"])
def test_json_of_a_wrong_type_is_said_to_be_wrong(cast, admin, field, value):
    values = {"name": "新单位", "kind": "other", "place": cast.county.pk, "sort": 1, field: value}
    assert send(admin, "POST", "/api/v1/units/", values).status_code in {201, 400}


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, '{"kind": "\\ud800", "name": "\\ud800"}'])
def test_a_body_that_cannot_be_read_is_malformed(admin, body):
    assert send(admin, "POST", "/api/v1/units/", body).status_code == 400


@pytest.mark.parametrize("position", ["p=abc", "p=\x00", "p=²"])
def test_a_cursor_we_did_not_write_is_not_found(admin, position):
    cursor = base64.b64encode(position.encode()).decode()
    assert admin.get("/api/v1/units/", {"cursor": cursor}).status_code == 404


def test_a_key_speaks_of_its_own_address_and_counts_to_its_last_letter(cast, admin):
    def people(year, key):
        row = {"place": cast.county.pk, "year": year, "persons": 1}
        return send(admin, "POST", "/api/v1/populations/", row, **{"Idempotency-Key": key})

    long = "k" * 90
    assert people(2001, f"{long}a").json()["year"] == 2001
    assert people(2002, f"{long}b").json()["year"] == 2002
    assert people(2002, f"{long}b").status_code == 200
    unit = {"name": "甲单位", "kind": "other", "place": cast.county.pk, "sort": 1}
    assert admin.post("/units/new/", unit | {"once_key": "same"}).status_code == 302
    answer = send(admin, "POST", "/api/v1/units/", unit | {"name": "乙单位"}, **{"Idempotency-Key": "same"})
    assert answer.status_code == 201 and answer.json()["name"] == "乙单位"
    assert Unit.unscoped.filter(name__in=["甲单位", "乙单位"]).count() == 2
    assert Population.unscoped.filter(year__in=[2001, 2002]).count() == 2


def test_a_key_with_other_content_is_told_and_does_nothing(cast, admin):
    unit = {"name": "甲单位", "kind": "other", "place": cast.county.pk, "sort": 1}
    assert send(admin, "POST", "/api/v1/units/", unit, **{"Idempotency-Key": "k"}).status_code == 201
    same = dict(reversed(unit.items()))
    assert send(admin, "POST", "/api/v1/units/", same, **{"Idempotency-Key": "k"}).json()["name"] == "甲单位"
    other = send(admin, "POST", "/api/v1/units/", unit | {"name": "乙单位"}, **{"Idempotency-Key": "k"})
    assert other.status_code == 422 and "Idempotency-Key" in other.json()["title"]
    assert list(Unit.unscoped.filter(name__in=["甲单位", "乙单位"]).values_list("name", flat=True)) == ["甲单位"]


def test_keys_are_kept_for_seven_days(cast, admin):
    unit = {"name": "甲单位", "kind": "other", "place": cast.county.pk, "sort": 1}
    assert send(admin, "POST", "/api/v1/units/", unit, **{"Idempotency-Key": "k"}).status_code == 201
    now = timezone.now()
    assert onetime.forget(now - dt.timedelta(days=6)) == 0 and OneTimeKey.unscoped.count() == 1
    assert onetime.forget(now + dt.timedelta(seconds=5)) == 1 and not OneTimeKey.unscoped.exists()


def test_version_nought_is_no_version(cast, admin):
    row = Population.unscoped.first()
    values = {"place": row.place_id, "year": row.year, "persons": 7, "version": "0"}
    assert admin.post(f"/populations/{row.pk}/edit/", values).status_code == 422


def test_a_full_grant_opens_personal_data_where_it_holds_only(cast):
    person, admin = cast.users["xiling"], Role.unscoped.get(code="admin")
    grant(actor=SYSTEM, user=person, role=admin, places=[cast.places["东河镇"]])
    assert sees_personal(cast.actor("xiling"), cast.users["shianban"])  # nothing is masked for him
    grant(actor=SYSTEM, user=person, role=Role.unscoped.get(code="reader"), places=[cast.county], detail="masked")
    actor = cast.actor("xiling")
    assert not sees_personal(actor, cast.users["shianban"])
    assert sees_personal(actor, cast.users["donghe"])


def test_nobody_resets_the_password_of_who_reaches_further(cast, admin):
    """He reads the new password: by his unit's road, or beside a grant beyond his own, it would be a way up."""
    colleague, boss = cast.users["shianban"], cast.users["guanliyuan"]
    role = Role.unscoped.get(code="admin")
    grant(actor=SYSTEM, user=cast.users["donghe"], role=role, places=[cast.places["东河镇"]])
    seconded = cast.users["nongyeju"]
    grant(actor=SYSTEM, user=seconded, role=role, places=[cast.city])
    assert admin.post(f"/users/{colleague.pk}/password/").status_code == 200
    assert admin.post(f"/users/{seconded.pk}/password/").status_code == 403
    with system("test"):
        User.unscoped.filter(username="donghe").update(unit=cast.units["office"])
    client = Client()
    client.force_login(cast.users["donghe"])
    assert client.post(f"/users/{boss.pk}/password/").status_code == 403


def test_nobody_turns_the_letters_of_who_reaches_further_to_himself(cast, admin):
    """A new password goes to the address of the account: setting it is as good as setting the password."""
    boss = cast.users["shishianban"]
    with system("arranged by the test"):
        User.unscoped.filter(pk=boss.pk).update(unit=cast.units["office"])
    grant(actor=SYSTEM, user=boss, role=Role.unscoped.get(code="admin"), places=[cast.city])
    boss.refresh_from_db()
    mine = {"version": boss.version, "email": "me@example.org"}
    assert send(admin, "PATCH", f"/api/v1/users/{boss.pk}/", mine).status_code == 403
    near = User.unscoped.get(username="donghe")
    assert send(admin, "PATCH", f"/api/v1/users/{near.pk}/", mine | {"version": near.version}).status_code == 200
    assert list(User.unscoped.exclude(email="").values_list("username", flat=True)) == ["donghe"]


def test_a_county_does_not_swallow_another_province(cast, admin):
    other = save_place(actor=SYSTEM, place=Place(name="外省", kind="province"))
    other = Place.unscoped.get(pk=other.pk)
    given = {"version": other.version, "parent": cast.county.pk}
    assert send(admin, "PATCH", f"/api/v1/places/{other.pk}/", given).status_code == 403
    assert Place.unscoped.get(pk=other.pk).parent is None


def test_a_list_masks_what_the_page_of_the_row_masks(cast):
    with system("test"):
        User.unscoped.filter(username="shianban").update(phone="13812345678")
    reader, admin = Client(), Client()
    reader.force_login(cast.users["shishianban"])
    admin.force_login(cast.users["guanliyuan"])
    for query in ("", "?cols=name&cols=phone", "?sort=-phone"):
        page = reader.get(f"/users/{query}")
        assert "周敏" in page.content.decode() and "13812345678" not in page.content.decode()
        assert "138*****678" in page.content.decode()
        assert "13812345678" in admin.get(f"/users/{query}").content.decode()
