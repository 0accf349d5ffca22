"""What the tests of lines, of their import and of the past share: a visit of the bench app, and who looks at it."""

import pytest
from django.test import Client
from tests.bench_app.models import Fault, Visit

from shian.kernel.changes.writer import change
from shian.kernel.scopes import SYSTEM


@pytest.fixture
def visit(cast):
    """东河's 春季检查 with 积水 ×2 and 无证 ×1, in positions 3 and 7."""
    row = Visit(title="春季检查", place=cast.places["东河镇"])
    with change(SYSTEM, "visit.create") as w:
        w.save(row)
        w.save_all([Fault(visit=row, text="积水", count=2, sort=3), Fault(visit=row, text="无证", sort=7)])
    return row


@pytest.fixture
def admin(cast):
    """The county's administrator, who holds every verb of visits."""
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client
