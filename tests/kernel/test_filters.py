"""Filters: no row twice at any depth, no number too large, a message for what makes no sense."""

import json

import pytest
from django.test import Client

from shian.kernel.changes.rows import retire_rows, save_rows
from shian.kernel.listing.models import Preference
from shian.kernel.people.models import Unit, User
from shian.kernel.places.models import Place
from shian.kernel.resources import registry
from shian.kernel.resources.filters import apply, resolve, where
from shian.kernel.scopes import SYSTEM
from shian.kernel.scopes.models import Grant
from shian.kernel.scopes.numbers import keys, whole

FORTY = "1" * 40


@pytest.fixture
def client(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


# --- to-many relations ----------------------------------------------------------------------------
def multiplying(rows) -> list[str]:
    """Joins of the outer query that may give a row more than once."""
    fields = {alias: getattr(j, "join_field", None) for alias, j in rows.query.alias_map.items()}
    counted = rows.query.alias_refcount
    return [a for a, f in fields.items() if f is not None and counted[a] and (f.one_to_many or f.many_to_many)]


def test_the_oracle_sees_a_join_that_multiplies():
    assert multiplying(Unit.unscoped.filter(place__units__kind="department")) != []


DEEP = [
    (Place, "units__kind", {"in": ["department"]}),
    (Unit, "place__units__kind", {"in": ["department"]}),
    (User, "unit__place__children__units__kind", {"in": ["township"]}),
    (Place, "children__units__users__username", {"icontains": "e"}),
    (Grant, "places__name", {"icontains": "演示"}),
    (User, "grants__places__units__kind", {"in": ["department"]}),
    (Place, "units", {"in": [1, 2, 3]}),
]


@pytest.mark.parametrize(("model", "path", "lookups"), DEEP, ids=lambda v: v if isinstance(v, str) else "")
def test_at_any_depth_each_row_comes_once_and_none_is_lost(cast, model, path, lookups):
    found = model.unscoped.filter(where(model, path, **lookups)).order_by("pk")
    assert multiplying(found) == []
    rows = [(k, v) for k, v in lookups.items()]
    plain = model.unscoped.filter(**{f"{path}__{k}": v for k, v in rows}).values_list("pk", flat=True)
    assert list(found.values_list("pk", flat=True)) == sorted(set(plain))


def test_a_retired_row_at_the_far_end_does_not_count(cast):
    shop = Unit(name="演示烧饼店", kind="other", credit_code="X1", place=cast.places["东河镇"])
    save_rows(actor=SYSTEM, rows=[shop], verb="unit.save")
    condition = where(Unit, "place__units__credit_code", exact="X1")
    assert Unit.unscoped.filter(condition, pk=shop.pk).exists()
    retire_rows(actor=SYSTEM, rows=[shop], verb="unit.retire")
    assert not Unit.unscoped.filter(condition).exists()


def samples(resource, path):
    found = resource.model_field(path)
    if found.is_relation:
        return [str(found.related_model._base_manager.values_list("pk", flat=True).first() or 1)]
    return [str(found.flatchoices[0][0])] if found.choices else ["1"]


def test_no_declared_filter_multiplies_rows(cast):
    import datetime as dt

    actor, day = cast.actor("guanliyuan"), dt.date(2026, 6, 1)
    for resource in registry.all_resources():
        rows = resource.model.unscoped.all()
        for path in resource.filters:
            value = samples(resource, path)[0]
            params = {path: value, f"{path}_min": "1", f"{path}_max": "9"}
            params |= {f"{path}_after": "2026-01-01", f"{path}_before": "2026-12-31"}
            narrowed, filterset = apply(resource, rows, params, actor, day)
            assert multiplying(narrowed) == [], (resource.name, path, filterset.form.errors)
        for condition in resource.conditions:
            narrowed, _f = apply(resource, rows, {"is": condition.name}, actor, day)
            assert multiplying(narrowed) == [], (resource.name, condition.name)


# --- numbers --------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["²", "١", "-1", "+1", " 1", "1.0", "", "1e3", FORTY, str(2**63), "9" * 5000])
def test_what_is_no_whole_number_a_database_can_store(text):
    assert whole(text) is None


def test_whole_numbers():
    assert (whole("0"), whole("007"), whole(str(2**63 - 1)), whole("501", 500)) == (0, 7, 2**63 - 1, None)
    assert keys(["3", "²", FORTY, "4"]) == [3, 4]


def numeric(resource):
    return [p for p in resource.filters if resource.column_kind(type(resource.columns[0])(p)) in {"number", "ref"}]


@pytest.mark.parametrize("value", [FORTY, "²", "-1", "1e999999"])
def test_a_number_too_large_shows_nothing_and_says_why(cast, client, value):
    for resource in registry.all_resources():
        for path in numeric(resource):
            number = resource.column_kind(type(resource.columns[0])(path)) == "number"
            if number and value == "-1":
                continue
            params = {f"{path}_min" if number else path: value}
            page = client.get(f"/{resource.name}/", params)
            assert page.status_code == 200, (resource.name, path)
            assert page.context["table"].rows == [], (resource.name, path)
            label = str(page.context["filterset_form"].fields[path].label)
            assert any(label in error for error in page.context["filter_errors"]), (resource.name, path)
            assert "筛选条件有误" in page.content.decode()
            assert client.get(f"/api/v1/{resource.name}/", params).status_code == 400


@pytest.mark.parametrize("value", [FORTY, "9" * 5000, "²", "-3"])
def test_page_size_and_keys_of_any_length(cast, client, value):
    for query in ({"page": value}, {"per_page": value}, {"saved": value}, {"sort": value}, {"q": value}):
        assert client.get("/units/", query).status_code == 200, query
    for address in (f"/units/{value}/", f"/units/{value}/edit/", f"/units/import/{value}/", f"/jobs/{value}/"):
        assert client.get(address).status_code == 404, address
    for query in ({"size": value}, {"cursor": value}):
        assert client.get("/api/v1/units/", query).status_code in {200, 404}, query
    assert client.get(f"/api/v1/units/{value}/").status_code == 404
    assert client.post("/units/bulk/", {"pk": value, "verb": "edit"}).status_code == 200


def test_a_forty_digit_key_in_a_form_is_an_error_of_its_field(cast, client):
    admin = cast.users["guanliyuan"]
    answer = client.post("/grants/new/", {"user": admin.pk, "role": FORTY, "places": [FORTY], "detail": "full"})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"role", "places"}
    body = json.dumps({"user": admin.pk, "role": 1, "places": [int(FORTY)], "detail": "full"})
    answer = client.post("/api/v1/grants/", body, content_type="application/json")
    assert answer.status_code == 400 and "places" in answer.json()["errors"]


@pytest.mark.parametrize("version", [FORTY, "²", "x"])
def test_a_version_that_is_no_number_loses_nothing(cast, client, version):
    unit = cast.units["商务局"]
    posted = {"name": "改名商务局", "kind": unit.kind, "place": unit.place_id, "sort": 1, "version": version}
    answer = client.post(f"/units/{unit.pk}/edit/", posted)
    assert answer.status_code == 422 and answer.context["form"]["name"].value() == "改名商务局"
    assert Unit.unscoped.get(pk=unit.pk).name == unit.name


def test_a_shift_of_days_beyond_reason_is_no_date(cast):
    import datetime as dt

    for text in ("@today+99999999999", "@today+²", "@today-" + FORTY):
        assert resolve({"due": text}, cast.actor("donghe"), dt.date(2026, 1, 1)).dict() == {"due": text}
    got = resolve({"due": "@today-31"}, cast.actor("donghe"), dt.date(2026, 2, 1)).dict()
    assert got == {"due": "2026-01-01"}


# --- columns --------------------------------------------------------------------------------------
def shown(page):
    return [c.name for c in page.context["table"].columns]


def test_columns_are_chosen_by_post_and_reading_remembers_nothing(cast, client):
    declared = shown(client.get("/units/"))
    assert shown(client.get("/units/", {"cols": ["name", "sort"]})) == ["name", "sort"]
    assert shown(client.get("/units/")) == declared and not Preference.unscoped.exists()
    answer = client.post("/units/columns/", {"cols": ["name", "sort", "nonsense"], "query": "kind=office&sort=name"})
    assert answer["Location"] == "/units/?kind=office&sort=name"
    assert shown(client.get(answer["Location"])) == ["name", "sort"]
    assert client.get("/units/columns/").status_code == 405
    client.post("/units/columns/", {"cols": ["name"], "reset": "1"})
    assert shown(client.get("/units/")) == declared


def test_the_guard_of_the_test_run_catches_a_get_that_writes(cast, client, monkeypatch):
    from tests.readonly import WrittenByReading

    from shian.kernel.listing import pages

    def writes(request, resource):
        Preference.unscoped.create(user_id=request.actor.user_id, resource="units", columns=[])
        return []

    monkeypatch.setattr(pages, "shown_columns", writes)
    with pytest.raises(WrittenByReading, match="resources_preference"):
        client.get("/units/")
