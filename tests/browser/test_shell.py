"""The shell in a real browser: look, content policy, keyboard, drafts, phone, accessibility."""

import pytest

from shian.kernel.scopes import system
from shian.kernel.ui import samples

pytestmark = [pytest.mark.urls("tests.browser.ui_urls"), pytest.mark.django_db(transaction=True)]

GUIDE = "/ui/styleguide/{}/"


@pytest.fixture
def guide(live_url, login_as, staff):
    """``guide(page, "list")`` opens that page of the style guide, signed in."""

    def go(page, name: str):
        login_as(page, staff)
        page.goto(live_url + GUIDE.format(name))
        return page

    return go


@pytest.fixture
def staff(django_user_model):
    with system("arranged by the test"):
        return django_user_model.unscoped.create(username="guide", name="周敏", password="!").username


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_every_sample_fits_and_runs_under_the_content_policy(guide, open_page, shot, size):
    page = open_page(size)
    for name in samples.PAGES:
        shot(guide(page, name), f"ui-{name}-{size}")
    assert page.problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_accessibility_fault(guide, open_page, accessible, live_url, theme):
    page = open_page(url=live_url, theme=theme)
    for name in samples.PAGES:
        accessible(guide(page, name))


def test_large_print_and_dark_are_chosen_without_reload_and_remembered(guide, page):
    guide(page, "landing")
    page.click("button[title='大字显示']")
    assert page.get_attribute("html", "data-print") == "large"
    page.click("button[title='深色显示']")
    page.reload()
    assert page.get_attribute("html", "data-print") == "large"
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "19px"


def test_keys_walk_the_list_pick_a_row_and_show_help(guide, page):
    guide(page, "list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.is_checked("tbody tr:nth-child(2) input[name=pk]")
    assert page.inner_text("[data-picked]") == "已选 1 条"
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") == "q"


def test_bulk_can_reach_every_matching_row_and_asks_first(guide, page):
    guide(page, "list")
    page.check("[data-pick-page]")
    page.click("[data-pick-all]")
    assert page.inner_text("[data-picked]") == "已选全部 10,000+ 条"
    assert page.input_value("input[name=all_matching]") == "1"
    page.click("button[value=urge]")
    assert page.is_visible("#ask")
    assert "督办" in page.inner_text("#ask [data-question]")
    page.click("#ask button[value='']")
    assert page.url.endswith(GUIDE.format("list"))


def test_tabs_are_addressable(guide, page):
    guide(page, "detail")
    page.click("#tab-changes")
    assert page.is_visible("#panel-changes") and not page.is_visible("#panel-overview")
    page.reload()
    assert page.is_visible("#panel-changes")


def test_a_closed_tab_loses_nothing_typed(guide, page):
    guide(page, "form")
    page.fill("[name=title]", "组织校园周边排查")
    page.check("[name=kind][value=meeting]")
    page.goto("about:blank")
    guide(page, "form")
    assert page.input_value("[name=title]") == ""
    page.click("[data-draft-restore]")
    assert page.input_value("[name=title]") == "组织校园周边排查"
    assert page.is_checked("[name=kind][value=meeting]")


def test_a_failed_submit_keeps_the_draft_and_a_good_one_drops_it(guide, page, live_url):
    guide(page, "form")
    page.fill("[name=title]", "组织校园周边排查")
    page.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.keyboard.press("Control+s")
    page.wait_for_timeout(200)
    page.unroute("**/*")
    guide(page, "form")
    assert page.is_visible("[data-draft-restore]")
    page.problems.clear()  # the refused connection is the point of this test

    page.click("[data-draft-restore]")
    page.route(
        "**/*",
        lambda route: _redirect(route, live_url) if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("Control+s")
    page.wait_for_url("**/landing/")
    guide(page, "form")
    assert not page.is_visible("[data-draft-restore]")


def _redirect(route, live_url):
    route.fulfill(status=302, headers={"location": live_url + GUIDE.format("landing")})


def test_the_phone_navigation_opens_and_closes(guide, open_page):
    page = guide(open_page("phone"), "landing")
    assert not page.is_visible("#side")
    page.click("[data-nav-open]")
    assert page.is_visible("#side")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert not page.is_visible("#side")


def test_without_scripts_every_panel_can_be_read_and_the_look_changed(chromium, live_url, login_as, staff):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    login_as(page, staff)
    page.goto(live_url + GUIDE.format("detail"))
    assert page.is_visible("#panel-changes")
    page.click("button[title='深色显示']")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    context.close()
