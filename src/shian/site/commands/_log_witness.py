"""``shian log witness`` and ``cosign``: a level of supervision that cosigns, and the log that asks it to."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._log_common import FORMAT, IN, OUT, newest_checkpoint, read_policy, read_signer, refusals, say

if TYPE_CHECKING:
    from shian.core.tlog import SignedNote, Signer, Verifier
    from shian.core.tlog.policy import Policy
    from shian.engines.tlog import Log
    from shian.engines.tlog.witness_http import Answer

_SECONDS = 10
_MOST_ANSWER = 1 << 16


@click.command()
@click.argument("log", type=IN, required=False)
@click.option(
    "--listen", help="作为网络服务在 地址:端口 上等候检查点，如 127.0.0.1:7380（C2SP tlog-witness）"
)
@click.option(
    "--state", type=OUT, required=True, help="见证方的状态文件（每个日志的条数与根）；丢失后须换密钥"
)
@click.option("--key", type=IN, required=True, help="见证私钥文件")
@click.option("--log-key", "log_keys", multiple=True, required=True, help="所认日志的公钥 vkey（可多个）")
@FORMAT
@refusals
def witness(
    log: Path | None, listen: str | None, state: Path, key: Path, log_keys: tuple[str, ...], form: str
) -> None:
    """以见证方身份核对检查点的延续性并加签：只为上次所见的延续加签，拒绝分叉与回退。

    给出 LOG 时核对本机日志的最新检查点，加签后存回日志；给出 --listen 时作为服务运行，Ctrl-C 结束。
    """
    from shian.core.tlog import Verifier

    if (log is None) == (listen is None):
        raise click.UsageError("LOG 与 --listen 须且只须给一个")
    signer, keys = read_signer(key), [Verifier.parse(text) for text in log_keys]
    if listen is not None:
        _serve(listen, state, signer, keys)
    elif log is not None:
        _cosign_here(log, state, signer, keys, form)


def _cosign_here(log: Path, state: Path, signer: Signer, keys: list[Verifier], form: str) -> None:
    from shian.core.tlog import Checkpoint
    from shian.engines.tlog import Log
    from shian.engines.tlog.witness import AddCheckpoint, Witness

    with Log(log) as opened:
        note = newest_checkpoint(opened)
        keeper = Witness(state, signer, keys)
        try:
            old, _ = keeper.seen(opened.origin)
            size = Checkpoint.of(note).size
            proof = tuple(opened.consistency_proof(old, size)) if old <= size else ()
            line = keeper.add_checkpoint(AddCheckpoint(old, proof, note), int(time.time()))
        finally:
            keeper.close()
        cosigned = note.with_signature(line)
        opened.keep_checkpoint(cosigned)
    answer = {"size": size, "previous": old, "checkpoint": cosigned.text()}
    say(form, answer, previous="上次所见", checkpoint="检查点")


def _serve(listen: str, state: Path, signer: Signer, keys: list[Verifier]) -> None:
    """One gunicorn worker with threads; the state file is opened in it, not carried over from here."""
    from gunicorn.app.base import BaseApplication

    from shian.engines.tlog.witness import Witness
    from shian.engines.tlog.witness_http import WitnessApp

    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise click.UsageError(f"--listen {listen!r}：应为 地址:端口")
    Witness(state, signer, keys).close()  # a wrong key or file is refused before anything listens

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in _SERVER.items():
                self.cfg.set(name, value)
            self.cfg.set("bind", listen)

        def load(self) -> Any:
            return WitnessApp(Witness(state, signer, keys), lambda: int(time.time()))

    click.echo(
        f"见证服务 {signer.name}：http://{listen}/add-checkpoint（所认日志 {len(keys)} 个，Ctrl-C 结束）"
    )
    click.echo(f"公钥（vkey）：{signer.verifier().vkey()}")
    sys.stdout.flush()
    Server().run()


_SERVER = {
    "workers": 1,
    "worker_class": "gthread",
    "threads": 4,
    "keepalive": 5,
    "loglevel": "warning",
    "control_socket_disable": True,
    **({"worker_tmp_dir": "/dev/shm"} if Path("/dev/shm").is_dir() else {}),
}


@click.command()
@click.argument("log", type=IN)
@click.option(
    "--policy",
    type=IN,
    required=True,
    help="信任策略：见证方公钥、网址（witness 行的末项）与所需组合（quorum）",
)
@click.option("--witness", "urls", multiple=True, help="见证方网址（可多个）；不给时用策略中的网址")
@click.option("--output", "-o", type=OUT, help="加签后的检查点写到文件")
@FORMAT
@refusals
def cosign(log: Path, policy: Path, urls: tuple[str, ...], output: Path | None, form: str) -> None:
    """请各见证方为 LOG 的最新检查点加签，存回日志；达到策略要求的组合时退出码为 0，否则为 1。"""
    from shian.core.tlog.policy import PolicyError
    from shian.engines.tlog import Log

    rules = read_policy(policy)
    with Log(log) as opened:
        note = newest_checkpoint(opened)
        for url, keys in _asked(rules, urls):
            signed = _ask(opened, note, url, keys, form)
            if signed != note:
                opened.keep_checkpoint(signed)
            note = signed
    if output is not None:
        output.write_text(note.text(), "utf-8")
    try:
        size = rules.check(note).size
    except PolicyError as error:
        say(form, {"satisfied": False, "error": str(error)}, satisfied="达到策略", error="原因")
        sys.exit(1)
    say(
        form,
        {"satisfied": True, "size": size, "quorum": rules.quorum},
        satisfied="达到策略",
        quorum="所需组合",
    )


def _asked(rules: Policy, urls: tuple[str, ...]) -> list[tuple[str, list[Verifier]]]:
    """Addresses to ask, each with the keys whose cosignatures count."""
    if urls:
        return [(url, list(rules.witnesses.values())) for url in urls]
    found = [(url, [rules.witnesses[name]]) for name, url in rules.urls.items()]
    if not found:
        raise click.UsageError("策略中没有见证方网址（witness 名称 公钥 网址），请用 --witness 给出")
    return found


def _ask(log: Log, note: SignedNote, url: str, keys: list[Verifier], form: str) -> SignedNote:
    """``note`` with what the witness at ``url`` added; a refusal or a dead line is told and changes nothing."""
    from shian.engines.tlog.witness import WitnessRefusal
    from shian.engines.tlog.witness_http import cosign as ask

    answer: dict[str, Any] = {"witness": url}
    try:
        signatures = ask(log, note, keys, _poster(url))
    except WitnessRefusal as refusal:
        answer |= {"cosigned": False, "status": refusal.status, "error": str(refusal)}
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        answer |= {"cosigned": False, "error": f"连接不上或未及时答复：{reason}"}
    else:
        for signature in signatures:
            note = note.with_signature(signature)
        answer |= {"cosigned": True, "by": "、".join(s.name for s in signatures)}
    say(form, answer, witness="见证方", cosigned="已加签", by="见证人", status="HTTP", error="原因")
    return note


def _poster(url: str) -> Callable[[bytes], Answer]:
    from shian.engines.tlog.witness_http import PATH, Answer

    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"见证方网址 {url!r}：应以 http:// 或 https:// 开头")
    address = url.rstrip("/") + PATH

    def post(body: bytes) -> Answer:
        request = urllib.request.Request(
            address, data=body, headers={"Content-Type": "text/plain; charset=utf-8"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as reply:
                return Answer(reply.status, reply.headers.get_content_type(), reply.read(_MOST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers.get_content_type(), error.read(_MOST_ANSWER))

    return post
