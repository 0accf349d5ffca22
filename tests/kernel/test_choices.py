"""The choice box: who is offered what, in which order, with and without script."""

import pytest
from django.db import models
from django.test import Client
from tests.cast import client_of

from shian.kernel.changes.writer import change
from shian.kernel.choices.queries import best, rows_for
from shian.kernel.jobs.worker import run_worker
from shian.kernel.people.actions import grant
from shian.kernel.people.models import Unit, User
from shian.kernel.scopes import SYSTEM, system
from shian.kernel.scopes.models import Role
from shian.kernel.search import actions, nearest

SHOPS = [f"金玉面馆{n:02d}" for n in range(1, 61)]


@pytest.fixture
def shops(cast):
    """Sixty businesses of 东河镇, one of 西岭镇 of the same name as the first, one retired; all indexed."""
    east, west = cast.places["东河镇"], cast.places["西岭镇"]
    rows = [
        Unit(name=name, kind="business", place=east, credit_code=f"92{n:016d}")
        for n, name in enumerate(SHOPS)
    ]
    rows += [
        Unit(name="金玉面馆01", kind="business", place=west),
        Unit(name="金玉", kind="business", place=west),
    ]
    gone = Unit(name="金玉酒楼", kind="business", place=east)
    with change(SYSTEM, "unit.create") as w:
        w.save_all([*rows, gone])
        w.retire(gone)
    actions.rebuild(SYSTEM)
    run_worker(once=True)
    return cast


def names(client, q: str, label: str = "people.unit") -> list[str]:
    return [r["text"] for r in client.get(f"/choices/{label}/", {"q": q}).json()["results"]]


@pytest.mark.parametrize("q", ["金玉面馆07", "面馆07", "jymg 07", "jinyu mianguan 07", "920000000000000006"])
def test_characters_pinyin_and_numbers_find_the_row(shops, q):
    assert names(client_of(shops), q)[0] == "金玉面馆07"


def test_the_best_comes_first_and_twenty_at_most(shops):
    answer = client_of(shops).get("/choices/people.unit/", {"q": "金玉"}).json()
    assert answer["results"][0] == {"id": Unit.unscoped.get(name="金玉").pk, "text": "金玉", "hint": "西岭镇"}
    assert len(answer["results"]) == 20 and answer["more"] is True
    assert "金玉酒楼" not in names(client_of(shops), "金玉酒楼"), "a retired row is no candidate"


@pytest.mark.parametrize("few", [0, 10_000])
def test_a_common_token_leads_or_the_scope_does_and_both_find_the_same(shops, monkeypatch, few):
    monkeypatch.setattr(nearest, "RARE", 2)
    monkeypatch.setattr(nearest, "FEW", few)
    monkeypatch.setattr(nearest, "CHUNK", 7)
    assert names(client_of(shops), "金玉面馆33") == ["金玉面馆33"]
    assert names(client_of(shops), "面馆33") == ["金玉面馆33"]


def test_nobody_is_offered_what_lists_do_not_show(shops):
    """Users have territory: the county's people are no candidates for a township's officer."""
    assert names(client_of(shops), "周敏", "people.user") == ["周敏"]
    assert names(client_of(shops, "donghe"), "周敏", "people.user") == []
    assert names(client_of(shops, "donghe"), "孙丽", "people.user") == ["孙丽"]


@pytest.mark.parametrize("address", ["changes.change/", "nothing.here/", "x/", "people.unit/?of=people.user.name",
                                     "people.unit/?of=people.user.nothing", "people.unit/?of=."])  # fmt: skip
def test_what_is_no_choice_is_not_found(shops, address):
    assert client_of(shops).get(f"/choices/{address}").status_code == 404


@pytest.mark.parametrize("q", ["", " ", "%", "_", "\x00", "'; --", "²", "9" * 40, "面" * 500])
def test_any_letters_get_an_answer(shops, q):
    assert client_of(shops).get("/choices/people.unit/", {"q": q}).status_code == 200


def test_signed_out_people_are_offered_nothing(shops):
    assert Client().get("/choices/people.unit/?q=金玉").status_code == 302


def test_a_field_s_own_limit_holds(shops, monkeypatch):
    field = User._meta.get_field("unit")
    monkeypatch.setattr(field.remote_field, "limit_choices_to", {"name__endswith": "07"})
    client = client_of(shops)
    found = client.get("/choices/people.unit/", {"q": "金玉面馆", "of": "people.user.unit"}).json()["results"]
    assert [r["text"] for r in found] == ["金玉面馆07"]
    page = client.post("/users/new/", new_user(unit=Unit.unscoped.get(name="金玉面馆08").pk))
    assert page.status_code == 422 and "unit" in page.context["form"].errors


def new_user(**values) -> dict:
    return {"username": "xinren", "name": "新人", "is_active": "on"} | values


# -- on a form, without script -----------------------------------------------------------------------
def test_few_rows_are_a_plain_list_and_many_a_box(shops):
    assert 'name="unit_text"' in client_of(shops).get("/users/new/").content.decode()
    with system("the shops close"):
        Unit.unscoped.filter(kind="business").update(retired_at="2026-01-01T00:00Z")
    page = client_of(shops).get("/users/new/").content.decode()
    assert 'name="unit_text"' not in page and "<select" in page


def test_the_present_row_keeps_its_name_and_its_key(shops):
    user = shops.users["donghe"]
    page = client_of(shops).get(f"/users/{user.pk}/edit/").content.decode()
    assert f'name="unit" value="{user.unit_id}"' in page and 'value="东河镇人民政府"' in page


def test_a_typed_name_is_the_row_that_bears_it(shops):
    wanted = Unit.unscoped.get(name="金玉面馆22")
    page = client_of(shops).post("/users/new/", new_user(unit="", unit_text="金玉面馆22", unit_was=""))
    assert page.status_code == 302
    assert User.unscoped.get(username="xinren").unit == wanted


def test_two_rows_of_one_name_are_asked_back_and_nothing_is_lost(shops):
    client = client_of(shops)
    page = client.post("/users/new/", new_user(unit="", unit_text="金玉面馆01", unit_was=""))
    text = page.content.decode()
    assert page.status_code == 422 and 'value="xinren"' in text and 'value="金玉面馆01"' in text
    assert "东河镇" in text and "西岭镇" in text, "rows of one name are told apart by their place"
    west = Unit.unscoped.get(name="金玉面馆01", place=shops.places["西岭镇"])
    assert f'type="radio" name="unit" value="{west.pk}"' in text
    chosen = new_user(unit=["", str(west.pk)], unit_text="金玉面馆01", unit_was="金玉面馆01")
    assert client.post("/users/new/", chosen).status_code == 302
    assert User.unscoped.get(username="xinren").unit == west


def test_an_emptied_text_empties_the_choice(shops):
    """Somebody without a unit belongs to the installation: only who looks after it may make one."""
    user = shops.users["donghe"]
    grant(actor=SYSTEM, user=shops.users["guanliyuan"], role=Role.unscoped.get(code="platform"))
    sent = {"username": user.username, "name": user.name, "is_active": "on", "version": user.version,
            "unit": user.unit_id, "unit_was": "东河镇人民政府", "unit_text": ""}  # fmt: skip
    assert client_of(shops).post(f"/users/{user.pk}/edit/", sent).status_code == 302
    user.refresh_from_db()
    assert user.unit is None


def test_a_number_that_is_typed_is_a_name_and_not_a_key(shops):
    some = Unit.unscoped.get(name="金玉面馆22")
    page = client_of(shops).post("/users/new/", new_user(unit="", unit_text=str(some.pk), unit_was=""))
    assert page.status_code == 422 or User.unscoped.get(username="xinren").unit != some


def test_filters_take_several_by_tick_and_by_name(shops):
    east = Unit.unscoped.get(name="东河镇人民政府")
    page = client_of(shops).get("/users/filter-fields/", {"unit": east.pk}).content.decode()
    assert f'type="checkbox" name="unit" value="{east.pk}" checked' in page
    found = (
        client_of(shops)
        .get("/users/", {"unit": east.pk, "unit_text": "西岭镇人民政府"})
        .context["table"]
        .rows
    )
    assert {r.title for r in found} == {"孙丽", "吴强", "测试participant"}


def test_bulk_edit_takes_a_typed_name(shops):
    user, wanted = shops.users["donghe"], Unit.unscoped.get(name="金玉面馆22")
    sent = {"apply": "1", "pk": user.pk, "set": "unit", "unit": "", "unit_text": "金玉面馆22", "unit_was": ""}
    assert client_of(shops).post("/users/bulk/", sent).status_code == 200
    user.refresh_from_db()
    assert user.unit == wanted


def test_a_model_outside_the_index_is_found_by_its_name_columns(shops, monkeypatch):
    monkeypatch.setattr(nearest, "searchables", dict)
    rows = rows_for(SYSTEM, Unit)
    assert [str(r) for r in best(rows, "面馆33")] == ["金玉面馆33"]
    assert isinstance(rows, models.QuerySet)
