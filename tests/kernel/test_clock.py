"""Today as an input; the calendar as editable data; years that are not loaded."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from shian.core.clock import CalendarYearMissing, load_calendar
from shian.kernel.changes.queries import history
from shian.kernel.clock import actions
from shian.kernel.clock.models import CalendarDay
from shian.kernel.clock.queries import calendar_for, loaded_years
from shian.kernel.day import today, today_is
from shian.kernel.scopes import SYSTEM, system

D = dt.date


@pytest.fixture
def calendar(cast):
    actions.load_package(actor=SYSTEM)
    return cast


def test_today_can_be_set_and_comes_back():
    assert today() == timezone.localdate()
    with today_is(D(2026, 3, 1)):
        assert today() == D(2026, 3, 1)
        with today_is(D(2027, 1, 1)):
            assert today() == D(2027, 1, 1)
        assert today() == D(2026, 3, 1)
    assert today() == timezone.localdate()


def test_package_is_loaded_once_and_gives_the_same_calendar(calendar):
    assert loaded_years() == list(range(2017, 2027))
    package, stored = load_calendar(), calendar_for()
    assert stored.years == package.years and not stored.closures
    day = CalendarDay.unscoped.get(date=D(2026, 10, 1), place=None)
    assert day.source == "国务院办公厅关于2026年部分节假日安排的通知" and day.kind == "off"
    count = CalendarDay.unscoped.count()
    assert actions.load_package(actor=SYSTEM) == [] and CalendarDay.unscoped.count() == count


def test_year_that_is_not_loaded_says_so(calendar):
    with pytest.raises(CalendarYearMissing, match="2035年的工作日历尚未载入"):
        calendar_for().is_working_day(D(2035, 1, 4))
    with system("arranged by the test"):
        CalendarDay.unscoped.filter(year=2020).delete()
    with pytest.raises(CalendarYearMissing, match="2020年"):
        calendar_for().add_working_days(D(2019, 12, 31), 1)


def test_an_edited_year_is_not_overwritten(calendar):
    row = CalendarDay.unscoped.get(date=D(2026, 10, 1))
    actions.remove_day(actor=calendar.actor("pingtai"), day=row, reason="试验")
    actions.load_package(actor=SYSTEM)
    assert calendar_for().is_working_day(D(2026, 10, 1))
    assert history(row)[0].reason == "试验"


def test_each_edit_is_seen_by_the_next_reader(calendar):
    admin = calendar.actor("guanliyuan")
    friday = D(2026, 3, 6)
    assert calendar_for(calendar.county).is_working_day(friday)
    day = actions.save_day(
        actor=admin, day=CalendarDay(date=friday, kind="closure", place=calendar.county, note="暴雪")
    )
    assert not calendar_for(calendar.county).is_working_day(friday)
    day = CalendarDay.unscoped.get(pk=day.pk)
    day.date = D(2026, 3, 5)
    actions.save_day(actor=admin, day=day)
    assert calendar_for(calendar.county).is_working_day(friday)
    with system("arranged by the test"):
        CalendarDay.unscoped.filter(pk=day.pk).delete()
    assert calendar_for(calendar.county).is_working_day(D(2026, 3, 5))


def test_closure_holds_below_its_place_only(calendar):
    day = CalendarDay(date=D(2026, 3, 6), kind="closure", place=calendar.county)
    actions.save_day(actor=calendar.actor("guanliyuan"), day=day)
    closed = [
        p
        for p in (calendar.county, calendar.places["东河镇"], calendar.city, calendar.other_county)
        if not calendar_for(p).is_working_day(D(2026, 3, 6))
    ]
    assert closed == [calendar.county, calendar.places["东河镇"]]
    assert calendar_for().is_working_day(D(2026, 3, 6))


def test_whole_country_may_be_closed(calendar):
    actions.save_day(actor=SYSTEM, day=CalendarDay(date=D(2026, 3, 6), kind="closure", note="全国哀悼日"))
    assert not calendar_for(calendar.county).is_working_day(D(2026, 3, 6))
    assert 2026 in loaded_years()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ({"date": D(2026, 3, 6), "kind": "work"}, "不是周末"),
        ({"date": D(2026, 10, 1), "kind": "closure"}, "2026-10-01 已列为“放假”"),
        ({"date": D(2026, 3, 6), "kind": "off", "place": "东河镇"}, "本区域的请选“停止办公”"),
    ],
)
def test_bad_days_are_refused(calendar, day, words):
    day = day | {"place": calendar.places[day["place"]]} if "place" in day else day
    with pytest.raises(ValidationError, match=words):
        actions.save_day(actor=SYSTEM, day=CalendarDay(**day))


def test_only_administrators_of_the_place_edit(calendar):
    closure = CalendarDay(date=D(2026, 3, 6), kind="closure", place=calendar.other_county)
    for name in ["shianban", "shishianban", "guanliyuan"]:
        with pytest.raises(PermissionDenied):
            actions.save_day(actor=calendar.actor(name), day=closure)
    with pytest.raises(PermissionDenied):
        actions.load_year(actor=calendar.actor("donghe"), year=2027, off=[D(2027, 1, 1)], work=[], source="")
    with pytest.raises(PermissionDenied):
        actions.remove_day(actor=calendar.actor("donghe"), day=CalendarDay.unscoped.live().first())


def test_a_new_year_is_loaded_and_corrected(calendar):
    admin = calendar.actor("pingtai")
    options = {"actor": admin, "year": 2027, "source": "国办发明电〔2026〕9号"}
    actions.load_year(**options, off=[D(2027, 1, 1), D(2027, 2, 8)], work=[D(2027, 2, 6)])
    assert calendar_for().is_working_day(D(2027, 2, 6)) and not calendar_for().is_working_day(D(2027, 2, 8))
    new = actions.load_year(**options, off=[D(2027, 1, 1), D(2027, 2, 9)], work=[])
    assert [row.date for row in new] == [D(2027, 2, 9)]
    assert calendar_for().is_working_day(D(2027, 2, 8)) and not calendar_for().is_working_day(D(2027, 2, 6))
    assert actions.load_year(**options, off=[D(2027, 1, 1), D(2027, 2, 9)], work=[]) == []


@pytest.mark.parametrize(
    ("off", "work", "words"),
    [
        ([], [], "没有列出任何放假日期"),
        ([D(2026, 1, 1)], [], "不属于该年"),
        ([D(2027, 1, 1)], [D(2027, 1, 4)], "不是周末"),
        ([D(2027, 1, 2)], [D(2027, 1, 2)], "既列为放假又列为上班"),
    ],
)
def test_contradictory_year_is_refused_whole(calendar, off, work, words):
    with pytest.raises(ValidationError, match=words):
        actions.load_year(actor=SYSTEM, year=2027, off=off, work=work, source="")
    assert 2027 not in loaded_years()


def test_second_look_costs_one_query(calendar, django_assert_num_queries):
    calendar_for(calendar.county)
    with django_assert_num_queries(1):
        calendar_for(calendar.county)


def test_provisional_years_are_marked(calendar):
    extra = sorted(set(load_calendar(provisional=True).years) - set(load_calendar().years))
    if not extra:
        pytest.skip("the package holds no provisional year")
    day = D(extra[0], 1, 4)
    calendar_ = calendar_for(provisional=True)
    assert calendar_.is_provisional(day) and not calendar_.is_provisional(D(2026, 1, 5))
    with pytest.raises(CalendarYearMissing):
        calendar_for().is_working_day(day)
