"""The log on disk: same roots as the plain tree, append-only, whole batches after a crash."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.tlog import Checkpoint, Signer, tree
from shian.engines.tlog import Log, LogError


def digests(count: int, start: int = 0) -> list[bytes]:
    return [sha256(i.to_bytes(4, "big")).digest() for i in range(start, start + count)]


def plain_root(entries: list[bytes]) -> bytes:
    leaves = [tree.leaf_hash(e) for e in entries]

    def node(level: int, index: int) -> bytes:
        return tree.complete_root(leaves[index << level : (index + 1) << level])

    return tree.tree_root(len(leaves), node)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log(tmp_path / "log.db", "example.gov.cn/trace") as opened:
        yield opened


def test_append_returns_first_index_and_new_size(log: Log) -> None:
    assert log.append(digests(3)) == (0, 3)
    assert log.append([]) == (3, 3)
    assert log.append(iter(digests(600, 3))) == (3, 603)
    assert list(log.digests()) == digests(603)
    assert list(log.digests(250, 520)) == digests(270, 250)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_any_split_into_batches_gives_the_same_tree(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    with Log(tmp_path_factory.mktemp("log") / "log.db", "o") as log:
        for size in sizes:
            log.append(digests(size, log.size))
        entries = digests(sum(sizes))
        assert log.root() == plain_root(entries)
        half = len(entries) // 2
        assert log.root(half) == plain_root(entries[:half])
        if entries:
            proof = log.inclusion_proof(half)
            tree.verify_inclusion(tree.leaf_hash(entries[half]), half, log.size, proof, log.root())
        tree.verify_consistency(half, log.root(half), log.size, log.root(), log.consistency_proof(half))


def test_three_levels_of_tiles(log: Log) -> None:
    entries = digests(66_000)
    log.append(entries)
    assert len(log.tile(2, 0)) == 1 and len(log.tile(1, 1)) == 1
    assert log.root() == plain_root(entries)
    proof = log.inclusion_proof(65_999)
    tree.verify_inclusion(tree.leaf_hash(entries[65_999]), 65_999, 66_000, proof, log.root())


def test_reopened_log_answers_the_same(tmp_path: Path) -> None:
    with Log(tmp_path / "log.db", "o") as log:
        log.append(digests(1000))
        root = log.root()
    with Log(tmp_path / "log.db") as again:
        assert (again.origin, again.size, again.root()) == ("o", 1000, root)


def test_checkpoint_is_signed_and_kept(log: Log) -> None:
    signer = Signer.generate(log.origin)
    assert log.last_checkpoint() is None
    log.append(digests(10))
    note = log.checkpoint(signer)
    assert note.signed_by(signer.verifier())
    assert Checkpoint.of(note) == Checkpoint(log.origin, 10, log.root())
    assert log.last_checkpoint() == note


def test_history_cannot_be_changed_through_sql(log: Log) -> None:
    log.append(digests(300))
    other = sqlite3.connect(log.path)
    for statement in (
        "DELETE FROM bundle",
        "DELETE FROM tile",
        "UPDATE bundle SET digests = zeroblob(8192) WHERE n = 0",
        "UPDATE bundle SET digests = substr(digests, 1, 32) WHERE n = 1",
        "UPDATE tile SET hashes = zeroblob(32)",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            other.execute(statement)
    other.close()


def test_wrong_input_is_refused_with_field_and_value(tmp_path: Path, log: Log) -> None:
    with pytest.raises(LogError, match="32 字节"):
        log.append([b"short"])
    assert log.size == 0
    with pytest.raises(LogError, match="size=5"):
        log.root(5)
    with pytest.raises(LogError, match="日志不存在"):
        Log(tmp_path / "absent.db")
    with pytest.raises(LogError, match="已属于"):
        Log(log.path, "another")
    (tmp_path / "text.db").write_text("not a database" * 100)
    with pytest.raises(LogError):
        Log(tmp_path / "text.db")


_WRITER = """
import sys
from hashlib import sha256
from shian.engines.tlog import Log
with Log(sys.argv[1], "o") as log:
    while True:
        first = log.size
        log.append([sha256(i.to_bytes(4, "big")).digest() for i in range(first, first + 77)])
        print(log.size, flush=True)
"""


def test_kill_minus_nine_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    process = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    confirmed = [int(process.stdout.readline()) for _ in range(5)][-1]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with Log(path) as log:
        assert log.size >= confirmed and log.size % 77 == 0
        assert log.root() == plain_root(digests(log.size))
