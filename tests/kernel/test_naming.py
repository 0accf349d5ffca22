"""Natural keys: the same words find a row in any workbook and are what an export writes."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import client_of

from shian.kernel.changes.rows import retire_rows, save_rows
from shian.kernel.imports.models import SessionRow
from shian.kernel.people.models import Unit
from shian.kernel.places.actions import save_places
from shian.kernel.places.models import Place
from shian.kernel.scopes import SYSTEM, naming
from shian.kernel.scopes.naming import Names, chain


@pytest.fixture
def places(cast):
    """Two counties of one city with a town of the same name each, and a unit of the same name in each town."""
    made = {}
    city = Place.unscoped.get(pk=cast.places["市"].pk)
    for county in ("甲县", "乙县"):
        made[county] = Place(name=county, kind="county", parent=city)
        save_places(actor=SYSTEM, rows=[made[county]])
        town = made[f"{county}/城关镇"] = Place(name="城关镇", kind="township", parent=made[county])
        save_places(actor=SYSTEM, rows=[town])
        unit = made[f"{county}/城关镇/市场所"] = Unit(name="市场所", kind="station", place=town, sort=990)
        save_rows(actor=SYSTEM, rows=[unit], verb="unit.save")
    return made


@pytest.fixture(params=[20_000, 0], ids=["in memory", "by query"])
def size(request, monkeypatch):
    monkeypatch.setattr(naming, "MANY", request.param or 3)


def test_the_chain_spells_out_references(cast, places):
    assert chain(places["甲县/城关镇/市场所"])[-3:] == ["甲县", "城关镇", "市场所"]
    assert chain(cast.users["donghe"]) == ["donghe"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲县", ["甲县"]), ("甲县/城关镇", ["甲县/城关镇"]), (" 乙县 / 城关镇 ", ["乙县/城关镇"]),
        ("城关镇", ["乙县/城关镇", "甲县/城关镇"]), ("丙县/城关镇", []), ("城关镇/甲县", []), ("没有", []), ("", []), ("/", []),
        ("/甲县", []),
    ],
)  # fmt: skip
def test_a_place_is_found_by_the_end_of_its_chain(cast, places, size, text, expected):
    found = Names(Place, SYSTEM).find(text)
    assert sorted(k for k, row in places.items() if isinstance(row, Place) and row.pk in found) == sorted(expected)
    assert len(found) == len(expected)


def test_every_live_row_is_written_as_it_is_read(cast, places, size):
    for model in (Place, Unit):
        names = Names(model, SYSTEM)
        for row in model.unscoped.live():
            assert names.find(names.written(row)) == {row.pk}, names.written(row)
    assert Names(Unit, SYSTEM).written(places["甲县/城关镇/市场所"]) == "甲县/城关镇/市场所"
    assert Names(Place, SYSTEM).written(places["甲县"]) == "甲县"


def test_a_root_that_shares_its_name_with_a_place_below_is_written_from_the_beginning(cast, places):
    root = Place(name="甲县", kind="country")
    save_places(actor=SYSTEM, rows=[root])
    names = Names(Place, SYSTEM)
    assert names.written(root) == "/甲县" and names.find("/甲县") == {root.pk}


def test_a_retired_row_is_never_mistaken_for_its_successor(cast, places):
    old = places["甲县/城关镇/市场所"]
    retire_rows(actor=SYSTEM, rows=[old], verb="unit.retire")
    names = Names(Unit, SYSTEM)
    assert names.find(names.written(old)) == set()


# --- through the screens --------------------------------------------------------------------------
def checked(client, resource, content):
    upload = SimpleUploadedFile("x.csv", content)
    url = client.post(f"/{resource}/import/", {"file": upload, "again": "1"})["Location"]
    page = client.get(url)
    client.post(url, {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
    return list(SessionRow.unscoped.order_by("number").values_list("kind", "errors"))


def sheet(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def test_an_ambiguous_name_is_refused_with_the_ways_to_write_it(cast, places):
    head = ["单位全称", "所属区域", "单位类型"]
    rows = checked(client_of(cast), "units", sheet(head, ["新所", "城关镇", "派出机构"]))
    why = "有 2 个同名的所属区域，请写明是哪一个：甲县/城关镇、乙县/城关镇"
    assert rows == [("error", [["所属区域", "城关镇", why]])]


def test_units_of_towns_of_one_name_go_out_and_come_back_as_the_same(cast, places):
    client = client_of(cast)
    query = {"q": "市场所", "cols": ["name", "place", "kind", "parent", "sort"]}
    content = b"".join(client.get("/units/export.csv", query).streaming_content)
    told = content.decode("utf-8-sig").splitlines()
    assert len(told) == 3 and {line.split(",")[1] for line in told[1:]} == {"甲县/城关镇", "乙县/城关镇"}
    assert checked(client, "units", content) == [("same", []), ("same", [])]
