"""The review screen in a browser: five real plans by keyboard alone, a server that dies, two reviewers at once."""

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shian.apps.plans import actions
from shian.apps.plans.models import Document, Draft, Task
from shian.kernel.changes.writer import change
from shian.kernel.people.models import Unit, UnitAlias
from shian.kernel.scopes import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
PLANS = ["jilin-2020", "jinning-2020", "jizhou-2020", "xihu-2017", "xiping-2020"]
SAVED = "#review-saved.saved:not(.saving):not(.lost):not(.typing):not(.signed-out)"


def sample(name: str) -> str:
    return files("shian.apps.plans").joinpath(f"samples/{name}.txt").read_text("utf-8")


@pytest.fixture
def county(transactional_db):
    """The cast, made anew: a transactional test empties the database behind it."""
    from shian.kernel.people.models import User
    from shian.site.demo.cast import find_cast, make_cast

    return find_cast() if User.unscoped.filter(username="shianban").exists() else make_cast()


@pytest.fixture
def imported(county):
    def make(name: str = "xiping-2020", text: str = "") -> Document:
        return actions.import_document(
            actor=county.actor("shianban"),
            place=county.county,
            text=text or sample(name),
            today=dt.date(2020, 3, 1),
        )

    return make


@pytest.fixture
def review(live_url, login_as):
    """``review(page, document)`` opens the review screen as 食安办 and waits for its scripts."""

    def go(page, document, username="shianban"):
        login_as(page, username)
        page.goto(f"{live_url}/documents/{document.pk}/review/")
        page.wait_for_selector("#review[data-ready]")
        return page

    return go


def saved(page) -> None:
    page.wait_for_selector(SAVED, timeout=20000)


def current(page) -> int:
    return int(page.get_attribute(".item.current", "data-id"))


# -- by keyboard alone ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PLANS)
def test_every_task_of_a_real_plan_is_reviewed_by_keyboard_alone(imported, review, page, name):
    document = imported(name)
    ids = [d.pk for d in document.drafts.order_by("sort", "pk")]
    keys = review(page, document).keyboard
    seen = []
    for _ in ids:
        seen.append(current(page))
        keys.press("Enter")
    assert seen == ids
    saved(page)
    assert document.drafts.filter(state="accepted").count() == len(ids)
    while int(page.get_attribute(".review-head", "data-unknown")):
        keys.press("r")
        page.wait_for_selector("#review-unit[open] .choices [aria-selected=true]")
        keys.press("Enter")
        saved(page)
        page.wait_for_timeout(50)
    keys.press("p")
    page.wait_for_url("**/publish/")
    page.wait_for_selector("main button:focus")  # the browser gives the focus with the first picture, after load
    keys.press("Enter")
    page.wait_for_url(f"**/documents/{document.pk}/")
    assert Task.unscoped.filter(document=document, parent=None).count() == len(ids)


def test_every_correction_by_keyboard(imported, review, page):
    document = imported(text=SMALL)
    keys = review(page, document).keyboard
    first, second, third = (d.pk for d in document.drafts.order_by("sort"))
    # title
    keys.press("e")
    keys.type("落实属地管理责任")
    keys.press("Enter")
    # typed unit, figure, date
    for key, words in (("g", "县公安局牵头"), ("t", "覆盖率达到90%以上"), ("d", "10月底前")):
        keys.press(key)
        keys.type(words)
        keys.press("Enter")
        keys.press("Escape")
    saved(page)
    draft = Draft.unscoped.get(pk=first)
    assert draft.title == "落实属地管理责任"
    assert ("县公安局", "lead") in [(p["name"], p["role"]) for p in draft.parties]
    assert draft.targets[-1]["value"] == 90 and draft.deadlines[-1]["date"] == "2020-10-31"
    # split where the first sentence of the text ends, merge again, drop, take back
    keys.press("j")
    keys.press("s")
    keys.press("Enter")
    expect(page.locator("#review-items .item")).to_have_count(4)
    keys.press("m")
    expect(page.locator("#review-items .item")).to_have_count(3)
    keys.press("x")
    saved(page)
    assert Draft.unscoped.get(pk=second).state == "dropped" and current(page) == third
    keys.press("k")
    keys.press("u")
    saved(page)
    assert Draft.unscoped.get(pk=second).state == "pending"
    # a selection made with the arrows becomes the title
    keys.press("v")
    for _ in range(3):
        keys.press("ArrowRight")
    for _ in range(4):
        keys.press("Shift+ArrowRight")
    keys.press("e")
    saved(page)
    row = Draft.unscoped.get(pk=second)
    assert row.title == document.text[row.start + 3 : row.start + 7]
    # and a new item
    keys.press("v")
    keys.press("Shift+Control+ArrowRight")
    keys.press("n")
    expect(page.locator("#review-items .item")).to_have_count(4)
    saved(page)
    keys.press("?")
    assert page.is_visible("#review-keys")
    keys.press("Escape")
    keys.press("Control+Enter")
    saved(page)
    assert not document.drafts.filter(state="pending", retired_at=None, confidence__gte=0.9).exists()


SMALL = """演示县2020年食品安全工作要点
一、压实责任
（一）落实属地责任。各乡镇定期研究食品安全工作。（县市场监管局负责）
（二）加强抽检监测。抽检合格率达到98%以上。9月底前完成年度任务。（县市场监管局、县农业农村局负责）
（三）开展宣传。组织食品安全宣传周活动。（县教育局负责）
"""


def test_among_many_units_the_name_or_its_pinyin_is_typed(imported, review, county, page):
    """Above fifty units the chooser asks the server while one types; Enter waits for what is on its way."""
    with change(SYSTEM, "unit.save") as w:
        w.save_all([Unit(name=f"演示县第{n}专班", kind="department", place=county.county) for n in range(90)])
    document = imported(text=SMALL.replace("县教育局", "县数据服务站").replace("县农业农村局", "县安全委"))
    keys = review(page, document).keyboard
    for typed, name in (("第88专班", "演示县第88专班"), ("ysxjtysj", "演示县交通运输局")):
        left = int(page.get_attribute(".review-head", "data-unknown"))
        keys.press("r")
        page.wait_for_selector("#review-unit[open] .choices [aria-selected=true]")
        keys.type(typed)
        keys.press("Enter")  # at once: the answer is still on its way
        expect(page.locator(".review-head")).to_have_attribute("data-unknown", str(left - 1))
        saved(page)
        assert UnitAlias.unscoped.filter(unit__name=name).exists()
    keys.press("Escape")


def test_selection_by_mouse_shows_the_tools(imported, review, page):
    document = imported(text=SMALL)
    review(page, document)
    page.evaluate(
        """() => { const node = [...document.querySelectorAll('#review-source span')]
          .find((s) => s.textContent.includes('抽检合格率')).firstChild;
          const at = node.data.indexOf('抽检合格率'); const range = document.createRange();
          range.setStart(node, at); range.setEnd(node, at + 12); getSelection().removeAllRanges();
          getSelection().addRange(range); }"""
    )
    page.click("#review-tools [data-span=target]")
    saved(page)
    assert document.drafts.order_by("sort").first().targets[-1]["value"] == 98


def test_current_item_and_its_source_are_shown_together(imported, review, page):
    document = imported("jilin-2020")
    review(page, document)
    for _ in range(20):
        page.keyboard.press("j")
    draft = Draft.unscoped.get(pk=current(page))
    shown = page.evaluate(
        "[...document.querySelectorAll('#review-source .cur')].map((s) => s.textContent).join('')"
    )
    assert "".join(shown.split()) == "".join(document.text[draft.start : draft.end].split())
    units = page.evaluate(
        "[...document.querySelectorAll('#review-source .m-unit')].map((s) => s.textContent)"
    )
    assert set(units) == {document.text[p["start"] : p["end"]] for p in draft.parties}
    box, pane = (
        page.locator("#review-source .cur").first.bounding_box(),
        page.locator(".source-pane").bounding_box(),
    )
    assert pane["y"] < box["y"] < pane["y"] + pane["height"]


def test_sixty_items_stay_fluent(imported, review, page):
    lines = [f"（{n}）开展第{n}项专项整治。合格率达到9{n % 10}%以上，{n % 12 + 1}月底前完成。" + "加强日常监督检查，" * 30
             + "（县市场监管局牵头，县农业农村局、县教育局、县公安局配合）" for n in range(1, 61)]  # fmt: skip
    document = imported(text="演示县2020年食品安全工作要点\n一、专项整治\n" + "\n".join(lines))
    assert document.drafts.count() == 60 and len(document.text) > 18000
    review(page, document)
    took = page.evaluate(
        """async () => { const press = (key) => document.activeElement.dispatchEvent(
             new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
           const times = []; for (let n = 0; n < 50; n += 1) { const from = performance.now(); press('j');
             await new Promise(requestAnimationFrame); times.push(performance.now() - from); }
           return times.sort((a, b) => a - b)[25]; }"""
    )
    print(f"median step {took:.1f} ms")
    assert took < 400, "a step to the next item is felt"


# -- nothing typed is lost -------------------------------------------------------------------------------
class Server:
    """The product itself, in a process that can be killed, on a database of its own."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "SHIAN_DATA": str(folder),
            "SHIAN_MODE": "demo",
            "PYTHONPATH": str(ROOT / "src"),
        }
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        self.env.pop("SHIAN_DATABASE_URL", None)
        self.run("migrate", "-v0")

    def run(self, *words: str, code: str = "") -> str:
        more = ["-c", code] if code else []
        done = subprocess.run(
            [sys.executable, "manage.py", *words, *more],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def shell(self, code: str) -> str:
        return self.run("shell", "-v0", code=code)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"],
            cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(240):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.25)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.kill()


BEGIN = """
import datetime as dt, json
from importlib.resources import files
from shian.site.demo.cast import make_cast, find_cast
from shian.apps.plans import actions
cast = make_cast()
text = files("shian.apps.plans").joinpath("samples/xihu-2017.txt").read_text("utf-8")
document = actions.import_document(actor=cast.actor("shianban"), place=cast.county, text=text, today=dt.date(2017, 3, 1))
print(document.pk)
"""
AFTER = """
import json
from shian.apps.plans.models import Draft
print(json.dumps([[d.pk, d.title, d.state] for d in Draft.unscoped.filter(retired_at=None).order_by("sort", "pk")]))
"""


def test_killed_server_costs_at_most_the_last_field(server, open_page):
    pk = server.shell(BEGIN)
    server.start()
    page = open_page()
    page.goto(f"{server.url}/accounts/login/")
    page.fill("[name=login]", "shianban")
    page.fill("[name=password]", "tryout-2026-only")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/documents/{pk}/review/")
    page.wait_for_selector("#review[data-ready]")
    ids = [int(li) for li in page.eval_on_selector_all(".item", "all => all.map((li) => li.dataset.id)")]
    for _ in range(4):
        page.keyboard.press("Enter")
    retitle(page, "第一个标题")
    saved(page)
    server.kill()
    rows = {r[0]: r for r in json.loads(server.shell(AFTER))}
    assert [rows[i][2] for i in ids[:5]] == ["accepted"] * 4 + ["pending"] and rows[ids[4]][1] == "第一个标题"
    # with the server gone: an accept and a field stored only here, another still being typed
    page.keyboard.press("Enter")
    retitle(page, "第二个标题")
    page.wait_for_selector("#review-saved.lost", timeout=25000)
    assert "未保存" in page.inner_text("#review-saved")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.keyboard.type("没有写完的")
    server.start()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()  # as if the tab had been closed meanwhile
    page.wait_for_selector("#review[data-ready]")
    saved(page)
    rows = {r[0]: r for r in json.loads(server.shell(AFTER))}
    assert (
        rows[ids[4]][2] == "accepted" and rows[ids[5]][1] == "第二个标题" and rows[ids[6]][1] == "没有写完的"
    )
    assert sum(r[2] == "accepted" for r in rows.values()) == 5


def retitle(page, words: str) -> None:
    page.keyboard.press("e")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_lost_connection_is_said_and_made_good(imported, review, page):
    document = imported(text=SMALL)
    review(page, document)
    page.route("**/items/**", lambda route: route.abort())
    retitle(page, "断网时写的标题")
    page.wait_for_selector("#review-saved.lost")
    assert document.drafts.order_by("sort").first().title != "断网时写的标题"
    page.unroute("**/items/**")
    saved(page)
    assert document.drafts.order_by("sort").first().title == "断网时写的标题"
    page.problems[:] = [p for p in page.problems if "ERR_FAILED" not in p]


def test_edit_made_after_the_session_ended_waits_for_a_new_sign_in(imported, review, page, login_as):
    document = imported(text=SMALL)
    review(page, document)
    page.context.clear_cookies(name="sessionid")
    retitle(page, "登录过期时写的标题")
    page.wait_for_selector("#review-saved.signed-out")
    assert "登录已过期" in page.inner_text("#review-saved")
    login_as(page, "shianban")
    saved(page)
    assert document.drafts.order_by("sort").first().title == "登录过期时写的标题"
    page.problems.clear()  # the refused attempts stand in the console


def test_filter_shows_what_is_left_to_do(imported, review, page):
    document = imported(text=SMALL.replace("县教育局负责", "演示火车站负责"))
    review(page, document)
    page.keyboard.press("Enter")
    saved(page)
    page.keyboard.press("f")
    page.select_option("#review-filter", "problem")
    expect(page.locator("#review-items .item:visible")).to_have_count(1)
    assert "演示火车站" in page.inner_text(".item.current")
    page.select_option("#review-filter", "pending")
    expect(page.locator("#review-items .item:visible")).to_have_count(2)
    page.select_option("#review-filter", "low")
    expect(page.locator("#review-empty")).to_be_visible()


def test_source_scrolled_by_the_wheel_takes_the_items_along(imported, review, page):
    document = imported("jilin-2020")
    review(page, document)
    page.hover("#review-source p:nth-child(3)")
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('.items-pane').scrollTop") > 300


# -- two reviewers -----------------------------------------------------------------------------------------
def test_two_reviewers_at_once(imported, review, open_page):
    document = imported(text=SMALL)
    one, two = review(open_page(), document), review(open_page(), document)
    retitle(one, "甲改的标题")
    saved(one)
    retitle(two, "乙改的标题")
    two.wait_for_selector(".clash")
    clash = two.inner_text(".clash")
    assert "甲改的标题" in clash and "乙改的标题" in clash
    first = document.drafts.order_by("sort").first()
    assert first.title == "甲改的标题"
    two.keyboard.press("Enter")  # the focus stands on 改用我填的
    saved(two)
    expect(two.locator(".clash")).to_have_count(0)
    assert Draft.unscoped.get(pk=first.pk).title == "乙改的标题"
    expect(one.locator(".item.current [data-field=title]")).to_have_value("乙改的标题", timeout=20000)


# -- how it looks ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_screens_fit_and_are_accessible(imported, review, open_page, live_url, shot, accessible, size):
    document = imported("xiping-2020")
    page = review(open_page(size), document)
    for _ in range(10):
        page.keyboard.press("Enter")
    saved(page)
    shot(page, f"review-items-{size}")
    if size == "phone":
        page.click("[data-do=show-source]")
        shot(page, "review-source-phone")
    page.keyboard.press("r")
    page.wait_for_selector("#review-unit[open]")
    page.wait_for_timeout(300)
    shot(page, f"review-unit-{size}")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_url("**/publish/")
    shot(page, f"review-publish-{size}")
    page.goto(f"{live_url}/documents/import/")
    shot(page, f"review-import-{size}")
    page.goto(f"{live_url}/documents/{document.pk}/review/")
    page.wait_for_selector("#review[data-ready]")
    accessible(page)
    assert page.problems == []


def test_correction_side_by_side(imported, county, review, open_page, live_url, shot):
    office = county.actor("shianban")
    old = imported(text=SMALL)
    actions.accept_all(actor=office, document=old)
    actions.publish(actor=office, document=old)
    text = SMALL.replace("98%", "99%").replace(
        "（三）开展宣传。组织食品安全宣传周活动。", "（三）推进餐饮街区改造。完成两条街区改造并公布名单。"
    )
    new = actions.import_document(
        actor=office, place=county.county, text=text, today=dt.date(2020, 4, 1), supersedes=old
    )
    actions.accept_all(actor=office, document=new)
    page = review(open_page(), new)
    page.keyboard.press("p")
    page.wait_for_url("**/publish/")
    shot(page, "review-correction-wide", whole=True)
    assert page.locator(".kind-changed ins").count() and page.locator(".kind-gone").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/documents/{new.pk}/")
    assert Task.unscoped.filter(document=new).count() == 3
    assert Task.unscoped.get(document=old).status == "dropped"
