"""``docs/adding-a-case.md`` is written into a copy of the tree as it stands there, and judged by the generated suites."""

import re

import pytest

from tests.tree import ROOT, copy_tree

pytestmark = pytest.mark.full
PAGE = ROOT / "docs" / "adding-a-case.md"
FILES = dict(re.findall(r"^## [^`\n]*`([^`]+)`\n.*?```python\n(.*?)```", PAGE.read_text("utf-8"), re.S | re.M))
LINE = '    "shian.site",\n'

USE = '''
"""What the page promises, by the client, in the terms of an official."""

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from shian.apps.petitions.models import Demand, Petition
from shian.kernel.day import today_is
from shian.kernel.files.models import Attachment
from shian.kernel.flows.models import Clock


@pytest.fixture
def office(cast):
    client = Client()
    client.force_login(cast.users["shianban"])
    return client


def entered(office, cast):
    body = {"number": "投诉2026-009", "title": "奶粉结块", "place": cast.county.pk, "unit": cast.units["财政局"].pk,
            "received_on": "2026-06-01", "demands": [{"text": "退货", "amount": "128.50"}, {"text": "道歉"}]}
    made = office.post("/api/v1/petitions/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content.decode()
    return Petition.unscoped.get(pk=made.json()["id"])


def test_two_clocks_of_the_law(office, cast):
    """受理: 7 working days after Monday 1 June 2026; 调解: 60 natural days after Monday 8 June, 7 August, a Friday."""
    with today_is(dt.date(2026, 6, 8)):
        row = entered(office, cast)
        clocks = lambda: {c.rule: c for c in Clock.unscoped.filter(object_id=row.pk)}
        assert clocks()["complaint.accept.2026"].due == dt.date(2026, 6, 10)
        inbox = office.get("/").content.decode()
        assert "奶粉结块" in inbox
        page = office.get(f"/petitions/{row.pk}/").content.decode()
        assert "投诉受理决定" in page and "2026-06-10" in page and "2 个工作日" in page
        assert office.post(f"/petitions/{row.pk}/accept/", {"version": row.version}).status_code == 302
        assert clocks()["complaint.accept.2026"].done_on == dt.date(2026, 6, 8)
        assert clocks()["complaint.mediate.2026"].due == dt.date(2026, 8, 7)


def test_children_photographs_export_history(office, cast):
    row = entered(office, cast)
    assert [d.text for d in Demand.unscoped.filter(petition=row).order_by("sort")] == ["退货", "道歉"]
    page = office.get(f"/petitions/{row.pk}/").content.decode()
    assert "退货" in page and "128.50" in page and "历程" in page and "附件" in page
    photo = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(photo, "JPEG")
    sent = office.post(f"/petitions/{row.pk}/files/", {"files": SimpleUploadedFile("现场.jpg", photo.getvalue())})
    assert sent.status_code == 302 and Attachment.unscoped.filter(object_id=row.pk).count() == 1
    flat = b"".join(office.get("/petitions/export.csv?lines=demands").streaming_content).decode("utf-8-sig")
    assert len(flat.strip().splitlines()) == 3 and "退货" in flat
    assert office.get("/petitions/?as_of=2026-01-01").context["table"].rows == []
    assert "stateDiagram-v2" in office.get("/flows/petition/").content.decode()
    bulk = office.post("/petitions/bulk/accept/", {"pk": row.pk, "apply": "1", "keys": str(row.pk)})
    assert bulk.status_code == 200 and Petition.unscoped.get(pk=row.pk).state == "open"
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    made = copy_tree(tmp_path_factory.mktemp("case") / "tree")
    made.shian("new", "app", "petitions", "--label", "投诉")
    made.edit("src/shian/site/settings.py", LINE, f'    "shian.apps.petitions",\n{LINE}')
    made.shian("new", "entity", "petitions", "petition", "--label", "投诉")
    for path, text in FILES.items():
        (made.root / path).write_text(text, "utf-8")
    (made.root / "tests/apps/petitions/test_use.py").write_text(USE, "utf-8")
    made.manage("makemigrations", "petitions")
    made.shian("migrate")
    return made


def test_the_page_has_every_file_and_no_view():
    assert sorted(path.rsplit("/", 1)[-1] for path in FILES) == [
        "apps.py", "flow.py", "models.py", "resources.py", "test_petition.py",
    ]  # fmt: skip
    assert not any(word in text for text in FILES.values() for word in ("render(", "HttpResponse", "urlpatterns", "forms."))


def test_what_the_page_promises_works(tree):
    assert "no issues" in tree.manage("check")
    tree.run("-m", "pytest", "-q", "tests/apps/petitions/test_use.py")


def test_the_generated_suites_of_the_case_are_green(tree):
    tree.run("-m", "pytest", "-q", "-n", "2", "tests/apps/petitions/test_petition.py")
