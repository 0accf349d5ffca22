"""A resource is a value: one made from a dictionary is served at once, without a restart."""

import pytest
from django.test import Client

from shian.kernel.imports.importable import Importable
from shian.kernel.listing.export import Exportable
from shian.kernel.people.models import Succession, Unit
from shian.kernel.resources import registry
from shian.kernel.resources.api import Schema
from shian.kernel.resources.filters import resolve
from shian.kernel.resources.resource import resource_from


@pytest.fixture
def successions(cast):
    declared = resource_from(
        {
            "name": "successions",
            "model": Succession,
            "columns": ["before", {"name": "after", "label": "新单位"}, "on", "document"],
            "form": [["机构沿革", ["before", "after", "on", "document"]]],
            "filters": ["before", "on"],
            "search": ["document"],
            "features": [Importable(), Exportable()],
        }
    )
    registry.register(declared)
    yield declared
    registry.unregister("successions")


def test_a_dictionary_becomes_list_form_api_export_and_openapi(cast, successions):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    values = {
        "before": cast.units["供销合作社"].pk,
        "after": cast.units["商务局"].pk,
        "on": "2026-03-01",
        "document": "演编〔2026〕3号",
    }
    assert client.post("/successions/new/", values).status_code == 302
    page = client.get("/successions/?q=演编〔2026〕")
    assert [c.label for c in page.context["table"].columns][1] == "新单位"
    assert len(page.context["table"].rows) == 1
    assert client.get("/api/v1/successions/").json()["results"][0]["document"] == "演编〔2026〕3号"
    assert client.get("/successions/export.csv").status_code == 200
    assert client.get("/successions/import/").status_code == 200
    document = Schema.generator_class().get_schema(request=None, public=True)
    assert "/api/v1/successions/{id}/" in document["paths"]


def test_it_is_gone_when_unregistered(cast, successions):
    registry.unregister("successions")
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    assert client.get("/successions/").status_code == 404


def test_a_declaration_that_names_no_field_is_refused():
    with pytest.raises(ValueError, match="resource x, filters: Unit has no 'colour'"):
        registry.register(
            resource_from({"name": "x", "model": Unit, "columns": ["name"], "filters": ["colour"]})
        )
    assert "x" not in {r.name for r in registry.all_resources()}


WRONG = {
    "columns": ["name", "colour"],
    "form": [["", ["place__name"]]],
    "overview": [["", ["place__colour"]]],
    "filters": ["q"],
    "search": ["place__colour"],
    "ordering": ["-colour"],
    "with_related": ["name"],
    "features": [Importable()],
}
"""One option each that does not fit Unit; the import has no form fields for the natural key."""


@pytest.mark.parametrize("option", WRONG)
def test_every_option_is_checked_when_a_resource_is_registered(option):
    with pytest.raises(
        ValueError, match="resource x, (?i:" + ("Importable" if option == "features" else option) + ")"
    ):
        registry.register(
            resource_from({"name": "x", "model": Unit, "columns": ["name"]} | {option: WRONG[option]})
        )


def test_what_stands_twice_is_refused():
    with pytest.raises(ValueError, match="'name' stands twice"):
        registry.register(resource_from({"name": "x", "model": Unit, "columns": ["name", "name"]}))


def test_relative_values_follow_the_viewer_and_the_day(cast):
    import datetime as dt

    actor = cast.actor("donghe")
    got = resolve({"unit": "@my_unit", "due_before": "@today+7", "q": "原样"}, actor, dt.date(2026, 11, 22))
    assert got.dict() == {"unit": str(actor.unit_id), "due_before": "2026-11-29", "q": "原样"}
