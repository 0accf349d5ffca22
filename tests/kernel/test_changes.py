"""The one write path: row, diff, span, dirty cell in one transaction; stale rows are refused."""

import pytest
from django.db import transaction

from shian.kernel.changes.models import Change, StateSpan
from shian.kernel.changes.personal import erase, open_personal
from shian.kernel.changes.queries import history, value_as_of
from shian.kernel.changes.writer import StaleObject, change
from shian.kernel.people.models import Unit, User
from shian.kernel.scopes import SYSTEM


def test_save_writes_diff_with_before_and_after(cast):
    unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    unit.short_name = "县财政"
    with change(cast.actor("guanliyuan"), "unit.save", basis="演政办〔2026〕1号", reason="更正简称") as w:
        assert w.save(unit)
    row = history(unit)[0]
    assert row.diff == {"short_name": ["县财政局", "县财政"]}
    assert (row.verb, row.basis, row.reason, row.actor_name) == (
        "unit.save",
        "演政办〔2026〕1号",
        "更正简称",
        "刘洋",
    )


def test_unchanged_row_writes_nothing(cast):
    unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    before = Change.unscoped.count()
    with change(SYSTEM, "unit.save") as w:
        assert not w.save(unit)
    assert Change.unscoped.count() == before


def test_second_writer_of_the_same_version_is_refused(cast):
    first = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    second = Unit.unscoped.get(pk=first.pk)
    first.short_name, second.short_name = "甲", "乙"
    with change(SYSTEM, "unit.save") as w:
        w.save(first)
    with pytest.raises(StaleObject) as refused, transaction.atomic(), change(SYSTEM, "unit.save") as w:
        w.save(second)
    assert refused.value.current.short_name == "甲"
    assert Unit.unscoped.get(pk=first.pk).short_name == "甲"


def test_failed_action_leaves_no_trace(cast):
    before = Change.unscoped.count()
    with pytest.raises(RuntimeError), transaction.atomic(), change(SYSTEM, "unit.save") as w:
        w.save(Unit(name="临时机构", kind="other", place=cast.county))
        raise RuntimeError
    assert Change.unscoped.count() == before
    assert not Unit.unscoped.filter(name="临时机构").exists()


def test_tracked_field_keeps_spans(cast):
    unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    created = StateSpan.unscoped.get(object_id=unit.pk, object_type="people.unit", field="name").since
    old = unit.name
    unit.name = "演示县财政和国资局"
    with change(SYSTEM, "unit.save") as w:
        w.save(unit)
        at = w.at
    assert value_as_of(unit, "name", created) == old
    assert value_as_of(unit, "name", at) == "演示县财政和国资局"


def test_personal_values_are_sealed_and_erasable(cast):
    user = User.unscoped.get(username="donghe")
    user.phone = "13800000000"
    with change(SYSTEM, "user.save") as w:
        w.save(user)
    row = history(user)[0]
    assert "13800000000" not in str(row.diff)
    assert open_personal("people.user", user.pk, row.diff["phone"]) == ["", "13800000000"]
    assert erase("people.user", user.pk)
    assert open_personal("people.user", user.pk, row.diff["phone"]) is None


def test_password_never_enters_the_log(cast):
    user = cast.users["donghe"]
    assert all(user.password not in str(row.diff) for row in history(user))
