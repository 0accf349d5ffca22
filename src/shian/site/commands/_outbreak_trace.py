"""``shian outbreak trace``: a case list against the trace data of a journal."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shian.site.commands._epcis_store import emit, format_option, journal_option
from shian.site.commands._trace_ask import index_folder

if TYPE_CHECKING:
    from shian.core.trace.outbreak.cases import CaseList
    from shian.engines.trace.outbreak.traced import TracedCases


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@journal_option
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="列出前几名来源；0 为全部")
@format_option
def trace(file: Path, path: Path, top: int, form: str) -> None:
    """由病例名单在追溯数据中反查共同来源。

    FILE 为 CSV 或 XLSX，列：病例、批次（多个以“；”分开），可有 主体（GLN）、时间（ISO 8601）、对照（是／否）。
    有对照时按似然比排名，否则按病例比例。退出码：0 完成；1 名单有行未采用，或没有病例可查；2 用法错误。
    """
    from shian.engines.sheets import SheetError
    from shian.engines.trace.outbreak.cases import read_cases

    if not path.is_file():
        raise click.UsageError(f"没有事件日志 {path}；先用 shian epcis capture 采集")
    try:
        cases = read_cases(file)
    except SheetError as error:
        click.echo(f"{file}：{error.message}", err=True)
        sys.exit(1)
    for bad in cases.problems:
        click.echo(
            f"{file} 第 {bad.row} 行“{bad.column}”列“{bad.value}”：{bad.message}（{bad.rule}）", err=True
        )
    found = _ask(path, cases)
    if form == "json":
        _print_json(found, cases, top)
    else:
        _print_table(found, cases, top)
    sys.exit(1 if cases.problems else 0)


def _ask(path: Path, cases: CaseList) -> TracedCases:
    from shian.engines.trace import LiveIndex
    from shian.engines.trace.outbreak.traced import trace_cases

    try:
        with LiveIndex(path, index_folder(path)) as index:
            return trace_cases(index, cases)
    except sqlite3.DatabaseError as error:
        raise click.ClickException(f"{path} 不是事件日志：{error}") from None
    except ValueError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _print_json(found: TracedCases, cases: CaseList, top: int) -> None:
    """One object a line: suspects, common links, explaining sets, what is on no trace, refused rows, summary."""
    for rank, s in enumerate(found.suspects[: top or None], start=1):
        emit({
            "rank": rank, "lots": list(s.lots), "cases": s.cases, "share": s.share, "rankByShare": s.by_share,
            "controls": s.controls, "logLikelihoodRatio": s.ratio, "rankByRatio": s.by_ratio,
        })  # fmt: skip
    emit({"commonLinks": {"lots": list(found.common_lots), "places": list(found.common_places)}})
    sets = found.explanation
    emit({
        "explainingSets": [[{"lots": list(c.ids), "cases": c.count} for c in chosen] for chosen in sets.sets],
        "explainedCases": sets.explained, "provedSmallest": sets.proved_smallest,
        "unexplained": list(found.unexplained),
    })  # fmt: skip
    for u in found.untraced:
        emit(
            {
                "notTraced": {
                    "row": u.eaten.row,
                    "case": u.eaten.person,
                    "lot": u.eaten.lot,
                    "reason": u.reason,
                }
            }
        )
    for p in cases.problems:
        emit({"refused": p._asdict()})
    emit({"summary": {
        "cases": len(found.cases), "controls": len(found.controls), "suspects": len(found.suspects),
        "offTrace": list(found.off_trace), "refusedRows": len(cases.problems),
    }})  # fmt: skip


def _print_table(found: TracedCases, cases: CaseList, top: int) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = found.suspects[: top or None]
    table = Table(
        title=f"来源（{len(found.cases)} 例，{len(found.controls)} 名对照，前 {len(shown)} 名，共 {len(found.suspects)} 个）"
    )
    for name, side in (("名次", "right"), ("批次", "left"), ("病例", "right"), ("比例", "right"), ("对照", "right"), ("似然比（对数）", "right")):  # fmt: skip
        table.add_column(name, justify=side, overflow="fold")  # type: ignore[arg-type]
    for rank, s in enumerate(shown, start=1):
        more = f"\n（共 {len(s.lots)} 个批次，无法区分）" if len(s.lots) > 1 else ""
        names = "\n".join(s.lots[:3]) + more
        ratio = "" if s.ratio is None else f"{s.ratio:.2f}"
        table.add_row(str(rank), names, str(s.cases), f"{s.share:.0%}", str(s.controls or ""), ratio)
    console.print(table)
    for what, values in (
        ("所有病例共有的批次", found.common_lots),
        ("所有病例共有的主体", found.common_places),
        ("没有共同来源可解释的病例", found.unexplained),
        ("不在任何追溯链上的病例", found.off_trace),
    ):
        if values:
            console.print(f"{what}：{_some(values)}", soft_wrap=True)
    for chosen in found.explanation.sets[:5]:
        parts = (f"{_some(c.ids, ' 或 ')}（{c.count} 例）" for c in chosen)
        console.print("最小解释集：" + " ＋ ".join(parts), soft_wrap=True)
    if not found.controls:
        console.print("名单中没有对照：只按病例比例排名，供货面广的来源会偏高。")
    for u in found.untraced:
        click.echo(f"第 {u.eaten.row} 行 {u.eaten.person} {u.eaten.lot}：{u.reason}", err=True)


def _some(values: Any, joint: str = "、") -> str:
    return joint.join(values[:5]) + (f" 等 {len(values)} 个" if len(values) > 5 else "")
