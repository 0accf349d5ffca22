"""The interface is Chinese; its English catalogue is complete, current and shown only to who asks for it."""

import gettext
import html
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from tests.apps.plans.conftest import PLAN, TODAY

from shian.apps.plans import actions
from shian.apps.plans.models import Decision
from shian.kernel.imports.check import known_headings
from shian.kernel.imports.importable import Importable
from shian.kernel.people.models import User
from shian.kernel.resources import registry
from shian.kernel.search.models import SearchEntry
from shian.kernel.ui.language import in_every_language

SRC = Path(__file__).resolve().parents[2] / "src" / "shian"
CATALOGUE = SRC / "site" / "locale" / "en" / "LC_MESSAGES"
HAN = re.compile("[\u4e00-\u9fff]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%|<[^>]+>")
EXAMPLES = ("2026年3月1日", "演食安委〔2026〕3号")
"""Chinese that stays in English sentences besides what is quoted: examples of what to type."""


@dataclass(frozen=True)
class Entry:
    """One message of a .po file: the msgid, its plural if any, every msgstr, the flags."""

    msgid: str
    plural: str
    msgstr: tuple[str, ...]
    flags: str

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.msgid, self.plural) if self.plural else (self.msgid,)


def entries(path: Path) -> list[Entry]:
    """Messages of a .po file without the header and without obsolete ones."""
    out = []
    for block in path.read_text("utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if match := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
                key = match[1]
                parts[key] = json.loads(match[2])
            elif line.startswith('"'):
                parts[key] += json.loads(line)
        if parts.get("msgid"):
            strings = tuple(parts[k] for k in sorted(parts) if k.startswith("msgstr"))
            flags = " ".join(re.findall(r"^#, (.*)$", block, flags=re.M))
            out.append(Entry(parts["msgid"], parts.get("msgid_plural", ""), strings, flags))
    return out


@pytest.fixture(scope="module")
def english() -> list[Entry]:
    return entries(CATALOGUE / "django.po")


def test_catalogue_is_complete(english, tmp_path, monkeypatch, settings):
    """Every marked text of the code as it stands has an English one, and none has gone."""
    if shutil.which("xgettext") is None:
        pytest.skip("gettext (xgettext, msgmerge) is not installed")
    left_out = shutil.ignore_patterns("core", "static", "locale", "migrations", "__pycache__")
    shutil.copytree(SRC, tmp_path / "shian", ignore=left_out)
    monkeypatch.chdir(tmp_path / "shian")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("makemessages", locale=["en"], verbosity=0)
    found = {e.sources for e in entries(tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po")}
    assert len(found) > 900
    known = {e.sources for e in english}
    assert sorted(found - known) == [], "run make messages and translate"
    assert sorted(known - found) == [], "run make messages: these texts are gone"


def test_every_message_is_translated(english):
    assert [e.msgid for e in english if not all(s.strip() for s in e.msgstr) or "fuzzy" in e.flags] == []


def test_placeholders_agree(english):
    wrong = [
        e.msgid
        for e in english
        for text in e.msgstr
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(e.msgid))
    ]
    assert wrong == []


def test_english_is_english(english):
    """Only quoted words and examples of input are Chinese."""
    left = []
    for entry in english:
        for text in entry.msgstr:
            bare = re.sub("“[^”]*”", "", text)
            for example in EXAMPLES:
                bare = bare.replace(example, "")
            if HAN.search(bare) and entry.msgid not in {"只能填“是”或“否”"}:
                left.append(text)
    assert left == []


def test_compiled_catalogue_is_current(english):
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = []
    for entry in english:
        if entry.plural:
            got = tuple(compiled.ngettext(entry.msgid, entry.plural, n) for n in (1, 2))
        else:
            got = (compiled.gettext(entry.msgid),)
        if got != entry.msgstr:
            stale.append(entry.msgid)
    assert stale == [], "run make messages"


# --- which language a page is in -------------------------------------------------------------------
def test_an_english_browser_still_gets_chinese(db):
    page = Client(headers={"accept-language": "en-US,en;q=0.9"}).get("/accounts/login/")
    assert page["Content-Language"] == "zh-hans"
    assert "登录名" in page.content.decode() and '<html lang="zh-hans"' in page.content.decode()


def test_the_switch_decides_and_leads_back(db):
    client = Client(headers={"accept-language": "zh-CN"})
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/?next=/tasks/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/tasks/")
    cookie = answer.cookies["shian_language"]
    assert cookie.value == "en" and cookie["max-age"] > 3600 and cookie["samesite"] == "Lax"
    page = client.get("/accounts/login/").content.decode()
    assert "User name" in page and '<html lang="en"' in page and ">中文<" in page
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    assert "登录名" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("value", ["fr", "", "en-US; x", "../../en"])
def test_an_unknown_language_means_chinese(db, value):
    client = Client()
    client.cookies["shian_language"] = value
    assert client.get("/accounts/login/")["Content-Language"] == "zh-hans"


def test_the_switch_never_leaves_the_site(db):
    answer = Client().post("/i18n/setlang/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_request_leaves_no_language_behind(db):
    client = Client()
    client.cookies["shian_language"] = "en"
    client.get("/accounts/login/")
    assert translation.get_language() == "zh-hans"


# --- pages in English ------------------------------------------------------------------------------
@pytest.fixture
def plan(cast):
    office = cast.actor("shianban")
    document = actions.import_document(actor=office, place=cast.county, text=PLAN, today=TODAY)
    actions.accept_all(actor=office, document=document)
    return actions.publish(actor=office, document=document)


@pytest.fixture
def client(cast):
    client = Client()
    client.force_login(User.unscoped.get(username="shianban"))
    client.cookies["shian_language"] = "en"
    return client


def shown(page: str) -> str:
    """What a person sees or hears of a page: texts and the attributes that are read out."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    said = re.findall(r'(?:title|aria-label|placeholder|data-confirm|data-label)="([^"]*)"', page)
    return html.unescape("\n".join([*re.sub(r"(?s)<[^>]*>", "\n", page).splitlines(), *said]))


def stored() -> str:
    """Every value of the database as one text: data, not interface."""
    rows = (
        model._base_manager.values_list()
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in {"sessions", "contenttypes"}
    )
    return "\n".join(json.dumps(r, ensure_ascii=False, default=str) for found in rows for r in found)


ADDRESSES = ["/", "/tasks/", "/tasks/new/", "/documents/", "/documents/import/", "/targets/", "/progress/",
             "/decisions/", "/units/", "/places/", "/notices/", "/jobs/", "/search/?q=x", "/flows/progress/",
             "/units/import/", "/nowhere/"]  # fmt: skip


def test_pages_in_english_hold_no_chinese_but_data(client, plan):
    task = plan.tasks.get(no="（二）")
    office_pages = [
        *ADDRESSES,
        f"/documents/{plan.pk}/",
        f"/tasks/{task.pk}/",
        f"/tasks/{task.pk}/decide/extend/",
    ]
    data = stored()
    left = {}
    for address in office_pages:
        page = shown(client.get(address).content.decode())
        words = {w for w in HAN.findall(page) if w not in data and w not in "".join((*EXAMPLES, "中文"))}
        if words:
            left[address] = sorted(words)
    assert left == {}


def test_review_pages_in_english(client, cast):
    document = actions.import_document(
        actor=cast.actor("shianban"), place=cast.county, text=PLAN, today=TODAY
    )
    for address in (f"/documents/{document.pk}/review/", f"/documents/{document.pk}/review/publish/"):
        answer = client.get(address)
        assert answer.status_code == 200
        page = shown(answer.content.decode())
        assert "Accept" in page or "Published" in page or "confirmed" in page
        assert not {"待确认", "承办单位", "快捷键", "确认发布"} & set(HAN.findall(page))


# --- what is kept is in the site's language ---------------------------------------------------------
def test_records_made_in_an_english_session_stay_chinese(client, plan):
    task = plan.tasks.get(no="（二）")
    form = {"reason": "汛期", "number": "演食安办〔2026〕9号", "on": "2026-03-11", "version": task.version}
    answer = client.post(f"/tasks/{task.pk}/decide/suspend/", form)
    assert answer.status_code == 302, answer.content.decode()[:400]
    decision = Decision.unscoped.get(task=task)
    assert decision.before["状态"] == "待签收" and decision.after["状态"] == "已中止"
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Suspended" in page and "Status" in page
    entry = SearchEntry.unscoped.get(object_type="plans.task", object_id=task.pk)
    assert entry.subtitle == "任务"


def test_sheets_of_either_language_are_understood():
    """A heading means the same field whoever opens the file, and no heading means two."""
    for resource in registry.all_resources():
        if resource.feature(Importable) is None:
            continue
        headings = known_headings(resource)
        for name in resource.form_fields:
            assert in_every_language(lambda r=resource, n=name: r.field_label(n)) <= headings[name]
        every = [h for found in headings.values() for h in found]
        assert len(every) == len(set(every)), (resource.name, sorted(every))
