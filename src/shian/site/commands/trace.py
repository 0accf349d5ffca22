"""``shian trace``: build the index, follow lots both ways, recall."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import _trace_shown as shown
from ._epcis_store import (
    clock_time,
    emit,
    format_option,
    journal_option,
    open_journal,
    shown_time,
)
from ._trace_ask import ask, known_parties, options_of, questions
from ._trace_make import build_index, load_economy, write_economy
from ._trace_recall import open_recall, tell, write_sheet

if TYPE_CHECKING:
    from shian.core.trace import Trace, TraceEdge, TraceNode


@click.group()
def command() -> None:
    """产品追溯：建索引、顺向追踪、逆向溯源、召回。"""


@command.command()
@click.option(
    "--lots", default=1000, show_default=True, type=click.IntRange(100, 10_000_000), help="批次数（约）"
)
@click.option("--seed", default=1, show_default=True, help="同一种子得到同一数据")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("events"), show_default=True
)
@click.option("--bulk", is_flag=True, help="不写文档，直接装载到新的日志文件（大数据量）")
@journal_option
def generate(lots: int, seed: int, out: Path, bulk: bool, path: Path) -> None:
    """生成演示用食品流通数据（EPCIS 文档，每份 500 个事件）。"""
    from shian.site.demo.economy import generate as make
    from shian.site.demo.economy.documents import lot_id

    if bulk and path.exists():
        raise click.UsageError(f"{path} 已存在；批量装载只用于新文件")
    if not bulk and any(out.glob("*.json")):
        raise click.UsageError(f"{out}/ 中已有文档；请另指定 --out，以免两次生成的数据相混")
    world = make(lots, seed)
    example = lot_id(int(world.thing[world.uses.src[0]]))  # a farm's lot that was made into something
    if bulk:
        load_economy(world, path)
        click.echo(f"已装载到 {path}（演示数据）；例：shian trace both {example} --journal {path}")
        return
    count = write_economy(world, out)
    click.echo(
        f"已写 {count} 份文档到 {out}/（演示数据）；例：shian epcis capture {out}/*.json，shian trace both {example}"
    )


@command.command()
@journal_option
@click.option("--from-journal", is_flag=True, help="先由日志重新推导全部追溯关系")
@format_option
def build(path: Path, from_journal: bool, form: str) -> None:
    """建立（重建）内存映射索引；以后的查询由它起步，新事件随到随查。"""
    record = build_index(path, from_journal)
    if form == "json":
        emit(record)
    else:
        click.echo(
            f"索引 {record['index']}：{record['nodes']:,} 个节点，{record['edges']:,} 条边，"
            f"{record['bytes'] / 1e6:.1f} MB，{record['seconds']} 秒"
        )


@command.command()
@questions
def forward(**asked: Any) -> None:
    """顺向追踪：这些批次去了哪里。"""
    _answer("forward", **asked)


@command.command()
@questions
def backward(**asked: Any) -> None:
    """逆向溯源：这些批次从哪里来。"""
    _answer("backward", **asked)


@command.command()
@questions
def both(**asked: Any) -> None:
    """双向：从哪里来，到哪里去。"""
    _answer("both", **asked)


def _answer(
    way: str,
    path: Path,
    things: tuple[str, ...],
    parties: Path | None,
    most: int | None,
    form: str,
    **asked: Any,
) -> None:
    from shian.core.recall import affected_parties
    from shian.core.trace import Direction

    known, refused = known_parties(parties)
    trace = ask(Direction(way), path, things, options_of(**asked))
    if form == "json":
        _print_json(trace)
    else:
        shown.summary(trace, affected_parties(trace), known)
        shown.states(trace, known, most)
    sys.exit(1 if refused else 0)


@command.command()
@questions
@click.option("--backward", "way", flag_value="backward", help="逆向：这些批次的来源方")
@click.option("--both", "way", flag_value="both", help="来源方和去向方都列")
@click.option("--balance", "balanced", is_flag=True, help="逐批物料平衡：进、用、结存、在途、差额")
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), help="导出追溯表（.csv 或 .xlsx）")
@click.option(
    "--open", "name", help="设为持续召回，取此编号；以后采集的相关事件随时命中（杀灭步骤、交叉接触照用）"
)
def recall(
    path: Path, things: tuple[str, ...], way: str | None, balanced: bool, sheet: Path | None, name: str | None,
    parties: Path | None, most: int | None, form: str, **asked: Any,
) -> None:  # fmt: skip
    """召回：受影响的主体和数量，还有多少在外；可导出追溯表，可设为持续召回。

    退出码：0 完成；1 没有该批次，或主体名录有行未采用；2 用法错误。
    """
    from shian.core.trace import Direction

    if sheet and sheet.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError(f"--sheet {sheet}：后缀应为 .csv 或 .xlsx")
    if name and way:
        raise click.UsageError("--open：持续召回只顺向，不能与 --backward、--both 同用")
    known, refused = known_parties(parties)
    options = options_of(**asked)
    if name:
        open_recall(name, path, things, options)
    trace = ask(Direction(way or "forward"), path, things, options)
    if sheet:
        write_sheet(trace, sheet, known, parties is not None)
    tell(trace, path, known, form, most, balanced)
    sys.exit(1 if refused else 0)


@command.command()
@journal_option
@click.option("--close", "name", help="结束该编号的持续召回")
@format_option
def recalls(path: Path, name: str | None, form: str) -> None:
    """持续召回一览及其命中。"""
    journal, standing = open_journal(path, must_exist=True)
    if name:
        try:
            standing.close(name, int(time.time()))
        except LookupError as error:
            raise click.ClickException(str(error)) from None
    for one in standing.recalls():
        hits = standing.hits(one.name)
        if form == "json":
            states = [{"thing": t, "place": p, "since": shown_time(s or None)} for t, p, s in hits]
            emit({"recall": one.name, "opened": shown_time(one.opened), "affected": states})
        else:
            places = {p for _, p, _ in hits if p and not p.startswith("#")}
            limits = "，有杀灭步骤" if one.rules.kills or one.rules.kill_events else ""
            limits += "，计交叉接触" if one.rules.spreads else ""
            click.echo(
                f"{one.name}  {clock_time(one.opened)} 设，{len(one.lots)} 个批次，受影响 {len(hits):,} 处、"
                f"{len(places):,} 家主体{limits}"
            )
    journal.close()


def _print_json(trace: Trace) -> None:
    names = {n.number: (n.thing, n.place) for n in trace.nodes}
    for node in trace.nodes:
        emit({"node": _node(node)})
    for edge in trace.edges:
        emit({"edge": _edge(edge, names)})
    emit(
        {
            "summary": {
                "direction": trace.direction.value, "nodes": len(trace.nodes), "edges": len(trace.edges),
                "complete": trace.complete,
            }
        }
    )  # fmt: skip


def _node(node: TraceNode) -> dict[str, Any]:
    return {
        "thing": node.thing, "place": node.place, "depth": node.depth, "time": shown_time(node.time),
        "marks": [m.value for m in node.marks], "platform": node.platform,
    }  # fmt: skip


def _edge(edge: TraceEdge, names: dict[int, tuple[str, str]]) -> dict[str, Any]:
    (a, p), (b, q) = names[edge.src], names[edge.dst]
    amount = {"value": str(edge.quantity.value), "unit": edge.quantity.unit} if edge.quantity else None
    return {
        "from": {"thing": a, "place": p}, "to": {"thing": b, "place": q}, "kind": edge.kind.name.lower(),
        "left": shown_time(edge.left), "arrived": shown_time(edge.arrived), "eventID": edge.event_id, "quantity": amount,
    }  # fmt: skip
