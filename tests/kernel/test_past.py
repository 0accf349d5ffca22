"""Lists as of a day and the timeline of a row, against a story told by hand."""

import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.bench_app.models import Visit
from tests.bench_app.resources import VISITS
from tests.cast import client_of

from shian.kernel.changes.models import StateSpan
from shian.kernel.changes.past import timeline
from shian.kernel.changes.writer import change
from shian.kernel.day import today_is
from shian.kernel.resources import registry
from shian.kernel.resources.declare import Condition
from shian.kernel.scopes import SYSTEM, system


def at(month: int, day: int, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, month, day, hour))


@pytest.fixture
def story(cast):
    """甲: made 1 March, open; given to 农业 on 10 April; done on 5 June. 乙: made 1 May, retired 1 July, open.

    丙: made 20 June, done from the start. Today is 1 September 2026.
    """
    with today_is(dt.date(2026, 9, 1)):
        east, market, farm = cast.places["东河镇"], cast.units["市场监督管理局"], cast.units["农业农村局"]
        first = Visit(title="甲", place=east, unit=market)
        second, third = Visit(title="乙", place=east), Visit(title="丙", place=east, state="done")
        with change(SYSTEM, "visit.create") as w:
            w.save(first, since=at(3, 1))
            w.save(second, since=at(5, 1))
            w.save(third, since=at(6, 20))
        first.unit = farm
        with change(SYSTEM, "visit.edit", reason="职能调整") as w:
            w.save(first, since=at(4, 10))
        first.state = "done"
        with change(SYSTEM, "visit.edit", reason="整改完成") as w:
            w.save(first, since=at(6, 5))
        with system("the clock is set back"):
            for row, when in ((first, at(3, 1)), (second, at(5, 1)), (third, at(6, 20))):
                Visit.unscoped.filter(pk=row.pk).update(created_at=when)
            Visit.unscoped.filter(pk=second.pk).update(retired_at=at(7, 1))
        yield first


def shown(cast, **params) -> dict[str, tuple]:
    rows = client_of(cast).get("/visits/", params).context["table"].rows
    return {r.title: (r.cells[3].text, r.cells[2].text) for r in rows}


MARKET, FARM = "演示县市场监督管理局", "演示县农业农村局"


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2026-02-28", {}),
        ("2026-03-01", {"甲": ("待办", MARKET)}),
        ("2026-04-09", {"甲": ("待办", MARKET)}),
        ("2026-04-10", {"甲": ("待办", FARM)}),
        ("2026-06-04", {"甲": ("待办", FARM), "乙": ("待办", None)}),
        ("2026-06-30", {"甲": ("办结", FARM), "乙": ("待办", None), "丙": ("办结", None)}),
        ("2026-07-01", {"甲": ("办结", FARM), "丙": ("办结", None)}),
        ("", {"甲": ("办结", FARM), "丙": ("办结", None)}),
    ],
)
def test_the_list_shows_rows_and_values_of_the_day(story, cast, day, rows):
    assert shown(cast, as_of=day) == rows


def test_filters_judge_the_values_of_the_day(story, cast):
    market, farm = cast.units["市场监督管理局"].pk, cast.units["农业农村局"].pk
    assert set(shown(cast, as_of="2026-06-04", state="open")) == {"甲", "乙"}
    assert set(shown(cast, as_of="2026-06-30", state="open")) == {"乙"}
    assert set(shown(cast, as_of="2026-06-30", state="done")) == {"甲", "丙"}
    assert set(shown(cast, as_of="2026-06-30", state=["done", "open"])) == {"甲", "乙", "丙"}
    assert set(shown(cast, as_of="2026-03-15", unit=market)) == {"甲"}
    assert set(shown(cast, as_of="2026-03-15", unit=farm)) == set()
    assert set(shown(cast, as_of="2026-06-15", unit=market)) == set()
    assert set(shown(cast, unit=market)) == set() and set(shown(cast, unit=farm)) == {"甲"}
    assert set(shown(cast, as_of="2026-06-30", place=cast.county.pk)) == {"甲", "乙", "丙"}, (
        "no history: as it is now"
    )


def test_the_page_says_so_and_offers_no_change(story, cast):
    page = client_of(cast).get("/visits/", {"as_of": "2026-06-30"})
    text = page.content.decode()
    assert "按 2026-06-30 的情况" in text and 'value="2026-06-30"' in text
    assert not page.context["bulk_verbs"] and "as_of=2026-06-30" in page.context["exports"][0]["url"]


@pytest.mark.parametrize(
    "wrong", ["昨天", "2026-13-01", "2026-02-30", "2026-09-02", "9" * 40, "0001-01-01", "²", "\x00"]
)
def test_a_wrong_day_is_named_and_shows_nothing(story, cast, wrong):
    page = client_of(cast).get("/visits/", {"as_of": wrong})
    assert page.status_code == 200 and page.context["as_of_wrong"] and not page.context["table"].rows
    assert client_of(cast).get("/api/v1/visits/", {"as_of": wrong}).status_code == 400
    assert client_of(cast).get("/visits/export.xlsx", {"as_of": wrong}).status_code == 400


def test_export_and_api_take_the_same_day(story, cast):
    told = client_of(cast).get("/api/v1/visits/", {"as_of": "2026-06-04", "state": "open"}).json()["results"]
    assert {(r["title"], r["state"], r["unit"]) for r in told} == {
        ("甲", "open", cast.units["农业农村局"].pk), ("乙", "open", None)
    }  # fmt: skip
    answer = client_of(cast).get("/visits/export.xlsx", {"as_of": "2026-06-04"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert {(r[0], r[3]) for r in sheet.iter_rows(values_only=True) if r[0] in {"甲", "乙", "丙"}} == {
        ("甲", "待办"), ("乙", "待办")
    }  # fmt: skip


def test_the_past_costs_a_query_a_page_and_one_a_relation(story, cast):
    client = client_of(cast)
    counts = []
    for params in ({}, {"as_of": "2026-06-30"}):
        with CaptureQueriesContext(connection) as queries:
            client.get("/visits/", params)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 2


def test_the_timeline_tells_from_when_to_when_by_whom_and_why(story, cast):
    told = [(s["label"], s["text"], s["since"], s["until"], s["reason"]) for s in timeline(story)]
    assert told == [
        ("状态", "办结", at(6, 5), None, "整改完成"),
        ("单位", FARM, at(4, 10), None, "职能调整"),
        ("状态", "待办", at(3, 1), at(6, 5), ""),
        ("单位", MARKET, at(3, 1), at(4, 10), ""),
    ]
    page = client_of(cast).get(f"/visits/{story.pk}/").content.decode()
    assert "历程" in page and "2026-04-10 12:00 至 今" in page and "系统 · 职能调整" in page


# -- order, words and conditions of the day ---------------------------------------------------------
@pytest.fixture
def moved(cast, monkeypatch):
    """Three rows of which today's order, words and units are not those of 1 April 2026. Today is 1 September.

    甲: "b-yilan" of 市监, "z-canyin" of 农业 since 1 May. 乙: "m-zhong" of 农业, 市监 since 1 May. 丙: "k-yilan", retired on
    1 July, without unit.
    """
    monkeypatch.setattr(Visit, "tracked", ("state", "unit", "title"))
    lately = Condition("market", "市监的", lambda actor, today: Q(unit__name__contains="市场") & ~Q(state="done"))
    searched = replace(VISITS, search=("title", "unit__name"), ordering=("-title",), conditions=(lately,))
    registry.register(searched)
    with today_is(dt.date(2026, 9, 1)):
        east, market, farm = cast.places["东河镇"], cast.units["市场监督管理局"], cast.units["农业农村局"]
        first, second = Visit(title="b-yilan", place=east, unit=market), Visit(title="m-zhong", place=east, unit=farm)
        third = Visit(title="k-yilan", place=east)
        for row, when in ((first, at(3, 1)), (second, at(3, 2)), (third, at(3, 3))):
            with change(SYSTEM, "visit.create") as w:
                w.save(row, since=when)
        first.title, first.unit, second.unit = "z-canyin", farm, market
        with change(SYSTEM, "visit.edit") as w:
            w.save(first, since=at(5, 1))
            w.save(second, since=at(5, 1))
        second.state = "done"
        with change(SYSTEM, "visit.edit") as w:
            w.save(second, since=at(6, 1))
            w.retire(third)
        with system("the clock is set back"):
            Visit.unscoped.filter(pk__in=[first.pk, second.pk, third.pk]).update(created_at=at(3, 1))
            Visit.unscoped.filter(pk=third.pk).update(retired_at=at(7, 1))
        yield {"甲": first, "乙": second, "丙": third}
    registry.register(VISITS)


def told(cast, rows, **params) -> list[str]:
    """Our names of the rows that page, export and (without its order) API give alike."""
    names, client = {row.pk: name for name, row in rows.items()}, client_of(cast)
    page = client.get("/visits/", params)
    listed = [names[row.pk] for row in page.context["table"].rows]
    api = client.get("/api/v1/visits/", params).json()["results"]
    assert sorted(names[row["id"]] for row in api) == sorted(listed)
    sheet = b"".join(client.get("/visits/export.csv", params).streaming_content).decode("utf-8-sig").splitlines()[1:]
    shown = [row.cells[0].text for row in page.context["table"].rows]
    assert [line.split(",")[0] for line in sheet] == shown
    return listed


@pytest.mark.parametrize(
    ("params", "then", "now"),
    [
        ({"sort": "title"}, "甲丙乙", "乙甲"),
        ({"sort": "-title"}, "乙丙甲", "甲乙"),
        ({}, "乙丙甲", "甲乙"),
        ({"sort": "unit", "q": "zhong"}, "乙", "乙"),
        ({"q": "yilan"}, "丙甲", ""),
        ({"q": "canyin"}, "", "甲"),
        ({"q": "市场监督"}, "甲", "乙"),
        ({"q": "b"}, "甲", ""),
        ({"is": "market"}, "甲", ""),
        ({"q": "yilan", "sort": "title", "state": "open"}, "甲丙", ""),
    ],
)
def test_order_words_and_conditions_are_those_of_the_day(moved, cast, params, then, now):
    assert "".join(told(cast, moved, as_of="2026-04-01", **params)) == then
    assert "".join(told(cast, moved, **params)) == now


def test_a_tracked_relation_is_sorted_by_the_one_of_the_day(moved, cast):
    """A row without one stands at an end, as the database has it."""
    market, farm = cast.units["市场监督管理局"], cast.units["农业农村局"]
    before = [u.pk for u in type(market).unscoped.filter(pk__in=[market.pk, farm.pk]).order_by("sort")]
    assert market.sort != farm.sort
    first, second = ("甲", "乙") if before == [market.pk, farm.pk] else ("乙", "甲")
    then = [n for n in told(cast, moved, as_of="2026-04-01", sort="unit") if n != "丙"]
    assert then == [first, second] and told(cast, moved, sort="unit") == [second, first]


def test_a_row_without_stored_history_is_judged_by_what_it_shows(moved, cast):
    StateSpan.unscoped.filter(object_id=moved["甲"].pk, field="state").delete()
    assert "甲" in told(cast, moved, as_of="2026-04-01", state="open")


def test_who_sees_a_row_of_a_day_is_decided_by_where_it_is_now(moved, cast):
    with system("moved out of the county"):
        Visit.unscoped.filter(pk=moved["甲"].pk).update(place=cast.other_county)
    seen = told(cast, moved, as_of="2026-04-01", sort="title")
    assert seen == ["丙", "乙"] and told(cast, moved) == ["乙"]
    assert "您现在的权限" in client_of(cast).get("/visits/", {"as_of": "2026-04-01"}).content.decode()


def test_a_search_of_a_day_that_would_read_too_much_is_refused_in_words(moved, cast, monkeypatch):
    monkeypatch.setattr("shian.kernel.search.past.MOST", 1)
    page = client_of(cast).get("/visits/", {"as_of": "2026-04-01", "q": "yilan"})
    assert page.status_code == 200 and not page.context["table"].rows and "超过 1 条" in page.content.decode()
    answer = client_of(cast).get("/api/v1/visits/", {"as_of": "2026-04-01", "q": "yilan"})
    assert answer.status_code == 400 and "超过 1 条" in str(answer.json())
