"""A corrected document: the difference is shown, ids, progress and history stay."""

import datetime as dt

import pytest

from shian.apps.plans import actions
from shian.apps.plans.models import Decision, Document, Target, Task

from .conftest import PLAN, TODAY

CORRECTED = (
    PLAN.replace("合格率达到98%以上", "合格率达到98.5%以上")
    .replace("（三）开展科普宣传。9月底前组织食品安全宣传周活动。（县食安委各成员单位按职责分工负责）\n", "")
    .replace("（四）推进明厨亮灶", "（三）推进明厨亮灶")
    + "（四）加强应急演练。11月底前组织一次应急演练。（县食安办负责）\n"
)


@pytest.fixture
def correction(cast, office, plan):
    return actions.import_document(
        actor=office, place=cast.county, text=CORRECTED, today=TODAY, supersedes=plan
    )


def test_the_difference_before_publishing(office, correction):
    pairs = actions.compare_documents(actor=office, document=correction)
    assert [(p.kind, (p.new or p.old).title) for p in pairs] == [
        ("same", "落实属地责任"),
        ("changed", "加强抽检"),
        ("changed", "推进明厨亮灶"),
        ("new", "加强应急演练"),
        ("gone", "开展科普宣传"),
    ]
    assert set(pairs[1].fields) == {"text", "targets"} and set(pairs[2].fields) == {"no"}


def test_publishing_keeps_ids_progress_and_values(cast, office, plan, task, correction):
    market = cast.actor("shichangju")
    actions.report(actor=market, task=task, text="已完成六成", percent=60)
    rate = task.targets.get(unit_text="%")
    actions.report_value(actor=market, target=rate, value="98.7", as_of=TODAY)
    actions.decide(
        actor=office, task=task, kind="extend", due=dt.date(2026, 8, 1), reason="洪涝", number="3号"
    )
    ids = {t.title: t.pk for t in plan.tasks.filter(parent=None)}
    actions.accept_all(actor=office, document=correction)
    actions.publish(actor=office, document=correction)

    now = {t.title: t for t in correction.tasks.filter(parent=None)}
    assert {t: ids[t] for t in ("落实属地责任", "加强抽检", "推进明厨亮灶")} == {
        t: now[t].pk for t in ("落实属地责任", "加强抽检", "推进明厨亮灶")
    }
    kept = now["加强抽检"]
    assert (kept.percent, kept.status, kept.due) == (60, "active", dt.date(2026, 8, 1))
    assert correction.text[kept.start : kept.end].startswith("（二）加强抽检")
    stored = Target.unscoped.get(pk=rate.pk)
    assert stored.demand == "≥98.5%" and stored.values.count() == 1
    assert now["推进明厨亮灶"].no == "（三）"
    assert now["加强应急演练"].due == dt.date(2026, 11, 30)
    assert Document.unscoped.get(pk=plan.pk).state == "replaced"

    gone = Task.unscoped.get(pk=ids["开展科普宣传"])
    assert gone.status == "dropped" and gone.document == plan
    assert Decision.unscoped.get(task=gone).kind == "drop"
    instances = now["落实属地责任"].instances
    assert instances.count() == 4 and set(instances.values_list("document", flat=True)) == {correction.pk}


def test_compare_panel_shows_struck_and_inserted_text(cast, client, correction):
    client.force_login(cast.users["shianban"])
    page = client.get(f"/documents/{correction.pk}/").content.decode()
    assert "与原件对照" in page and "<ins>.5</ins>" in page
