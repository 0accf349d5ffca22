"""The same roots and proofs as independent implementations; skipped where they are not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from shian.core.tlog import Log, record_digest
from shian.core.tlog.tree import leaf_hash


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 13, 100, 257, 1001])
def test_pymerkle_computes_the_same_root(tmp_path: Path, size: int) -> None:
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle: pip install -r requirements/bench.txt")
    digests = [record_digest(b"%d" % i) for i in range(size)]
    peer = pymerkle.InmemoryTree(algorithm="sha256")
    for digest in digests:
        peer.append_entry(digest)
    with Log(tmp_path / "log.db", "o") as log:
        log.append(digests)
        assert peer.get_state() == log.root()
        assert peer.get_leaf(size) == leaf_hash(digests[-1])
        old = size // 2 + 1
        pymerkle.verify_consistency(log.root(old), log.root(), peer.prove_consistency(old, size))
