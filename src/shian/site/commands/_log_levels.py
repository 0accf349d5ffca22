"""``shian log gather`` and ``chain``: the upper level's log over the lower levels' logs."""

from __future__ import annotations

from pathlib import Path

import click

from ._log_common import FORMAT, IN, OUT, newest_checkpoint, read_note, read_policy, refusals, say


@click.command()
@click.argument("upper", type=IN)
@click.argument("checkpoints", nargs=-1, required=True, type=IN)
@click.option("--policy", type=IN, required=True, help="对下级检查点的信任策略（下级日志公钥、所需见证）")
@FORMAT
@refusals
def gather(upper: Path, checkpoints: tuple[Path, ...], policy: Path, form: str) -> None:
    """把下级日志的检查点文件收入上级日志 UPPER，每个检查点是一条记录；已收入的不重复。"""
    from shian.core.tlog import Checkpoint, levels
    from shian.engines.tlog import Log

    rules = read_policy(policy)
    with Log(upper) as opened:
        for path in checkpoints:
            note = read_note(path)
            index = levels.gather(opened, note, rules)
            below = Checkpoint.of(note)
            say(
                form,
                {"origin": below.origin, "size": below.size, "index": index},
                origin="下级日志",
                index="在上级的序号",
            )


@click.command()
@click.argument("receipt", type=IN)
@click.argument("upper", type=IN)
@click.option("--output", "-o", type=OUT, required=True, help="逐级回执文件")
@FORMAT
@refusals
def chain(receipt: Path, upper: Path, output: Path, form: str) -> None:
    """给下级回执 RECEIPT 接上上级日志 UPPER 的证明：记录 → 下级检查点 → 上级检查点。

    回执所用的下级检查点须已由 gather 收入，并在上级最新检查点之内。
    """
    from shian.core.tlog import Checkpoint, levels
    from shian.core.tlog.receipt import Receipt
    from shian.engines.tlog import Log

    with Log(upper) as opened:
        note = newest_checkpoint(opened)
        chained = levels.chain(Receipt.parse(receipt.read_text("utf-8")), opened, note)
        output.write_text(chained.text(), "utf-8")
        say(
            form,
            {"file": str(output), "origin": opened.origin, "size": Checkpoint.of(note).size},
            origin="上级日志",
        )
