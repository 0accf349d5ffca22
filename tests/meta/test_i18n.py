"""The interface is Chinese; its English catalogue is complete, current and shown only to who asks for it."""

import gettext
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from tests.english import EXAMPLES, HAN, chinese_left, english_client

from shian.kernel.imports.check import known_headings
from shian.kernel.imports.importable import Importable
from shian.kernel.resources import registry
from shian.kernel.ui.language import in_every_language

SRC = Path(__file__).resolve().parents[2] / "src" / "shian"
HOME = SRC / "site" / "locale"
"""Texts of the kernel and the site; each app has a catalogue of its own."""
CATALOGUES = [HOME, *sorted((SRC / "apps").glob("*/locale"))]
ENGLISH = Path("en", "LC_MESSAGES", "django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[sdfr]|\{\w+\}|%%|<[^>]+>")


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


def named(folder: Path) -> str:
    return folder.parent.name


each = pytest.mark.parametrize("folder", CATALOGUES, ids=named)


@pytest.fixture
def english(folder) -> list[Entry]:
    return entries(folder / ENGLISH)


def test_every_app_has_a_catalogue():
    apps = {p.parent.name for p in (SRC / "apps").glob("*/apps.py")}
    assert {named(folder) for folder in CATALOGUES} == {"site", *apps}


def test_catalogues_are_complete(tmp_path, monkeypatch, settings):
    """Every marked text of the code as it stands has an English one in the catalogue of its app, and none has gone."""
    if shutil.which("xgettext") is None:
        pytest.skip("gettext (xgettext, msgmerge) is not installed")
    left_out = shutil.ignore_patterns("static", "locale", "migrations", "__pycache__")
    shutil.copytree(SRC, tmp_path / "shian", ignore=left_out)
    copies = {folder: tmp_path / "shian" / folder.relative_to(SRC) for folder in CATALOGUES}
    for folder in copies.values():
        folder.mkdir()
    monkeypatch.chdir(tmp_path / "shian")
    settings.LOCALE_PATHS = [copies[HOME]]
    call_command("makemessages", locale=["en"], verbosity=0)
    for folder, copy in copies.items():
        found = {e.sources for e in entries(copy / ENGLISH)}
        known = {e.sources for e in entries(folder / ENGLISH)}
        assert len(found) > 5
        assert sorted(found - known) == [], f"{named(folder)}: run make messages and translate"
        assert sorted(known - found) == [], f"{named(folder)}: run make messages: these texts are gone"


def test_a_text_of_two_catalogues_is_translated_alike():
    said: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for folder in CATALOGUES:
        for entry in entries(folder / ENGLISH):
            said.setdefault(entry.sources, set()).add(entry.msgstr)
    assert [sources for sources, strings in said.items() if len(strings) > 1] == []


@each
def test_every_message_is_translated(english):
    assert [e.msgid for e in english if not all(s.strip() for s in e.msgstr) or "fuzzy" in e.flags] == []


@each
def test_placeholders_agree(english):
    wrong = [
        e.msgid
        for e in english
        for text in e.msgstr
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(e.msgid))
    ]
    assert wrong == []


@each
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


@each
def test_compiled_catalogue_is_current(english, folder):
    with (folder / ENGLISH).with_suffix(".mo").open("rb") as file:
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
ADDRESSES = ["/", "/units/", "/places/", "/notices/", "/jobs/", "/search/?q=x", "/units/import/", "/nowhere/"]


def test_pages_in_english_hold_no_chinese_but_data(cast):
    assert chinese_left(english_client("shianban"), ADDRESSES) == {}


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
