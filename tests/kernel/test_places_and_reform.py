"""Places move with their subtree, merge and leave a trace; units follow one another; cells become dirty."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.oracle import OTHER
from tests.resource_suite import ResourceTests, Roads

from shian.kernel.people.actions import succeed
from shian.kernel.places.actions import record_lineage, save_place, set_population
from shian.kernel.places.models import Place, Population
from shian.kernel.scopes import SYSTEM, system


def test_a_place_takes_its_subtree_along(cast):
    county = Place.unscoped.get(pk=cast.county.pk)
    province = cast.places["省"]
    county.parent = province
    save_place(actor=SYSTEM, place=county)
    assert county.path.startswith(province.path) and len(county.path) == len(province.path) + 6
    town = Place.unscoped.get(name="东河镇")
    assert town.path.startswith(county.path) and town.ancestor_ids[-2:] == [county.pk, town.pk]


def test_a_place_cannot_stand_below_itself(cast):
    county = Place.unscoped.get(pk=cast.county.pk)
    county.parent = cast.places["东河镇"]
    with pytest.raises(ValidationError):
        save_place(actor=SYSTEM, place=county)


def test_a_merger_ends_the_old_place_and_shows_on_both_pages(cast):
    old, new = Place.unscoped.get(name="南湾乡"), Place.unscoped.get(name="东河镇")
    record_lineage(
        actor=SYSTEM, before=old, after=new, kind="merged", on=dt.date(2026, 5, 1), document="演政〔2026〕8号"
    )
    assert Place.unscoped.get(pk=old.pk).valid_to == dt.date(2026, 5, 1)
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    for place in (old, new):
        assert "演政〔2026〕8号" in client.get(f"/places/{place.pk}/").content.decode()


def test_a_reform_ends_the_old_body_and_shows_on_both_pages(cast):
    old, new = cast.units["供销合作社"], cast.units["商务局"]
    succeed(actor=SYSTEM, before=old, after=new, on=dt.date(2026, 3, 1), document="演编〔2026〕3号")
    assert old.valid_to == dt.date(2026, 3, 1)
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    for unit in (old, new):
        assert "演编〔2026〕3号" in client.get(f"/units/{unit.pk}/").content.decode()


def test_frozen_population_is_refused(cast):
    from django.utils import timezone

    row = Population.unscoped.get(place=cast.county, year=2026)
    with system("arranged by the test"):
        Population.unscoped.filter(pk=row.pk).update(frozen_at=timezone.now())
    with pytest.raises(ValidationError, match="冻结"):
        set_population(actor=SYSTEM, place=cast.county, year=2026, persons=1)


class TestReforms(ResourceTests):
    resource = "reforms"
    roads = Roads(place="before.place", everyone=True)
    change = ("document", "演编〔2026〕4号")

    def sample(self, cast):
        units = {"before": cast.units["供销合作社"].pk, "after": cast.units["商务局"].pk}
        return units | {"on": "2026-03-01", "document": "演编〔2026〕3号"}


class TestLineages(ResourceTests):
    resource = "lineages"
    roads = Roads(place="before", everyone=True)
    fixed = ("kind",)
    change = ("document", "演政〔2026〕9号")

    def sample(self, cast):
        places = {"before": cast.places["南湾乡"].pk, "after": cast.places["东河镇"].pk}
        return places | {"kind": "renamed", "on": "2026-05-01", "document": "演政〔2026〕8号"}

    def where(self, spot):
        """Nothing is merged: that also ends the old place, which is a matter of the place above it."""
        return super().where(spot) | {"kind": "split" if spot.place == OTHER else "renamed"}
