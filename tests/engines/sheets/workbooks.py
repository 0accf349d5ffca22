"""A workbook written by hand, part by part, so that tests can spell XML in ways no library would."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{RELS}/{kind}" Target="{target}"/>'


def worksheet(data: str, after: str = "", namespace: str = MAIN) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{namespace}"><sheetData>{data}</sheetData>{after}</worksheet>'


def workbook(
    sheets: dict[str, str],
    *,
    strings: str = "",
    styles: str = "",
    properties: str = "",
    states: dict[str, str] | None = None,
    extra: dict[str, bytes] | None = None,
) -> bytes:
    """Bytes of an XLSX whose sheets are given as whole XML documents (see :func:`worksheet`)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        tags, relations = [], [relation(900, "sharedStrings", "sharedStrings.xml"), relation(901, "styles", "styles.xml")]
        for number, (name, xml) in enumerate(sheets.items(), start=1):
            state = (states or {}).get(name, "visible")
            tags.append(f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>')
            relations.append(relation(number, "worksheet", f"worksheets/sheet{number}.xml"))
            zipped.writestr(f"xl/worksheets/sheet{number}.xml", xml)
        zipped.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}">{properties}<sheets>{"".join(tags)}</sheets></workbook>',
        )
        zipped.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE_RELS}">{"".join(relations)}</Relationships>'
        )
        if strings:
            zipped.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
        if styles:
            zipped.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        for name, content in (extra or {}).items():
            zipped.writestr(name, content)
    return target.getvalue()
