"""A small invented plan of the demo county, imported and published."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from shian.apps.plans import actions
from shian.apps.plans.models import Draft
from shian.kernel.people.models import User

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


@pytest.fixture
def sign_in(cast):
    def as_user(username: str) -> Client:
        client = Client()
        client.force_login(User.unscoped.get(username=username))
        return client

    return as_user


@pytest.fixture
def page(sign_in, reviewing):
    """``page("accept", draft, **body)`` posts one operation as 食安办 and returns (status, answer)."""
    client = sign_in("shianban")

    def post(
        verb: str, draft: Draft | None = None, *, by: Client = client, version: int | None = None, **body
    ):
        base = f"/documents/{reviewing.pk}/review/"
        if draft is not None:
            base += f"items/{draft.pk}/"
            body["version"] = draft.version if version is None else version
        response = by.post(f"{base}{verb}/", body)
        return response.status_code, response.json()

    post.client = client
    return post


@pytest.fixture
def strange(office, cast):
    """A plan that names a body nobody has entered, twice, and one in doubt."""
    text = PLAN.replace("卫健委配合", "演示火车站配合").replace(
        "县教育局、市场监管局负责", "演示火车站、县数据局负责"
    )
    return actions.import_document(actor=office, place=cast.county, text=text, today=TODAY)


@pytest.fixture
def strange_page(sign_in, strange):
    client = sign_in("shianban")

    def post(verb: str, draft=None, **body):
        base = f"/documents/{strange.pk}/review/" + (f"items/{draft.pk}/" if draft else "")
        response = client.post(f"{base}{verb}/", {**body, **({"version": draft.version} if draft else {})})
        return response.status_code, response.json()

    post.client = client
    return post


@pytest.fixture
def second(cast, sign_in):
    """Another person of the office, signed in."""
    from shian.kernel.people import actions as people
    from shian.kernel.scopes import SYSTEM
    from shian.kernel.scopes.models import Role

    user = User(username="erban", name="郑二", unit=cast.units["office"])
    people.save_user(actor=SYSTEM, user=user)
    people.grant(actor=SYSTEM, user=user, role=Role.unscoped.get(code="office"), places=[cast.county])
    return sign_in("erban")
