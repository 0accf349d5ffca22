"""Headless Chromium for the stories: ``page``, ``live_url``, ``login_as``, ``shot``, ``accessible``.

The browser is the system's (``SHIAN_CHROMIUM`` or the first of the usual names); nothing is downloaded.
``SHIAN_SHOTS=1`` makes ``shot`` write into ``docs/screens`` instead of a temporary folder.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"wide": (1366, 768), "phone": (390, 844)}
HARMLESS = ("autocomplete attributes",)
"""Console lines that say nothing about our pages."""

# Playwright's loop runs in the test's thread; the tests only use the database between page loads.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.full)


@pytest.fixture(scope="session")
def chromium():
    names = (os.environ.get("SHIAN_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (set SHIAN_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module", autouse=True)
def cast_stays(django_db_setup, django_db_blocker):
    """A live server needs real transactions, and their clean-up empties the tables: other modules get the cast back."""
    yield
    from shian.kernel.people.models import User
    from shian.site.demo.cast import make_cast

    with django_db_blocker.unblock():
        if not User.unscoped.exists():
            make_cast()


@pytest.fixture
def live_url(live_server) -> str:
    return live_server.url


@pytest.fixture
def open_page(chromium):
    """``open_page("phone", theme="dark", print="large")``: a page whose script errors and refusals are collected."""
    contexts = []

    def make(size: str = "wide", url: str = "", **look: str):
        width, height = SIZES[size]
        context = chromium.new_context(
            locale="zh-CN", viewport={"width": width, "height": height}, is_mobile=size == "phone"
        )
        if look:
            context.add_cookies([{"name": f"shian_{k}", "value": v, "url": url} for k, v in look.items()])
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: _note(page, line))
        return page

    yield make
    for context in contexts:
        context.close()


def _note(page, line) -> None:
    if line.type == "error" and not any(word in line.text for word in HARMLESS):
        page.problems.append(line.text)


@pytest.fixture
def page(open_page):
    page = open_page()
    yield page
    assert page.problems == [], f"errors in the browser's console: {page.problems}"


@pytest.fixture
def login_as(live_url, client, django_user_model):
    """``login_as(page, "shianban")``: the member of the cast is signed in for that page's context."""

    def login(page, username: str):
        user = getattr(django_user_model, "unscoped", django_user_model.objects).get(username=username)
        client.force_login(user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_url}]
        )
        return user

    return login


@pytest.fixture
def shot(tmp_path):
    """``shot(page, "landing")`` keeps a picture of the whole page and refuses one wider than its window."""
    folder = ROOT / "docs" / "screens" if os.environ.get("SHIAN_SHOTS") else tmp_path

    def take(page, name: str, *, whole: bool = False) -> Path:
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{name}: the page is {wide} px wide in a window of {window} px"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=whole)
        return path

    return take


@pytest.fixture
def faults():
    """``faults(page)``: what axe-core calls serious or critical; skipped where it is not installed."""
    if not AXE.is_file():
        pytest.skip("axe-core absent: run npm ci in frontend/")
    source = AXE.read_text(encoding="utf-8")

    def find(page) -> list[str]:
        page.evaluate(source)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{v['id']}: {v['help']} — {v['nodes'][0]['html'][:160]}"
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    return find


@pytest.fixture
def accessible(faults):
    """``accessible(page)`` asserts that there are none."""

    def check(page) -> None:
        assert faults(page) == []

    return check
