"""Documents are read in a process with limits: it says what the reader says, and ends when it must."""

from __future__ import annotations

import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from tests.core.plan.made.docx import docx
from tests.core.plan.made.office import FOLDER, RIGHT, document
from tests.core.plan.test_hostile_files import PAGE, odt, pdf, stream

from shian.core.errors import Told
from shian.core.plan import PlanInputError
from shian.core.plan.files import read_file as read_here
from shian.core.words import say
from shian.engines import reading

DOC = (FOLDER / "plan.doc").read_bytes()
LONG = pdf(*PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>", stream(b"BT (abcdefgh) Tj ET " * 500_000))


@pytest.fixture
def started(monkeypatch) -> list[subprocess.Popen]:
    """Processes begun."""
    begun, popen = [], subprocess.Popen

    def start(*args, **more):
        begun.append(popen(*args, **more))
        return begun[-1]

    monkeypatch.setattr(reading.subprocess, "Popen", start)
    return begun


@pytest.mark.parametrize(("name", "data"), [("a.docx", document()), ("a.odt", (FOLDER / "plan.odt").read_bytes()), ("a.doc", DOC)])
def test_it_says_what_the_reader_says(started, name, data):
    found, here = reading.read_file(data, name), read_here(data, name)
    assert len(started) == 1 and found.text == RIGHT and found == here
    assert [(n.template, n.facts) for n in found.notes] == [(n.template, n.facts) for n in here.notes]


@pytest.mark.parametrize(("name", "data"), [("计划.txt", "一、甲\n"), ("计划.md", "<html>甲"), ("计划.txt", " "), ("a.pdf", "no")])
def test_plain_text_needs_no_process(started, name, data):
    try:
        assert reading.read_file(data.encode(), name).text == data
    except PlanInputError as refused:
        assert refused.code in ("empty", "broken")
    assert started == []


def test_a_refusal_keeps_its_code_and_its_words(started):
    with pytest.raises(PlanInputError) as there:
        reading.read_file(b"PK\x03\x04 torn", "计划.docx")
    with pytest.raises(PlanInputError) as here:
        read_here(b"PK\x03\x04 torn", "计划.docx")
    assert len(started) == 1 and (there.value.code, there.value.template, there.value.facts) == (here.value.code, here.value.template, here.value.facts)


def test_libreoffice_is_asked_by_the_one_who_asks():
    asked = []

    def office(data: bytes, suffix: str) -> bytes:
        asked.append((data, suffix))
        return docx("由转换得来", "甲\t乙")

    assert reading.read_file(DOC, "a.doc", office) == read_here(DOC, "a.doc", office)
    assert asked == [(DOC, "doc")] * 2


def test_a_failure_of_libreoffice_is_told():
    def office(data: bytes, suffix: str) -> bytes:
        raise Told("office_slow", say("超过 %(seconds)s 秒", seconds=7))

    found = reading.read_file(DOC, "a.doc", office)
    assert found.text == RIGHT and "超过 7 秒" in found.notes[0] and found.notes[0].facts["why"].template == "超过 %(seconds)s 秒"


@pytest.mark.parametrize(("limits", "seconds"), [({"cpu": 1}, "1 秒"), ({"wall": 1.0}, "1 秒")])
def test_what_takes_too_long_is_ended(started, limits, seconds):
    start = time.monotonic()
    with pytest.raises(PlanInputError) as refused:
        reading.read_file(LONG, "长.pdf", **limits)
    assert time.monotonic() - start < 8
    assert refused.value.code == "slow" and "长.pdf" in str(refused.value) and seconds in str(refused.value)
    assert started[0].returncode is not None and not Path(f"/proc/{started[0].pid}").exists()


@pytest.mark.parametrize("megabytes", [40, 200])
def test_what_takes_too_much_memory_is_ended(megabytes):
    """Before the reader is loaded, and in the midst of it."""
    large = odt("<text:p>甲</text:p>" * 500_000, zipfile.ZIP_STORED)
    with pytest.raises(PlanInputError) as refused:
        reading.read_file(large, "大.odt", memory=megabytes << 20)
    assert refused.value.code in ("too_large", "broken") and "大.odt" in str(refused.value)
    assert len(reading.read_file(large, "大.odt").text) == 999_999


def test_it_sees_no_secrets(started, monkeypatch):
    monkeypatch.setenv("SHIAN_SECRET_KEY", "geheim")
    seen = []
    popen = reading.subprocess.Popen
    monkeypatch.setattr(reading.subprocess, "Popen", lambda *args, **more: seen.append(more["env"]) or popen(*args, **more))
    reading.read_file(document(), "a.docx")
    assert seen and "geheim" not in str(seen)
