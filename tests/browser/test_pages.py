"""Every page of the navigation as three people see it: answers, no console error, no overflow, no serious fault."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = """关于印发2026年食品安全工作要点的通知
各乡镇人民政府，县食安委各成员单位：
一、加强源头治理
1.开展农产品例行监测，合格率达到98%以上。（县农业农村局牵头，各乡镇配合，2026年12月31日前完成）
2.规范农药兽药经营。（县农业农村局）
二、严格过程监管
1.学校食堂“明厨亮灶”覆盖率达到100%，每季度开展一次检查。（县市场监督管理局牵头，县教育体育局配合）
2.完成食品抽检4批次/千人。（县市场监督管理局）
"""


@pytest.fixture
def county(transactional_db):
    """The cast and one published plan; a transactional test leaves the database empty, so it is made each time."""
    import datetime as dt

    from shian.apps.plans.actions import documents, drafts, publishing
    from shian.kernel.people.models import User
    from shian.kernel.scopes import system
    from shian.site.demo.cast import find_cast, make_cast

    with system("browser tests"):
        cast = find_cast() if User.unscoped.filter(username="shianban").exists() else make_cast()
        actor = cast.actor("shianban")
        document = documents.import_document(
            actor=actor, place=cast.county, text=PLAN, filename="要点.txt", today=dt.date(2026, 3, 1)
        )
        drafts.accept_all(actor=actor, document=document)
        publishing.publish(actor=actor, document=document, allow_unresolved=True)
    return cast


def addresses(page) -> list[str]:
    """What the navigation and the foot offer; behind each list its first row, the form to add one, the import; the manual."""
    found = page.eval_on_selector_all("#side a, .foot a", "links => links.map(a => a.href)")
    for url in list(found):
        page.goto(url)
        found += page.eval_on_selector_all(
            "[data-rows] tr:first-child td.title a, .page-head .actions a.btn, .manual-index a",
            "links => links.map(a => a.href)",
        )
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("username", "size"),
    [("shianban", "wide"), ("shianban", "phone"), ("shichangju", "phone"), ("guanliyuan", "wide")],
)
def test_every_page_a_person_can_reach(county, open_page, login_as, live_url, shot, faults, username, size):
    page = open_page(size)
    login_as(page, username)
    page.goto(live_url)
    urls = addresses(page)
    assert len(urls) >= 6
    answers, found = {}, {}
    for n, url in enumerate(urls):
        answers[url] = page.goto(url).status
        shot(page, f"{username}-{size}-{n:02d}")
        found |= dict.fromkeys(faults(page), url)
    assert {url: status for url, status in answers.items() if status != 200} == {}
    assert found == {}
    assert page.problems == []


def test_a_member_of_the_cast_signs_in_and_out(county, page, live_url):
    page.goto(f"{live_url}/tasks/")
    page.fill("[name=login]", "shichangju")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    assert page.is_visible(".alert-danger")
    from shian.site.demo.cast import PASSWORD

    page.fill("[name=login]", "shichangju")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/tasks/")
    page.click("header .dropdown:last-child > button")
    page.click("form[data-sign-out] button")
    page.wait_for_url("**/accounts/login/**")


def test_search_suggests_while_typing_and_opens_by_keyboard(county, page, login_as, live_url):
    login_as(page, "shianban")
    page.goto(live_url)
    page.keyboard.press("/")
    page.keyboard.type("抽检")
    page.wait_for_selector("#suggestions a")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url != f"{live_url}/"
