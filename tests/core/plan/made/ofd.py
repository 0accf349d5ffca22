"""A small writer of OFD (GB/T 33190) for tests: text, strokes, a template, a seal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 5.64  # millimetres; 三号
LEFT, TOP, PITCH, ACROSS, LINES = 28.0, 40.0, 10.2, 27, 22


def text(x: float, y: float, words: str, size: float = SIZE, more: str = "") -> str:
    """A text object whose baseline is at ``y``."""
    deltas = " ".join(f"{size if ord(c) > 0x2E7F else size / 2:g}" for c in words[:-1])
    return (
        f'<ofd:TextObject ID="1" Boundary="{x:g} {y - size:g} {size * len(words):g} {size * 1.2:g}" Font="2" Size="{size:g}" {more}>'
        f'<ofd:TextCode X="0" Y="{size:g}" DeltaX="{deltas}">{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def stroke(x0: float, y0: float, x1: float, y1: float) -> str:
    return (
        f'<ofd:PathObject ID="1" Boundary="{x0:g} {y0:g} {x1 - x0 + 0.3:g} {y1 - y0 + 0.3:g}" LineWidth="0.3">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0:g} {y1 - y0:g}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def image() -> str:
    return '<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="9"/>'


def grid(x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[tuple[str, int, int]]], height: float = 16) -> str:
    """A ruled table. A cell is (words with line breaks, columns, rows); what it covers is left out below it."""
    edges = [x + sum(widths[:i]) for i in range(len(widths) + 1)]
    taken: set[tuple[int, int]] = set()
    out = []
    for r, row in enumerate(rows):
        cells = iter(row)
        for c in range(len(widths)):
            if (r, c) in taken:
                continue
            words, across, down = next(cells)
            taken |= {(r + i, c + j) for i in range(down) for j in range(across)}
            left, right, top, bottom = edges[c], edges[c + across], y + r * height, y + (r + down) * height
            out += [stroke(left, top, right, top), stroke(left, bottom, right, bottom), stroke(left, top, left, bottom), stroke(right, top, right, bottom)]
            out += [text(left + 1, top + 5 + 4.6 * i, line, 4) for i, line in enumerate(words.split("\n")) if line]
    return "".join(out)


def pages_of(lines: Sequence[str], head: str = "") -> list[str]:
    """Lines set in 三号, broken at the margin, numbered pages, a running head on each."""
    rows: list[tuple[float, str]] = []
    for line in lines:
        words, indent = line, 2
        while True:
            fits = _fitting(words, ACROSS - indent)
            rows.append((LEFT + indent * SIZE, words[:fits]))
            words, indent = words[fits:], 0
            if not words:
                break
    pages = []
    for n, at in enumerate(range(0, len(rows), LINES), 1):
        body = "".join(text(x, TOP + i * PITCH, words) for i, (x, words) in enumerate(rows[at : at + LINES]))
        pages.append((text(80, 20, head, 4) if head else "") + body + text(100, 280, f"— {n} —", 4))
    return pages


def _fitting(words: str, width: float) -> int:
    """How many characters fill a line; Latin ones are half as wide."""
    for n, c in enumerate(words):
        width -= 1 if ord(c) > 0x2E7F else 0.5
        if width < 0:
            return n
    return len(words)


def ofd(pages: Sequence[str], *, template: str = "", seal: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """The package. ``seal``: the provider of a signature; ``template``: objects under every page."""
    used = '<ofd:Template TemplateID="77" ZOrder="Background"/>' if template else ""
    listed = "".join(f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    known = '<ofd:TemplatePage ID="77" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    signed = "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>" if seal else ""
    parts = {
        "OFD.xml": f'<ofd:OFD {NS} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{signed}</ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f'<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{known}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>',
    }
    for i, body in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{i}/Content.xml"] = f'<ofd:Page {NS}>{used}<ofd:Content><ofd:Layer ID="3">{body}</ofd:Layer></ofd:Content></ofd:Page>'
    if template:
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="3">{template}</ofd:Layer></ofd:Content></ofd:Page>'
    if seal:
        parts["Doc_0/Signs/Signatures.xml"] = f'<ofd:Signatures {NS}><ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'
        parts["Doc_0/Signs/Sign_0/Signature.xml"] = f'<ofd:Signature {NS}><ofd:SignedInfo><ofd:Provider ProviderName="{seal}" Version="1.0"/><ofd:SignatureDateTime>20260302101500Z</ofd:SignatureDateTime></ofd:SignedInfo></ofd:Signature>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in parts.items():
            z.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + body)
        for name, data in (extra or {}).items():
            z.writestr(name, data)
    return buffer.getvalue()
