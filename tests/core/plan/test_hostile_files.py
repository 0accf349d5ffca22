"""Small files that ask for endless work: each is answered soon, with its text or with a refusal in words."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.core.plan.made.ofd import ofd, text

from shian.core.plan import PlanInputError
from shian.core.plan.files import read_file, text_of

NAMES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"' for name, uri in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing")))
SOON = 6.0
"""Seconds, on a machine that is busy; each of these took minutes, or never ended."""


@contextmanager
def soon() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < SOON


def odt(body: str, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", f"<office:document-content {NAMES}><office:body><office:text>{body}</office:text></office:body></office:document-content>")
    return buffer.getvalue()


def test_boxes_in_boxes_are_read_once() -> None:
    depth = 40
    body = "".join(f"<text:p>{n}<draw:frame><draw:text-box>" for n in range(depth)) + "<text:p>底</text:p>" + "</draw:text-box></draw:frame></text:p>" * depth
    with soon():
        assert text_of(odt(body), "a.odt").splitlines() == [*map(str, range(depth)), "底"]


def cells(depth: int, times: int) -> str:
    inner = "<text:p>甲</text:p>"
    for _ in range(depth):
        inner = f'<table:table><table:table-row><table:table-cell table:number-columns-repeated="{times}">{inner}</table:table-cell></table:table-row></table:table>'
    return inner


def test_repeated_cells_of_repeated_cells() -> None:
    with soon():
        assert text_of(odt(cells(1, 3)), "a.odt") == "甲\t甲\t甲"
        assert text_of(odt(cells(2, 3)), "a.odt") == "\t".join(["甲 甲 甲"] * 3)
    with soon(), pytest.raises(PlanInputError) as refused:
        text_of(odt(cells(5, 60)), "a.odt")
    assert refused.value.code == "too_large"


def pdf(*objects: bytes) -> bytes:
    """Objects from 1 on; the first is the catalogue."""
    out, places = b"%PDF-1.5\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, table, size, len(out))


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (more, len(data), data)


PAGE = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>")


def forms(levels: int) -> bytes:
    """A page whose form draws the next one twice, and so on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    own = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</F %d 0 R>>>>"
    return pdf(*PAGE, page, stream(b"/F Do"), *(stream(b"/F Do /F Do", own % (6 + n)) for n in range(levels)), stream(b"0 0 m", b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]"))


def test_forms_that_draw_forms() -> None:
    with soon(), pytest.raises(PlanInputError) as refused:
        read_file(forms(24), "a.pdf")
    assert refused.value.code == "zip_bomb"
    with pytest.raises(PlanInputError) as refused:
        read_file(forms(3), "a.pdf")
    assert refused.value.code == "scanned"  # read to its end: there is no text


@pytest.mark.parametrize("end", [b"", b"\0\0\0\0"])
def test_a_stream_that_inflates_without_end(end: bytes) -> None:
    import tracemalloc

    squeezed = zlib.compress(b" " * (150 << 20), 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>"
    data = pdf(*PAGE, page, stream(squeezed[: len(squeezed) - len(end)] + end, b"/Filter/FlateDecode"))
    tracemalloc.start()
    try:
        with pytest.raises(PlanInputError) as refused:
            read_file(data, "a.pdf")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.code == "zip_bomb" and most < 145 << 20


@pytest.mark.parametrize("piece", ["<a ", "<a '", "<a b=", "<![", "<!--", "</a", "<div>"])
def test_pages_of_unfinished_tags(piece: str) -> None:
    data = b"<html>" + piece.encode() * 20_000
    with soon():
        try:
            read_file(data, "a.doc")
        except PlanInputError as refused:
            assert refused.code == "empty"


def test_markdown_is_text_whatever_it_begins_with() -> None:
    said = "<html>\n# 一、<b>甲</b>"
    assert text_of(said.encode(), "a.md") == said


def test_a_page_of_an_ofd_named_again_and_again_is_read_once() -> None:
    body = "".join(text(20, 20 + 0.02 * n, f"第{n}行") for n in range(3000))
    once = ofd([body])
    many = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(once)) as old, zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name.endswith("Document.xml"):
                page = '<ofd:Page ID="10" BaseLoc="Pages/Page_0/Content.xml"/>'
                assert page in part
                part = part.replace(page, page * 200 + page.replace("Pages/", "/Doc_0/PAGES/") * 200)
            new.writestr(name, part)
    with soon():
        assert text_of(many.getvalue(), "a.ofd") == text_of(once, "a.ofd")
