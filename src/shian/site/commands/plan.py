"""``shian plan``: reading work plans on the command line."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from shian.core.plan import Ledger

Row = dict[str, Any]
COLUMNS = ("文件", "章节", "编号", "任务", "牵头单位", "责任单位", "配合单位", "指标", "完成时限", "频次")


@click.group()
def command() -> None:
    """工作计划：把文件读成任务台账。"""


@command.command("read")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "xlsx", "csv"]),
    default="table",
    show_default=True,
    help="输出格式",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="写到文件；多个计划输出 json 时为目录，每个计划一个文件",
)
def read(paths: tuple[Path, ...], form: str, output: Path | None) -> None:
    """读一个或多个计划（文件、目录，或 - 表示从标准输入读粘贴的文字），输出任务台账。

    退出码：0 全部读出；1 有文件读不了或没有找到任务；2 用法错误。
    """
    if form == "xlsx" and output is None:
        raise click.UsageError("--format xlsx 需要用 -o 指定文件名")
    files = list(_files(paths))
    if not files:
        from shian.core.plan.files import SUFFIXES

        raise click.UsageError("没有找到可读的文件（" + " ".join(SUFFIXES) + "）")
    ledgers, failed = _read_all(files)
    _write(ledgers, form, output)
    if failed:
        sys.exit(1)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    from shian.core.plan.files import SUFFIXES

    out: list[Path] = []
    for path in paths:
        out += (
            sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
            if path.is_dir()
            else [path]
        )
    return out


def _read_all(files: list[Path]) -> tuple[list[tuple[str, Ledger]], bool]:
    """Ledgers by name; the flag says whether a file was refused or held no task. Progress on stderr."""
    from shian.core.plan import PlanInputError, read_bytes
    from shian.engines.office import converter

    ledgers: list[tuple[str, Ledger]] = []
    failed, office = False, converter()
    for i, path in enumerate(files, 1):
        step = f"[{i}/{len(files)}] {path.name}："
        try:
            data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
            ledger = read_bytes(data, path.name, office)
        except (PlanInputError, OSError) as e:
            click.echo(step + str(e), err=True)
            failed = True
            continue
        for note in ledger.notes:
            click.echo(step + note, err=True)
        if not ledger.tasks:
            click.echo(step + "没有找到任务，请检查是不是工作计划。", err=True)
            failed = True
        else:
            click.echo(step + _summary(ledger), err=True)
        ledgers.append((path.stem, ledger))
    return ledgers, failed


def _summary(ledger: Ledger) -> str:
    units = len({u.name for t in ledger.tasks for u in t.units})
    return f"任务 {len(ledger.tasks)} 项，单位 {units} 个，指标 {len(ledger.targets)} 个，时限 {len(ledger.deadlines)} 个，待核 {len(ledger.not_understood)} 处"


def _write(ledgers: list[tuple[str, Ledger]], form: str, output: Path | None) -> None:
    if form == "json":
        _write_json(ledgers, output)
    elif form == "csv":
        text = _csv(ledgers)
        _emit("\ufeff" + text if output else text, output)
    elif form == "xlsx" and output is not None:
        output.write_bytes(_xlsx(ledgers))
        click.echo(f"已写入 {output}", err=True)
    else:
        _emit(_table(ledgers, None if output else sys.stdout), output)


def _emit(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=not text.endswith("\n") and bool(text))
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"已写入 {output}", err=True)


def _write_json(ledgers: list[tuple[str, Ledger]], output: Path | None) -> None:
    if output is not None and (len(ledgers) > 1 or output.is_dir() or not output.suffix):
        output.mkdir(parents=True, exist_ok=True)
        for name, ledger in ledgers:
            (output / f"{name}.json").write_text(
                json.dumps(ledger.to_json(), ensure_ascii=False, indent=1), encoding="utf-8"
            )
        click.echo(f"已写入 {output} 下 {len(ledgers)} 个文件", err=True)
    elif len(ledgers) == 1:
        _emit(json.dumps(ledgers[0][1].to_json(), ensure_ascii=False, indent=1), output)
    else:
        _emit(
            "".join(
                json.dumps({"file": name} | ledger.to_json(), ensure_ascii=False) + "\n"
                for name, ledger in ledgers
            ),
            output,
        )


def rows_of(name: str, ledger: Ledger) -> list[Row]:
    """One row a task, as a 任务分解表 shows it."""
    titles = {s.no: s.title for s in ledger.sections}
    out = []
    for t in ledger.tasks:
        by_role = {r: "、".join(u.name for u in t.units if u.role == r) for r in ("lead", "joint", "support")}
        targets = "\n".join(x.quote for x in ledger.targets if x.task == t.id)
        dues = "、".join(dict.fromkeys(d.date.isoformat() for d in ledger.deadlines if d.task == t.id))
        section = f"{t.section} {titles.get(t.section, '')}".strip()
        out.append(
            dict(
                zip(
                    COLUMNS,
                    (
                        name,
                        section,
                        t.no,
                        t.title,
                        by_role["lead"],
                        by_role["joint"],
                        by_role["support"],
                        targets,
                        dues,
                        t.recurrence or "",
                    ),
                    strict=True,
                )
            )
        )
    return out


def _csv(ledgers: list[tuple[str, Ledger]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, ledger in ledgers:
        writer.writerows({k: _inert(v) for k, v in row.items()} for row in rows_of(name, ledger))
    return buffer.getvalue()


def _inert(value: Any) -> Any:
    """A cell a spreadsheet would run as a formula is given a leading quote."""
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@\t" and value[:1] else value


def _xlsx(ledgers: list[tuple[str, Ledger]]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("任务分解表")
        head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "font_name": "黑体"}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "font_name": "仿宋"})
        for i, (column, width) in enumerate(
            zip(COLUMNS, (18, 22, 8, 40, 20, 36, 28, 40, 14, 10), strict=True)
        ):
            sheet.set_column(i, i, width)
            sheet.write(0, i, column, head)
        rows = [row for name, ledger in ledgers for row in rows_of(name, ledger)]
        for r, row in enumerate(rows, 1):
            for i, column in enumerate(COLUMNS):
                sheet.write_string(r, i, str(row[column]), cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
    return buffer.getvalue()


def _table(ledgers: list[tuple[str, Ledger]], stream: Any) -> str:
    from rich.console import Console
    from rich.table import Table

    terminal = stream is not None and stream.isatty()
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=terminal,
        width=None if terminal else 160,
        color_system="auto" if terminal else None,
        markup=False,
        emoji=False,
    )
    for _, ledger in ledgers:
        doc = ledger.doc
        console.print(doc.title or "（未读出标题）", style="bold")
        console.print(
            " ".join(x for x in (doc.issuer, doc.doc_number, doc.date.isoformat() if doc.date else None) if x)
        )
        table = Table(show_lines=True)
        for column, ratio in (("编号", None), ("任务", 3), ("单位", 4), ("指标", 4), ("时限", None)):
            table.add_column(column, overflow="fold", ratio=ratio)
        for t in ledger.tasks:
            marks = {"lead": "（牵头）", "support": "（配合）", "joint": ""}
            table.add_row(
                t.id,
                t.title,
                "、".join(u.name + marks[u.role] for u in t.units),
                "\n".join(x.quote.replace("\n", "") for x in ledger.targets if x.task == t.id),
                "\n".join(dict.fromkeys(d.date.isoformat() for d in ledger.deadlines if d.task == t.id))
                + (f" {t.recurrence}" if t.recurrence else ""),
            )
        console.print(table)
        whole = [d for d in ledger.deadlines if d.task is None]
        if whole:
            console.print("全文时限：" + "；".join(f"{d.date.isoformat()} {d.what}" for d in whole))
        if ledger.not_understood:
            console.print(f"待人工核对 {len(ledger.not_understood)} 处：")
            for n in ledger.not_understood[:20]:
                console.print(f"  {n.task or '-'} {n.reason}：{n.quote[:40]}")
    return buffer.getvalue()
