"""Errors of core and engines carry a code, a template and facts; pages say them in the language of the reader."""

import ast
import datetime as dt
import importlib
import inspect
import io
import pickle
import re
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from tests.meta.test_floors import files, imports
from tests.meta.test_i18n import HAN, shown

from shian.core.clock import CalendarError, RuleError, WorkCalendar, due, load_calendar, remaining
from shian.core.codes import parse_credit_code
from shian.core.errors import Told
from shian.core.words import Words, joined, say
from shian.engines.sheets import SheetError
from shian.kernel.clock.actions import load_year
from shian.kernel.people.models import User
from shian.kernel.places.models import Place
from shian.kernel.ui.words import told
from shian.site.management.commands.makemessages import COMMAND_LINE_ONLY

STANDALONE = "shian.engines.tlog.verifier"
"""Handed to auditors as one file, in English; it knows nothing of this house."""
PLACEHOLDER = re.compile(r"%\((\w+)\)")
CODE = re.compile(r"[a-z0-9]+([._-]\w+)*")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Core and engines, without flow (a colleague's) and the standalone verifier."""
    for name, path in files("core", "engines").items():
        if name != STANDALONE and not name.startswith("shian.core.flow"):
            yield name, ast.parse(path.read_text("utf-8"))


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def error_classes() -> list[type[BaseException]]:
    found = set()
    for name, _tree in modules():
        module = importlib.import_module(name)
        for value in vars(module).values():
            if inspect.isclass(value) and issubclass(value, BaseException) and value.__module__ == name:
                found.add(value)
    return sorted(found, key=lambda c: c.__qualname__)


# --- how core and engines raise ----------------------------------------------------------------------
def test_every_error_class_carries_code_and_facts():
    classes = error_classes()
    assert len(classes) > 20
    assert [c.__qualname__ for c in classes if not issubclass(c, Told)] == []


def test_no_sentence_is_raised_but_through_say():
    """An f-string has lost its facts before anybody above could translate it."""
    left, raised = [], 0
    for name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Raise) or node.exc is None:
                continue
            raised += 1
            inside = {id(n) for call in calls(node, "say") for n in ast.walk(call)}
            for part in ast.walk(node):
                text = part.value if isinstance(part, ast.Constant) else None
                if isinstance(text, str) and HAN.search(text) and id(part) not in inside:
                    left.append(f"{name}:{part.lineno} {text}")
    assert raised > 200 and left == []


def test_templates_are_literals_and_name_their_facts():
    wrong, seen = [], 0
    for name, tree in modules():
        if name == "shian.core.words":
            continue
        for call in calls(tree, "say"):
            seen += 1
            template = (
                call.args[0].value if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) else None
            )
            if not isinstance(template, str):
                wrong.append(f"{name}:{call.lineno} no literal")
            elif set(PLACEHOLDER.findall(template)) != {k.arg for k in call.keywords}:
                wrong.append(f"{name}:{call.lineno} {template}")
    assert seen > 300 and wrong == []


def test_codes_are_slugs():
    classes = {c.__name__: c for c in error_classes()}
    wrong, seen = [], 0
    for name, tree in modules():
        for cls_name, cls in classes.items():
            names = [p for p in inspect.signature(cls.__init__).parameters if p != "self"]
            at = next((names.index(n) for n in ("code", "rule") if n in names), None)
            if cls_name == "Gs1Error":
                at = names.index("code")
            for call in calls(tree, cls_name):
                if at is None or len(call.args) <= at:
                    continue
                seen += 1
                code = call.args[at]
                literal = isinstance(code, ast.Constant) and CODE.fullmatch(str(code.value))
                if not literal and not isinstance(code, ast.Attribute):
                    wrong.append(f"{name}:{call.lineno} {ast.unparse(code)}")
    assert seen > 200 and wrong == []


def test_pages_reach_only_what_is_translated():
    """Kernel and apps import nothing whose sentences stay Chinese, but for sealing, which tells the command line."""
    reached = set()
    for module, path in files("kernel", "apps").items():
        for source, _name in imports(path, module):
            inside = source.removeprefix("shian.").replace(".", "/") + "/"
            if source.startswith("shian.") and any(fnmatch(inside, p) for p in COMMAND_LINE_ONLY):
                reached.add(module)
    assert reached == {"shian.kernel.sealing.log"}


# --- what is kept and what is said --------------------------------------------------------------------
def test_a_sentence_is_its_chinese_and_keeps_its_parts():
    words = say("没有名为“%(name)s”的工作表；现有：%(sheets)s", name="表一", sheets=("甲", "乙"))
    assert words == "没有名为“表一”的工作表；现有：甲、乙" and isinstance(words, str)
    assert words.facts == {"name": "表一", "sheets": ("甲", "乙")}
    assert say("合格率 98%") == "合格率 98%"
    again = pickle.loads(pickle.dumps(words))  # noqa: S301
    assert (again, again.template, again.facts) == (words, words.template, words.facts)


def test_an_error_tells_programs_and_people():
    with pytest.raises(CalendarError) as caught:
        load_calendar("years:\n  2026: {rest: ['01-01'], work: ['01-01']}\n")
    error = caught.value
    assert (error.code, error.template) == ("not_weekend", "%(year)s年日历的调休上班日期 %(day)s 不是周末")
    assert error.facts == {"year": 2026, "day": dt.date(2026, 1, 1)}
    assert str(error) == "2026年日历的调休上班日期 2026-01-01 不是周末"
    assert isinstance(error, ValueError)


def test_an_error_among_the_facts_stands_for_what_it_says():
    inner = SheetError("broken", say("文件缺少部件 %(part)s，%(hint)s", part="x.xml", hint=say("个工作日")))
    outer = say("%(one)s；%(two)s", one=inner, two=ValueError("plain"))
    assert outer == "文件缺少部件 x.xml，个工作日；plain"
    with translation.override("en"):
        assert told(outer) == "Part x.xml of the file is missing; working days; plain"


def test_told_leaves_data_alone():
    with translation.override("en"):
        assert told("县市场监管局") == "县市场监管局"
        assert told(joined(["甲"])) == "甲" and isinstance(joined(["甲"]), Words)
        sheets = say("没有名为“%(name)s”的工作表；现有：%(sheets)s", name="甲", sheets=("乙", "丙", "丁"))
        assert told(sheets) == "There is no sheet “甲”; there are: 乙, 丙, 丁"
    assert told(sheets) == str(sheets)


def test_deadlines_are_told_in_english():
    calendar = load_calendar()
    found = due("complaint.mediate.2026", dt.date(2026, 5, 6), calendar)
    with translation.override("en"):
        steps = [told(step) for step in found.steps]
        left = told(remaining(dt.date(2026, 5, 12), dt.date(2026, 5, 11), calendar).text)
        late = told(remaining(dt.date(2026, 5, 8), dt.date(2026, 5, 11), calendar).text)
        blind = told(remaining(dt.date(2026, 5, 8), dt.date(2026, 5, 10), WorkCalendar({})).text)
    assert steps[:2] == [
        "2026-05-06 does not count; from the next day 60 days: 2026-07-05",
        "2026-07-05 is a day off; moved to the next working day: 2026-07-06",
    ]
    assert steps[-1].startswith("Basis: ")
    assert left == "1 working day(s) left" and late == "Overdue by 2 working day(s)"
    assert blind == "Overdue by 2 day(s) (natural days: the working calendar of 2026 is not loaded)"


def test_rules_and_codes_are_told_in_english():
    with translation.override("en"), pytest.raises(RuleError) as caught:
        due("nothing.at.all", dt.date(2026, 5, 6), load_calendar())
    with translation.override("en"):
        assert told(caught.value) == "There is no deadline rule “nothing.at.all”"
        wrong = told(parse_credit_code("91530115MA6K5J3O1").message)
    assert wrong == (
        "Unified social credit code “91530115MA6K5J3O1”: character 16 “O” is not allowed (GB 32100 does not use "
        "I, O, S, V, Z) (is it “0”?); must have 18 characters (GB 32100), has 17"
    )


# --- on pages ------------------------------------------------------------------------------------------
def package(part: str) -> bytes:
    """A zip with one part, by which it passes for an office document until somebody reads it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr(part, "<x/>")
    return out.getvalue()


@pytest.fixture
def english(cast) -> Client:
    client = Client()
    client.force_login(User.unscoped.get(username="shianban"))
    client.cookies["shian_language"] = "en"
    return client


def names() -> list[str]:
    """Data that any page of the cast may show, longest first."""
    found = {
        n
        for u in User.unscoped.select_related("unit")
        for n in (u.name, u.unit and u.unit.name, u.unit and u.unit.short_name)
    }
    found |= {n for p in Place.unscoped.all() for n in (p.name, p.short_name, str(p))}
    return sorted(filter(None, found), key=len, reverse=True)


def chinese(page: str, *data: str) -> list[str]:
    """Chinese words of a page that are neither data nor the switch to Chinese."""
    text = shown(page)
    for each in (*data, "中文"):
        text = text.replace(each, "")
    return HAN.findall(text)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.csv", b"<html><body>1</body></html>", "The file is a web page or XML, not a real table"),
        ("x.xlsx", package("xl/other.xml"), "This is no table file (no workbook in the archive)"),
    ],
)
def test_a_bad_sheet_is_refused_in_english(english, cast, name, data, said):
    english.force_login(cast.users["guanliyuan"])
    english.cookies["shian_language"] = "en"
    answer = english.post("/units/import/", {"file": SimpleUploadedFile(name, data)})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert chinese(page, *names()) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.pdf", b"%PDF-1.7\n" + b"\x00" * 200, "“x.pdf” cannot be opened as PDF; it may be damaged"),
        ("x.docx", package("word/other.xml"), "“x.docx” is an archive, not a DOCX document; unpack it first."),
    ],
)
def test_an_unreadable_plan_is_refused_in_english(english, cast, name, data, said):
    body = {"kind": "plan", "place": cast.county.pk, "text": "", "file": SimpleUploadedFile(name, data)}
    answer = english.post("/documents/import/", body)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert chinese(page, *names()) == []


def test_a_calendar_that_contradicts_itself_is_refused_in_english(cast):
    day = dt.date(2027, 1, 2)
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        load_year(actor=cast.actor("guanliyuan"), year=2027, off=[day], work=[day], source="x")
    assert caught.value.messages == [
        "Calendar of 2027: 2027-01-02 is listed both as a day off and as a day worked"
    ]
