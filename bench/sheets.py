"""Streaming XLSX: seconds and memory above the idle process, beside openpyxl (read-only, write-only) and calamine.

    python bench/sheets.py                       400,000 x 30 with shared strings, ours; peers at 40,000 rows
    python bench/sheets.py --rows 40000          a smaller file, peers on the same one
    python bench/sheets.py --peers-full          peers on the full file too (openpyxl needs some minutes)

The workbook is written by the generator below, spelt as WPS spells it (every text in the shared-strings table).  Of 30
columns 8 hold texts that occur once (names, addresses, codes), 14 repeated texts, 5 decimals, 3 dates.  Each
measurement runs in a process of its own; ratios are of CPU seconds, which other work on the machine disturbs least;
memory is the peak resident size above the size after the imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

COLUMNS = 30
UNIQUE, REPEATED, DECIMALS = 8, 14, 5
LETTERS = [chr(65 + i) if i < 26 else "A" + chr(39 + i) for i in range(COLUMNS)]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDS = ["粮食加工品", "食用油、油脂及其制品", "调味品", "肉制品", "乳制品", "小餐饮", "学校食堂", "合格", "不合格", "已办结"]


def generate(path: Path, rows: int) -> None:
    """Write the workbook described above; texts are some 20 characters long."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as book:
        book.writestr(
            "xl/workbook.xml",
            f'{head}<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        kinds = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{RELS}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(kinds, start=1)
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        )
        book.writestr("_rels/.rels", f'{head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        book.writestr("[Content_Types].xml", content_types(head))
        book.writestr(
            "xl/styles.xml",
            f'{head}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
            '<cellXfs count="3"><xf numFmtId="0" xfId="0"/><xf numFmtId="4" xfId="0"/><xf numFmtId="14" xfId="0"/></cellXfs></styleSheet>',
        )
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            total = len(WORDS) + rows * UNIQUE
            part.write(f'{head}<sst xmlns="{MAIN}" count="{rows * 22}" uniqueCount="{total}">'.encode())
            part.write("".join(f"<si><t>{word}</t></si>" for word in WORDS).encode())
            for row in range(rows):
                part.write("".join(f"<si><t>西平县柏城街道第{row:07d}号食品店{n}</t></si>" for n in range(UNIQUE)).encode())
            part.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{head}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for row in range(rows):
                part.write(row_xml(row).encode())
            part.write(b"</sheetData></worksheet>")


def content_types(head: str) -> str:
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"), ("styles", "styles")]
    overrides = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{base}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )


def row_xml(row: int) -> str:
    number, first = row + 1, len(WORDS) + row * UNIQUE
    cells = []
    for column, letter in enumerate(LETTERS):
        if column < UNIQUE:
            cells.append(f'<c r="{letter}{number}" s="0" t="s"><v>{first + column}</v></c>')
        elif column < UNIQUE + REPEATED:
            cells.append(f'<c r="{letter}{number}" s="0" t="s"><v>{(row * 7 + column) % len(WORDS)}</v></c>')
        elif column < UNIQUE + REPEATED + DECIMALS:
            cells.append(f'<c r="{letter}{number}" s="1"><v>{row + column}.25</v></c>')
        else:
            cells.append(f'<c r="{letter}{number}" s="2"><v>{45000 + (row + column) % 700}</v></c>')
    return f'<row r="{number}" spans="1:{COLUMNS}">{"".join(cells)}</row>'


def row_values(row: int) -> list[object]:
    from datetime import date, timedelta
    from decimal import Decimal

    values: list[object] = [f"西平县柏城街道第{row:07d}号食品店{n}" for n in range(UNIQUE)]
    values += [WORDS[(row * 7 + n) % len(WORDS)] for n in range(REPEATED)]
    values += [Decimal(f"{row + n}.25") for n in range(DECIMALS)]
    return values + [date(2026, 1, 1) + timedelta(days=(row + n) % 300) for n in range(COLUMNS - len(values))]


def peak_mib(field: str = "VmHWM") -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


def read_ours(path: str, rows: int) -> int:
    from shian.engines.sheets import open_table

    with open_table(path) as table:
        return sum(len(row) for row in table.rows())


def read_openpyxl(path: str, rows: int) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return sum(len(row) for row in sheet.iter_rows(values_only=True))


def read_calamine(path: str, rows: int) -> int:
    import python_calamine

    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return sum(len(row) for row in sheet.to_python())


def write_ours(path: str, rows: int) -> int:
    from shian.engines.sheets import write_table

    return write_table(path, LETTERS, (row_values(n) for n in range(rows)), title="名单") * COLUMNS  # type: ignore[misc]


def write_openpyxl(path: str, rows: int) -> int:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    for row in range(rows):
        sheet.append(row_values(row))
    book.save(path)
    return rows * COLUMNS


TASKS = {task.__name__: task for task in (read_ours, read_openpyxl, read_calamine, write_ours, write_openpyxl)}
IMPORTS = {"ours": "shian.engines.sheets", "openpyxl": "openpyxl", "calamine": "python_calamine"}


def measure_here(task: str, path: str, rows: int) -> None:
    __import__(IMPORTS[task.partition("_")[2]])
    idle = peak_mib("VmRSS")
    began, cpu = time.perf_counter(), time.process_time()
    cells = TASKS[task](path, rows)
    figures = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    print(json.dumps({**figures, "mib": peak_mib() - idle, "cells": cells}))


def measure(task: str, path: Path, rows: int) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--task", task, "--file", str(path), "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{task:16} not measured: {done.stderr.strip().splitlines()[-1]}")
        return None
    result: dict[str, float] = json.loads(done.stdout)
    print(f"{task:16} {rows:>8,} x {COLUMNS}  {result['seconds']:7.1f} s ({result['cpu']:.1f} cpu)  {result['mib']:7.0f} MiB above idle  {result['cells']:>12,.0f} cells", flush=True)
    return result


def compare(task: str, path: Path, rows: int, peers: list[str]) -> None:
    """Ours against each peer on the same rows, as ratios of time and memory (above 1: ours is better)."""
    ours = measure(task, path, rows)
    for peer in peers:
        theirs = measure(peer, path if peer.startswith("read") else path.with_suffix(".peer.xlsx"), rows)
        if ours and theirs:
            print(f"    {peer}: {theirs['cpu'] / ours['cpu']:.2f} x our CPU time, {theirs['mib'] / ours['mib']:.1f} x our memory")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=400_000)
    options.add_argument("--peers-full", action="store_true")
    options.add_argument("--task")
    options.add_argument("--file")
    given = options.parse_args()
    if given.task:
        measure_here(given.task, given.file, given.rows)
        return
    readers, writers = ["read_openpyxl", "read_calamine"], ["write_openpyxl"]
    with tempfile.TemporaryDirectory() as folder:
        book, small = Path(folder) / "book.xlsx", Path(folder) / "small.xlsx"
        generate(book, given.rows)
        print(f"workbook of {given.rows:,} x {COLUMNS}: {book.stat().st_size / (1 << 20):.0f} MiB zipped")
        everywhere = given.peers_full or given.rows <= 40_000
        compare("read_ours", book, given.rows, readers if everywhere else [])
        compare("write_ours", Path(folder) / "out.xlsx", given.rows, writers if everywhere else [])
        if not everywhere:
            generate(small, 40_000)
            compare("read_ours", small, 40_000, readers)
            compare("write_ours", Path(folder) / "out.xlsx", 40_000, writers)


if __name__ == "__main__":
    main()
