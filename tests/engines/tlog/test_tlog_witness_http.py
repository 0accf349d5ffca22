"""Witnesses over HTTP: status codes of tlog-witness, and real processes on loopback that are forked, rolled
back, killed and started again."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shian.core.tlog import Checkpoint, KeyKind, SignedNote, Signer, record_digest
from shian.core.tlog.note import Signature
from shian.engines.tlog import Log
from shian.engines.tlog.witness import AddCheckpoint, Witness, WitnessRefusal
from shian.engines.tlog.witness_http import MOST_BYTES, SIZE_TYPE, Answer, WitnessApp, cosign
from shian.site.commands.log import command

NOW = 1_790_000_000
ORIGIN = "county.example/trace"


class Level:
    """A log, one witness behind its WSGI application, and what it answers."""

    def __init__(self, folder: Path) -> None:
        self.signer, self.key = Signer.generate(ORIGIN), Signer.generate("city", KeyKind.WITNESS)
        self.log = Log(folder / "log.db", ORIGIN)
        self.log.append(record_digest(b"%d" % i) for i in range(300))
        self.witness = Witness(folder / "city.db", self.key, [self.signer.verifier()])
        self.app = WitnessApp(self.witness, lambda: NOW)
        self.asked: list[bytes] = []

    def post(self, body: bytes, path: str = "/add-checkpoint", method: str = "POST", **extra: Any) -> Answer:
        self.asked.append(body)
        said: list[Any] = []
        environ = {
            "PATH_INFO": path, "REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), **extra,
        }  # fmt: skip
        body = b"".join(self.app(environ, lambda status, headers: said.extend((status, dict(headers)))))
        return Answer(int(said[0].split()[0]), said[1]["Content-Type"].partition(";")[0], body)

    def signed(self, size: int, root: bytes, signer: Signer | None = None) -> SignedNote:
        body = Checkpoint(ORIGIN, size, root).body()
        return SignedNote(body, ((signer or self.signer).sign(body),))


@pytest.fixture
def level(tmp_path: Path) -> Iterator[Level]:
    level = Level(tmp_path)
    yield level
    level.log.close()
    level.witness.close()


def request(old: int, proof: list[bytes], note: SignedNote) -> bytes:
    return AddCheckpoint(old, tuple(proof), note).text().encode()


def test_a_first_and_a_grown_checkpoint_are_cosigned(level: Level) -> None:
    answer = level.post(request(0, [], level.log.checkpoint(level.signer)))
    assert answer.status == 200 and answer.body.endswith(b"\n")
    level.log.append([record_digest(b"more")])
    note = level.log.checkpoint(level.signer)
    answer = level.post(request(300, level.log.consistency_proof(300), note))
    line = Signature.parse(answer.body.decode().removesuffix("\n"))
    assert level.key.verifier().accepts(note.body, line)
    assert int.from_bytes(line.value[:8], "big") == NOW
    assert level.witness.seen(ORIGIN)[0] == 301


def test_each_refusal_has_the_status_of_the_protocol(level: Level) -> None:
    first = level.log.checkpoint(level.signer)
    assert level.post(request(0, [], first)).status == 200
    level.log.append([record_digest(b"more")])
    note, proof = level.log.checkpoint(level.signer), level.log.consistency_proof(300)
    stranger = Signer.generate("stranger.example/log")
    foreign = Checkpoint("stranger.example/log", 1, bytes(32)).body()
    for body, status in (
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"old 0300\n\n" + note.text().encode(), 400),
        (b"old " + b"9" * 5000 + b"\n\n" + note.text().encode(), 400),
        (b"old 300\n!!\n\n" + note.text().encode(), 400),
        (request(300, [bytes(32)] * 64, note), 400),
        (request(302, proof, note), 400),
        (request(300, proof, level.signed(10**25, bytes(32))), 400),
        (request(0, [], SignedNote(foreign, (stranger.sign(foreign),))), 404),
        (request(300, proof, level.signed(301, level.log.root(), Signer.generate(ORIGIN))), 403),
        (request(300, proof[1:], note), 422),
        (request(300, [], level.signed(300, bytes(32))), 409),
        (b"x" * (MOST_BYTES + 1), 413),
    ):
        assert level.post(body).status == status, body[:60]
    assert level.post(request(299, proof, note)) == Answer(409, SIZE_TYPE, b"300\n")
    assert level.post(b"", "/").status == 404 and level.post(b"", method="GET").status == 405
    assert level.post(request(300, proof, note), CONTENT_LENGTH="").status == 400
    assert level.witness.seen(ORIGIN) == (300, level.log.root(300))
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert level.post(request(300, proof, note), **chunked).status == 200


def test_the_client_learns_the_size_from_a_conflict(level: Level) -> None:
    keys = [level.key.verifier()]
    note = level.log.checkpoint(level.signer)
    (line,) = cosign(level.log, note, keys, level.post)
    level.log.keep_checkpoint(note.with_signature(line))
    level.log.append([record_digest(b"more")])
    note = level.log.checkpoint(level.signer)
    level.asked.clear()
    assert cosign(level.log, note, keys, level.post)
    assert len(level.asked) == 1 and level.asked[0].startswith(b"old 300\n")  # known from the kept checkpoint
    level.log.append([record_digest(b"again")])
    note = level.log.checkpoint(level.signer)
    level.asked.clear()
    assert cosign(level.log, note, keys, level.post)
    assert [body.split(b"\n")[0] for body in level.asked] == [b"old 300", b"old 301"]


def test_the_client_names_fork_rollback_and_nonsense(level: Level, tmp_path: Path) -> None:
    keys = [level.key.verifier()]
    cosign(level.log, level.log.checkpoint(level.signer), keys, level.post)
    with Log(tmp_path / "fork.db", ORIGIN) as fork:
        fork.append(record_digest(b"fork %d" % i) for i in range(200))
        with pytest.raises(WitnessRefusal, match="回退"):
            cosign(fork, fork.checkpoint(level.signer), keys, level.post)
        fork.append(record_digest(b"fork %d" % i) for i in range(100))
        with pytest.raises(WitnessRefusal, match="分叉"):
            cosign(fork, fork.checkpoint(level.signer), keys, level.post)
        fork.append([record_digest(b"longer")])
        with pytest.raises(WitnessRefusal) as caught:
            cosign(fork, fork.checkpoint(level.signer), keys, level.post)
        assert caught.value.status == 422
    note = level.log.checkpoint(level.signer)
    for answer, words in (
        (Answer(200, "text/plain", b""), "没有策略所列"),
        (Answer(200, "text/plain", b"hello\n"), "不是加签行"),
        (Answer(409, "text/html", b"<html>"), SIZE_TYPE),
        (Answer(503, "text/plain", b"busy"), "busy"),
    ):
        with pytest.raises(WitnessRefusal, match=words):
            cosign(level.log, note, keys, lambda _, answer=answer: answer)  # type: ignore[misc]


def test_concurrent_posts_are_taken_one_after_another(level: Level) -> None:
    """Of many rival extensions of one size exactly one wins; the others hear the size that won."""
    assert level.post(request(0, [], level.log.checkpoint(level.signer))).status == 200
    bodies = []
    for _ in range(24):
        level.log.append([record_digest(b"more")])
        note = level.log.checkpoint(level.signer)
        bodies.append(request(300, level.log.consistency_proof(300), note))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(level.post, bodies))
    won = [300 + i for i, a in enumerate(answers, start=1) if a.status == 200]
    assert len(won) == 1 and level.witness.seen(ORIGIN)[0] == won[0]
    assert {a.body for a in answers if a.status == 409} == {b"%d\n" % won[0]}


class Served:
    """``shian log witness --listen`` as a process of its own, in a session that can be killed whole."""

    def __init__(self, folder: Path, name: str, log_key: str) -> None:
        self.folder, self.name, self.log_key = folder, name, log_key
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ("witness", "--listen", f"127.0.0.1:{self.port}", "--state", f"{self.name}.db")
        words = (*words, "--key", f"{self.name}.key", "--log-key", self.log_key)
        call = "import sys; from shian.site.commands.log import command; command(sys.argv[1:])"
        self.process = subprocess.Popen(
            [sys.executable, "-c", call, *words],
            cwd=self.folder,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"witness {self.name} does not listen")

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def post(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found


def run(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(command, [*map(str, words), "--format", "json"])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_two_witness_processes_refuse_fork_and_rollback_and_keep_their_state(tmp_path: Path) -> None:
    signer = Signer.generate(ORIGIN)
    (tmp_path / "log.key").write_text(signer.export())
    served, policy = [], [f"log {signer.verifier().vkey()}"]
    for name in ("city", "province"):
        key = Signer.generate(name, KeyKind.WITNESS)
        (tmp_path / f"{name}.key").write_text(key.export())
        served.append(Served(tmp_path, name, signer.verifier().vkey()))
        policy.append(f"witness {name} {key.verifier().vkey()} {served[-1].url}")
    (tmp_path / "policy").write_text("\n".join([*policy, "group both all city province", "quorum both"]))
    try:
        for witness in served:
            witness.start()
        _grow_fork_and_restart(tmp_path, signer, served)
    finally:
        for witness in served:
            witness.kill()


def _grow_fork_and_restart(folder: Path, signer: Signer, served: list[Served]) -> None:
    log, key, policy = folder / "log.db", folder / "log.key", folder / "policy"
    ask = ("cosign", log, "--policy", policy)
    with Log(log, ORIGIN) as opened:
        opened.append(record_digest(b"%d" % i) for i in range(500))
    run("checkpoint", log, "--key", key)
    assert run(*ask)[1][-1] == {"satisfied": True, "size": 500, "quorum": "both"}

    with Log(folder / "fork.db", ORIGIN) as fork:
        for size in (400, 500, 600):  # rolled back, the same size, grown on another history
            fork.append(record_digest(b"fork %d" % i) for i in range(fork.size, size))
            fork.checkpoint(signer)
            code, said = run("cosign", folder / "fork.db", "--policy", policy)
            status = 422 if size == 600 else 409
            assert code == 1 and [row["status"] for row in said[:2]] == [status, status]
            assert not said[-1]["satisfied"]

    with Log(log) as opened:
        opened.append([record_digest(b"more")])
        note = opened.checkpoint(signer)
        body = request(500, opened.consistency_proof(500), note)
        assert served[0].post(body)[0] == 200
        served[0].kill()  # -9, right behind the answer: what was answered must be on disk
        code, said = run(*ask)
        assert code == 1 and "连接不上" in said[0]["error"] and said[1]["cosigned"]
        served[0].start()
        assert served[0].post(body) == (409, b"501\n")
        forked = request(
            500, [], SignedNote(b := Checkpoint(ORIGIN, 501, bytes(32)).body(), (signer.sign(b),))
        )
        assert served[0].post(forked) == (409, b"501\n")
    code, said = run(*ask)
    assert code == 0 and said[-1]["size"] == 501


def test_a_kept_checkpoint_names_each_witness_once(level: Level) -> None:
    note = level.log.checkpoint(level.signer)
    for moment in (NOW, NOW + 1):
        note = note.with_signature(level.key.sign(note.body, moment))
    assert [s.name for s in note.signatures] == [ORIGIN, "city"]


def test_cosign_and_witness_say_what_is_missing(tmp_path: Path) -> None:
    runner = CliRunner()
    with Log(tmp_path / "log.db", "o") as log:
        signer = Signer.generate("o")
        log.checkpoint(signer)
    key = Signer.generate("w", KeyKind.WITNESS)
    (tmp_path / "policy").write_text(
        f"log {signer.verifier().vkey()}\nwitness w {key.verifier().vkey()}\nquorum w\n"
    )
    (tmp_path / "key").write_text(key.export())
    common = [str(tmp_path / "log.db"), "--policy", str(tmp_path / "policy")]
    assert "没有见证方网址" in runner.invoke(command, ["cosign", *common]).stderr
    assert "http://" in runner.invoke(command, ["cosign", *common, "--witness", "file:///x"]).stderr
    serve = ["witness", "--state", str(tmp_path / "s"), "--key", str(tmp_path / "key")]
    serve += ["--log-key", signer.verifier().vkey()]
    assert "须且只须给一个" in runner.invoke(command, serve).stderr
    assert "地址:端口" in runner.invoke(command, [*serve, "--listen", "7380"]).stderr
