"""How fast documents of 30 pages are read (wall time): ``python bench/documents.py``.

Goals: DOC <= 5 s by LibreOffice, <= 0.3 s from the file itself; OFD <= 1 s. Peers in the same run: for OFD parsing its XML
and nothing else, for DOCX python-docx joining its paragraphs; DOC, RTF, ODT stand beside the DOCX they were made of.
"""

from __future__ import annotations

import io
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.plan_read import bare_docx, docx_of, pdf_of, plan_of
from docx import Document
from lxml import etree
from tests.core.plan.made.ofd import LINES, grid, ofd, pages_of

from shian.core.plan.files import read_file
from shian.engines.office import converter

PAGES = 30


def median(work: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def report(name: str, spent: float, goal: str = "", peer: float | None = None, peer_name: str = "") -> None:
    beside = f"   {peer_name} {peer * 1000:.0f} ms   ratio {spent / peer:.1f}" if peer else ""
    print(f"{name:<40}{spent * 1000:>9.0f} ms   {goal:<10}{beside}")


def text_of_pages() -> str:
    """As many lines of a plan as fill 30 pages of 22 lines."""
    return plan_of(int(PAGES * LINES * 27 * 2.6))


def with_table(data: bytes) -> bytes:
    document = Document(io.BytesIO(data))
    table = document.add_table(rows=0, cols=5)
    for n in range(120):
        for cell, words in zip(table.add_row().cells, (str(n), "健全机制", "检查单位不少于200家。", "县公安局", "2026年6月底前"), strict=True):
            cell.text = words
    document.add_paragraph("附件")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def saved_as(suffix: str, data: bytes) -> bytes | None:
    program = shutil.which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.docx").write_bytes(data)
        profile = Path(folder, "profile").as_uri()
        subprocess.run([program, "--headless", f"-env:UserInstallation={profile}", "--convert-to", suffix, "--outdir", folder, f"{folder}/a.docx"], check=True, capture_output=True)
        return Path(folder, f"a.{suffix}").read_bytes()


def bare_ofd(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for name in z.namelist():
            etree.fromstring(z.read(name))


def main() -> None:
    text = text_of_pages()
    data = with_table(docx_of(text))
    report(f"DOCX, {len(text)} characters and a table", median(lambda: read_file(data, "a.docx"), 3), "", median(lambda: bare_docx(data), 3), "python-docx")
    for suffix in ("doc", "rtf", "odt"):
        other = saved_as(suffix, data)
        if other is None:
            print(f"{suffix}: LibreOffice is not installed, nothing to measure")
            continue
        report(f"{suffix.upper()} from the file itself", median(lambda o=other, s=suffix: read_file(o, f"a.{s}"), 3), "<= 300 ms" if suffix == "doc" else "")
        if suffix == "doc":
            report("DOC by LibreOffice", median(lambda o=other: read_file(o, "a.doc", converter()), 3), "<= 5 s")
    pages = pages_of(text.splitlines())[: PAGES - 4]
    ruled = grid(15, 40, [28, 14, 24, 36, 52], [[("2026年6月底前", 1, 1), ("1", 1, 1), ("健全机制", 1, 1), ("检查单位不少于\n200家。", 1, 1), ("县公安局", 1, 1)]] * 14)
    made = ofd([*pages, *[ruled] * 4])
    report(f"OFD of {len(pages) + 4} pages, 4 of tables", median(lambda: read_file(made, "a.ofd"), 3), "<= 1 s", median(lambda: bare_ofd(made), 3), "bare XML")
    pdf = pdf_of(text)
    report("PDF of the same text", median(lambda: read_file(pdf, "a.pdf"), 1))


if __name__ == "__main__":
    main()
