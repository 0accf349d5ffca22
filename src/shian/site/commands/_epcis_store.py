"""``shian epcis capture`` and ``shian epcis query``: events into the journal and out of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._epcis_files import announce, interruptible, read_bounded, tell_problems, with_progress

if TYPE_CHECKING:
    from shian.core.epcis import Problem
    from shian.engines.journal import Behaviour, Journal, Receipt, Stored
    from shian.engines.recall import StandingRecalls

_CHINA = timezone(timedelta(hours=8))

journal_option = click.option(
    "--journal", "path", type=click.Path(dir_okay=False, path_type=Path), default=Path("trace.db"),
    envvar="SHIAN_TRACE", show_default=True, help="事件日志文件（也可用环境变量 SHIAN_TRACE）",
)  # fmt: skip
format_option = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="table 供人看；json 每行一个对象",
)  # fmt: skip


def open_journal(path: Path, *, must_exist: bool = False) -> tuple[Journal, StandingRecalls]:
    """The journal at ``path`` with its graph and standing recalls."""
    import sqlite3

    from shian.engines.journal import Journal
    from shian.engines.recall import StandingRecalls
    from shian.engines.trace import GraphStore

    if must_exist and not path.is_file():
        raise click.UsageError(f"没有事件日志 {path}；先用 shian epcis capture 采集")
    try:
        journal = Journal(path)
        recalls = StandingRecalls(journal.db)
        journal.observers = (GraphStore(journal.db, [recalls]),)
    except sqlite3.DatabaseError as error:
        raise click.ClickException(f"{path} 不是事件日志：{error}") from None
    return journal, recalls


def emit(record: dict[str, Any]) -> None:
    """One JSON object, one line."""
    click.echo(json.dumps(record, ensure_ascii=False))


def shown_time(seconds: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return (
        None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    )


def clock_time(seconds: float | None) -> str:
    """The same for people: China time, as on the sheet of a recall."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def instant(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """A click callback: ISO 8601 text, taken as China time where it names no zone."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"不是 ISO 8601 时间：{value}（例：2026-03-01T08:00:00+08:00）") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=_CHINA)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@journal_option
@click.option(
    "--behaviour", type=click.Choice(["rollback", "proceed"]), default="rollback", show_default=True,
    help="有事件被拒绝时：整份不入库，或其余照常入库",
)  # fmt: skip
@format_option
def capture(files: tuple[Path, ...], path: Path, behaviour: str, form: str) -> None:
    """把 EPCIS 文档（JSON-LD 2.0、XML 2.0、XML 1.2）采集入事件日志。

    同一事件重复提交得到原回执；编号相同而内容不同的被拒绝，更正请提交差错声明。
    退出码：0 全部接受；1 有事件被拒绝；2 用法错误。
    """
    from shian.engines.journal import Behaviour

    journal, recalls = open_journal(path)
    mark = max((h.number for h in recalls.news()), default=0)
    refused = False
    with interruptible(
        "以上各份已入库；正在处理的一份整份入库或整份未入。重新采集即可，已有的事件不会重复。"
    ):
        for file in with_progress(files, "采集", form == "json"):
            record = _capture_file(journal, file, Behaviour(behaviour))
            hits = recalls.news(mark)
            mark = max((h.number for h in hits), default=mark)
            record["recallHits"] = [
                {"recall": h.recall, "thing": h.thing, "place": h.place, "since": shown_time(h.since)}
                for h in hits
            ]
            refused |= bool(record["errors"])
            (emit if form == "json" else _tell)(record)
    journal.close()
    sys.exit(1 if refused else 0)


def _capture_file(journal: Journal, file: Path, behaviour: Behaviour) -> dict[str, Any]:
    from shian.core.epcis import EpcisError
    from shian.engines.journal.intake import take_in
    from shian.engines.trace.graph import LoadedInBulk

    try:
        data = read_bounded(file)
        announce(file, "正在读取和检查", len(data))
        intake = take_in(data, behaviour)
    except EpcisError as error:
        return _record(file, None, error.problems, lambda i: i)
    announce(file, f"正在入库 {len(intake.events)} 个事件", len(data))
    try:
        receipt = journal.capture([event for _, event in intake.events], datetime.now(UTC), behaviour)
    except LoadedInBulk as error:
        raise click.ClickException(str(error)) from None
    original = [index for index, _ in intake.events]
    return _record(file, receipt, intake.problems, lambda i: original[i])


def _record(
    file: Path, receipt: Receipt | None, problems: tuple[Problem, ...], original: Callable[[int], int]
) -> dict[str, Any]:
    items = receipt.items if receipt else ()
    errors = [{"path": p.path, "rule": p.rule, "message": p.message} for p in problems]
    for item in items:
        if item.problem:
            at = f"epcisBody.eventList[{original(item.index)}].eventID"
            errors.append({"path": at, "rule": item.problem.rule, "message": item.problem.message})
    counts = [item.status.value for item in items]
    return {
        "file": str(file),
        "capture": receipt.capture if receipt else None,
        "stored": counts.count("stored"),
        "known": counts.count("known"),
        "refused": len({e["path"].partition("]")[0] if "]" in e["path"] else "" for e in errors}),
        "errors": errors,
    }


def _tell(record: dict[str, Any]) -> None:
    from shian.core.epcis import Problem

    number = "未入库" if record["capture"] is None else f"回执 {record['capture']}"
    click.echo(
        f"{record['file']}：{number}，新增 {record['stored']}，已有 {record['known']}，拒绝 {record['refused']}"
    )
    tell_problems([Problem(**error) for error in record["errors"]], "  {path}：{message}（{rule}）", err=True)
    for hit in record["recallHits"]:
        click.echo(f"  召回 {hit['recall']} 命中：{hit['thing']} 在 {hit['place']}，请封存")


@click.command()
@journal_option
@click.option("--event-id", help="事件编号")
@click.option("--epc", help="提到该批次、单品或物流单元的事件（任何写法）")
@click.option("--type", "kind", help="事件类型，如 ObjectEvent")
@click.option("--step", help="业务步骤，如 shipping")
@click.option("--since", callback=instant, help="事件时间不早于（ISO 8601）")
@click.option("--until", callback=instant, help="事件时间早于（ISO 8601）")
@click.option(
    "--view", type=click.Choice(["recorded", "corrected"]), default="recorded", show_default=True,
    help="recorded 原始记录；corrected 去掉被声明有误的事件",
)  # fmt: skip
@click.option("--after", default=0, help="从该序号之后继续（分页）")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@format_option
def query(path: Path, view: str, after: int, limit: int, form: str, **filters: Any) -> None:
    """查询事件日志，按入库顺序；结果不因新事件插入而错页。

    退出码：0 有结果或为空；2 用法错误。
    """
    from shian.core.epcis import bare
    from shian.core.trace.facts import thing
    from shian.engines.journal import View
    from shian.engines.journal.store import milliseconds

    journal, _ = open_journal(path, must_exist=True)
    conditions = {
        "event_id = ?": filters["event_id"],
        "type = ?": filters["kind"],
        "step = ?": filters["step"] and bare("bizStep", filters["step"]),
        "occurred >= ?": filters["since"] and milliseconds(filters["since"]),
        "occurred < ?": filters["until"] and milliseconds(filters["until"]),
        "seq IN (SELECT f.seq FROM fact f JOIN thing t ON t.id IN (f.thing, f.grp) WHERE t.name = ?)": (
            filters["epc"] and thing(filters["epc"])
        ),
    }
    given = {sql: value for sql, value in conditions.items() if value is not None}
    rows = journal.events(
        View(view), after=after, limit=limit, where=" AND ".join(given) or "1", arguments=list(given.values())
    )
    count = 0
    for row in rows:
        count += 1
        _show_event(row, form, journal)
    if form == "table":
        click.echo(f"{count} 个事件" + ("；还有更多时用 --after 续查" if count == limit else ""))
    journal.close()


def _show_event(row: Stored, form: str, journal: Journal) -> None:
    if form == "json":
        emit(
            {
                "seq": row.seq, "capture": row.capture, "eventID": row.event_id, "digest": row.digest.hex(),
                "recordTime": shown_time(row.recorded / 1000), "event": json.loads(journal.body(row.seq)),
            }
        )  # fmt: skip
        return
    mark = "（差错声明）" if row.declares_error else ""
    click.echo(
        f"{row.seq}\t{row.event.event_time.text}\t{row.event.type}\t{row.event.biz_step or ''}\t{row.event_id}{mark}"
    )
