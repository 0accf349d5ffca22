"""An account is as good as its grants: nobody gets by a person what nobody would give him (attack of 2026-11)."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from shian.kernel.people.actions import grant, save_user
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.models import Grant, Role

FUTURE = dt.date.today() + dt.timedelta(days=400)


def role(code):
    return Role.unscoped.get(code=code)


def person(cast, username, unit, code="", place=None, **more):
    user = User(username=username, name=username, unit=cast.units[unit])
    save_user(actor=SYSTEM, user=user)
    if code:
        grant(actor=SYSTEM, user=user, role=role(code), places=[place] if place else [], **more)
    cast.users[username] = user
    return user


def client(cast, name):
    out = Client()
    out.force_login(cast.users[name])
    return out


def api(cast, by, method, url, **data):
    return client(cast, by).generic(method, url, json.dumps(data), content_type="application/json")


def patch(cast, by, user, **data):
    now = User.unscoped.get(pk=user.pk)
    return api(cast, by, "PATCH", f"/api/v1/users/{user.pk}/", version=now.version, **data).status_code


def reset(cast, by, user):
    return client(cast, by).post(f"/users/{user.pk}/password/").status_code


@pytest.fixture
def town(cast):
    """An administrator of one township, and in its unit a person whose grant is the county's."""
    person(cast, "zhenguan", "东河镇", "admin", cast.places["东河镇"])
    return cast


@pytest.mark.parametrize("how", ["plain", "switched off", "from next year", "waiting", "of the unit's place"])
def test_who_reaches_further_is_not_opened_whatever_state_his_grant_is_in(town, how):
    x = person(town, "xian", "东河镇", "office", town.county)
    with system("arranged by the test"):
        if how == "switched off":
            User.unscoped.filter(pk=x.pk).update(is_active=False)
        if how == "from next year":
            Grant.unscoped.filter(user=x).update(valid_from=FUTURE)
        if how == "waiting":
            Grant.unscoped.filter(user=x).update(state="asked")
    assert reset(town, "zhenguan", x) == 403
    assert patch(town, "zhenguan", x, email="me@example.org") == 403
    assert patch(town, "zhenguan", x, username="another") == 403
    assert patch(town, "zhenguan", x, is_active=how == "switched off") == 403
    assert patch(town, "zhenguan", x, email="me@example.org", is_active=False) == 403
    assert User.unscoped.get(pk=x.pk).email == ""


def test_an_ordinary_person_of_his_is_helped(town):
    near = person(town, "xin", "东河镇", "member")
    assert reset(town, "zhenguan", near) == 200
    assert patch(town, "zhenguan", near, email="xin@example.org") == 200
    assert patch(town, "zhenguan", near, is_active=False) == 200
    assert api(town, "zhenguan", "DELETE", f"/api/v1/users/{near.pk}/", version=User.unscoped.get(pk=near.pk).version).status_code in (200, 204)


@pytest.mark.parametrize(("code", "more"), [("platform", {}), ("admin", {}), ("reader", {"detail": "full"})])
def test_an_account_gives_no_more_than_a_grant_would(cast, code, more):
    """Of one's own place, but of a role, a detail or a power one may not give alone."""
    by = person(cast, "guan", "office", "admin", cast.county, detail="masked" if code == "reader" else "full")
    x = person(cast, "xian", "office", code, cast.county, **more)
    assert reset(cast, by.username, x) == 403
    assert patch(cast, by.username, x, email="me@example.org") in (400, 403)
    assert reset(cast, "guanliyuan", x) == (200 if code == "reader" else 403)


def test_a_domain_is_a_bound_too(cast):
    by = person(cast, "guan", "office", "admin", cast.county, domains=["food"])
    wide, same = person(cast, "kuan", "office", "member"), person(cast, "zhai", "office", "member", domains=["food"])
    assert (reset(cast, by.username, wide), reset(cast, by.username, same)) == (403, 200)


def test_from_above_and_where_one_person_is_enough(cast, settings):
    person(cast, "shiguan", "city", "admin", cast.city)
    x = person(cast, "xian", "office", "admin", cast.county)
    assert reset(cast, "shiguan", x) == 200
    settings.SECOND_PERSON = False
    assert reset(cast, "guanliyuan", x) == 200


def test_the_bounds_of_several_grants_do_not_add_up(cast):
    """Bound to a domain here and free there gives what is bound; masked here and full there gives what is masked."""
    by = person(cast, "guan", "office", "admin", cast.places["东河镇"], domains=["food"])
    grant(actor=SYSTEM, user=by, role=role("admin"), places=[cast.places["西岭镇"]])
    given = {"user": cast.users["donghe"].pk, "role": role("member").pk, "places": [cast.places["东河镇"].pk], "detail": "full"}
    row = Grant.unscoped.get(pk=api(cast, "guan", "POST", "/api/v1/grants/", **given).json()["id"])
    assert row.domains == ["food"]
    grant(actor=SYSTEM, user=by, role=role("admin"), places=[cast.places["西岭镇"]], detail="masked")
    assert api(cast, "guan", "POST", "/api/v1/grants/", **given).status_code == 400


@pytest.mark.parametrize("what", ["restore", "retire"])
def test_a_grant_of_wider_places_is_left_alone(town, what):
    row = Grant.unscoped.get(user=person(town, "q", "东河镇", "office", town.county))
    with system("arranged by the test"):
        Grant.unscoped.filter(pk=row.pk).update(retired_at=timezone.now() if what == "restore" else None)
    client(town, "zhenguan").post(f"/grants/{row.pk}/{what}/", {"reason": "x"})
    assert (Grant.unscoped.get(pk=row.pk).retired_at is None) == (what == "retire")


def test_one_that_waits_for_the_county_is_not_declined_by_the_town(town):
    row = Grant.unscoped.get(user=person(town, "q", "东河镇", "admin", town.county))
    with system("arranged by the test"):
        Grant.unscoped.filter(pk=row.pk).update(state="asked")
    answer = api(town, "zhenguan", "POST", f"/api/v1/grants/{row.pk}/decline/", version=row.version, reason="x")
    assert answer.status_code >= 400 and Grant.unscoped.get(pk=row.pk).state == "asked"


@pytest.fixture
def second(cast):
    return person(cast, "guanliyuan2", "office", "admin", cast.county)


def ask(cast, user, *places):
    values = {"user": user.pk, "role": role("admin").pk, "places": [p.pk for p in places], "detail": "full"}
    return Grant.unscoped.get(pk=api(cast, "guanliyuan", "POST", "/api/v1/grants/", **values).json()["id"])


def test_what_is_confirmed_is_what_was_read(cast, second):
    """The first person changes the places while the second reads: his page is stale."""
    row = ask(cast, cast.users["donghe"], cast.places["东河镇"])
    wider = {"version": row.version, "places": [cast.county.pk]}
    assert api(cast, "guanliyuan", "PATCH", f"/api/v1/grants/{row.pk}/", **wider).status_code == 200
    answer = api(cast, "guanliyuan2", "POST", f"/api/v1/grants/{row.pk}/confirm/", version=row.version)
    assert answer.status_code == 409 and Grant.unscoped.get(pk=row.pk).state == "asked"


def test_a_confirmed_grant_without_places_stays_where_it_was_confirmed(cast, second):
    mover = person(cast, "w", "东河镇", "member")
    row = ask(cast, mover)
    assert not row.places.exists()
    assert api(cast, "guanliyuan2", "POST", f"/api/v1/grants/{row.pk}/confirm/", version=row.version).status_code == 200
    assert [p.name for p in row.places.all()] == ["东河镇"]
    assert patch(cast, "guanliyuan", mover, unit=cast.units["财政局"].pk) == 200
    assert [g.roots for g in cast.actor("w").grants if g.role == "admin"] == [(cast.places["东河镇"].path,)]
