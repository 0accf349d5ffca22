"""The same roots and proofs as independent implementations; skipped where they are not installed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from shian.core.tlog import KeyKind, Signer, record_digest
from shian.core.tlog.tree import leaf_hash
from shian.engines.tlog import Log
from shian.engines.tlog.tiles import export_tiles
from shian.engines.tlog.witness import AddCheckpoint, Witness
from shian.site.commands.log import command

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 13, 100, 257, 1001])
def test_pymerkle_computes_the_same_root(tmp_path: Path, size: int) -> None:
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle: pip install -r requirements/bench.txt")
    digests = [record_digest(b"%d" % i) for i in range(size)]
    peer = pymerkle.InmemoryTree(algorithm="sha256")
    for digest in digests:
        peer.append_entry(digest)
    with Log(tmp_path / "log.db", "o") as log:
        log.append(digests)
        assert peer.get_root() == log.root()
        assert peer.get_leaf(size) == leaf_hash(digests[-1])
        old = size // 2 + 1
        pymerkle.verify_consistency(log.root(old), log.root(), peer.prove_consistency(old, size))


def test_aics_tlog_accepts_checkpoint_cosignatures_proofs_and_tiles(tmp_path: Path) -> None:
    """An independent implementation of the C2SP formats (needs Python 3.12, runs on 3.11 when told to)."""
    pytest.importorskip("aics_tlog", reason="aics-tlog: pip install --ignore-requires-python aics-tlog")
    from aics_tlog import checkpoint as theirs
    from aics_tlog import note as their_notes
    from aics_tlog import tiles as their_tiles
    from aics_tlog import tree as their_tree

    digests = [record_digest(b"%d" % i) for i in range(70_000)]
    signer = Signer.generate("county.example/trace")
    keys = [Signer.generate(f"{n}.example", KeyKind.WITNESS) for n in ("city", "province")]
    with Log(tmp_path / "log.db", signer.name) as log:
        log.append(digests[:40_000])
        old_root = log.root()
        log.append(digests[40_000:])
        note = log.checkpoint(signer)
        for key in keys:
            witness = Witness(tmp_path / f"{key.name}.db", key, [signer.verifier()])
            note = note.with_signature(witness.add_checkpoint(AddCheckpoint(0, (), note), 1_790_000_000))
            witness.close()
        result = theirs.verify_checkpoint(
            their_notes.parse_note(note.text()),
            their_notes.parse_vkey(signer.verifier().vkey()),
            [their_notes.parse_vkey(k.verifier().vkey()) for k in keys],
            quorum=2,
            now=1_790_000_001,
        )
        assert (
            result.ok and result.cosignature_count == 2 and (result.size, result.root) == (70_000, log.root())
        )
        leaf, proof = leaf_hash(digests[12_345]), log.inclusion_proof(12_345)
        assert their_tree.verify_inclusion(leaf, 12_345, 70_000, proof, log.root())
        proof = log.consistency_proof(40_000)
        assert their_tree.verify_consistency(40_000, 70_000, old_root, log.root(), proof)
        export_tiles(log, tmp_path / "site", note, 70_000)
    written = {str(p.relative_to(tmp_path / "site")) for p in (tmp_path / "site").rglob("*") if p.is_file()}
    expected = their_tiles.materialise_tiles(digests)
    assert written == {*expected, "checkpoint"}
    assert all((tmp_path / "site" / path).read_bytes() == data for path, data in expected.items())


def test_aics_witness_cosigns_for_our_client_and_refuses_a_fork(tmp_path: Path) -> None:
    """An independent server of C2SP tlog-witness, asked by our client over loopback."""
    pytest.importorskip(
        "aics_witness", reason="aics-witness: pip install --ignore-requires-python aics-witness"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    their = [sys.executable, "-m", "aics_witness"]
    place = {**os.environ, "AICS_WITNESS_CONFIG": str(tmp_path / "witness.json")}
    signer = Signer.generate("county.example/trace")

    def call(*words: str) -> str:
        done = subprocess.run(
            [*their, *words], cwd=tmp_path, env=place, capture_output=True, text=True, check=True
        )
        return done.stdout

    vkey = call("init", "--name", "aics.example/w1").split()[-1]
    call("add-log", "--origin", signer.name, "--vkey", signer.verifier().vkey())
    policy = f"log {signer.verifier().vkey()}\nwitness w {vkey} http://127.0.0.1:{port}\nquorum w\n"
    (tmp_path / "policy").write_text(policy)
    serve = [*their, "serve", "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen(serve, cwd=tmp_path, env=place)

    def ask(log: Path) -> int:
        return (
            CliRunner().invoke(command, ["cosign", str(log), "--policy", str(tmp_path / "policy")]).exit_code
        )

    try:
        with Log(tmp_path / "log.db", signer.name) as log, Log(tmp_path / "fork.db", signer.name) as fork:
            for size in (100, 300):
                log.append(record_digest(b"%d" % i) for i in range(log.size, size))
                log.checkpoint(signer)
                until = time.monotonic() + 10
                while (code := ask(log.path)) and time.monotonic() < until:
                    time.sleep(0.2)
                assert code == 0
            for size in (200, 300, 400):
                fork.append(record_digest(b"fork %d" % i) for i in range(fork.size, size))
                fork.checkpoint(signer)
                assert ask(fork.path) == 1
    finally:
        process.terminate()
        process.wait(10)
