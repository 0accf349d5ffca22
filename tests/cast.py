"""The tests' own people: made once a run beside the demo county's, with the grants ``tests/oracle.py`` lists."""

from __future__ import annotations

from django.test import Client

from shian.kernel.changes.writer import change
from shian.kernel.flows import registry as flows
from shian.kernel.people import actions as people
from shian.kernel.people.models import User
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM, verbs
from shian.kernel.scopes.models import Access, Role
from shian.site.demo.cast import Cast, find_cast, make_cast
from tests.oracle import FIRST, MEMBERS, MOVES, VERBS, Oracle, Roads

BYSTANDER = "bystander"
"""Somebody of the other county without any right: rows that hang on a person need one there."""


def make_all() -> None:
    """The demo county's cast and the members of the oracle's list."""
    cast = make_cast()
    by_name = {p.name: p for p in Place.unscoped.live()}
    roles: dict[tuple[str, ...], Role] = {}
    for member in MEMBERS.values():
        user = User(username=member.name, name=f"测试{member.name}", unit=cast.units[member.unit])
        people.save_user(actor=SYSTEM, user=user)
        for held in member.held:
            role = roles.get(held.verbs) or roles.setdefault(held.verbs, _role(held.verbs, len(roles)))
            people.grant(
                actor=SYSTEM, user=user, role=role, places=[by_name[held.place]], domains=held.domains,
                detail=held.detail,
            )  # fmt: skip
    other = User(username=BYSTANDER, name="邻县某人", unit=cast.units["neighbour"])
    people.save_user(actor=SYSTEM, user=other)


def _role(verbs: tuple[str, ...], number: int) -> Role:
    """The verbs for every entity: one cast serves all suites."""
    patterns = [pattern for verb in verbs for pattern in _patterns(verb)]
    role = Role(code=f"tests-{number}", name=f"测试角色{number}", permissions=patterns)
    with change(SYSTEM, "role.load") as w:
        w.save(role)
    return role


def _patterns(verb: str) -> list[str]:
    """What a role must be given for a word of the oracle's list."""
    if verb == MOVES:
        models = {case.permission("").rstrip(".") for case in flows.cases()}
        return [name for name in verbs.known() if name.split(".")[0] in models and name.split(".")[1] not in VERBS]
    if verb == FIRST:
        return [case.permission(case.flow.transitions[0].verb) for case in flows.cases()]
    return [verb if "." in verb else f"*.{verb}"]


def find_all() -> Cast:
    """The cast as it stands in the database, members of the oracle's list among its users."""
    cast = find_cast()
    cast.users |= {u.username: u for u in User.unscoped.filter(username__in=[*MEMBERS, BYSTANDER])}
    return cast


def client_of(cast: Cast, name: str = "guanliyuan") -> Client:
    """A browser in which somebody of the cast has signed in; the county's administrator unless named."""
    client = Client()
    client.force_login(cast.users[name])
    return client


def oracle(cast: Cast, roads: Roads, first: str = "") -> Oracle:
    """An oracle that knows the flow's ``first`` verb and the places, people and participations as they stand now."""
    places = list(Place.unscoped.values_list("pk", "parent_id", "name"))
    return Oracle(
        roads,
        parents={pk: parent for pk, parent, _name in places},
        names={name: pk for pk, _parent, name in places},
        users={name: cast.users[name].pk for name in MEMBERS},
        units={name: cast.users[name].unit_id for name in MEMBERS},
        access=set(Access.unscoped.filter(ended_at=None).values_list("object_type", "object_id", "unit_id")),
        first=first,
    )
