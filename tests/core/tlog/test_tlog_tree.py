"""The tree against the recursive definition of RFC 6962 section 2.1, and proofs that must fail."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.tlog import tree


def mth(entries: list[bytes]) -> bytes:
    """Merkle Tree Hash exactly as RFC 6962 writes it."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def reader(entries: list[bytes]) -> tree.NodeReader:
    return lambda level, index: mth(entries[index << level : (index + 1) << level])


ENTRIES = [bytes([i % 251, i // 251]) for i in range(300)]


def test_known_roots_of_rfc_6962_test_vectors() -> None:
    # the eight inputs of the Certificate Transparency reference implementation
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    entries = [bytes.fromhex(i) for i in inputs]
    assert tree.tree_root(8, reader(entries)).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )
    assert tree.tree_root(3, reader(entries)).hex() == (
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )
    assert tree.tree_root(0, reader(entries)).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data())
def test_inclusion_round_trip_and_every_tampering_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    node = reader(ENTRIES)
    root = tree.tree_root(size, node)
    assert root == mth(ENTRIES[:size])
    proof = tree.inclusion_proof(index, size, node)
    leaf = tree.leaf_hash(ENTRIES[index])
    tree.verify_inclusion(leaf, index, size, proof, root)
    with pytest.raises(tree.ProofError):
        tree.verify_inclusion(tree.leaf_hash(b"other"), index, size, proof, root)
    with pytest.raises(tree.ProofError):
        tree.verify_inclusion(leaf, index, size, [*proof, root], root)
    if proof:
        with pytest.raises(tree.ProofError):
            tree.verify_inclusion(leaf, index, size, proof[:-1], root)
        with pytest.raises(tree.ProofError):
            tree.verify_inclusion(leaf, index, size, [root, *proof[1:]], root)
        with pytest.raises(tree.ProofError):
            tree.verify_inclusion(leaf, (index + 1) % size, size, proof, root)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_consistency_round_trip_and_forks_fail(a: int, b: int) -> None:
    old, new = sorted((a, b))
    node = reader(ENTRIES)
    old_root, new_root = tree.tree_root(old, node), tree.tree_root(new, node)
    proof = tree.consistency_proof(old, new, node)
    tree.verify_consistency(old, old_root, new, new_root, proof)
    if old > 0:
        fork = [b"changed", *ENTRIES[1:]]
        with pytest.raises(tree.ProofError):
            tree.verify_consistency(old, mth(fork[:old]), new, new_root, proof)
        with pytest.raises(tree.ProofError):
            tree.verify_consistency(old, old_root, new, b"\0" * 32, proof)
    with pytest.raises(tree.ProofError):
        tree.verify_consistency(old, old_root, new, new_root, [*proof, new_root])


def test_index_outside_the_tree_is_refused() -> None:
    with pytest.raises(tree.ProofError, match="index=5"):
        tree.inclusion_proof(5, 5, reader(ENTRIES))
    with pytest.raises(tree.ProofError, match="old=6"):
        tree.consistency_proof(6, 5, reader(ENTRIES))
