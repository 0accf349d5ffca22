"""Who reads a personal value masked cannot read it in a form, and does not write over it by giving it back."""

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.bench_app.models import Case, Fault, Visit
from tests.cast import client_of

from shian.kernel.changes.writer import change
from shian.kernel.imports.models import SessionRow
from shian.kernel.people.models import User
from shian.kernel.scopes import SYSTEM

MASKED = "139*****001"


@pytest.fixture
def case(cast):
    """Of a township where the member ``veiled`` edits without reading personal values."""
    row = Case(title="超范围经营", place=cast.places["西岭镇"], domain="food", phone="13900000001",
               owner=cast.units["财政局"])  # fmt: skip
    with change(SYSTEM, "case.create") as w:
        w.save(row)
    return row


def phone(case) -> str:
    return Case.unscoped.get(pk=case.pk).phone


def sent(case, **more):
    return {"title": "改后的案由", "place": case.place_id, "domain": "food", "kind": "routine", "amount": 3,
            "owner": case.owner_id, "version": case.version, "findings-count": 0} | more  # fmt: skip


@pytest.mark.parametrize("back", [{}, {"phone": ""}, {"phone": MASKED}])
def test_a_form_given_back_keeps_what_stands_behind_the_mask(case, cast, back):
    client = client_of(cast, "veiled")
    page = client.get(f"/bench-cases/{case.pk}/edit/").content.decode()
    assert MASKED in page and "13900000001" not in page
    assert client.post(f"/bench-cases/{case.pk}/edit/", sent(case, **back)).status_code == 302
    assert phone(case) == "13900000001" and Case.unscoped.get(pk=case.pk).title == "改后的案由"


def test_another_value_is_refused_in_words_and_nothing_is_written(case, cast):
    client = client_of(cast, "veiled")
    page = client.post(f"/bench-cases/{case.pk}/edit/", sent(case, phone="13911112222"))
    assert page.status_code == 422 and "举报人电话”对您只显示一部分" in page.content.decode()
    assert Case.unscoped.get(pk=case.pk).version == case.version
    address = f"/api/v1/bench-cases/{case.pk}/"

    def patch(**values):
        body = json.dumps(values | {"version": Case.unscoped.get(pk=case.pk).version})
        return client.patch(address, body, content_type="application/json")

    assert patch(phone="13911112222").status_code == 400
    assert patch(phone=client.get(address).json()["phone"], amount=8).status_code == 200
    assert patch(amount=9).status_code == 200
    assert phone(case) == "13900000001" and Case.unscoped.get(pk=case.pk).amount == 9


def test_who_reads_it_changes_it(case, cast):
    client = client_of(cast, "editor_a")
    assert client.post(f"/bench-cases/{case.pk}/edit/", sent(case, phone="13911112222")).status_code == 302
    assert phone(case) == "13911112222"


def test_many_at_once_write_over_it_as_little(case, cast):
    page = client_of(cast, "veiled").post(
        "/bench-cases/bulk/", {"pk": [case.pk], "set": ["phone"], "phone": "13911112222", "apply": "1"}
    )
    assert page.status_code == 200 and phone(case) == "13900000001"


def test_an_export_read_masked_and_imported_again_writes_over_nothing(cast):
    """People are importable: the clerk of a county who reads telephone numbers masked corrects names by workbook."""
    user = cast.users["xiling"]
    user.phone = "13900000001"
    with change(SYSTEM, "user.save") as w:
        w.save(user)
    client = client_of(cast, "veiled")
    for phone_sent, kind in ((MASKED, "same"), ("", "same"), ("13911112222", "error")):
        book = openpyxl.Workbook()
        book.active.append(["登录名", "姓名", "手机号"])
        book.active.append(["xiling", user.name, phone_sent])
        out = io.BytesIO()
        book.save(out)
        answer = client.post("/users/import/", {"file": SimpleUploadedFile("用户.xlsx", out.getvalue()), "again": "on"})
        page = client.get(answer["Location"])
        client.post(answer["Location"], {c["field"].html_name: c["field"].value() for c in page.context["columns"]})
        row = SessionRow.unscoped.latest("pk")
        assert row.kind == kind, (phone_sent, row.errors)
    assert "只显示一部分" in str(row.errors)
    assert User.unscoped.get(pk=user.pk).phone == "13900000001"


def test_lines_are_masked_in_their_parents_form(cast):
    row = Visit(title="夏季检查", place=cast.places["西岭镇"])
    with change(SYSTEM, "visit.create") as w:
        w.save(row)
        w.save(Fault(visit=row, text="鼠迹", person="王小明"))
    client, line = client_of(cast, "veiled"), Fault.unscoped.get()
    page = client.get(f"/visits/{row.pk}/edit/").content.decode()
    assert "王*明" in page and "王小明" not in page
    data = {"title": row.title, "place": row.place_id, "state": "open", "version": row.version, "findings-count": 1,
            "findings-0-id": line.pk, "findings-0-text": "鼠迹", "findings-0-count": 5, "findings-0-person": "王*明"}  # fmt: skip
    assert client.post(f"/visits/{row.pk}/edit/", data).status_code == 302
    line.refresh_from_db()
    assert (line.count, line.person) == (5, "王小明")
