"""One and the same plan as text, DOCX, DOC, OFD and PDF gives the same ledger."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from shian.core.plan import Ledger, read_bytes, read_text

from .made.docx import docx, p
from .made.ofd import ofd, pages_of

FONT = "STSong-Light"
PLANS = [f for f in sorted((Path(__file__).parent / "invented").glob("*.txt")) if "\t" not in f.read_text("utf-8")]
BLANKS = {"inline_lists", "oneline_market", "oneline_signed", "food_scope_notes"}
"""Plans in which a wide blank or a rare glyph means something: the writer of this test's PDF keeps neither."""


def lines_of(plan: Path) -> list[str]:
    return [line.strip() for line in plan.read_text("utf-8").splitlines() if line.strip()]


def as_docx(lines: list[str]) -> bytes:
    return docx(*(p(escape(line)) for line in lines))


def as_pdf(lines: list[str]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    style = ParagraphStyle("p", fontName=FONT, fontSize=14, leading=22, wordWrap="CJK", firstLineIndent=28)
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build([Paragraph(escape(line), style) for line in lines])
    return buffer.getvalue()


def bare(ledger: Ledger) -> object:
    """The ledger without places in the text, and its words without white space."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if "span" not in k and k != "confidence"}
        if isinstance(value, list):
            return [strip(v) for v in value]
        return "".join(value.split()) if isinstance(value, str) else value

    return strip(ledger.to_json())


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_word_ofd_and_pdf(plan: Path) -> None:
    lines = lines_of(plan)
    right = bare(read_text("\n".join(lines)))
    assert bare(read_bytes(as_docx(lines), "a.docx")) == right
    assert bare(read_bytes(ofd(pages_of(lines)), "a.ofd")) == right
    if plan.stem not in BLANKS:
        assert bare(read_bytes(as_pdf(lines), "a.pdf")) == right


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice, which writes the DOC files, is not installed")
def test_doc(tmp_path: Path) -> None:
    for plan in PLANS:
        (tmp_path / f"{plan.stem}.docx").write_bytes(as_docx(lines_of(plan)))
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "doc", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, tmp_path.glob("*.docx"))], check=True, capture_output=True, timeout=300)
    differ = [plan.stem for plan in PLANS if bare(read_bytes((tmp_path / f"{plan.stem}.doc").read_bytes(), "a.doc")) != bare(read_text("\n".join(lines_of(plan))))]
    assert differ == []
