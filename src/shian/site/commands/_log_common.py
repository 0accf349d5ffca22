"""What the commands of ``shian log`` share: options, messages, and records as they come in."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from shian.core.tlog import SignedNote, Signer
    from shian.core.tlog.policy import Policy
    from shian.engines.journal import Journal
    from shian.engines.tlog import Log

IN = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="table 供人看；json 每行一个对象",
)
JOURNAL = click.option(
    "--journal", type=IN, help="事件日志文件（shian epcis capture 所写）：每个事件是一条记录"
)
LABELS = {
    "log": "日志",
    "origin": "名称",
    "size": "条数",
    "first": "首条序号",
    "root": "根",
    "file": "文件",
    "index": "序号",
    "folder": "文件夹",
    "written": "写出文件数",
}


def refusals(function: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors of the log into a message and exit status 1."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from shian.engines.tlog.witness import WitnessRefusal

        try:
            function(*arguments, **options)
        except (ValueError, OSError) as error:
            status = f"（HTTP {error.status}）" if isinstance(error, WitnessRefusal) else ""
            click.echo(f"拒绝：{error}{status}", err=True)
            sys.exit(1)

    return run


def say(form: str, answer: dict[str, Any], **labels: str) -> None:
    """One answer: a JSON object on a line, or a line for each field."""
    if form == "json":
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for key, value in answer.items():
        shown = {True: "是", False: "否"}[value] if isinstance(value, bool) else value
        click.echo(f"{(LABELS | labels).get(key, key)}：{shown}")


def progress(what: str) -> Callable[[int, int], None]:
    """Progress on stderr, at most once a second."""
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 1:
            last = time.monotonic()
            click.echo(f"{what} {done:,}" + (f" / {total:,}" if total else ""), err=True)

    return show


def hex_digests(path: Path) -> Iterator[bytes]:
    """Digests written as 64 hex digits, one a line."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                digest = bytes.fromhex(line.rstrip(b"\r\n").decode())
            except ValueError as error:
                raise ValueError(f"{path.name} 第 {number} 行：应为 64 位十六进制摘要") from error
            if len(digest) != 32:
                raise ValueError(f"{path.name} 第 {number} 行：应为 64 位十六进制摘要")
            yield digest


def open_events(path: Path) -> Journal:
    """The journal at ``path``. Raises ``ValueError`` for a file of another kind."""
    import sqlite3

    from shian.engines.journal import Journal

    try:
        return Journal(path)
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path} 不是事件日志：{error}") from None


def event_digests(journal: Journal, after: int = 0) -> Iterator[bytes]:
    """Digests of the stored bytes of the events behind the first ``after``, in order of capture."""
    from shian.core.tlog import record_digest

    # cast: whoever rewrote a row by hand may have left text where bytes were
    rows = journal.db.execute("SELECT CAST(body AS BLOB) FROM event WHERE seq > ? ORDER BY seq", (after,))
    return (record_digest(bytes(body)) for (body,) in rows)


def read_signer(path: Path) -> Signer:
    """The private key in a file."""
    from shian.core.tlog import Signer

    return Signer.parse(path.read_text("utf-8"))


def read_note(path: Path) -> SignedNote:
    """The signed checkpoint in a file."""
    from shian.core.tlog import NoteError, SignedNote

    try:
        return SignedNote.parse(path.read_text("utf-8"))
    except (NoteError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} 不是检查点文件：{error}") from error


def read_policy(path: Path) -> Policy:
    """The trust policy in a file."""
    from shian.core.tlog.policy import parse_policy

    return parse_policy(path.read_text("utf-8"))


def newest_checkpoint(log: Log) -> SignedNote:
    """The last checkpoint. Raises ``ValueError`` that says how to make one."""
    note = log.last_checkpoint()
    if note is None:
        raise ValueError(f"log={log.path}：还没有检查点；先用 shian log checkpoint {log.path} --key 日志私钥")
    return note
