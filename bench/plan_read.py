"""How fast plans are read (processor time): ``python bench/plan_read.py [--quick]``.

Peers measured in the same run: for text, one pass of the named regular expressions of a plain
line-by-line extractor (numbering, note, percentage, date); for PDF, pdfplumber's bare ``extract_text``;
for DOCX, python-docx joining the paragraphs.
"""

from __future__ import annotations

import io
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
from docx import Document

from shian.core.plan import read_bytes, read_text

PLANS = Path(__file__).parent.parent / "../shared/data/plans"
ITEM = (
    "（{n}）强化{n}类监管。年底前，抽检合格率由95%提高到98%以上，检查不少于{n}家次，每季度开展一次督查，举报5个工作日内办结。"
    "督促企业落实主体责任，完善追溯体系，开展培训和应急演练，严厉打击违法犯罪行为，推进社会共治，提升群众满意度。"
    "（县市场监管局牵头，县农业农村局、卫生健康委、各乡（镇，街道）等单位按职责分工负责，相关部门配合）\n"
)
LINE_PASS = [re.compile(p) for p in (
    r"^[　\s]*[一二三四五六七八九十]{1,3}、", r"^[　\s]*（[一二三四五六七八九十]{1,3}）", r"^[　\s]*\d{1,3}[.．、](?!\d)",
    r"[（(〔\[](?:责任单位[：:])?([^（）()〔〕]{2,})(?:按职责分工负责|负责|牵头|配合)?[）)〕\]]\s*$",
    r"([^，。；、]{2,40}?)(?:达到?|提高到|不低于|不少于)(\d+(?:\.\d+)?)\s*%(以上)?", r"(?:(\d{4})年)?(\d{1,2})月(?:底|末|(\d{1,2})日)前|年底前",
)]


def plain_pass(text: str) -> int:
    return sum(len(p.findall(line)) for line in text.splitlines() for p in LINE_PASS)


def plan_of(size: int) -> str:
    """A plan of about ``size`` bytes: sections of twenty items each."""
    parts, n, length = ["某县2024年食品安全工作要点\n"], 0, 0
    while length < size:
        if n % 20 == 0:
            parts.append(f"{'一二三四五六七八九十'[n // 20 % 10]}、第{n // 20 + 1}方面\n")
        n += 1
        parts.append(ITEM.format(n=n % 99 + 1))
        length += len(parts[-1].encode())
    return "".join(parts)


def median(work: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def report(name: str, ours: float, peer: float, goal: str, peer_name: str) -> None:
    print(f"{name:<34}{ours * 1000:>10.1f} ms   goal {goal:<10} {peer_name} {peer * 1000:.1f} ms   ratio {ours / peer:.1f}")


def pdf_of(text: str) -> bytes:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("p", fontName="STSong-Light", fontSize=14, leading=22, wordWrap="CJK")
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build([Paragraph(line, style) for line in text.splitlines() if line])
    return buffer.getvalue()


def docx_of(text: str) -> bytes:
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def bare_pdf(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def bare_docx(data: bytes) -> str:
    return "\n".join(p.text for p in Document(io.BytesIO(data)).paragraphs)


def main() -> None:
    quick = "--quick" in sys.argv
    read_text(plan_of(2000))
    for path in sorted(PLANS.glob("*.txt")):
        text = path.read_text("utf-8")
        report(f"{path.stem[:12]} {len(text.encode()) // 1000} kB", median(lambda t=text: read_text(t), 5), median(lambda t=text: plain_pass(t), 5), "<= 50 ms/20 kB", "line pass")
    for size, goal, times in ((20_000, "<= 50 ms", 9), (200_000, "", 5), (1_000_000, "<= 3 s", 3)):
        text = plan_of(size)
        report(f"invented plan {size // 1000} kB", median(lambda t=text: read_text(t), times), median(lambda t=text: plain_pass(t), times), goal, "line pass")
    text = plan_of(1_000_000).replace("\n", "")
    report("the same 1 MB without line breaks", median(lambda: read_text(text), 1 if quick else 3), median(lambda: plain_pass(text), 1), "<= 3 s", "line pass")
    for piece in ("（", "、", "1.1.1.1", "（局负责）", "1月底前", "百分之", "县局、"):
        run = piece * (100_000 // len(piece))
        report(f"100,000 characters of {piece}", median(lambda r=run: read_text(r), 1), median(lambda r=run: plain_pass(r[:2000]), 1) * 50, "<= 3 s", "line pass x50")
    if quick:
        return
    small = plan_of(40_000)
    data = docx_of(small)
    report("DOCX of 40 kB text", median(lambda: read_bytes(data, "x.docx"), 3), median(lambda: bare_docx(data), 3), "", "python-docx")
    pdf = pdf_of(small)
    report("PDF of 40 kB text", median(lambda: read_bytes(pdf, "x.pdf"), 1), median(lambda: bare_pdf(pdf), 1), "", "pdfplumber")


if __name__ == "__main__":
    main()
