"""An import session: preview, apply, undo; two people at once; bad files."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shian.kernel.changes.models import Change
from shian.kernel.changes.writer import change
from shian.kernel.imports.models import Session, SessionRow
from shian.kernel.people.models import Unit
from shian.kernel.scopes import SYSTEM

HEAD = ["单位全称", "所属区域", "单位类型", "单位简称"]


def workbook(rows, encoding="gb18030", title=True):
    out = io.StringIO()
    writer = csv.writer(out)
    if title:
        writer.writerow(["演示县食品安全成员单位名单"])
    writer.writerows([HEAD, *rows])
    return SimpleUploadedFile("单位.csv", out.getvalue().encode(encoding))


@pytest.fixture
def admin(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    return client


def upload(client, rows, **more):
    response = client.post("/units/import/", {"file": workbook(rows), **more})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def check(client, url):
    page = client.get(url)
    client.post(url, {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
    return client.get(url)


ROWS = [
    ["演示县新设一局", "演示县", "部门", "一局"],
    ["演示县财政局", "演示县", "部门", "县财政"],
    ["演示县公安局", "演示县", "部门", "县公安局"],
    ["演示县错误局", "没有这个县", "部门", "错"],
    ["演示县错型局", "演示县", "公司", "错"],
    ["演示县新设一局", "演示县", "部门", "重复"],
]


def test_heading_below_a_title_in_gb18030_is_found_and_mapped(admin):
    session = Session.unscoped.get(pk=int(upload(admin, ROWS).split("/")[-2]))
    assert session.header_row == 2
    assert session.mapping == {"name": 0, "place": 1, "kind": 2, "short_name": 3}


def test_preview_says_new_changed_same_and_wrong_with_field_value_rule(admin):
    page = check(admin, upload(admin, ROWS))
    kinds = {r["number"]: r["kind"] for r in page.context["preview_rows"]}
    assert kinds == {3: "new", 4: "changed", 5: "same", 6: "error", 7: "error", 8: "error"}
    errors = {r["number"]: r["errors"] for r in page.context["preview_rows"]}
    assert errors[6] == ["所属区域：没有这个县：找不到这个所属区域"]
    assert "公司" in errors[7][0] and "可填" in errors[7][0]
    assert "重复" in errors[8][0]
    assert not Unit.unscoped.filter(name="演示县新设一局").exists()


def test_apply_then_undo_restores_retires_and_leaves_what_was_changed_since(admin, cast):
    url = upload(admin, [*ROWS[:3], ["演示县民政局", "演示县", "部门", "县民政"]])
    check(admin, url)
    admin.post(url)
    finance, civil = (Unit.unscoped.get(name=f"演示县{n}局") for n in ("财政", "民政"))
    assert (finance.short_name, civil.short_name) == ("县财政", "县民政")
    made = Unit.unscoped.get(name="演示县新设一局")
    session = Session.unscoped.get()
    assert Change.unscoped.filter(batch=session.batch, verb="unit.import").count() == 3

    civil.short_name = "县民政局（改）"
    with change(SYSTEM, "unit.edit") as w:
        w.save(civil)
    admin.post(f"{url}undo/")
    page = admin.get(url)
    assert page.context["undone"]["restored"] == 1 and page.context["undone"]["retired"] == 1
    assert [k["label"] for k in page.context["undone"]["kept"]] == ["演示县民政局"]
    finance.refresh_from_db()
    civil.refresh_from_db()
    made.refresh_from_db()
    assert finance.short_name == "县财政局"
    assert civil.short_name == "县民政局（改）"
    assert made.retired_at


def test_a_row_changed_after_the_preview_is_not_overwritten(admin, cast):
    url = upload(admin, ROWS[1:2])
    check(admin, url)
    finance = Unit.unscoped.get(name="演示县财政局")
    finance.sort = 7
    with change(SYSTEM, "unit.edit") as w:
        w.save(finance)
    admin.post(url)
    row = SessionRow.unscoped.get(session__pk=int(url.split("/")[-2]))
    assert row.kind == "refused" and "他人修改" in row.errors[0][2]
    finance.refresh_from_db()
    assert (finance.sort, finance.short_name) == (7, "县财政局")


def test_applying_twice_writes_once(admin):
    url = upload(admin, ROWS[:1])
    check(admin, url)
    admin.post(url)
    admin.post(url)
    assert Unit.unscoped.filter(name="演示县新设一局").count() == 1


def test_the_same_file_again_is_pointed_out(admin):
    url = upload(admin, ROWS[:1])
    check(admin, url)
    admin.post(url)
    again = admin.post("/units/import/", {"file": workbook(ROWS[:1])})
    assert again.status_code == 422 and "导入过" in again.content.decode()
    assert admin.post("/units/import/", {"file": workbook(ROWS[:1]), "again": "on"}).status_code == 302


def test_the_error_file_brings_the_rows_back_with_reasons(admin):
    from shian.engines.sheets import open_table

    url = upload(admin, ROWS)
    check(admin, url)
    response = admin.get(f"{url}errors.xlsx")
    with open_table(b"".join(response.streaming_content), "e.xlsx") as table:
        rows = [r for r in table.rows() if r]
    assert rows[0][:4] == HEAD and rows[0][-1] == "未导入原因"
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "空"), (b"PK\x03\x04broken", ""), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "")],
)
def test_bad_files_are_refused_in_words(admin, data, word):
    response = admin.post("/units/import/", {"file": SimpleUploadedFile("坏.xlsx", data)})
    assert response.status_code == 422
    text = str(response.context["form"].errors)
    assert word in text and "Traceback" not in text
    assert not Session.unscoped.exists()


def test_large_sessions_run_as_a_job_and_say_so(admin, cast):
    from shian.kernel.jobs.models import Job
    from shian.kernel.jobs.worker import run_worker

    rows = [[f"演示县第{n}站", "演示县", "派出机构", f"{n}站"] for n in range(1200)]
    url = upload(admin, rows)
    page = admin.get(url)
    admin.post(url, {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
    assert Job.unscoped.filter(kind="imports.check", state="queued").exists()
    run_worker(once=True)
    session = Session.unscoped.get()
    assert session.state == "preview" and session.counts == {"new": 1200}
    admin.post(url)
    run_worker(once=True)
    session.refresh_from_db()
    assert session.state == "applied"
    assert Unit.unscoped.filter(name__startswith="演示县第").count() == 1200


def test_bulk_edit_checks_each_row_and_reports_refusals(admin, cast):
    county = [cast.units[n].pk for n in ("财政局", "民政局")]
    stranger = cast.units["city"].pk
    response = admin.post(
        "/units/bulk/", {"pk": [*county, stranger], "set": ["sort"], "sort": "33", "apply": "1", "reason": "重排"}
    )
    assert response.status_code == 200
    assert response.context["done"] == 2
    assert [label for label, _why in response.context["refused"]] == ["演示市食品安全委员会办公室"]
    assert set(Unit.unscoped.filter(pk__in=county).values_list("sort", flat=True)) == {33}
    rows = Change.unscoped.filter(verb="unit.edit", reason="重排")
    assert rows.count() == 2 and len({r.batch for r in rows}) == 1
