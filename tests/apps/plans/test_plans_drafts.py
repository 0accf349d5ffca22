"""Review of a document: one action a field, nothing lost, nothing published that nobody confirmed."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from shian.apps.plans import actions
from shian.apps.plans.models import Draft, Task
from shian.kernel.changes.writer import StaleObject
from shian.kernel.people.models import UnitAlias

from .conftest import PLAN, TODAY


def drafts_of(document):
    return list(document.drafts.filter(retired_at=None))


def draft(document, no):
    return document.drafts.get(no=no, retired_at=None)


def test_reading_resolves_units_sets_and_figures(cast, reviewing):
    row = draft(reviewing, "（二）")
    units = {p["name"]: (p["role"], p["unit_id"]) for p in row.parties}
    assert units == {
        "县市场监管局": ("lead", cast.units["市场监督管理局"].pk),
        "县农业农村局": ("support", cast.units["农业农村局"].pk),
        "卫健委": ("support", cast.units["卫生健康局"].pk),
    }
    assert [p["set"] for p in draft(reviewing, "（三）").parties] == ["members"]
    assert draft(reviewing, "（一）").recurrence == "quarter"
    assert draft(reviewing, "（四）").targets[0]["soft"] and not row.targets[0]["soft"]
    for each in drafts_of(reviewing):
        assert reviewing.text[each.start : each.end].startswith(each.no)


def test_each_edit_is_stored_by_itself(office, reviewing):
    row = draft(reviewing, "（二）")
    actions.edit_draft(actor=office, draft=row, title="加强监督抽检", version=row.version)
    actions.edit_draft(actor=office, draft=row, due="2026-11-20", version=row.version)
    stored = Draft.unscoped.get(pk=row.pk)
    assert (stored.title, str(stored.due), stored.version) == ("加强监督抽检", "2026-11-20", 3)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "  ", "不能为空"),
        ("title", "加强\u200b抽检", "看不见的字符"),
        ("section_title", "\u202e一、压实责任", "看不见的字符"),
        ("no", "一" * 21, "20"),
        ("parties", [{"name": "财政\u200b局", "role": "lead"}], "看不见的字符"),
        ("due", "十一月底", "不是日期"),
        ("end", 10**6, "超出正文"),
        ("targets", [{"subject": "合格率", "op": ">=", "value": "很高"}], "不是数字"),
        ("targets", [{"subject": "合格率", "op": "约", "value": 1}], "无效"),
        ("targets", [{"subject": "", "op": ">=", "value": 1}], "指标名称"),
        ("targets", [{"subject": "家数", "op": "==", "value": 8, "value_max": 6}], "小于下限"),
        ("parties", [{"name": "甲局", "role": "boss"}], "无效"),
        ("parties", [{"name": "甲局", "role": "lead", "unit_id": 10**6}], "不存在"),
        ("deadlines", [{"date": "9月底"}], "不是日期"),
        ("state", "accepted", "不能在核对时修改"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(office, reviewing, field, value, words):
    row = draft(reviewing, "（二）")
    with pytest.raises(ValidationError) as refused:
        actions.edit_draft(actor=office, draft=row, **{field: value})
    assert words in str(refused.value.message_dict[field])
    assert Draft.unscoped.get(pk=row.pk).version == row.version


def test_two_reviewers_at_once(office, reviewing):
    one, two = draft(reviewing, "（二）"), draft(reviewing, "（二）")
    actions.edit_draft(actor=office, draft=one, title="甲", version=1)
    with pytest.raises(StaleObject) as stale:
        actions.edit_draft(actor=office, draft=two, title="乙", version=1)
    assert stale.value.current.title == "甲"


def test_merge_split_and_add_lose_no_figure(office, reviewing):
    first, second = draft(reviewing, "（二）"), draft(reviewing, "（三）")
    figures = first.targets + second.targets
    merged = actions.merge_drafts(actor=office, first=first, second=second)
    assert merged.targets == figures and merged.end == second.end
    assert {p["name"] for p in merged.parties} >= {"县市场监管局", "县食安委各成员单位"}
    cut = reviewing.text.index("（三）")
    left, right = actions.split_draft(actor=office, draft=merged, offset=cut)
    assert (left.end, right.start) == (cut, cut) and left.targets + right.targets == figures
    assert [d["quote"] for d in right.deadlines] == ["9月底前"]
    start = reviewing.text.index("9月底前")
    added = actions.add_draft(actor=office, document=reviewing, start=start, end=start + 17)
    assert added.title.startswith("9月底前组织") and added.section_title == right.section_title
    order = [d.pk for d in drafts_of(reviewing)]
    assert order.index(left.pk) < order.index(right.pk)


def test_an_item_added_from_the_source_is_read_too(cast, office, reviewing):
    text = reviewing.text
    start, end = text.index("全年食品抽检量"), text.index("二、社会共治")
    added = actions.add_draft(actor=office, document=reviewing, start=start, end=end)
    assert next((p["name"], p["role"]) for p in added.parties) == ("县市场监管局", "lead")
    assert [t["quote"] for t in added.targets] == [text[t["start"] : t["end"]] for t in added.targets]
    assert {p["name"] for p in added.parties} == {text[p["start"] : p["end"]] for p in added.parties}
    assert "6月底前" in [d["quote"] for d in added.deadlines]


def test_a_name_chosen_once_is_remembered(cast, office):
    text = PLAN.replace("县教育局、市场监管局负责", "县平安食品办、市场监管局负责")
    document = actions.import_document(actor=office, place=cast.county, text=text, today=TODAY)
    row = draft(document, "（四）")
    assert row.parties[0]["unit_id"] is None
    actions.accept_all(actor=office, document=document)
    with pytest.raises(actions.UnresolvedParties) as refused:
        actions.publish(actor=office, document=document)
    assert refused.value.names == ["县平安食品办"]
    actions.resolve_party(
        actor=office, draft=Draft.unscoped.get(pk=row.pk), index=0, unit=cast.units["office"]
    )
    assert UnitAlias.unscoped.get(name="县平安食品办").unit == cast.units["office"]
    actions.publish(actor=office, document=document)
    again = actions.import_document(
        actor=office, place=cast.county, text=text.replace("90%", "95%"), today=TODAY, supersedes=document
    )
    assert draft(again, "（四）").parties[0]["unit_id"] == cast.units["office"].pk


def test_publish_waits_for_every_item(office, reviewing):
    rows = drafts_of(reviewing)
    for row in rows[:-1]:
        actions.accept_draft(actor=office, draft=row, version=row.version)
    with pytest.raises(ValidationError, match="还有1条未确认"):
        actions.publish(actor=office, document=reviewing)
    actions.drop_draft(actor=office, draft=rows[-1])
    actions.publish(actor=office, document=reviewing)
    assert not Task.unscoped.filter(no="（四）").exists()
    with pytest.raises(ValidationError, match="已发布"):
        actions.edit_draft(actor=office, draft=rows[0], title="晚了")


def test_only_the_office_reviews(cast, reviewing):
    row = drafts_of(reviewing)[0]
    for who in ("shichangju", "shishianban", "donghe", "guanliyuan"):
        actor = cast.actor(who)
        for refused in (
            lambda a=actor: actions.edit_draft(actor=a, draft=row, title="x"),
            lambda a=actor: actions.accept_draft(actor=a, draft=row),
            lambda a=actor: actions.publish(actor=a, document=reviewing),
            lambda a=actor: actions.import_document(actor=a, place=cast.county, text=PLAN, today=TODAY),
        ):
            with pytest.raises(PermissionDenied):
                refused()
