"""The demo county as its people see it; with ``SHIAN_SHOTS=1`` these are the pictures of ``docs/screens``."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = {
    "landing": "/",
    "tasks": "/tasks/",
    "task": "task",
    "task-report": "task/report/",
    "documents": "/documents/",
    "document": "document",
    "document-import": "/documents/import/",
    "targets": "/targets/",
    "units": "/units/",
    "unit-form": "/units/new/",
    "unit-import": "/units/import/",
    "search": "/search/?q=抽检",
    "notices": "/notices/",
    "help": "/help/plans/intake/",
}


@pytest.fixture
def demo(transactional_db):
    from django.core.management import call_command

    from shian.kernel.scopes import system
    from shian.site import demo

    call_command("flush", verbosity=0, interactive=False)
    with system("browser tests"):
        demo.load()


def first(page, live_url: str, listing: str, word: str) -> str:
    page.goto(f"{live_url}/{listing}/?q={word}")
    return page.get_attribute("[data-rows] td.title a", "href")


@pytest.mark.parametrize(
    ("size", "look"),
    [("wide", {}), ("phone", {}), ("wide", {"theme": "dark"}), ("wide", {"print": "large"})],
    ids=["wide", "phone", "dark", "large"],
)
def test_screens_of_the_demo(demo, open_page, login_as, live_url, shot, size, look):
    page = open_page(size, live_url, **look)
    login_as(page, "shianban")
    task = first(page, live_url, "tasks", "抽检")
    document = first(page, live_url, "documents", "2026")
    suffix = next(iter(look.values()), size)
    for name, path in SCREENS.items():
        path = path.replace("task/", task, 1) if path.startswith("task/") else path
        path = {"task": task, "document": document}.get(path, path)
        # The form of a verb is shown to who may take it: a unit reports, the office does not.
        login_as(page, "shichangju" if name == "task-report" else "shianban")
        answer = page.goto(live_url + path)
        assert answer.status == 200, path
        page.wait_for_timeout(200)
        shot(page, f"{name}-{suffix}")
    assert page.problems == []
