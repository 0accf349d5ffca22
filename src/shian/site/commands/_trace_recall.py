"""``shian trace recall``: affected businesses, how much is still out there, the sheet, the standing recall."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shian.site.commands import _trace_shown as shown
from shian.site.commands._epcis_store import emit, open_journal
from shian.site.commands._progress import Progress

if TYPE_CHECKING:
    from shian.core.recall import Balance, Party
    from shian.core.trace import Options, Trace

BALANCED = 100_000
"""States up to which an answer for people is balanced unasked."""


def open_recall(name: str, path: Path, things: tuple[str, ...], options: Options) -> None:
    """Set a standing recall, and say how much it affects already."""
    journal, recalls = open_journal(path, must_exist=True)
    try:
        count = recalls.open(name, things, int(time.time()), options)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    finally:
        journal.close()
    click.echo(f"持续召回 {name} 已设，现有 {count} 处受影响", err=True)


def write_sheet(trace: Trace, sheet: Path, parties: Mapping[str, Party], named: bool) -> None:
    """The sheet beside its place, then put there: an interruption leaves the earlier one, or none."""
    from shian.core.recall import MasterData, unknown
    from shian.engines.recall import write_csv, write_xlsx

    data = MasterData(holders=parties)
    missing = sum(1 for _ in unknown((n.place for n in trace.nodes), parties)) if named else 0
    note = f"{missing:,} 个主体不在主体名录中，名称等留空" if missing else None
    part = sheet.with_name(f".{sheet.name}.{os.getpid()}.part")
    try:
        with Progress() as progress:
            tell: Callable[[int], None] = lambda count: progress("写追溯表", count, len(trace.edges))  # noqa: E731
            if sheet.suffix.lower() == ".xlsx":
                count = write_xlsx(trace, part, data, note=note, progress=tell)
            else:
                with part.open("w", encoding="utf-8-sig", newline="") as target:
                    count = write_csv(trace, target, data, progress=tell)
        os.replace(part, sheet)
    except OSError as error:
        raise click.ClickException(f"--sheet {sheet}：不能写入（{error.strerror}）") from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{sheet}：{count:,} 行{f'；{note}' if note else ''}", err=True)


def tell(
    trace: Trace, path: Path, parties: Mapping[str, Party], form: str, most: int | None, balanced: bool
) -> None:
    """Who is affected and by how much; the balance where it is wanted, or costs little."""
    from shian.core.recall import affected_parties

    totals = affected_parties(trace)
    if form == "json":
        for party in totals:
            emit(_record(party))
        for one in _balances(trace, path) if balanced else ():
            emit({"balance": _balance(one)})
        return
    shown.summary(trace, totals, parties)
    if balanced or len(trace.nodes) <= BALANCED:
        shown.balance(_balances(trace, path), most, balanced)
    shown.affected(totals, trace, parties, most)


def _balances(trace: Trace, path: Path) -> list[Balance]:
    from shian.engines.recall import balances

    with closing(sqlite3.connect(path)) as db:
        return list(balances(db, trace))


def _record(party: Any) -> dict[str, Any]:
    return {
        "place": party.place, "thing": party.thing, "unquantified": party.unquantified,
        **{
            side: [{"value": str(q.value), "unit": q.unit} for q in getattr(party, side)]
            for side in ("received", "shipped", "used")
        },
    }  # fmt: skip


def _balance(one: Balance) -> dict[str, Any]:
    """Amounts as text, null where they are not known."""
    figures = {
        "in": one.entered,
        "used": one.used,
        "onHand": one.on_hand,
        "inTransit": one.in_transit,
        "unexplained": one.unexplained,
    }
    return {
        "thing": one.thing, "units": list(one.units), **{k: None if v is None else str(v) for k, v in figures.items()},
        "holders": one.holders, "unsure": one.unsure,
    }  # fmt: skip
