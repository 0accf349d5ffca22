"""A small invented plan of the demo county, imported and published."""

from __future__ import annotations

import datetime as dt

import pytest

from shian.apps.plans import actions

TODAY = dt.date(2026, 3, 10)

PLAN = """演示县2026年食品安全重点工作计划

一、压实责任
（一）落实属地责任。各乡镇定期研究食品安全工作，每季度开展一次专题调研。（各乡镇人民政府、街道办事处负责，县食安办配合）
（二）加强抽检。全年食品抽检量达到4批次/千人，食品安全抽检合格率达到98%以上，6月底前完成上半年任务。（县市场监管局牵头，县农业农村局、卫健委配合）
二、社会共治
（三）开展科普宣传。9月底前组织食品安全宣传周活动。（县食安委各成员单位按职责分工负责）
（四）推进明厨亮灶。鼓励学校食堂明厨亮灶覆盖率达到90%以上。（县教育局、市场监管局负责）
"""


@pytest.fixture
def office(cast):
    return cast.actor("shianban")


@pytest.fixture
def reviewing(cast, office):
    """The plan, read and waiting for review."""
    return actions.import_document(actor=office, place=cast.county, text=PLAN, today=TODAY)


@pytest.fixture
def plan(office, reviewing):
    """The plan, published; ``plan.tasks`` by number."""
    actions.accept_all(actor=office, document=reviewing)
    return actions.publish(actor=office, document=reviewing)


@pytest.fixture
def task(plan):
    """抽检: led by 市场监督管理局, supported by two."""
    return plan.tasks.get(no="（二）")
