"""Nobody gives what he does not hold; power is given by two; nobody's rights change unseen (B5, B6)."""

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from shian.kernel.changes.writer import change
from shian.kernel.granting.actions import confirm, restore_grants, save_grants
from shian.kernel.granting.flow import FLOW
from shian.kernel.jobs.actions import load_schedules
from shian.kernel.jobs.models import Schedule
from shian.kernel.notices.models import Notice
from shian.kernel.people.actions import grant, save_user
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM, bounds, verbs
from shian.kernel.scopes.models import Grant, Role
from shian.kernel.scopes.rights import can


def role(code):
    return Role.unscoped.get(code=code)


def api(cast, username, method, url, data):
    client = Client()
    client.force_login(cast.users[username])
    return client.generic(method, url, json.dumps(data), content_type="application/json")


def give(cast, by, code, to="donghe", **more):
    values = {"user": cast.users[to].pk, "role": role(code).pk, "places": [cast.county.pk], "detail": "full"} | more
    return api(cast, by, "POST", "/api/v1/grants/", values)


@pytest.fixture
def second(cast):
    """Another administrator of the same county."""
    user = User(username="guanliyuan2", name="郑洁", unit=cast.units["office"])
    save_user(actor=SYSTEM, user=user)
    grant(actor=SYSTEM, user=user, role=role("admin"), places=[cast.county])
    cast.users[user.username] = user
    return user


def test_the_table_and_the_column_agree():
    assert [code for code, _label in FLOW.choices()] == [code for code, _label in Grant.STATES]


@pytest.mark.parametrize(
    ("code", "answer"), [("office", 201), ("member", 201), ("reader", 201), ("admin", 201), ("platform", 400)]
)
def test_an_administrator_gives_the_roles_he_was_trusted_with_or_holds(cast, code, answer):
    got = give(cast, "guanliyuan", code)
    assert got.status_code == answer, got.content.decode()
    if answer == 400:
        assert "平台管理员" in str(got.json()["errors"])


def test_a_role_of_ones_own_making_gives_no_more_than_one_holds(cast):
    wide = Role(code="wide", name="宽", permissions=["unit.*", "task.*"])
    with change(SYSTEM, "role.load") as w:
        w.save(wide)
    assert give(cast, "guanliyuan", "wide").status_code == 400
    with change(SYSTEM, "role.load") as w:
        wide.permissions = ["unit.*", "user.edit"]
        w.save(wide)
    assert give(cast, "guanliyuan", "wide").status_code == 201


def test_who_works_in_one_domain_gives_nothing_beyond_it(cast):
    person = cast.users["xiling"]
    grant(actor=SYSTEM, user=person, role=role("admin"), places=[cast.county], domains=["food"])
    row = Grant(user=cast.users["donghe"], role=role("reader"), domains=["drug", "food"])
    save_grants(actor=cast.actor("xiling"), rows=[row], verb="grant.create")
    assert Grant.unscoped.get(pk=row.pk).domains == ["food"]
    row = Grant(user=cast.users["donghe"], role=role("reader"))
    save_grants(actor=cast.actor("xiling"), rows=[row], verb="grant.create")
    assert Grant.unscoped.get(pk=row.pk).domains == ["food"]


def test_power_waits_for_a_second_person_and_counts_for_nothing_until_then(cast, second):
    made = give(cast, "guanliyuan", "admin")
    row = Grant.unscoped.get(pk=made.json()["id"])
    assert (row.state, row.asked_by) == ("asked", cast.users["guanliyuan"])
    assert not can(cast.actor("donghe"), "user.password")
    url = f"/api/v1/grants/{row.pk}/confirm/"
    assert api(cast, "guanliyuan", "POST", url, {"version": row.version}).status_code in (400, 409, 422)
    assert api(cast, "donghe", "POST", url, {"version": row.version}).status_code in (403, 404)
    assert Grant.unscoped.get(pk=row.pk).state == "asked"
    done = api(cast, "guanliyuan2", "POST", url, {"version": row.version})
    assert done.status_code == 200, done.content.decode()
    assert can(cast.actor("donghe"), "user.password")


def test_the_second_person_says_no_with_a_reason(cast, second):
    row = Grant.unscoped.get(pk=give(cast, "guanliyuan", "admin").json()["id"])
    url = f"/api/v1/grants/{row.pk}/decline/"
    assert api(cast, "guanliyuan2", "POST", url, {"version": row.version}).status_code in (400, 422)
    said = {"version": row.version, "reason": "未经领导批准"}
    assert api(cast, "guanliyuan2", "POST", url, said).status_code == 200
    assert Grant.unscoped.get(pk=row.pk).state == "declined" and not can(cast.actor("donghe"), "user.password")


def test_a_second_person_who_does_not_hold_it_confirms_nothing(cast, second):
    row = Grant.unscoped.get(pk=give(cast, "guanliyuan", "admin").json()["id"])
    with pytest.raises((ValidationError, PermissionDenied)):
        confirm(actor=cast.actor("shianban"), obj=row)
    near = User(username="zhenguan", name="镇管理员", unit=cast.units["东河镇"])
    save_user(actor=SYSTEM, user=near)
    grant(actor=SYSTEM, user=near, role=role("admin"), places=[cast.places["东河镇"]])
    with pytest.raises(ValidationError, match="超出您的权限范围"):
        confirm(actor=cast.actor("zhenguan"), obj=Grant.unscoped.get(pk=row.pk))
    with pytest.raises(ValidationError, match="不能给自己授权"):
        confirm(actor=cast.actor("donghe"), obj=Grant.unscoped.get(pk=row.pk))


def test_an_ordinary_role_holds_at_once_and_one_edited_into_power_waits(cast, second):
    row = Grant.unscoped.get(pk=give(cast, "guanliyuan", "member").json()["id"])
    assert row.state == "given"
    values = {"version": row.version, "role": role("admin").pk}
    assert api(cast, "guanliyuan", "PATCH", f"/api/v1/grants/{row.pk}/", values).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.asked_by) == ("asked", cast.users["guanliyuan"])
    places = {"version": row.version, "places": [cast.places["东河镇"].pk]}
    assert api(cast, "guanliyuan2", "PATCH", f"/api/v1/grants/{row.pk}/", places).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.asked_by) == ("asked", second), "who edited last is the first person"


def test_a_restored_grant_of_power_waits_again(cast, second):
    row = Grant.unscoped.get(user=second)
    admin = cast.users["guanliyuan"]
    assert api(cast, admin.username, "DELETE", f"/api/v1/grants/{row.pk}/", {"version": row.version}).status_code in (200, 204)
    assert not can(cast.actor("guanliyuan2"), "user.edit")
    restore_grants(actor=cast.actor("guanliyuan"), rows=[Grant.unscoped.get(pk=row.pk)], verb="grant.restore")
    assert Grant.unscoped.get(pk=row.pk).state == "asked" and not can(cast.actor("guanliyuan2"), "user.edit")


def test_with_one_administrator_the_rule_is_switched_off(cast, settings):
    settings.SECOND_PERSON = False
    assert give(cast, "guanliyuan", "admin").json()["id"]
    assert can(cast.actor("donghe"), "user.password")


def test_the_person_and_the_level_above_hear_of_every_grant(cast):
    boss = User(username="shiguan", name="市管理员", unit=cast.units["city"])
    save_user(actor=SYSTEM, user=boss)
    grant(actor=SYSTEM, user=boss, role=role("admin"), places=[cast.city])
    Notice.unscoped.all().delete()
    give(cast, "guanliyuan", "member", to="shianban")
    told = set(Notice.unscoped.values_list("user__username", "title"))
    assert told == {(who, "周敏的授权“成员单位工作人员”：有效") for who in ("shianban", "shiguan", "installer")}
    row = Grant.unscoped.get(user__username="shianban", role__code="member")
    api(cast, "guanliyuan", "DELETE", f"/api/v1/grants/{row.pk}/", {"version": row.version})
    assert set(Notice.unscoped.filter(title__contains="已停用").values_list("user__username", flat=True)) == {
        "shianban", "shiguan", "installer",
    }  # fmt: skip


def test_at_the_top_who_looks_after_the_installation_hears_of_it(cast):
    top = User(username="sheng", name="省管理员", unit=cast.units["province"])
    save_user(actor=SYSTEM, user=top)
    grant(actor=SYSTEM, user=top, role=role("admin"), places=[cast.places["省"]])
    Notice.unscoped.all().delete()
    person = User(username="shengban", name="省里某人", unit=cast.units["province"])
    save_user(actor=SYSTEM, user=person)
    row = Grant(user=person, role=role("member"))
    save_grants(actor=cast.actor("sheng"), rows=[row], verb="grant.create")
    assert set(Notice.unscoped.values_list("user__username", flat=True)) == {"shengban", "pingtai", "installer"}


def test_what_waits_stands_on_the_landing_page_of_who_may_confirm_it(cast, second):
    give(cast, "guanliyuan", "admin")
    seen = {}
    for name in ("guanliyuan", "guanliyuan2", "donghe"):
        client = Client()
        client.force_login(cast.users[name])
        seen[name] = "待复核的授权" in client.get("/").content.decode()
    assert seen == {"guanliyuan": False, "guanliyuan2": True, "donghe": False}


def test_no_person_grants_past_the_page(cast):
    with pytest.raises(PermissionDenied):
        grant(actor=cast.actor("guanliyuan"), user=cast.users["donghe"], role=role("admin"), places=[cast.county])


def test_every_power_is_a_verb_and_a_role_with_one_counts_as_powerful():
    assert set(bounds.POWERS) <= set(verbs.known())
    for patterns, is_so in [(["*.view"], False), (["user.*"], True), (["*.*"], True), (["installation.change"], True)]:
        assert bounds.powerful(Role(permissions=patterns)) is is_so


# -- what belongs to the installation (B5) --------------------------------------------------------------
def test_a_county_administrator_changes_neither_the_national_calendar_nor_the_schedules(cast):
    national = {"date": "2027-05-01", "kind": "off", "place": None}
    assert api(cast, "guanliyuan", "POST", "/api/v1/calendar-days/", national).status_code in (400, 403)
    local = national | {"place": cast.county.pk, "kind": "closure"}
    assert api(cast, "guanliyuan", "POST", "/api/v1/calendar-days/", local).status_code == 201
    assert api(cast, "pingtai", "POST", "/api/v1/calendar-days/", national).status_code == 201
    row = sealing()
    assert api(cast, "guanliyuan", "PATCH", f"/api/v1/schedules/{row.pk}/", {"version": row.version, "active": False}).status_code == 403


def sealing():
    load_schedules(SYSTEM)
    return Schedule.unscoped.get(kind="changes.seal")


@pytest.mark.parametrize(
    "values",
    [{"active": False}, {"every_minutes": 100000}, {"every_minutes": None, "daily_at": "03:00"}, {"kind": "jobs.tidy"}],
)
def test_sealing_is_not_switched_off_slowed_down_or_turned_into_something_else(cast, values):
    row = sealing()
    answer = api(cast, "pingtai", "PATCH", f"/api/v1/schedules/{row.pk}/", {"version": row.version} | values)
    assert answer.status_code == 400, answer.content.decode()
    row.refresh_from_db()
    assert (row.active, row.every_minutes, row.daily_at, row.kind) == (True, 1, None, "changes.seal")


def test_sealing_is_not_retired_and_other_schedules_are(cast):
    row = sealing()
    gone = api(cast, "pingtai", "DELETE", f"/api/v1/schedules/{row.pk}/", {"version": row.version})
    assert gone.status_code == 400 and Schedule.unscoped.get(pk=row.pk).retired_at is None
    other = Schedule.unscoped.get(kind="jobs.tidy")
    values = {"version": other.version, "daily_at": str(dt.time(4, 0))}
    assert api(cast, "pingtai", "PATCH", f"/api/v1/schedules/{other.pk}/", values).status_code == 200
