"""``shian log``: the tamper-evident log on the command line.

Every command takes ``--format json`` (one object a line) and ends with 0 all well, 1 something refused or not
proved, 2 wrong use. Records are files of lines; a line, without its newline, is one record.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from shian.core.tlog import Signer

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)


@click.group()
def command() -> None:
    """防篡改日志：追加、签名、见证、存证回执、核查。"""


def _refusals(function: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors of the log into a message and exit status 1."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from shian.core.tlog.witness import WitnessRefusal

        try:
            function(*arguments, **options)
        except (ValueError, OSError) as error:
            status = f"（HTTP {error.status}）" if isinstance(error, WitnessRefusal) else ""
            click.echo(f"拒绝：{error}{status}", err=True)
            sys.exit(1)

    return run


def _say(form: str, answer: dict[str, Any], labels: dict[str, str]) -> None:
    if form == "json":
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for key, value in answer.items():
        shown = {True: "是", False: "否"}[value] if isinstance(value, bool) else value
        click.echo(f"{labels.get(key, key)}：{shown}")


def _progress(what: str) -> Callable[[int, int], None]:
    """Progress on stderr, at most once a second."""
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 1:
            last = time.monotonic()
            click.echo(f"{what} {done:,} / {total:,}", err=True)

    return show


def _digests(path: Path, hexadecimal: bool) -> Iterator[bytes]:
    """The digest of each line; or the digests themselves, written as 64 hex digits."""
    from shian.core.tlog import record_digest

    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            record = line.rstrip(b"\r\n")
            if not hexadecimal:
                yield record_digest(record)
                continue
            try:
                digest = bytes.fromhex(record.decode())
            except ValueError as error:
                raise ValueError(f"{path.name} 第 {number} 行：应为 64 位十六进制摘要") from error
            if len(digest) != 32:
                raise ValueError(f"{path.name} 第 {number} 行：应为 64 位十六进制摘要")
            yield digest


def _signer(path: Path) -> Signer:
    from shian.core.tlog import Signer

    return Signer.parse(path.read_text("utf-8"))


@command.command()
@click.argument("name")
@click.argument("file", type=_OUT)
@click.option("--witness", is_flag=True, help="见证密钥（默认为日志密钥）")
@_FORMAT
@_refusals
def keygen(name: str, file: Path, witness: bool, form: str) -> None:
    """生成密钥 NAME，私钥写入 FILE（仅本人可读），公钥打印出来。"""
    from shian.core.tlog import KeyKind, Signer

    signer = Signer.generate(name, KeyKind.WITNESS if witness else KeyKind.LOG)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ValueError(f"file={file}：已存在，私钥不覆盖") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(signer.export() + "\n")
    _say(form, {"file": str(file), "vkey": signer.verifier().vkey()}, {"file": "私钥文件", "vkey": "公钥"})


@command.command()
@click.argument("log", type=_OUT)
@click.option("--origin", required=True, help="日志名称，如 county.example.gov.cn/trace")
@_FORMAT
@_refusals
def init(log: Path, origin: str, form: str) -> None:
    """新建日志 LOG。"""
    from shian.core.tlog import Log

    with Log(log, origin) as opened:
        _say(form, {"log": str(log), "origin": opened.origin, "size": opened.size}, _LABELS)


_LABELS = {"log": "日志", "origin": "名称", "size": "条数", "first": "首条序号", "root": "根", "file": "文件", "index": "序号", "folder": "文件夹", "written": "写出文件数"}


@command.command()
@click.argument("log", type=_IN)
@click.argument("records", type=_IN)
@click.option("--hex", "hexadecimal", is_flag=True, help="每行已是十六进制摘要")
@_FORMAT
@_refusals
def append(log: Path, records: Path, hexadecimal: bool, form: str) -> None:
    """把 RECORDS 的每一行作为一条记录追加到 LOG（只存摘要）。"""
    from shian.core.tlog import Log

    show, total = _progress("追加"), records.stat().st_size // 65 if hexadecimal else 0

    def counted() -> Iterator[bytes]:
        for number, digest in enumerate(_digests(records, hexadecimal)):
            if number % 10_000 == 0:
                show(number, total)
            yield digest

    with Log(log) as opened:
        first, size = opened.append(counted())
        _say(form, {"first": first, "size": size, "root": opened.root().hex()}, _LABELS)


@command.command()
@click.argument("log", type=_IN)
@click.option("--key", type=_IN, required=True, help="日志私钥文件")
@click.option("--output", "-o", type=_OUT, help="检查点写到文件（默认打印）")
@_FORMAT
@_refusals
def checkpoint(log: Path, key: Path, output: Path | None, form: str) -> None:
    """给 LOG 的当前状态签名，得到检查点。"""
    from shian.core.tlog import Log

    with Log(log) as opened:
        signer = _signer(key)
        if signer.name != opened.origin:
            raise ValueError(f"key={signer.name!r}：密钥名称应与日志名称 {opened.origin!r} 相同")
        note = opened.checkpoint(signer)
        if output is not None:
            output.write_text(note.text(), "utf-8")
        answer = {"size": opened.size, "root": opened.root().hex(), "checkpoint": note.text()}
    if form == "json" or output is not None:
        _say(form, answer, _LABELS)
    else:
        click.echo(note.text(), nl=False)


@command.command()
@click.argument("log", type=_IN)
@click.option("--state", type=_OUT, required=True, help="见证方的状态文件")
@click.option("--key", type=_IN, required=True, help="见证私钥文件")
@click.option("--log-key", required=True, help="日志公钥 vkey")
@_FORMAT
@_refusals
def witness(log: Path, state: Path, key: Path, log_key: str, form: str) -> None:
    """以见证方身份核对 LOG 最新检查点的延续性并加签，加签后的检查点存回日志。"""
    from shian.core.tlog import Log, Verifier
    from shian.core.tlog.witness import AddCheckpoint, Witness

    with Log(log) as opened:
        note = opened.last_checkpoint()
        if note is None:
            raise ValueError(f"log={log}：还没有检查点")
        keeper = Witness(state, _signer(key), [Verifier.parse(log_key)])
        try:
            from shian.core.tlog import Checkpoint

            old, _ = keeper.seen(opened.origin)
            size = Checkpoint.of(note).size
            proof = tuple(opened.consistency_proof(old, size)) if old <= size else ()
            cosigned = note.with_signature(
                keeper.add_checkpoint(AddCheckpoint(old, proof, note), int(time.time()))
            )
        finally:
            keeper.close()
        opened.keep_checkpoint(cosigned)
    _say(
        form,
        {"size": size, "previous": old, "checkpoint": cosigned.text()},
        {**_LABELS, "previous": "上次所见"},
    )


@command.command()
@click.argument("log", type=_IN)
@click.argument("index", type=int)
@click.option("--output", "-o", type=_OUT, required=True, help="回执文件（.tlog-proof）")
@_FORMAT
@_refusals
def prove(log: Path, index: int, output: Path, form: str) -> None:
    """为第 INDEX 条记录出具存证回执（按最新检查点）。"""
    from shian.core.tlog import Checkpoint, Log
    from shian.core.tlog.receipt import issue

    with Log(log) as opened:
        note = opened.last_checkpoint()
        if note is None:
            raise ValueError(f"log={log}：还没有检查点")
        receipt = issue(opened, index, note)
        output.write_text(receipt.text(), "utf-8")
        _say(form, {"file": str(output), "index": index, "size": Checkpoint.of(note).size}, _LABELS)


@command.command()
@click.argument("receipts", nargs=-1, required=True, type=_IN)
@click.option("--policy", type=_IN, required=True, help="信任策略文件，至少两行：log 日志公钥；quorum none（不要求见证）")
@click.option("--record", type=_IN, help="记录文件（其全部内容是一条记录）")
@click.option("--line", help="记录文本（一行）")
@click.option("--digest", help="记录摘要，64 位十六进制")
@click.option("--salt", help="含个人信息的记录：盐，64 位十六进制")
@_FORMAT
@_refusals
def verify(
    receipts: tuple[Path, ...],
    policy: Path,
    record: Path | None,
    line: str | None,
    digest: str | None,
    salt: str | None,
    form: str,
) -> None:
    """离线验证存证回执：这条记录确在日志的这个位置，并达到策略要求的见证。"""
    from shian.core.tlog.policy import parse_policy
    from shian.core.tlog.receipt import Receipt

    if sum(source is not None for source in (record, line, digest)) != 1:
        raise click.UsageError("--record、--line、--digest 须且只须给一个")
    content = record.read_bytes() if record is not None else (line or "").encode()
    wanted = _digest_of(content, digest, salt)
    rules = parse_policy(policy.read_text("utf-8"))
    failed = False
    for path in receipts:
        try:
            receipt = Receipt.parse(path.read_text("utf-8"))
            found = receipt.verify(wanted, rules)
            answer = {"file": str(path), "valid": True, "index": receipt.index, "size": found.size}
        except ValueError as error:
            failed = True
            answer = {"file": str(path), "valid": False, "error": str(error)}
        _say(form, answer, {**_LABELS, "valid": "有效", "index": "序号", "error": "原因"})
    if failed:
        sys.exit(1)


def _digest_of(content: bytes, digest: str | None, salt: str | None) -> bytes:
    from shian.core.tlog import record_digest, salted_digest

    if digest is not None:
        found = bytes.fromhex(digest)
        if len(found) != 32:
            raise ValueError("digest：应为 64 位十六进制")
        return found
    return record_digest(content) if salt is None else salted_digest(content, bytes.fromhex(salt))


@command.command()
@click.argument("log", type=_IN)
@click.argument("records", type=_IN, required=False)
@click.option("--policy", type=_IN, help="信任策略：检查点须满足它")
@click.option("--checkpoint", "checkpoints", type=_IN, multiple=True, help="由他方保存的检查点（可多个）")
@click.option("--hex", "hexadecimal", is_flag=True, help="RECORDS 每行已是十六进制摘要")
@_FORMAT
@_refusals
def audit(
    log: Path,
    records: Path | None,
    policy: Path | None,
    checkpoints: tuple[Path, ...],
    hexadecimal: bool,
    form: str,
) -> None:
    """重算 LOG 的全部哈希，与检查点、与 RECORDS 逐条对照，指出被改、被删、被插、被调换的记录。"""
    from shian.core.tlog import Checkpoint, Log, SignedNote
    from shian.core.tlog.audit import check_log, compare_records
    from shian.core.tlog.policy import parse_policy

    notes = [SignedNote.parse(path.read_text("utf-8")) for path in checkpoints]
    rules = None if policy is None else parse_policy(policy.read_text("utf-8"))
    with Log(log) as opened:
        last = opened.last_checkpoint()
        if not notes and last is not None:
            notes = [last]
        trusted = [rules.check(note) if rules else Checkpoint.of(note) for note in notes]
        for held in trusted:
            if held.origin != opened.origin:
                raise ValueError(f"checkpoint origin={held.origin!r}：不是日志 {opened.origin!r} 的检查点")
        findings = check_log(opened, trusted, _progress("重算"))
        if records is not None:
            findings += compare_records(opened, _digests(records, hexadecimal), _progress("对照"))
        size = opened.size
    for found in findings:
        answer = {"kind": found.kind, "index": found.index, "message": found.message}
        click.echo(
            json.dumps(answer, ensure_ascii=False) if form == "json" else f"[{found.kind}] {found.message}"
        )
    summary = {"size": size, "checkpoints": len(trusted), "findings": len(findings)}
    _say(form, summary, {**_LABELS, "checkpoints": "核对检查点", "findings": "发现问题"})
    if findings:
        sys.exit(1)


@command.command()
@click.argument("log", type=_IN)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_FORMAT
@_refusals
def export(log: Path, folder: Path, form: str) -> None:
    """把 LOG 最新检查点以内的部分写成静态文件（C2SP tlog-tiles），供网站直接提供。"""
    from shian.core.tlog import Checkpoint, Log
    from shian.core.tlog.tiles import export_tiles

    with Log(log) as opened:
        note = opened.last_checkpoint()
        if note is None:
            raise ValueError(f"log={log}：还没有检查点")
        folder.mkdir(parents=True, exist_ok=True)
        size = Checkpoint.of(note).size
        written = export_tiles(opened, folder, note, size)
    _say(form, {"folder": str(folder), "size": size, "written": written}, _LABELS)
