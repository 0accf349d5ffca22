"""The options that all ways of following share, and the asking itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shian.site.commands._epcis_store import format_option, instant, journal_option

if TYPE_CHECKING:
    from shian.core.recall import Party
    from shian.core.trace import Direction, Options, Trace

_MOST_PROBLEMS = 20


def index_folder(path: Path) -> Path:
    """Where the index of a journal lies."""
    return path.with_name(path.name + ".index")


def holders(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """A click callback: a GLN of 13 digits becomes the key under which events name that holder."""
    from shian.core.recall import Refused, party_id

    try:
        return tuple(map(party_id, value)) if isinstance(value, tuple) else value and party_id(value)
    except Refused as error:
        raise click.BadParameter(f"{error.value}：{error.message}") from None


def questions(function: Callable[..., None]) -> Callable[..., None]:
    """The options that all ways of following share."""
    options = (
        click.argument("things", nargs=-1, required=True, metavar="批次…"),
        journal_option,
        click.option("--at", callback=holders, help="只从该主体（GLN 或标识）处的批次起"),
        click.option("--moment", callback=instant, help="顺向：自该时刻起；逆向：至该时刻止（ISO 8601）"),
        click.option("--static", is_flag=True, help="不计时间先后"),
        click.option("--depth", type=click.IntRange(1), help="最多几步"),
        click.option("--kill", "kill_places", multiple=True, callback=holders, help="杀灭步骤：到该主体为止"),
        click.option("--kill-thing", "kill_things", multiple=True, help="到该批次为止"),
        click.option("--kill-event", "kill_events", multiple=True, help="不走该事件"),
        click.option("--contact", "contact_places", multiple=True, callback=holders, help="在该主体处计入交叉接触"),
        click.option("--contact-carriers", is_flag=True, help="同一载具先后或同时装载也计入"),
        click.option("--contact-hours", default=0.0, help="离开后仍计接触的小时数"),
        click.option(
            "--platforms", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="CSV：主体标识,平台名；这些主体的数据在其他平台",
        ),
        click.option(
            "--parties", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="主体名录（CSV 或 XLSX：主体标识或 GLN、名称、地址、联系人、电话、许可证号），填写名称等",
        ),
        click.option("--rows", "most", type=click.IntRange(0), help="最多列几行；0 为全部（默认：屏幕上 20 行，输出到文件时全部）"),
        format_option,
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def ask(way: Direction, path: Path, things: tuple[str, ...], options: Options) -> Trace:
    """The answer of the journal at ``path``; leaves with a message where there is none."""
    import sqlite3

    from shian.core.trace import UnknownThing
    from shian.engines.trace import LiveIndex, Tracer

    if not path.is_file():
        raise click.UsageError(f"没有事件日志 {path}；先用 shian epcis capture 采集")
    try:
        with LiveIndex(path, index_folder(path)) as index:
            return Tracer(index).trace(list(things), way, options)
    except sqlite3.DatabaseError as error:
        raise click.ClickException(f"{path} 不是事件日志：{error}") from None
    except (UnknownThing, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def options_of(
    at: str | None, moment: datetime | None, static: bool, depth: int | None, contact_hours: float,
    contact_carriers: bool, platforms: Path | None, **names: tuple[str, ...],
) -> Options:  # fmt: skip
    """The question's options from those of the command line."""
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
                    raise click.ClickException(
                        f"--platforms {path} 第 {number} 行：应为两列（主体标识,平台名）"
                    )
                table[row[0].strip()] = row[1].strip()
    except (UnicodeDecodeError, csv.Error):
        raise click.ClickException(f"--platforms {path}：不是 UTF-8 的 CSV 文件") from None
    return table


def known_parties(path: Path | None) -> tuple[Mapping[str, Party], bool]:
    """(businesses by id, was a row refused?); refusals are told on stderr, by row, column, value and rule."""
    from shian.engines.recall import read_parties
    from shian.engines.sheets import SheetError

    if path is None:
        return {}, False
    try:
        found = read_parties(path)
    except SheetError as error:
        raise click.ClickException(f"--parties {path}：{error.message}") from None
    for bad in found.problems[:_MOST_PROBLEMS]:
        click.echo(
            f"{path} 第 {bad.row} 行“{bad.column}”列“{bad.value}”：{bad.message}（{bad.rule}）", err=True
        )
    if found.problems:
        click.echo(f"{path}：{len(found.problems)} 行未采用，{len(found.known)} 个主体可用", err=True)
    return found.known, bool(found.problems)
