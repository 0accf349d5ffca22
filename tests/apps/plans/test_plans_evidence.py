"""Every kind of source; parts per owner; decisions and evidence where people read them."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shian.apps.plans import actions, queries
from shian.apps.plans.exports import sheet_of
from shian.apps.plans.models import Document, Task

DUE = dt.date(2026, 4, 30)


@pytest.mark.parametrize("kind", ["upper", "instruction", "meeting", "finding"])
def test_every_kind_of_source_stands_in_one_ledger(cast, plan, sign_in, kind):
    client = sign_in("shianban")
    client.post("/documents/new/", {"kind": kind, "title": "来源", "number": "演市食安办〔2026〕6号", "date": "2026-03-02"})
    letter = Document.unscoped.get(kind=kind)
    assert (letter.number, letter.date) == ("演市食安办〔2026〕6号", dt.date(2026, 3, 2))
    unit = cast.units["教育体育局"]
    client.post("/tasks/new/", {"title": "整改留样", "document": letter.pk, "due": "2026-04-30", "lead": f"u{unit.pk}"})
    task = Task.unscoped.get(document=letter)
    listed = client.get("/tasks/?per_page=200").content.decode()
    assert "整改留样" in listed and "加强抽检" in listed
    assert "演市食安办〔2026〕6号" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_part_of_an_owner_is_seen_and_printed(cast, office, sign_in):
    task = actions.create_task(
        actor=office, place=cast.county, title="联合排查", due=DUE,
        parties=[{"unit_id": cast.units["教育体育局"].pk, "role": "lead"},
                 {"unit_id": cast.units["公安局"].pk, "role": "support", "part": "负责校园周边"}],
    )  # fmt: skip
    assert "负责校园周边" in sign_in("shianban").get(f"/tasks/{task.pk}/").content.decode()
    (row,) = sheet_of(queries.ledger(office, place=cast.county, year=2026), title="表", number="", date=None).rows
    assert "负责校园周边" in row.owners


def test_decision_stands_on_the_page_with_what_was_before(office, task, sign_in):
    actions.decide(
        actor=office, task=task, kind="extend", due=dt.date(2026, 9, 30), reason="汛期", number="演食安委〔2026〕8号"
    )
    page = sign_in("shichangju").get(f"/tasks/{task.pk}/").content.decode()
    for words in ("延期", "汛期", "演食安委〔2026〕8号", "2026-06-30", "2026-09-30"):
        assert words in page


def test_value_of_a_target_with_its_evidence(task, sign_in):
    rate, client = task.targets.get(unit_text="%"), sign_in("shichangju")
    file = SimpleUploadedFile("检验汇总.txt", "合格率98.6%".encode())
    client.post(f"/targets/{rate.pk}/report/", {"value": "98.6", "as_of": "2026-03-31", "files": file})
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    link = re.search(r'href="(/files/\d+/[^"]*)"', page)[1]
    assert "检验汇总.txt" in page
    assert b"".join(client.get(link).streaming_content).decode() == "合格率98.6%"
    assert sign_in("donghe").get(link).status_code == 404
