"""The shared cast: the people of the demo county and the tests' own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.resource_suite", "tests.flow_suite", "tests.suite")

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Plans, gold ledgers and reference results given beside the checkout; absent in a bare clone."""


def pytest_collection_modifyitems(config, items):
    """A generated test whose option or feature the resource does not declare is not collected."""
    from shian.kernel.resources import registry

    served = {r.name: r for r in registry.all_resources()}

    def has(declared, what: str) -> bool:
        """An option of the resource or of its model, or a feature by the name of its class."""
        if what[0].islower():
            return bool(getattr(declared, what, None) or getattr(declared.model, what, None))
        return any(type(feature).__name__ == what for feature in declared.features)

    def idle(item) -> bool:
        mark = item.get_closest_marker("needs")
        declared = served.get(item.cls.resource) if mark else None
        return declared is not None and not has(declared, mark.args[0])

    gone = [item for item in items if idle(item)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def pytest_sessionfinish(session):
    """In CI nothing may be skipped: what a test needs is installed there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped:
        for row in skipped:
            print(f"SKIPPED in CI: {row.nodeid} {row.longrepr}")
        session.exitstatus = 1


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("../shared is absent beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The cast is made once a run; each test works on it inside its own transaction."""
    from tests.cast import make_all

    with django_db_blocker.unblock():
        make_all()


@pytest.fixture
def cast(db):
    """The demo county: ``cast.units["市场监督管理局"]``, ``cast.actor("shianban")``, fresh from the database,
    and the tests' own members: ``cast.users["editor_a"]``.

    A test with real transactions empties the tables when it ends; whoever comes next makes the cast anew.
    """
    from shian.kernel.people.models import User
    from tests.cast import find_all, make_all

    if not User.unscoped.exists():
        make_all()
    return find_all()
