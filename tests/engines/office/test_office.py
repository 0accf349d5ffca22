"""LibreOffice as a converter: missing, hanging, failing, working; nothing is left behind."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest
from tests.core.plan.made.docx import REL, docx, run
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


@pytest.fixture
def listener():
    """A web server that answers nobody; gives its port and who knocked."""
    knocks: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    caller.settimeout(1)
                    knocks.append(caller.recv(200))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], knocks
        over.set()
        thread.join()


def linked(port: int) -> bytes:
    """A document with a picture and a template that lie elsewhere."""
    a, pic = "http://schemas.openxmlformats.org/drawingml/2006/main", "http://schemas.openxmlformats.org/drawingml/2006/picture"
    shape = f'<pic:pic xmlns:pic="{pic}"><pic:nvPicPr><pic:cNvPr id="1" name="a"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rX"/></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
    inline = f'<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="a"/><a:graphic xmlns:a="{a}"><a:graphicData uri="{pic}">{shape}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    picture = f'<Relationship Id="rX" Type="{REL}/image" Target="http://127.0.0.1:{port}/picture.png" TargetMode="External"/>'
    return docx("<w:p>" + run("样例县工作计划") + inline + "</w:p>", rels=picture)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("network", ["none", "as it is"])
def test_a_linked_picture_is_not_fetched(monkeypatch, listener, network):
    port, knocks = listener
    if network == "as it is":
        monkeypatch.setattr(office, "_alone", lambda: ())
    made = office.converter(seconds=120)(linked(port), "docx")
    assert made.startswith(b"PK") and knocks == []


@pytest.mark.skipif(not office._alone(), reason="namespaces are not allowed here")
def test_it_reaches_nobody_whatever_it_tries(bench, listener):
    port, knocks = listener
    bench[0](f'/bin/bash -c "echo hello > /dev/tcp/127.0.0.1/{port}"\n')
    read_file(DOC, "a.doc", office.converter(seconds=20))
    assert knocks == []
