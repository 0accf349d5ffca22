"""Territory, participation, own unit; an unscoped query is an error."""

import pytest

from shian.kernel.people.models import User
from shian.kernel.places.models import Place
from shian.kernel.scopes import Actor, GrantView, UnscopedQuery, system
from shian.kernel.scopes.rights import can_at
from shian.kernel.scopes.scope import subtree


def test_objects_raises_outside_a_scope(cast):
    with pytest.raises(UnscopedQuery):
        User.objects.all()
    with system("test"):
        assert User.objects.count() == len(cast.users)


def test_system_needs_a_reason():
    with pytest.raises(ValueError), system(""):
        pass


def test_territory_reaches_down_not_up_or_sideways(cast):
    reader = cast.actor("shishianban")
    names = set(User.objects.for_actor(reader).values_list("username", flat=True))
    assert {"shianban", "donghe", "shishianban"} <= names
    member = cast.actor("donghe")
    assert set(User.objects.for_actor(member).values_list("username", flat=True)) == {"donghe"}


def test_subtree_is_a_prefix_range(cast):
    got = set(Place.unscoped.filter(subtree("path", cast.county.path)))
    want = {p for p in Place.unscoped.all() if p.path.startswith(cast.county.path)}
    assert got == want and cast.other_county not in got


def test_counts_grant_opens_no_rows(cast):
    grant = GrantView(permissions=("*.view",), roots=(cast.city.path,), detail="counts")
    actor = Actor(user_id=-1, name="x", grants=(grant,))
    assert not User.objects.for_actor(actor).exists()


def test_domains_narrow_territory(cast):
    grant = GrantView(permissions=("unit.*",), roots=(cast.county.path,))
    actor = Actor(user_id=1, name="x", grants=(grant,))
    assert can_at(actor, "unit.save", cast.county.path)
    assert not can_at(actor, "unit.save", cast.other_county.path)
    assert not can_at(actor, "user.save", cast.county.path)
