"""Settings of the test run and the shared cast (the people of the demo county)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SHIAN_MODE", "test")
os.environ.setdefault("SHIAN_DATA", tempfile.mkdtemp(prefix="shian-test-"))

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Plans, gold ledgers and reference results given beside the checkout; absent in a bare clone."""


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("../shared is absent beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The cast is made once a run; each test works on it inside its own transaction."""
    from shian.site.demo.cast import make_cast

    with django_db_blocker.unblock():
        make_cast()


@pytest.fixture
def cast(db):
    """The demo county: ``cast.units["市场监督管理局"]``, ``cast.actor("shianban")``, fresh from the database."""
    from shian.site.demo.cast import find_cast

    return find_cast()
