"""Notes, policy, witnesses, receipts – and the standalone verifier agreeing with all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shian.engines.tlog.verifier as verifier_module
from shian.core.tlog import (
    Checkpoint,
    KeyKind,
    NoteError,
    ProofError,
    SignedNote,
    Signer,
    Verifier,
    record_digest,
    salted_digest,
)
from shian.core.tlog.policy import PolicyError, parse_policy
from shian.core.tlog.receipt import Receipt, ReceiptError, issue
from shian.engines.tlog import Log
from shian.engines.tlog.witness import AddCheckpoint, Witness, WitnessRefusal

NOW = 1_790_000_000
RECORDS = [f'{{"记录": {i}}}'.encode() for i in range(700)]


@dataclass
class World:
    log: Log
    signer: Signer
    witnesses: dict[str, Witness]
    policy: str
    folder: Path

    def cosigned(self, names: str) -> SignedNote:
        note = self.log.checkpoint(self.signer)
        for name in names.split():
            witness = self.witnesses[name]
            old, _ = witness.seen(self.log.origin)
            request = AddCheckpoint(old, tuple(self.log.consistency_proof(old)), note)
            note = note.with_signature(witness.add_checkpoint(AddCheckpoint.parse(request.text()), NOW))
        return note


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    origin = "county.example/trace"
    signer = Signer.generate(origin)
    keys = {n: Signer.generate(f"{n}.example", KeyKind.WITNESS) for n in ("county", "city", "province")}
    policy = f"# two of three levels\nlog {signer.verifier().vkey()}\n"
    policy += "".join(f"witness {n} {k.verifier().vkey()} https://{n}.example/\n" for n, k in keys.items())
    policy += "group local any county city\ngroup both all local province\nquorum both\n"
    with Log(tmp_path / "log.db", origin) as log:
        log.append(record_digest(r) for r in RECORDS[:300])
        witnesses = {n: Witness(tmp_path / f"{n}.db", k, [signer.verifier()]) for n, k in keys.items()}
        yield World(log, signer, witnesses, policy, tmp_path)
        for witness in witnesses.values():
            witness.close()


def test_note_of_go_sumdb_verifies() -> None:
    """The example key and note of golang.org/x/mod/sumdb/note: an outside implementation signed it."""
    key = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    note = SignedNote.parse(text)
    assert note.text() == text and note.signed_by(key)
    assert not SignedNote(note.body.replace("answer", "question"), note.signatures).signed_by(key)


def test_keys_survive_text_and_reject_changes() -> None:
    signer = Signer.generate("a.example", KeyKind.WITNESS)
    again = Signer.parse(signer.export())
    assert again.verifier() == Verifier.parse(signer.verifier().vkey())
    assert signer.export() not in repr(signer)
    name, key_id, encoded = signer.verifier().vkey().split("+", 2)
    for wrong in (
        f"b.example+{key_id}+{encoded}",
        f"{name}+00000000+{encoded}",
        "x",
        f"{name}+{key_id}+AQ==",
    ):
        with pytest.raises(NoteError):
            Verifier.parse(wrong)
    with pytest.raises(NoteError, match="必须有时间"):
        signer.sign("body\n")


@pytest.mark.parametrize(
    "body", ["", "o\n1\n", "o\n01\nAAAA\n", "o\n-1\nAAAA\n", "o\n1\n!!\n", "o\n1\nAAAA\n", "o\n1\n\nx\n"]
)
def test_malformed_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteError, match="checkpoint"):
        Checkpoint.parse(body)


def test_nested_quorum(world: World) -> None:
    policy = parse_policy(world.policy)
    for names, enough in [("", False), ("county city", False), ("province", False), ("city province", True)]:
        world.log.append([record_digest(names.encode())])
        note = world.cosigned(names)
        if enough:
            assert policy.check(note).size == world.log.size
        else:
            with pytest.raises(PolicyError, match="quorum both"):
                policy.check(note)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("group g 2 province", "阈值"),
        ("group g all nobody", "未在前面定义"),
        ("group county any city", "重复"),
        ("group g all county local", "只能属于一个组"),
        ("group g none province", "规则"),
        ("quorum both", "只能|只有一行"),
        ("witness x county.example", "vkey"),
        ("something else", "不认识"),
    ],
)
def test_wrong_policy_line_is_named(world: World, line: str, message: str) -> None:
    lines = world.policy.splitlines()
    at = len(lines) if line.startswith("quorum") else 6  # behind the group "local", before "both"
    text = "\n".join([*lines[:at], line, *lines[at:]])
    with pytest.raises(PolicyError, match=message) as caught:
        parse_policy(text)
    assert "第 " in str(caught.value)


def test_policy_without_quorum_or_with_a_foreign_log_is_refused(world: World) -> None:
    with pytest.raises(PolicyError, match="quorum"):
        parse_policy(world.policy.replace("quorum both", ""))
    other = Signer.generate("other.example")
    body = Checkpoint(world.log.origin, 1, b"\0" * 32).body()
    policy = parse_policy(f"log {other.verifier().vkey()}\nquorum none\n")
    with pytest.raises(PolicyError, match="日志的有效签名"):
        policy.check(SignedNote(body, (other.sign(body),)))


def test_witness_refuses_forks_and_wrong_requests(world: World) -> None:
    county = world.witnesses["county"]
    world.cosigned("county")
    seen = county.seen(world.log.origin)
    world.log.append([record_digest(b"more")])
    honest = world.log.checkpoint(world.signer)
    proof = tuple(world.log.consistency_proof(300))

    def refused(request: AddCheckpoint) -> int:
        with pytest.raises(WitnessRefusal) as caught:
            county.add_checkpoint(request, NOW)
        assert county.seen(world.log.origin) == seen
        return caught.value.status

    def signed(size: int, root: bytes, signer: Signer = world.signer) -> SignedNote:
        body = Checkpoint(world.log.origin, size, root).body()
        return SignedNote(body, (signer.sign(body),))

    assert refused(AddCheckpoint(299, proof, honest)) == 409
    assert refused(AddCheckpoint(300, (), honest)) == 422
    assert refused(AddCheckpoint(300, (), signed(300, b"\1" * 32))) == 409
    assert refused(AddCheckpoint(300, proof, signed(301, b"\1" * 32))) == 422
    assert refused(AddCheckpoint(300, (), signed(200, world.log.root(200)))) == 400
    assert (
        refused(AddCheckpoint(300, proof, signed(301, world.log.root(), Signer.generate(world.log.origin))))
        == 403
    )
    stranger = Signer.generate("unknown.example")
    body = Checkpoint("unknown.example", 1, b"\0" * 32).body()
    assert refused(AddCheckpoint(0, (), SignedNote(body, (stranger.sign(body),)))) == 404
    for text in ("", "old x\n\n", "old 1\nnot base64!\n\n" + honest.text()):
        with pytest.raises(WitnessRefusal) as caught:
            AddCheckpoint.parse(text)
        assert caught.value.status == 400
    assert county.add_checkpoint(AddCheckpoint(300, proof, honest), NOW)


def run_alone(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the verifier where the project cannot be imported."""
    copy = folder / "verifier.py"
    shutil.copy(verifier_module.__file__, copy)
    command = [sys.executable, "-I", copy.name, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_receipt_verifies_here_and_in_the_standalone_verifier(world: World) -> None:
    salt = bytes(range(32))
    world.log.append([salted_digest(b"personal", salt)])
    note = world.cosigned("city province")
    folder = world.folder
    (folder / "policy").write_text(world.policy)
    (folder / "record").write_bytes(RECORDS[123])
    (folder / "personal").write_bytes(b"personal")
    plain, personal = issue(world.log, 123, note, b"extra"), issue(world.log, 300, note)
    (folder / "plain.tlog-proof").write_text(plain.text())
    (folder / "personal.tlog-proof").write_text(personal.text())
    assert Receipt.parse(plain.text()) == plain
    assert plain.verify(record_digest(RECORDS[123]), parse_policy(world.policy)).size == 301
    with pytest.raises(ProofError):
        plain.verify(record_digest(RECORDS[124]), parse_policy(world.policy))

    assert (
        run_alone(
            folder, "receipt", "plain.tlog-proof", "--policy", "policy", "--record", "record"
        ).returncode
        == 0
    )
    with_salt = ("receipt", "personal.tlog-proof", "--policy", "policy", "--record", "personal")
    assert run_alone(folder, *with_salt, "--salt", salt.hex()).returncode == 0
    assert run_alone(folder, *with_salt).returncode == 1
    assert run_alone(folder, *with_salt, "--salt", bytes(32).hex()).returncode == 1
    assert run_alone(folder, "receipt", "plain.tlog-proof").returncode == 2
    (folder / "strict").write_text(world.policy.replace("any county city", "all county city"))
    strict = run_alone(folder, "receipt", "plain.tlog-proof", "--policy", "strict", "--record", "record")
    assert strict.returncode == 1 and "quorum both" in strict.stderr


def test_standalone_verifier_checks_whole_files_and_extension(world: World) -> None:
    folder = world.folder
    old = world.cosigned("city province")
    world.log.append(record_digest(r) for r in RECORDS[300:])
    proof = world.log.consistency_proof(300)
    new = world.cosigned("city province")
    (folder / "policy").write_text(world.policy)
    (folder / "old").write_text(old.text())
    (folder / "new").write_text(new.text())
    (folder / "proof").write_text("\n".join(map(verifier_text, proof)))
    (folder / "lines").write_bytes(b"\n".join(RECORDS) + b"\n")
    records = ("records", "lines", "--policy", "policy", "--checkpoint")
    assert run_alone(folder, *records, "new").returncode == 0
    assert run_alone(folder, *records, "old").returncode == 1
    extends = ("--policy", "policy", "--proof", "proof")
    assert run_alone(folder, "extends", "old", "new", *extends).returncode == 0
    assert run_alone(folder, "extends", "new", "old", *extends).returncode == 1
    (folder / "lines").write_bytes(b"\n".join([*RECORDS[:9], RECORDS[10], RECORDS[9], *RECORDS[11:]]) + b"\n")
    assert run_alone(folder, *records, "new").returncode == 1


def verifier_text(value: bytes) -> str:
    import base64

    return base64.b64encode(value).decode()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 260), st.data())
def test_both_verifiers_agree_on_random_proofs(size: int, data: st.DataObject) -> None:
    from shian.core.tlog import tree

    leaves = [tree.leaf_hash(bytes([i % 256, i // 256])) for i in range(size)]

    def node(level: int, index: int) -> bytes:
        return tree.complete_root(leaves[index << level : (index + 1) << level])

    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    proof = tree.inclusion_proof(index, size, node)
    cut = data.draw(st.integers(0, len(proof)))
    for attempt in (proof, proof[:cut], [*proof[:cut], leaves[0], *proof[cut:]]):
        try:
            expected = tree.root_from_inclusion(leaves[index], index, size, attempt)
        except ProofError:
            with pytest.raises(verifier_module.NotProved):
                verifier_module.climb(leaves[index], index, size, attempt)
        else:
            assert verifier_module.climb(leaves[index], index, size, attempt) == expected
    root, old_root = tree.tree_root(size, node), tree.tree_root(old, node)
    steps = tree.consistency_proof(old, size, node)
    verifier_module.check_extends(old, old_root, size, root, steps)
    if 0 < old < size:
        with pytest.raises(verifier_module.NotProved):
            verifier_module.check_extends(old, b"\0" * 32, size, root, steps)


@pytest.mark.parametrize(
    "text", ["", "x\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex 01\n\n"]
)
def test_malformed_receipt_is_refused(text: str) -> None:
    with pytest.raises((ReceiptError, NoteError)):
        Receipt.parse(text)


def test_salt_of_wrong_size_is_refused_and_digests_do_not_collide() -> None:
    with pytest.raises(ValueError, match="salt"):
        salted_digest(b"x", b"short")
    assert record_digest(b"ab") != record_digest(b"a") != salted_digest(b"a", bytes(32))
    assert salted_digest(b"a", bytes(32)) != salted_digest(b"a", bytes(31) + b"\1")
