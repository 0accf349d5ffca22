"""``shian log``: the tamper-evident log on the command line.

Every command takes ``--format json`` (one object a line) and ends with 0 all well, 1 something refused or not
proved, 2 wrong use. Records are events of a journal, or the lines of a file without their newlines.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from ._log_check import audit, verify
from ._log_common import (
    FORMAT,
    IN,
    JOURNAL,
    OUT,
    event_digests,
    hex_digests,
    newest_checkpoint,
    open_events,
    progress,
    read_signer,
    refusals,
    say,
)
from ._log_levels import chain, gather
from ._log_witness import cosign, witness


@click.group()
def command() -> None:
    """防篡改日志：追加、签名、见证、存证回执、核查。

    \b
    日志方的次序：
      keygen      生成日志密钥（公钥交给见证方和查验人）
      init        新建日志
      append      追加记录（事件日志或逐行的文件；只存摘要）
      checkpoint  给当前状态签名
      cosign      请各级见证方加签
      prove       为一条记录出具存证回执
      export      写成静态文件，由网站提供
    \b
    见证方：keygen --witness，然后 witness --listen。
    上级：  gather 把下级检查点收入上级日志，chain 出具逐级回执。
    查验人：verify 验证回执；audit 核查整个日志，指出被改、被删、被插、被调换的记录。
    \b
    信任策略（--policy）是一个文本文件，每行一项，例如县、市、省三级中任意两级加签：
      log      <日志公钥>
      witness  county    <见证公钥>  <网址>
      witness  city      <见证公钥>  <网址>
      witness  province  <见证公钥>  <网址>
      group    two 2 county city province
      quorum   two
    各级都须加签时写 group g all county city province；不要求见证时只写 quorum none。
    """


@command.command()
@click.argument("name")
@click.argument("file", type=OUT)
@click.option("--witness", is_flag=True, help="见证密钥（默认为日志密钥）")
@FORMAT
@refusals
def keygen(name: str, file: Path, witness: bool, form: str) -> None:
    """生成密钥 NAME，私钥写入 FILE（仅本人可读），公钥打印出来。

    日志密钥的名称须与日志名称（init --origin）相同。
    """
    from shian.core.tlog import KeyKind, Signer

    signer = Signer.generate(name, KeyKind.WITNESS if witness else KeyKind.LOG)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ValueError(f"file={file}：已存在，私钥不覆盖") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(signer.export() + "\n")
    say(form, {"file": str(file), "vkey": signer.verifier().vkey()}, file="私钥文件", vkey="公钥（vkey）")


@command.command()
@click.argument("log", type=OUT)
@click.option("--origin", required=True, help="日志名称，如 county.example.gov.cn/trace")
@FORMAT
@refusals
def init(log: Path, origin: str, form: str) -> None:
    """新建日志 LOG。"""
    from shian.engines.tlog import Log

    with Log(log, origin) as opened:
        say(form, {"log": str(log), "origin": opened.origin, "size": opened.size})


@command.command()
@click.argument("log", type=IN)
@click.argument("records", type=IN, required=False)
@JOURNAL
@click.option("--hex", "hexadecimal", is_flag=True, help="RECORDS 每行已是十六进制摘要")
@FORMAT
@refusals
def append(log: Path, records: Path | None, journal: Path | None, hexadecimal: bool, form: str) -> None:
    """把 RECORDS 的每一行、或事件日志中尚未入链的事件，逐条追加到 LOG（只存摘要）。"""
    from shian.engines.tlog import Log

    if (records is None) == (journal is None):
        raise click.UsageError("RECORDS 与 --journal 须且只须给一个")
    with Log(log) as opened:
        if journal is not None:
            digests = _new_events(journal, opened.size)
        else:
            assert records is not None
            digests = hex_digests(records) if hexadecimal else _lines(records)
        show = progress("追加")

        def counted() -> Iterator[bytes]:
            for number, digest in enumerate(digests):
                if number % 10_000 == 0:
                    show(number, 0)
                yield digest

        first, size = opened.append(counted())
        say(
            form,
            {"first": first, "size": size, "added": size - first, "root": opened.root().hex()},
            added="新增",
        )


def _lines(path: Path) -> Iterator[bytes]:
    from shian.core.tlog import record_digest

    with path.open("rb") as lines:
        for line in lines:
            yield record_digest(line.rstrip(b"\r\n"))


def _new_events(path: Path, held: int) -> Iterator[bytes]:
    """Entry *i* is event *i* + 1 of the journal; a journal that has fewer events than the log is another one."""
    journal = open_events(path)
    try:
        if journal.last() < held:
            raise ValueError(
                f"journal={path}：只有 {journal.last()} 个事件，日志已有 {held} 条：不是这个日志的事件日志，或事件已被删"
            )
        yield from event_digests(journal, held)
    finally:
        journal.close()


@command.command()
@click.argument("log", type=IN)
@click.option("--key", type=IN, required=True, help="日志私钥文件")
@click.option("--output", "-o", type=OUT, help="检查点写到文件（默认打印）")
@FORMAT
@refusals
def checkpoint(log: Path, key: Path, output: Path | None, form: str) -> None:
    """给 LOG 的当前状态签名，得到检查点。"""
    from shian.engines.tlog import Log

    with Log(log) as opened:
        signer = read_signer(key)
        if signer.name != opened.origin:
            raise ValueError(f"key={signer.name!r}：密钥名称应与日志名称 {opened.origin!r} 相同")
        note = opened.checkpoint(signer)
        if output is not None:
            output.write_text(note.text(), "utf-8")
        answer = {"size": opened.size, "root": opened.root().hex(), "checkpoint": note.text()}
    if form == "json":
        say(form, answer)
    elif output is not None:
        say(form, {"file": str(output), "size": answer["size"], "root": answer["root"]})
    else:
        click.echo(note.text(), nl=False)


@command.command()
@click.argument("log", type=IN)
@click.argument("index", type=int, required=False)
@click.option("--line", help="按内容找：记录文本（一行）")
@JOURNAL
@click.option("--event-id", help="按事件编号找（与 --journal 同用）")
@click.option(
    "--record-output", type=OUT, help="事件的原始字节写到文件，供 verify --record（与 --event-id 同用）"
)
@click.option("--output", "-o", type=OUT, required=True, help="回执文件（.tlog-proof）")
@FORMAT
@refusals
def prove(
    log: Path,
    index: int | None,
    line: str | None,
    journal: Path | None,
    event_id: str | None,
    record_output: Path | None,
    output: Path,
    form: str,
) -> None:
    """为一条记录出具存证回执（按最新检查点）：给出序号 INDEX、记录文本或事件编号。"""
    from shian.core.tlog import Checkpoint, record_digest
    from shian.core.tlog.receipt import issue
    from shian.engines.tlog import Log

    if sum(source is not None for source in (index, line, event_id)) != 1:
        raise click.UsageError("INDEX、--line、--event-id 须且只须给一个")
    if (event_id is None) != (journal is None):
        raise click.UsageError("--event-id 与 --journal 须同时给出")
    with Log(log) as opened:
        note = newest_checkpoint(opened)
        if index is None:
            record = (line or "").encode() if journal is None else _event(journal, str(event_id))
            index = opened.find(record_digest(record))
            if index is None:
                raise ValueError(f"日志 {opened.origin} 中没有这条记录（未入链，或内容已变）")
            if record_output is not None:
                record_output.write_bytes(record)
        output.write_text(issue(opened, index, note).text(), "utf-8")
        say(form, {"file": str(output), "index": index, "size": Checkpoint.of(note).size})


def _event(path: Path, event_id: str) -> bytes:
    """The stored bytes of an event; of several (with error declarations) the first."""
    journal = open_events(path)
    try:
        row = journal.db.execute(
            "SELECT CAST(body AS BLOB) FROM event WHERE event_id = ? ORDER BY seq", (event_id,)
        ).fetchone()
    finally:
        journal.close()
    if row is None:
        raise ValueError(f"event-id={event_id!r}：事件日志 {path} 中没有")
    return bytes(row[0])


@command.command()
@click.argument("log", type=IN)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@FORMAT
@refusals
def export(log: Path, folder: Path, form: str) -> None:
    """把 LOG 最新检查点以内的部分写成静态文件（C2SP tlog-tiles），任何网站都可直接提供。"""
    from shian.core.tlog import Checkpoint
    from shian.engines.tlog import Log
    from shian.engines.tlog.tiles import export_tiles

    with Log(log) as opened:
        note = newest_checkpoint(opened)
        folder.mkdir(parents=True, exist_ok=True)
        size = Checkpoint.of(note).size
        written = export_tiles(opened, folder, note, size)
    say(form, {"folder": str(folder), "size": size, "written": written})


for part in (witness, cosign, verify, audit, gather, chain):
    command.add_command(part)
