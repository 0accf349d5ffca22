"""LibreOffice as a converter: missing, hanging, failing, working; nothing is left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from tests.core.plan.made.office import FOLDER, RIGHT

from shian.core.plan.files import read_file
from shian.engines import office

DOC = (FOLDER / "plan.doc").read_bytes()


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A machine whose ``soffice`` is a script; gives what is left in its temporary folder."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def install(script: str) -> None:
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    return install, scratch


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"


def test_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert office.converter() is None
    assert read_file(DOC, "a.doc", office.converter()).text == RIGHT


def test_one_that_hangs_is_ended_with_its_children(bench, tmp_path):
    install, scratch = bench
    install(f"sleep 60 & echo $! > {tmp_path}/child; sleep 60\n")
    start = time.monotonic()
    found = read_file(DOC, "a.doc", office.converter(seconds=1))
    assert time.monotonic() - start < 10
    assert found.text == RIGHT and "超过 1 秒" in found.notes[0]
    assert list(scratch.iterdir()) == []
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


@pytest.mark.parametrize(("script", "words"), [
    ("exit 1\n", "没有给出结果"),
    ('while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"; echo nonsense > "$2/in.docx"\n', "无法打开"),
    ('while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"; dd if=/dev/zero of="$2/in.docx" bs=1M count=200 2>/dev/null\n', "结果过大"),
])
def test_one_that_fails_is_told_and_the_file_read_all_the_same(bench, script, words):
    install, scratch = bench
    install(script)
    found = read_file(DOC, "a.doc", office.converter(seconds=20))
    assert found.text == RIGHT and words in found.notes[0]
    assert list(scratch.iterdir()) == []


def test_it_cannot_fill_the_disk(bench, tmp_path):
    install, scratch = bench
    install(f'dd if=/dev/zero of=big bs=1M count=200 2>/dev/null; stat -c %s big > {tmp_path}/size\n')
    read_file(DOC, "a.doc", office.converter(seconds=20))
    assert int((tmp_path / "size").read_text()) <= office.WRITTEN and list(scratch.iterdir()) == []


def test_it_sees_no_secrets_and_a_profile_of_its_own(bench, tmp_path, monkeypatch):
    install, _ = bench
    monkeypatch.setenv("SHIAN_SECRET_KEY", "geheim")
    install(f'env > {tmp_path}/env; echo "$@" > {tmp_path}/arguments\n')
    read_file(DOC, "a.doc", office.converter(seconds=20))
    assert "geheim" not in (tmp_path / "env").read_text()
    arguments = (tmp_path / "arguments").read_text()
    assert "-env:UserInstallation=file://" in arguments and "--headless" in arguments


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = read_file(DOC, "a.doc", office.converter(seconds=120))
    assert found.text == RIGHT and "LibreOffice" not in found.notes[0]
    assert list(tmp_path.iterdir()) == []
