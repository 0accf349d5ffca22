"""Rights, asked in one place: territory × domain, level of detail, own unit's and own rows, participation, installation.

The expected answers are written by hand beside each case; the generated suites (``tests/suite``) ask the same of every
resource against an oracle.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shian.kernel.changes.writer import change
from shian.kernel.clock.models import CalendarDay
from shian.kernel.people.models import Unit, User
from shian.kernel.places.models import Population
from shian.kernel.scopes import SYSTEM, Actor, GrantView, UnguardedWrite, system
from shian.kernel.scopes.rights import can, refusals, require
from shian.kernel.scopes.verbs import UnknownVerb, known


def actor(*grants, unit=None, user=77):
    return Actor(user, "某人", unit_id=unit, grants=grants)


def grant(cast_place, *permissions, detail="full", domains=()):
    return GrantView(permissions, (cast_place.path,), frozenset(domains), detail)


def test_territory_decides_and_a_grant_of_numbers_never_does(cast):
    unit = cast.units["财政局"]
    assert can(actor(grant(cast.county, "unit.edit")), "unit.edit", unit)
    assert can(actor(grant(cast.city, "unit.*")), "unit.edit", unit)
    assert not can(actor(grant(cast.other_county, "unit.*")), "unit.edit", unit)
    assert not can(actor(grant(cast.county, "unit.view")), "unit.edit", unit)
    assert not can(actor(grant(cast.county, "*", detail="counts")), "unit.edit", unit)
    assert not can(actor(), "unit.edit", unit)
    assert can(SYSTEM, "unit.edit", unit)


def test_a_row_is_asked_as_stored_and_as_filled_in(cast):
    here = actor(grant(cast.county, "unit.*"))
    unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    unit.place = cast.other_county
    with pytest.raises(PermissionDenied, match="邻演示县"), change(here, "unit.edit") as w:
        w.save(unit)
    taken = Unit.unscoped.get(pk=cast.units["neighbour"].pk)
    taken.place = cast.county
    with pytest.raises(PermissionDenied, match="邻演示县"), change(here, "unit.edit") as w:
        w.save(taken)
    assert Unit.unscoped.get(pk=unit.pk).place == cast.county
    assert Unit.unscoped.get(pk=taken.pk).place == cast.other_county


def test_the_road_does_not_replace_the_verb(cast):
    """Somebody of the unit sees his colleagues; to edit them he needs the verb, wherever it was given."""
    unit = cast.units["东河镇"]
    colleague = cast.users["donghe"]
    assert not can(actor(unit=unit.pk), "user.edit", colleague)
    elsewhere = grant(cast.places["西岭镇"], "user.edit")
    assert can(actor(elsewhere, unit=unit.pk), "user.edit", colleague)
    assert not can(actor(elsewhere), "user.edit", colleague)


def test_own_rows_need_no_grant_for_verbs_declared_so(cast):
    job = {"kind": "x", "title": "x"}
    from shian.kernel.jobs.models import Job

    mine, other = Job(owner=cast.users["donghe"], **job), Job(owner=cast.users["xiling"], **job)
    donghe = actor(user=cast.users["donghe"].pk)
    assert can(donghe, "job.enqueue", mine) and not can(donghe, "job.enqueue", other)
    assert not can(donghe, "job.manage", mine)


def test_a_row_without_a_place_belongs_to_the_installation(cast):
    holiday = CalendarDay(date="2026-05-01", kind="off")
    county = grant(cast.county, "calendarday.*")
    assert not can(actor(county), "calendarday.save", holiday)
    assert can(actor(county, grant(cast.county, "installation.change")), "calendarday.save", holiday)
    assert can(actor(county), "calendarday.save", CalendarDay(date="2026-05-01", kind="closure", place=cast.county))


def test_a_refusal_names_place_and_verb_and_unknown_verbs_are_mistakes(cast):
    with pytest.raises(PermissionDenied, match="您没有在“演示县”修改的权限"):
        require(actor(), "unit.edit", cast.units["财政局"])
    with pytest.raises(UnknownVerb):
        can(actor(grant(cast.county, "*")), "unit.improve", cast.units["财政局"])


def test_rights_of_a_thousand_rows_ask_once(cast):
    places = [*cast.places.values(), cast.other_county]
    rows = [Population(place_id=places[n % len(places)].pk, year=1000 + n, persons=1) for n in range(1000)]
    with CaptureQueriesContext(connection) as asked:
        refused = refusals(actor(grant(cast.county, "population.create")), "population.create", rows)
    inside = {p.pk for p in places if p.path.startswith(cast.county.path)}
    assert refused.keys() == {n for n, row in enumerate(rows) if row.place_id not in inside}
    assert sum("persons" in q["sql"] or "places_place" in q["sql"] for q in asked) <= 1 + len(refused)


def test_rows_are_written_inside_a_change_or_a_system_block_only(cast):
    unit = cast.units["财政局"]
    unit.short_name = "县财政"
    tries = [
        unit.save,
        unit.delete,
        lambda: Unit.unscoped.filter(pk=unit.pk).update(short_name="x"),
        lambda: Unit.unscoped.filter(pk=unit.pk).delete(),
        lambda: Unit.unscoped.bulk_create([Unit(name="x", kind="other", place=cast.county)]),
        lambda: Unit.unscoped.bulk_update([unit], ["short_name"]),
        lambda: Unit.unscoped.create(name="x", kind="other", place=cast.county),
        lambda: Unit.unscoped.get_or_create(name="x", kind="other", place=cast.county),
        lambda: cast.county.units.create(name="x", kind="other"),
        lambda: cast.county.units.add(cast.units["neighbour"]),
        lambda: cast.users["shianban"].grants.first().places.clear(),
        lambda: cast.users["shianban"].grants.first().places.add(cast.other_county),
    ]
    for attempt in tries:
        with pytest.raises(UnguardedWrite), transaction.atomic():
            attempt()
    with system("arranged by the test"):
        unit.save()
    assert Unit.unscoped.get(pk=unit.pk).short_name == "县财政"


def test_a_row_read_in_part_is_not_saved(cast):
    part = Unit.unscoped.only("name").get(pk=cast.units["财政局"].pk)
    part.name = "县财政局"
    with pytest.raises(TypeError, match="only"), change(SYSTEM, "unit.save") as w:
        w.save(part)


def test_every_verb_of_the_roles_is_declared_and_every_declared_one_is_given(cast):
    from fnmatch import fnmatchcase

    from shian.kernel.scopes.models import Role

    patterns = {p for role in Role.unscoped.all() for p in role.permissions}
    names = {name: verb for name, verb in known().items() if not name.startswith("bench_")}
    unknown = [p for p in patterns if not any(fnmatchcase(name, p) for name in names)]
    idle = [n for n, verb in names.items() if not verb.own and not any(fnmatchcase(n, p) for p in patterns)]
    assert unknown == [] and idle == []


def test_a_person_of_another_county_cannot_be_taken_over(cast):
    admin = cast.actor("guanliyuan")
    foreign = User(username="lin", name="林某", unit=cast.units["neighbour"])
    with pytest.raises(PermissionDenied), change(admin, "user.save") as w:
        w.save(foreign)
