"""A small writer of DOCX for tests, from raw WordprocessingML: body, lists, any other parts."""

from __future__ import annotations

import io
import zipfile

WML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{WML}" xmlns:r="{REL}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def p(inner: str = "", *, num: tuple[int, int] | None = None, style: str = "", mark: str = "") -> str:
    """A paragraph of ``inner`` (words, or runs where it has tags); ``num``: (list, level); ``mark``: of its end."""
    listed = f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>' if num else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    marked = f"<w:rPr>{mark}</w:rPr>" if mark else ""
    return f"<w:p><w:pPr>{styled}{listed}{marked}</w:pPr>{inner if inner.startswith('<') else run(inner)}</w:p>"


def tc(inner: str, more: str = "") -> str:
    return f"<w:tc><w:tcPr><w:tcW w:w=\"1800\" w:type=\"dxa\"/>{more}</w:tcPr>{inner if inner.startswith('<') else p(inner)}</w:tc>"


def tr(*cells: str, more: str = "") -> str:
    return f"<w:tr><w:trPr>{more}</w:trPr>{''.join(c if c.startswith('<w:tc>') else tc(c) for c in cells)}</w:tr>"


def tbl(*rows: str, columns: int) -> str:
    grid = '<w:gridCol w:w="1800"/>' * columns
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'


LEVELS = [("chineseCounting", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")]


def levels(shapes: list[tuple[str, str]], more: str = "") -> str:
    return "".join(f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/>{more}<w:lvlText w:val="{shape}"/></w:lvl>' for i, (fmt, shape) in enumerate(shapes))


def numbering(*nums: str, abstract: str = "") -> str:
    """``nums``: insides of ``w:num``, counted from 1; all of the list 0 unless they say otherwise."""
    own = abstract or f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>{levels(LEVELS)}</w:abstractNum>'
    listed = "".join(f'<w:num w:numId="{i}"><w:abstractNumId w:val="0"/>{inner}</w:num>' for i, inner in enumerate(nums, 1))
    return f"<w:numbering {NAMES}>{own}{listed}</w:numbering>"


def docx(*body: str, lists: str = "", styles: str = "", rels: str = "", parts: dict[str, bytes | str] | None = None, main: str = "word/document.xml") -> bytes:
    """The package. ``rels``: more relations of the main part; ``parts``: more parts."""
    inner = "".join(b if b.startswith("<") else p(b) for b in body)
    kinds = {"numbering": lists, "styles": styles}
    known = "".join(f'<Relationship Id="k{k}" Type="{REL}/{k}" Target="{k}.xml"/>' for k, v in kinds.items() if v)
    ns = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    folder, name = main.split("/")
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        + "".join(f'<Override PartName="/word/{k}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{k}+xml"/>' for k, v in kinds.items() if v)
        + "</Types>",
        "_rels/.rels": f'<Relationships {ns}><Relationship Id="r1" Type="{REL}/officeDocument" Target="{main}"/></Relationships>',
        main: f"<w:document {NAMES}><w:body>{inner}</w:body></w:document>",
        f"{folder}/_rels/{name}.rels": f"<Relationships {ns}>{known}{rels}</Relationships>",
    } | {f"{folder}/{k}.xml": v for k, v in kinds.items() if v} | (parts or {})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        for part, data in files.items():
            z.writestr(part, data)
    return buffer.getvalue()
