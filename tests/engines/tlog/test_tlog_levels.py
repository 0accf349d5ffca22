"""A province's log over the districts' logs, and the log as static files behind any web server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

import shian.engines.tlog.verifier as verifier
from shian.core.tlog import Checkpoint, ProofError, SignedNote, Signer, record_digest
from shian.core.tlog.levels import chain, gather, verify_chain
from shian.core.tlog.policy import Policy, PolicyError, parse_policy
from shian.core.tlog.receipt import Receipt, ReceiptError, issue
from shian.engines.tlog import Log
from shian.engines.tlog.tiles import export_tiles, tile_path
from shian.site.commands.log import command


def one_key(signer: Signer) -> str:
    return f"log {signer.verifier().vkey()}\nquorum none\n"


class World:
    """A district and a province, each with a log and a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = {n: Signer.generate(f"{n}.example/trace") for n in ("district", "province", "state")}
        self.logs = {n: Log(folder / f"{n}.db", key.name) for n, key in self.keys.items()}
        self.logs["district"].append(record_digest(b"%d" % i) for i in range(1000))

    def policy(self, name: str) -> Policy:
        return parse_policy(one_key(self.keys[name]))

    def signed(self, name: str) -> SignedNote:
        return self.logs[name].checkpoint(self.keys[name])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    for log in world.logs.values():
        log.close()


def test_a_record_is_proved_up_to_the_top(world: World) -> None:
    below = world.signed("district")
    receipt = issue(world.logs["district"], 123, below)
    world.logs["province"].append(record_digest(b"other %d" % i) for i in range(300))
    assert gather(world.logs["province"], below, world.policy("district")) == 300
    assert gather(world.logs["province"], below, world.policy("district")) == 300
    assert world.logs["province"].size == 301
    middle = world.signed("province")
    assert gather(world.logs["state"], middle, world.policy("province")) == 0
    two = chain(receipt, world.logs["province"], middle)
    three = chain(two, world.logs["state"], world.signed("state"))
    policies = [world.policy(n) for n in ("district", "province", "state")]
    proved = verify_chain(Receipt.parse(three.text()), record_digest(b"123"), policies)
    assert [c.origin for c in proved] == [k.name for k in world.keys.values()]
    assert (
        three.verify(record_digest(b"123"), policies[0]).size == 1000
    )  # a plain tlog-proof for its own level
    with pytest.raises(ReceiptError, match="没有上级回执"):
        verify_chain(two, record_digest(b"123"), policies)
    with pytest.raises(ProofError):
        verify_chain(three, record_digest(b"124"), policies)
    with pytest.raises(PolicyError):
        verify_chain(three, record_digest(b"123"), [policies[0], policies[2]])
    other = issue(world.logs["district"], 124, world.signed("district"), b"x")
    with pytest.raises(ReceiptError):
        chain(other, world.logs["province"], middle)


def test_what_the_upper_log_does_not_hold_is_refused(world: World) -> None:
    below = world.signed("district")
    receipt = issue(world.logs["district"], 5, below)
    empty = world.signed("province")
    with pytest.raises(ReceiptError, match="没有 district"):
        chain(receipt, world.logs["province"], empty)
    gather(world.logs["province"], below, world.policy("district"))
    with pytest.raises(ReceiptError, match="新的上级检查点"):
        chain(receipt, world.logs["province"], empty)
    forged = Checkpoint("district.example/trace", 1000, bytes(32)).body()
    with pytest.raises(PolicyError):
        gather(world.logs["province"], SignedNote(forged, below.signatures), world.policy("district"))


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(w) for w in words])
    return result.exit_code, result.stdout + result.stderr


def test_commands_and_the_standalone_verifier_follow_the_chain(world: World) -> None:
    at = world.folder
    for name, key in world.keys.items():
        (at / f"{name}.key").write_text(key.export())
        (at / f"{name}.policy").write_text(one_key(key))
    run("checkpoint", at / "district.db", "--key", at / "district.key", "-o", at / "checkpoint")
    assert run("prove", at / "district.db", "--line", "77", "-o", at / "r")[0] == 0
    assert run("chain", at / "r", at / "province.db", "-o", at / "chained")[0] == 1  # no checkpoint there yet
    code, said = run("gather", at / "province.db", at / "checkpoint", "--policy", at / "district.policy")
    assert code == 0 and "在上级的序号：0" in said
    assert run("gather", at / "province.db", at / "checkpoint", "--policy", at / "state.policy")[0] == 1
    run("checkpoint", at / "province.db", "--key", at / "province.key")
    assert run("chain", at / "r", at / "province.db", "-o", at / "chained")[0] == 0
    levels = ("--policy", at / "district.policy", "--upper", at / "province.policy")
    code, said = run("verify", at / "chained", *levels, "--line", "77")
    assert code == 0 and "district.example/trace → province.example/trace" in said
    assert run("verify", at / "r", *levels, "--line", "77")[0] == 1

    (at / "record").write_bytes(b"77")

    def alone(receipt: str, *upper: str) -> subprocess.CompletedProcess[str]:
        words = ["receipt", receipt, "--policy", "district.policy", "--record", "record"]
        for policy in upper:
            words += ["--upper", policy]
        call = [sys.executable, "-I", str(Path(verifier.__file__)), *words]
        return subprocess.run(call, cwd=at, capture_output=True, text=True, check=False)

    proved = alone("chained", "province.policy")
    assert proved.returncode == 0 and "entry 0 of 1 of province.example/trace" in proved.stdout
    assert alone("chained").returncode == 0 and alone("r").returncode == 0
    assert alone("r", "province.policy").returncode == 1  # nothing above in it
    assert alone("chained", "state.policy").returncode == 1  # signed by another
    assert alone("chained", "province.policy", "state.policy").returncode == 1  # one level short


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_tiles_behind_any_web_server_prove_a_record(world: World) -> None:
    """A reader with nothing but the web: checkpoint and tiles give the proof, the standalone verifier checks it."""
    log, size, index = world.logs["district"], 1000, 700
    site = world.folder / "site"
    export_tiles(log, site, world.signed("district"), size)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def fetch(path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{server.server_port}/{path}", timeout=10) as reply:
            return bytes(reply.read())

    try:
        note = fetch("checkpoint").decode()
        size, root = verifier.check_policy(one_key(world.keys["district"]), note)
        rows = [fetch(tile_path(0, n, min(256, size - 256 * n))) for n in range(4)]
        entry = fetch(tile_path("entries", index // 256, 256))[index % 256 * 34 :][2:34]
        tops = fetch(tile_path(1, 0, size // 256))
    finally:
        server.shutdown()
        server.server_close()
    assert entry == record_digest(b"700")
    leaves = [blob[i : i + 32] for blob in rows for i in range(0, len(blob), 32)]
    assert len(leaves) == size and len(tops) == 3 * 32
    proof = _path(index, leaves)
    assert proof == log.inclusion_proof(index, size)
    assert verifier.climb(verifier.sha256(b"\0" + entry).digest(), index, size, proof) == root


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1 word by word, from fetched leaf hashes."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_path(index, leaves[:split]), _root(leaves[split:])]
    return [*_path(index - split, leaves[split:]), _root(leaves[:split])]


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return verifier.node(_root(leaves[:split]), _root(leaves[split:]))


_EVENT = {
    "type": "ObjectEvent", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": "shipping",
    "epcList": ["https://id.gs1.org/01/09521321010018/21/1"],
}  # fmt: skip


def test_events_of_the_journal_from_an_empty_folder_to_a_found_forgery(tmp_path: Path) -> None:
    import sqlite3

    from shian.site.commands.epcis import command as epcis

    events = [
        {
            **_EVENT,
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{i:012}",
            "eventTime": f"2026-03-01T08:{i:02}:00Z",
        }
        for i in range(40)
    ]
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-01T08:00:00Z",
        "epcisBody": {"eventList": events},
    }  # fmt: skip
    (tmp_path / "events.json").write_text(json.dumps(document))
    journal, log, key = tmp_path / "trace.db", tmp_path / "log.db", tmp_path / "log.key"
    result = CliRunner().invoke(epcis, ["capture", str(tmp_path / "events.json"), "--journal", str(journal)])
    assert result.exit_code == 0, result.output
    assert run("keygen", "county.example/trace", key)[0] == 0
    (tmp_path / "policy").write_text(one_key(Signer.parse(key.read_text())))
    assert run("init", log, "--origin", "county.example/trace")[0] == 0
    assert "新增：40" in run("append", log, "--journal", journal)[1]
    assert "新增：0" in run("append", log, "--journal", journal)[1]  # what is in stays in once
    assert run("audit", log, "--journal", journal)[0] == 0
    assert "先用 shian log checkpoint" in run("prove", log, "1", "-o", tmp_path / "r")[1]
    run("checkpoint", log, "--key", key)
    found = ("--journal", journal, "--event-id", events[17]["eventID"])
    code, said = run("prove", log, *found, "--record-output", tmp_path / "event", "-o", tmp_path / "r")
    assert code == 0 and "序号：17" in said
    checked = ("verify", tmp_path / "r", "--policy", tmp_path / "policy", "--record", tmp_path / "event")
    assert run(*checked)[0] == 0
    assert run("audit", log, "--journal", journal, "--policy", tmp_path / "policy")[0] == 0

    db = sqlite3.connect(journal)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')
    db.execute("UPDATE event SET body = replace(body, 'shipping', 'disposing') WHERE seq = 18")
    db.execute("DELETE FROM event WHERE seq = 31")
    db.commit()
    db.close()
    code, said = run("audit", log, "--journal", journal)
    assert code == 1 and "第 17 条：记录内容与入链时不同" in said and "第 30 条：记录缺失" in said
    code, said = run("prove", log, *found, "-o", tmp_path / "r2")
    assert code == 1 and "没有这条记录" in said  # no longer what was logged
    assert run("append", log)[0] == 2 and run("append", log, journal, "--journal", journal)[0] == 2
    assert "不是事件日志" in run("append", log, "--journal", log)[1]
