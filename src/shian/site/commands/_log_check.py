"""``shian log verify`` and ``audit``: what a reader of the log checks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._log_common import (
    FORMAT,
    IN,
    JOURNAL,
    event_digests,
    hex_digests,
    open_events,
    progress,
    read_note,
    read_policy,
    refusals,
    say,
)

if TYPE_CHECKING:
    from shian.core.tlog import Checkpoint
    from shian.core.tlog.policy import Policy
    from shian.engines.tlog import Log
    from shian.engines.tlog.audit import Finding, Workers

_MANY = 500_000
"""Entries from which more processes are worth their start."""


@click.command()
@click.argument("receipts", nargs=-1, required=True, type=IN)
@click.option(
    "--policy", type=IN, required=True, help="信任策略文件，至少两行：log 日志公钥；quorum none（不要求见证）"
)
@click.option(
    "--upper", "uppers", type=IN, multiple=True, help="逐级回执：上一级的信任策略（每级一个，由下而上）"
)
@click.option("--record", type=IN, help="记录文件（其全部内容是一条记录）")
@click.option("--line", help="记录文本（一行）")
@click.option("--digest", help="记录摘要，64 位十六进制")
@click.option("--salt", help="含个人信息的记录：盐，64 位十六进制")
@FORMAT
@refusals
def verify(
    receipts: tuple[Path, ...],
    policy: Path,
    uppers: tuple[Path, ...],
    record: Path | None,
    line: str | None,
    digest: str | None,
    salt: str | None,
    form: str,
) -> None:
    """离线验证存证回执：这条记录确在日志的这个位置，并达到策略要求的见证。"""
    from shian.core.tlog.levels import verify_chain
    from shian.core.tlog.receipt import Receipt

    if sum(source is not None for source in (record, line, digest)) != 1:
        raise click.UsageError("--record、--line、--digest 须且只须给一个")
    content = record.read_bytes() if record is not None else (line or "").encode()
    wanted = _digest_of(content, digest, salt)
    rules = [read_policy(path) for path in (policy, *uppers)]
    failed = False
    for path in receipts:
        try:
            receipt = Receipt.parse(path.read_text("utf-8"))
            levels = verify_chain(receipt, wanted, rules)
            answer = {"file": str(path), "valid": True, "index": receipt.index, "size": levels[0].size}
            if uppers:
                answer["levels"] = " → ".join(level.origin for level in levels)
        except ValueError as error:
            failed = True
            answer = {"file": str(path), "valid": False, "error": str(error)}
        say(form, answer, valid="有效", error="原因", levels="逐级")
    if failed:
        sys.exit(1)


def _digest_of(content: bytes, digest: str | None, salt: str | None) -> bytes:
    from shian.core.tlog import record_digest, salted_digest

    if digest is not None:
        return _hex32("digest", digest)
    return record_digest(content) if salt is None else salted_digest(content, _hex32("salt", salt))


def _hex32(name: str, text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise ValueError(f"{name}：应为 64 位十六进制")
    return found


@click.command()
@click.argument("log", type=IN)
@click.argument("records", type=IN, required=False)
@JOURNAL
@click.option("--policy", type=IN, help="信任策略：所给（否则最新）的检查点须满足它")
@click.option("--checkpoint", "checkpoints", type=IN, multiple=True, help="由他方保存的检查点（可多个）")
@click.option("--hex", "hexadecimal", is_flag=True, help="RECORDS 每行已是十六进制摘要")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="并行进程数（默认：记录多时为处理器核数，最多 4）"
)
@FORMAT
@refusals
def audit(
    log: Path,
    records: Path | None,
    journal: Path | None,
    policy: Path | None,
    checkpoints: tuple[Path, ...],
    hexadecimal: bool,
    processes: int | None,
    form: str,
) -> None:
    """重算 LOG 的全部哈希，与检查点、与 RECORDS 或事件日志逐条对照，指出被改、被删、被插、被调换的记录。"""
    from shian.engines.tlog import Log
    from shian.engines.tlog.audit import Workers, check_log

    if records is not None and journal is not None:
        raise click.UsageError("RECORDS 与 --journal 只能给一个")
    with Log(log) as opened:
        trusted = _trusted(opened, checkpoints, None if policy is None else read_policy(policy))
        many = min(os.cpu_count() or 1, 4) if opened.size >= _MANY else 1
        with Workers(processes or many) as workers:
            findings = check_log(opened, trusted, progress("重算"), workers)
            findings += _compare(opened, records, journal, hexadecimal, workers)
        size = opened.size
    for found in findings:
        answer = {"kind": found.kind, "index": found.index, "message": found.message}
        click.echo(
            json.dumps(answer, ensure_ascii=False) if form == "json" else f"[{found.kind}] {found.message}"
        )
    summary = {"size": size, "checkpoints": len(trusted), "findings": len(findings)}
    say(form, summary, checkpoints="核对检查点", findings="发现问题")
    if form == "table" and records is None and journal is None:
        click.echo("未与记录对照：给出 RECORDS 或 --journal 可逐条指出被改的记录")
    if findings:
        sys.exit(1)


def _trusted(log: Log, given: tuple[Path, ...], policy: Policy | None) -> list[Checkpoint]:
    """The checkpoints given, else all that the log keeps; with a policy those, and at least the newest, satisfy it."""
    from shian.core.tlog import Checkpoint
    from shian.core.tlog.policy import PolicyError

    notes = [read_note(path) for path in given]
    kept = not notes
    notes = notes or list(log.checkpoints())
    found: list[Checkpoint] = []
    for note in notes:
        try:
            found.append(policy.check(note) if policy else Checkpoint.of(note))
        except PolicyError:
            if not kept:
                raise
    last = log.last_checkpoint()
    if kept and policy and last is not None:
        policy.check(last)
    for held in found:
        if held.origin != log.origin:
            raise ValueError(f"checkpoint origin={held.origin!r}：不是日志 {log.origin!r} 的检查点")
    return sorted(set(found), key=lambda c: (c.size, c.root))


def _compare(
    log: Log, records: Path | None, journal: Path | None, hexadecimal: bool, workers: Workers
) -> list[Finding]:
    from shian.engines.tlog.audit import compare_records, line_digests

    show = progress("对照")
    if journal is not None:
        events = open_events(journal)
        try:
            return compare_records(log, event_digests(events), show)
        finally:
            events.close()
    if records is None:
        return []
    digests: Iterable[bytes] = hex_digests(records) if hexadecimal else line_digests(records, workers)
    return compare_records(log, digests, show)
