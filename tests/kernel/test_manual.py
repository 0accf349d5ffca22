"""帮助: every page that an installed app declares is listed and shown, and no other."""

from pathlib import Path

import pytest
from django.test import Client
from tests.english import english_client

import shian
from shian.kernel import app as declared

NOTE = {"en": "The manual is in Chinese only", "zh": "帮助目前只有中文"}


@pytest.fixture
def client(cast):
    client = Client()
    client.force_login(cast.users["shianban"])
    return client


def body(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def page(tmp_path, monkeypatch):
    """``page(text)``: the app jobs declares one page with that text."""

    def make(text: str) -> str:
        path = tmp_path / "drill.md"
        path.write_text(text, "utf-8")
        jobs = next(a for a in declared.installed() if a.label == "jobs")
        monkeypatch.setattr(jobs, "manual", (str(path),))
        return "/help/jobs/drill/"

    return make


def test_every_declared_page_is_listed_and_shown(client):
    files = [(app.label, path) for app in declared.installed() for path in app.pages()]
    assert {"listing", "imports", "inbox"} <= {label for label, _path in files}
    index = body(client, "/help/")
    for label, path in files:
        address, lines = f"/help/{label}/{path.stem}/", path.read_text("utf-8").splitlines()
        assert f'<a href="{address}">{lines[0][2:]}</a>' in index
        assert lines[2] in index
        shown = body(client, address)
        assert f"<h1>{lines[0][2:]}</h1>" in shown and lines[2] in shown
        heads = [line[3:] for line in lines if line.startswith("## ")]
        assert heads and all(f"<h2>{head}</h2>" in shown for head in heads)
        assert "「" in shown and "## " not in shown and "**" not in shown


def test_a_file_below_manual_that_nobody_declares_is_forgotten():
    there = set(Path(shian.__file__).parent.glob("*/*/manual/*.md"))
    assert there and there == {page for app in declared.installed() for page in app.pages()}


def test_nothing_is_listed_for_an_app_that_is_not_installed(client, monkeypatch):
    assert "/help/inbox/inbox/" in body(client, "/help/")
    rest = [a for a in declared.apps.get_app_configs() if a.label != "inbox"]
    monkeypatch.setattr(declared.apps, "get_app_configs", lambda: rest)
    assert "/help/inbox/" not in body(client, "/help/") and "/help/imports/import/" in body(client, "/help/")
    assert client.get("/help/inbox/inbox/").status_code == 404


@pytest.mark.parametrize("address", ["/help/inbox/none/", "/help/none/inbox/", "/help/listing/inbox/"])
def test_a_page_that_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_only_who_is_signed_in_reads_it(db):
    for address in ("/help/", "/help/inbox/inbox/"):
        answer = Client().get(address)
        assert answer.status_code == 302 and answer.url.startswith("/accounts/login/")


def test_it_is_linked_from_the_menu_of_the_account_and_the_foot(client):
    page = body(client, "/")
    bar, rest = page.split("</header>", 1)
    assert 'href="/help/"' in bar and 'href="/help/"' in rest.split('<footer class="foot">')[1]


def test_html_in_a_page_is_shown_as_text(client, page):
    shown = body(client, page("# 演练\n\n说明。\n\n- <script>alert(1)</script>\n- [点这里](javascript:alert)\n"))
    assert "&lt;script&gt;alert(1)" in shown and 'href="javascript' not in shown


def test_who_reads_english_is_told_that_it_is_chinese(client, cast):
    for address in ("/help/", "/help/inbox/inbox/"):
        assert NOTE["zh"] not in body(client, address)
        shown = body(english_client("shianban"), address)
        assert NOTE["en"] in shown and 'lang="zh-CN"' in shown
