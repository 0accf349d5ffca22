"""``shian trace``: build the index, follow lots both ways, recall."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shian.site.commands._epcis_store import (
    clock_time,
    emit,
    format_option,
    instant,
    journal_option,
    open_journal,
    shown_time,
)

if TYPE_CHECKING:
    from shian.core.trace import Trace, TraceEdge, TraceNode


def index_folder(path: Path) -> Path:
    """Where the index of a journal lies."""
    return path.with_name(path.name + ".index")


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
    from shian.site.demo.economy import documents, load
    from shian.site.demo.economy import generate as make
    from shian.site.demo.economy.documents import lot_id

    world = make(lots, seed)
    example = lot_id(int(world.thing[world.uses.src[0]]))  # a farm's lot that was made into something
    if bulk:
        if path.exists():
            raise click.UsageError(f"{path} 已存在；批量装载只用于新文件")
        journal, _ = open_journal(path)
        load(world, journal.db, lambda what, count: click.echo(f"{what}：{count}", err=True))
        journal.close()
        click.echo(f"已装载到 {path}；例：shian trace both {example} --journal {path}")
        return
    out.mkdir(parents=True, exist_ok=True)
    if any(out.glob("*.json")):
        raise click.UsageError(f"{out}/ 中已有文档；请另指定 --out，以免两次生成的数据相混")
    count = 0
    for data in documents(world):
        count += 1
        (out / f"{count:06d}.json").write_bytes(data)
    click.echo(
        f"已写 {count} 份文档到 {out}/；例：shian epcis capture {out}/*.json，shian trace both {example}"
    )


@command.command()
@journal_option
@click.option("--from-journal", is_flag=True, help="先由日志重新推导全部追溯关系")
@format_option
def build(path: Path, from_journal: bool, form: str) -> None:
    """建立（重建）内存映射索引；以后的查询由它起步，新事件随到随查。"""
    from shian.core.trace import GraphStore, LiveIndex

    journal, _ = open_journal(path, must_exist=True)
    start = time.perf_counter()
    if from_journal:
        GraphStore(journal.db).rebuild(journal)
    with LiveIndex(path) as index:
        folder = index.save(index_folder(path))
        size = sum(f.stat().st_size for f in folder.iterdir())
        record = {
            "journal": str(path), "index": str(folder.parent), "nodes": len(index.snapshot.nodes),
            "edges": len(index.snapshot.forward.other), "bytes": size, "seconds": round(time.perf_counter() - start, 3),
        }  # fmt: skip
    journal.close()
    if form == "json":
        emit(record)
    else:
        click.echo(
            f"索引 {record['index']}：{record['nodes']} 个节点，{record['edges']} 条边，"
            f"{size / 1e6:.1f} MB，{record['seconds']} 秒"
        )


def _questions(function: Callable[..., None]) -> Callable[..., None]:
    """The options that all ways of following share."""
    options = (
        click.argument("things", nargs=-1, required=True, metavar="批次…"),
        journal_option,
        click.option("--at", help="只从该主体（GLN 或标识）处的批次起"),
        click.option("--moment", callback=instant, help="顺向：自该时刻起；逆向：至该时刻止（ISO 8601）"),
        click.option("--static", is_flag=True, help="不计时间先后"),
        click.option("--depth", type=click.IntRange(1), help="最多几步"),
        click.option("--kill", "kill_places", multiple=True, help="杀灭步骤：到该主体为止"),
        click.option("--kill-thing", "kill_things", multiple=True, help="到该批次为止"),
        click.option("--kill-event", "kill_events", multiple=True, help="不走该事件"),
        click.option("--contact", "contact_places", multiple=True, help="在该主体处计入交叉接触"),
        click.option("--contact-carriers", is_flag=True, help="同一载具先后或同时装载也计入"),
        click.option("--contact-hours", default=0.0, help="离开后仍计接触的小时数"),
        click.option(
            "--platforms", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="CSV：主体标识,平台名；这些主体的数据在其他平台",
        ),
        format_option,
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@command.command()
@_questions
def forward(**asked: Any) -> None:
    """顺向追踪：这些批次去了哪里。"""
    _answer("forward", **asked)


@command.command()
@_questions
def backward(**asked: Any) -> None:
    """逆向溯源：这些批次从哪里来。"""
    _answer("backward", **asked)


@command.command()
@_questions
def both(**asked: Any) -> None:
    """双向：从哪里来，到哪里去。"""
    _answer("both", **asked)


@command.command()
@_questions
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), help="导出追溯表（.csv 或 .xlsx）")
@click.option("--open", "name", help="设为持续召回，取此编号；以后采集的相关事件随时命中")
def recall(sheet: Path | None, name: str | None, **asked: Any) -> None:
    """召回：受影响的主体和数量；可导出追溯表，可设为持续召回。"""
    from shian.core.recall import affected_parties

    form = asked.pop("form")
    if sheet and sheet.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError(f"--sheet {sheet}：后缀应为 .csv 或 .xlsx")
    if name:
        _open_recall(name, **asked)
    trace = _ask("forward", **asked)
    if sheet:
        click.echo(f"{sheet}：{_write_sheet(trace, sheet)} 行", err=True)
    for party in affected_parties(trace):
        record = {
            "place": party.place, "thing": party.thing, "unquantified": party.unquantified,
            **{
                side: [{"value": str(q.value), "unit": q.unit} for q in getattr(party, side)]
                for side in ("received", "shipped", "used")
            },
        }  # fmt: skip
        if form == "json":
            emit(record)
        else:
            words = (("收", party.received), ("发", party.shipped), ("用", party.used))
            said = "，".join(
                f"{word} " + "+".join(f"{q.value}{q.unit}" for q in qs) for word, qs in words if qs
            )
            click.echo(f"{party.place}\t{party.thing}\t{said or '数量未记录'}")


def _write_sheet(trace: Trace, sheet: Path) -> int:
    from shian.core.recall import write_csv, write_xlsx

    try:
        if sheet.suffix.lower() == ".xlsx":
            return write_xlsx(trace, sheet)
        with sheet.open("w", encoding="utf-8-sig", newline="") as target:
            return write_csv(trace, target)
    except OSError as error:
        raise click.ClickException(f"--sheet {sheet}：不能写入（{error.strerror}）") from None


def _open_recall(name: str, path: Path, things: tuple[str, ...], **asked: Any) -> None:
    journal, recalls = open_journal(path, must_exist=True)
    try:
        count = recalls.open(name, things, int(time.time()), _options(**asked))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    finally:
        journal.close()
    click.echo(f"持续召回 {name} 已设，现有 {count} 处受影响", err=True)


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
            click.echo(f"{one.name}\t{clock_time(one.opened)}\t受影响 {len(hits)} 处")
    journal.close()


def _answer(way: str, form: str, **asked: Any) -> None:
    trace = _ask(way, **asked)
    (_print_json if form == "json" else _print_table)(trace)


def _ask(way: str, path: Path, things: tuple[str, ...], **asked: Any) -> Trace:
    import sqlite3

    from shian.core.trace import Direction, LiveIndex, Tracer, UnknownThing

    if not path.is_file():
        raise click.UsageError(f"没有事件日志 {path}；先用 shian epcis capture 采集")
    options = _options(**asked)
    try:
        with LiveIndex(path, index_folder(path)) as index:
            return Tracer(index).trace(list(things), Direction(way), options)
    except sqlite3.DatabaseError as error:
        raise click.ClickException(f"{path} 不是事件日志：{error}") from None
    except (UnknownThing, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _options(
    at: str | None, moment: datetime | None, static: bool, depth: int | None, contact_hours: float,
    contact_carriers: bool, platforms: Path | None, **names: tuple[str, ...],
) -> Any:  # fmt: skip
    from shian.core.trace import Options

    return Options(
        at=at, moment=int(moment.timestamp()) if moment else None, timed=not static, depth=depth,
        contact_carriers=contact_carriers, contact_window=round(contact_hours * 3600),
        platforms=_read_platforms(platforms) if platforms else {},
        **{key: frozenset(values) for key, values in names.items()},
    )  # fmt: skip


def _read_platforms(path: Path) -> dict[str, str]:
    import csv

    table: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            for number, row in enumerate(csv.reader(source), start=1):
                if len(row) != 2:
                    raise click.ClickException(f"--platforms {path} 第 {number} 行：应为两列（主体标识,平台名）")
                table[row[0].strip()] = row[1].strip()
    except (UnicodeDecodeError, csv.Error):
        raise click.ClickException(f"--platforms {path}：不是 UTF-8 的 CSV 文件") from None
    return table


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


_MARKS = {
    "origin": "源头", "source-unknown": "来源不明", "never-received": "有发无收", "destination-unknown": "去向不明",
    "another-platform": "其他平台", "kill-step": "已杀灭", "depth-limit": "到达步数上限",
}  # fmt: skip


def _print_table(trace: Trace) -> None:
    for node in trace.nodes:
        marks = "、".join(
            _MARKS[m.value] + (f"：{node.platform}" if m.value == "another-platform" else "")
            for m in node.marks
        )
        click.echo(f"{node.depth}\t{node.thing}\t{node.place}\t{clock_time(node.time)}\t{marks}")
    gap = "记录完整" if trace.complete else "记录有缺口，见标注"
    click.echo(f"{len(trace.nodes)} 个批次状态，{len(trace.edges)} 条边；{gap}")
