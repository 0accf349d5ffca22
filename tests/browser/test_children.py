"""Lines, choice box, photographs and the past in a browser, on a desk and on a phone."""

import io

import openpyxl
import pytest
from PIL import Image
from tests.bench_app.models import Fault, Visit

from shian.kernel.changes.writer import change
from shian.kernel.files.models import Attachment
from shian.kernel.people.models import Unit
from shian.kernel.scopes import SYSTEM


@pytest.fixture
def visits(live_server, cast, settings, tmp_path):
    """Thirty shops, so that units are chosen by the box; one visit with two findings."""
    settings.MEDIA_ROOT = tmp_path / "files"
    east = cast.places["东河镇"]
    with change(SYSTEM, "unit.create") as w:
        w.save_all([Unit(name=f"金玉面馆{n:02d}", kind="business", place=east) for n in range(1, 31)])
    row = Visit(title="春季检查", place=east)
    with change(SYSTEM, "visit.create") as w:
        w.save(row)
        w.save_all([Fault(visit=row, text="积水", sort=1), Fault(visit=row, text="无证", sort=2)])
    return row


def picture(tmp_path):
    path = tmp_path / "现场.jpg"
    image = Image.new("RGB", (800, 600), "steelblue")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "2026:06:01 09:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 7.0, 12.0), 3: "E", 4: (113.0, 30.0, 36.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_lines_are_edited_by_keyboard_and_the_box_is_searched(
    visits, open_page, login_as, live_url, shot, size
):
    page = open_page(size)
    login_as(page, "guanliyuan")
    page.goto(f"{live_url}/visits/{visits.pk}/edit/")
    box = page.locator("#id_unit")
    box.click()
    box.fill("面馆07")
    page.wait_for_selector('[role="option"]')
    shot(page, f"choice-box-{size}")
    box.press("Enter")
    assert box.input_value() == "金玉面馆07" and page.url.endswith("/edit/"), (
        "Enter chooses and does not send"
    )
    page.locator("[data-lines-add]").click()
    page.keyboard.type("油污")
    page.keyboard.press("Alt+ArrowUp")
    page.locator("[data-line]").first.locator('[data-line-do="remove"]').click()
    shot(page, f"lines-{size}")
    page.locator(".form-foot button[type=submit]").first.click()
    page.wait_for_url(f"**/visits/{visits.pk}/")
    rows = Fault.unscoped.live().filter(visit=visits).order_by("sort")
    assert [r.text for r in rows] == ["油污", "无证"]
    assert Visit.unscoped.get(pk=visits.pk).unit.name == "金玉面馆07"
    page.click("#tab-past")
    shot(page, f"past-{size}")
    assert page.problems == []


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_photographs_are_added_on_the_row_s_page(visits, open_page, login_as, live_url, shot, tmp_path, size):
    page = open_page(size)
    login_as(page, "guanliyuan")
    page.goto(f"{live_url}/visits/{visits.pk}/#files")
    page.locator('input[type="file"][multiple]').set_input_files(picture(tmp_path))
    page.fill("#files-caption", "后厨现场")
    page.click(".attached-add button[type=submit]")
    page.wait_for_selector(".attached-list img")
    shot(page, f"attachments-{size}")
    assert Attachment.unscoped.get().caption == "后厨现场"
    page.goto(f"{live_url}/visits/?as_of=2026-06-30")
    shot(page, f"as-of-{size}")
    page.goto(f"{live_url}/visits/")
    page.locator('[data-toggle="filters"]').click()
    page.wait_for_selector("#filters [data-box]")
    page.locator("#filters #id_unit").fill("面馆")
    page.wait_for_selector('#filters [role="option"]')
    shot(page, f"filter-box-{size}")
    assert page.problems == []


def test_what_is_typed_before_the_script_arrives_is_looked_up(visits, page, login_as, live_url):
    held = []
    page.route("**/choices/box*.js", lambda route: held.append(route))
    login_as(page, "guanliyuan")
    page.goto(f"{live_url}/visits/{visits.pk}/edit/", wait_until="commit")
    page.fill("#id_unit", "面馆07")
    assert page.locator('[role="option"]').count() == 0 and len(held) == 1
    held[0].continue_()
    page.wait_for_selector('[role="option"]')


def test_a_sheet_with_several_rows_a_key_is_previewed_and_written(
    visits, page, login_as, live_url, shot, tmp_path
):
    book = openpyxl.Workbook()
    for row in (
        ["检查名称", "区域", "问题", "数量"],
        ["春季检查", "东河镇", "无证", 6], ["春季检查", "东河镇", "油污", 1], ["秋季检查", "东河镇", "发霉", 3],
        ["秋季检查", "东河镇", "过期", 1], ["冬季检查", "东河镇", "鼠迹", 1], ["冬季检查", "西岭镇", "虫害", 1],
    ):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "检查.xlsx")
    login_as(page, "guanliyuan")
    page.goto(f"{live_url}/visits/import/")
    shot(page, "lines-import-upload")
    page.set_input_files("input[name=file]", tmp_path / "检查.xlsx")
    page.click("form.form-page button[type=submit]")
    page.wait_for_selector("[data-default]")
    shot(page, "lines-import-columns", whole=True)
    page.click("[data-default]")
    page.wait_for_selector("form[data-confirm]")
    shot(page, "lines-import-preview", whole=True)
    assert page.locator("dl.diff").count() and "第 6 行" in page.inner_text("main")
    page.click("form[data-confirm] button[type=submit]")
    page.click("dialog[open] .btn-primary, .modal.show .btn-primary, dialog[open] button[value=ok]")
    page.wait_for_selector("form[action$='undo/'], a[href='/visits/']")
    texts = Fault.unscoped.live().order_by("text").values_list("text", flat=True)
    assert sorted(texts) == sorted(["无证", "油污", "发霉", "过期"])
